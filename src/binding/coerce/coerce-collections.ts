import { isConfigMap, isForbiddenKey, type ConfigMap } from '../../core/index.js';
import { type Coerced, NOT_SET, CoercionFailure, forbiddenKey, refusal, refuseChange } from './coercion-failure.js';
import { looksLikeJson, readJson } from './read-json.js';

/**
 * The raw values of a map by key: of a plain map itself, or of a JSON string that starts with `{`. An empty string is "not
 * set"; a key that could reach a prototype is a failure.
 */
export function mapEntries(raw: unknown): Coerced<ConfigMap> {
  if (isConfigMap(raw)) return withoutForbiddenKeys(raw);
  if (typeof raw !== 'string') return notMap(raw);
  if (raw === '') return NOT_SET;
  const parsed = looksLikeJson(raw, '{') ? readJson(raw) : undefined;
  return isConfigMap(parsed) || parsed instanceof CoercionFailure ? parsed : malformedMap(raw);
}

function withoutForbiddenKeys(map: ConfigMap): ConfigMap | CoercionFailure {
  const forbidden = Object.keys(map).find(isForbiddenKey);
  return forbidden === undefined ? map : forbiddenKey(forbidden);
}

const notMap = refusal('not-a-map', 'a map', 'write keys with values');

const malformedMap = refusal('malformed-map', 'a map in JSON', 'write JSON such as {"key": "value"}');

/**
 * The raw items of a list: of a list itself, of a string `a, b, c` (items trimmed; no quoting: an item with a comma needs
 * the JSON form) or of a JSON string that starts with `[`. Empty string is "not set".
 */
export function listItems(raw: unknown): Coerced<readonly unknown[]> {
  // Array.isArray gives any[]; nothing is known of the items.
  if (Array.isArray(raw)) return raw as readonly unknown[];
  if (typeof raw !== 'string') return notList(raw);
  if (raw === '') return NOT_SET;
  if (looksLikeJson(raw, '[')) return jsonItems(raw);
  const items = raw.split(',').map((item) => item.trim());
  return items.includes('') ? emptyItem(raw) : items;
}

function jsonItems(text: string): Coerced<readonly unknown[]> {
  const parsed = readJson(text);
  if (parsed instanceof CoercionFailure) return parsed;
  return Array.isArray(parsed) ? (parsed as readonly unknown[]) : malformedList(text); // As above.
}

const notList = refusal('not-a-list', 'a list', 'write a list, or text such as a,b,c');

const malformedList = refusal(
  'malformed-list',
  'a list in JSON',
  'write JSON such as ["a", "b"], or the items alone: a,b',
);

const emptyItem = refusal(
  'malformed-list',
  'a list without empty items',
  'remove the stray comma; write empty strings as JSON: ["a", ""]',
);

/**
 * A Map of the configuration: `instanceof Map`, and what would change it throws. `new Map(map)` gives an ordinary one;
 * JSON shows it as an object.
 */
export class ImmutableMap<V> extends Map<string, V> {
  public constructor(entries: Iterable<readonly [string, V]>) {
    super();
    // Not by the constructor above, which calls the methods that refuse.
    for (const [key, value] of entries) Map.prototype.set.call(this, key, value);
    Object.freeze(this);
  }

  public override set(): never {
    return refuse();
  }

  public override delete(): never {
    return refuse();
  }

  public override clear(): never {
    return refuse();
  }

  public toJSON(): Record<string, V> {
    return Object.fromEntries(this);
  }
}

const refuse = refuseChange('Map', 'new Map(map)');
