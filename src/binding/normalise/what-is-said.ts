import {
  type ConfigLayer,
  type ConfigMap,
  type SchemaKey,
  isConfigMap,
  mayHoldReferences,
  UNSET,
} from '../../core/index.js';
import { CoercionFailure, listItems, parseJsonText } from '../coerce/index.js';

/** True for what removes the values of lower layers: `!unset` in YAML and as a string, `{"$unset": true}` in JSON. */
export function saysUnset(value: unknown): boolean {
  return value === UNSET || value === '!unset' || (isConfigMap(value) && isUnsetMap(value));
}

/** Asked of every map there is: most answer by their first key. */
function isUnsetMap(map: ConfigMap): boolean {
  for (const key in map) {
    if (key !== '$unset' && Object.hasOwn(map, key)) return false;
  }
  return Object.hasOwn(map, '$unset') && map['$unset'] === true;
}

/** True of a layer in which an empty string means that nothing is set. */
export function emptyIsNothing({ kind }: Pick<ConfigLayer, 'kind'>): boolean {
  return kind === 'environment' || kind === 'env-file' || kind === 'command-line' || kind === 'directory';
}

/** A list that is to be merged with those of other layers must be one by then, also where it is written as a string. */
export function mergeable(value: unknown, key: SchemaKey | undefined): unknown {
  if (typeof value !== 'string' || (key?.merge ?? 'replace') === 'replace') return value;
  if (mayHoldReferences(value) || saysUnset(value)) return value;
  const items = listItems(value);
  return Array.isArray(items) && items.length > 0 ? items : value;
}

/** A list, map or section written as a JSON string; `undefined` when it cannot be used, which binding reports with its origin. */
export function structureOf(text: string, kind: 'list' | 'map' | 'section'): unknown {
  const trimmed = text.trim();
  if (!trimmed.startsWith(kind === 'list' ? '[' : '{')) return undefined;
  const structure = parseJsonText(trimmed);
  return structure instanceof CoercionFailure ? undefined : structure;
}
