import type { Event, ScalarEvent, Schema } from 'js-yaml';
import { RootEntries } from './root-entries.js';
import { yamlKeyText } from './yaml-keys.js';
import type { JsYaml } from './yaml-schema.js';

/**
 * The keys at the root of a document whose entries each say by themselves what they hold: keys that each begin a line,
 * and nothing that two entries have to do with. `undefined` for any other document.
 */
export function yamlRootKeys(yaml: JsYaml, text: string, events: readonly Event[]): readonly ScalarEvent[] | undefined {
  const { EVENT_ID } = yaml;
  const [document, root] = events;
  const isBlock = root?.type === EVENT_ID.MAPPING && root.style === yaml.COLLECTION_STYLE.BLOCK && root.tagStart < 0;
  const isPlain = document?.type === EVENT_ID.DOCUMENT && document.directives.length === 0;
  if (!isBlock || !isPlain) return undefined;
  const keys: ScalarEvent[] = [];
  let depth = 1;
  let isKey = true;
  for (let at = 2; depth > 0; at++) {
    const event = events[at];
    if (event === undefined || event.type === EVENT_ID.ALIAS) return undefined;
    if (depth === 1 && isKey && event.type !== EVENT_ID.POP) {
      if (event.type !== EVENT_ID.SCALAR || !beginsLine(text, keyStart(yaml, event))) return undefined;
      keys.push(event);
      isKey = false;
      continue;
    }
    if (event.type === EVENT_ID.POP) depth--;
    else if (event.type !== EVENT_ID.SCALAR) depth++;
    isKey = depth === 1;
  }
  return keys;
}

/** Where the entries of keys stand in their text: each from its key to the next one. */
export function yamlEntries(yaml: JsYaml, schema: Schema, text: string, keys: readonly ScalarEvent[]): RootEntries {
  return new RootEntries(
    keys.map((event, index) => {
      const next = keys[index + 1];
      return {
        key: yamlKeyText(yaml, text, event) ?? '',
        start: keyStart(yaml, event),
        from: event.valueEnd + 1,
        end: next === undefined ? text.length : keyStart(yaml, next),
      };
    }),
  );
}

/** True for a part of a text that may end the document, or merge maps: a document's merges are counted together. */
export function reachesBeyond(part: string): boolean {
  return part.includes('<<') || /^(?:---|\.\.\.)/m.test(part);
}

function keyStart({ SCALAR_STYLE }: JsYaml, { style, valueStart }: ScalarEvent): number {
  return style === SCALAR_STYLE.PLAIN ? valueStart : valueStart - 1;
}

function beginsLine(text: string, at: number): boolean {
  return at === 0 || isLineBreak(text[at - 1]);
}

/** True for a text after which a line begins. */
export function endsLine(text: string): boolean {
  return isLineBreak(text.at(-1));
}

function isLineBreak(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}
