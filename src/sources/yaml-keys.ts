import type { Event, ScalarEvent, Schema } from 'js-yaml';
import type { JsYaml } from './yaml-schema.js';

const MERGE_KEY = '<<';

/** How a key is named in the constructed map: the key `0x10` is "16". `undefined` for what is no scalar. */
export function yamlKeyText(yaml: JsYaml, schema: Schema, text: string, event: Event): string | undefined {
  if (event.type !== yaml.EVENT_ID.SCALAR) return undefined;
  const source = yaml.getScalarValue(text, event);
  return isUntagged(yaml, event) ? String(schema.resolveImplicitScalarTag(source).value) : source;
}

/** True for the key that brings in other maps. A quoted `<<` is a key like any other. */
export function isYamlMerge(yaml: JsYaml, text: string, event: Event): boolean {
  if (event.type !== yaml.EVENT_ID.SCALAR || !isUntagged(yaml, event)) return false;
  return text.slice(event.valueStart, event.valueEnd) === MERGE_KEY;
}

function isUntagged({ SCALAR_STYLE }: JsYaml, { style, tagStart }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.PLAIN && tagStart < 0;
}
