import type { Event, ScalarEvent, Schema } from 'js-yaml';
import type { JsYaml } from './yaml-schema.js';

const MERGE_KEY = '<<';

/** How a key is named in the constructed map: as it is written. `undefined` for what is no scalar. */
export function yamlKeyText(yaml: JsYaml, text: string, event: Event): string | undefined {
  return event.type === yaml.EVENT_ID.SCALAR ? yaml.getScalarValue(text, event) : undefined;
}

/** The text of a scalar where an alias of it is a key. */
export function yamlAliasKeyText(yaml: JsYaml, schema: Schema, text: string, event: ScalarEvent): string {
  const source = yaml.getScalarValue(text, event);
  return isUntagged(yaml, event) ? String(schema.resolveImplicitScalarTag(source).value) : source;
}

/** True for the key that brings in other maps. A quoted `<<` is a key like any other. */
export function isYamlMerge(yaml: JsYaml, text: string, event: Event): boolean {
  if (event.type !== yaml.EVENT_ID.SCALAR || !isUntagged(yaml, event)) return false;
  return text.slice(event.valueStart, event.valueEnd) === MERGE_KEY;
}

/** The events of a document, and what {@link keepKeySpelling} came upon. */
export interface SpelledKeys {
  readonly events: Event[];
  /** Where a map or a list begins that is used as a key. */
  readonly complex: number | undefined;
}

// What may be a number, a boolean or null.
const MAY_BE_NO_TEXT = /^(?:[-+.~\d]|(?:null|true|false)$)/i;

/**
 * Keeps every key as it is written: without this, the parser takes `1.10` for a number and names the key `1.1`. Such a key
 * is put in quotes, which the parser takes as it is.
 */
export function keepKeySpelling(yaml: JsYaml, schema: Schema, text: string, events: Event[]): SpelledKeys {
  const { EVENT_ID, SCALAR_STYLE } = yaml;
  // Of each open collection, whether its next node is a key; `undefined` in lists.
  const open: (boolean | undefined)[] = [];
  let complex: number | undefined;
  let spelled: Event[] | undefined;
  for (const [at, event] of events.entries()) {
    const isKey = open.at(-1) === true;
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        open.push(undefined);
        continue;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        if (isKey) complex ??= event.start;
        open.push(event.type === EVENT_ID.MAPPING ? true : undefined);
        continue;
      case EVENT_ID.POP:
        open.pop();
        break;
      case EVENT_ID.SCALAR:
        // "Fast" is what needs no unescaping, whatever the style.
        if (isKey && event.fast && isUntagged(yaml, event)) {
          const key = text.slice(event.valueStart, event.valueEnd);
          if (!MAY_BE_NO_TEXT.test(key) || schema.resolveImplicitScalarTag(key).value === key) break;
          spelled ??= [...events];
          spelled[at] = { ...event, style: SCALAR_STYLE.SINGLE_QUOTED };
        }
        break;
      default:
    }
    const top = open.length - 1;
    if (open[top] !== undefined) open[top] = !open[top];
  }
  return { events: spelled ?? events, complex };
}

function isUntagged({ SCALAR_STYLE }: JsYaml, { style, tagStart }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.PLAIN && tagStart < 0;
}
