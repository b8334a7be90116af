import { types } from 'node:util';
import type { ConfigMap } from '../../core/index.js';
import { isConfigMap, isForbiddenKey, UNRESOLVED, UNSET } from '../../core/index.js';

// What JSON cannot express is written as a map with this key: `{"$uno":"bigint","text":"42"}`.
const MARK = '$uno';
const MAXIMUM_DEPTH = 200;

/** True for a leaf that {@link storedValue} can write. */
export function isStorable(value: unknown): boolean {
  return (
    ['string', 'boolean', 'number', 'bigint', 'undefined'].includes(typeof value) ||
    [null, UNSET, UNRESOLVED].some((known) => value === known) ||
    isDate(value) ||
    value instanceof URL
  );
}

/**
 * A raw value as JSON can hold it.
 *
 * @throws TypeError for a value that is not storable.
 */
export function storedValue(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(storedValue);
  if (isConfigMap(value)) return storedMap(value);
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : mark('number', Object.is(value, -0) ? '-0' : value);
  }
  if (typeof value === 'bigint') return mark('bigint', value);
  if (value === undefined) return { [MARK]: 'undefined' };
  if (value === UNSET) return { [MARK]: 'unset' };
  if (value === UNRESOLVED) return { [MARK]: 'left-out' };
  if (isDate(value)) return mark('date', value.toISOString());
  if (value instanceof URL) return mark('url', value.href);
  throw new TypeError(`A ${typeof value} cannot be stored.`);
}

function storedMap(map: ConfigMap): unknown {
  const stored = Object.fromEntries(Object.entries(map).map(([key, value]) => [key, storedValue(value)]));
  // A map that has the mark's own key is wrapped, so that it is not taken for a marked value.
  return Object.hasOwn(map, MARK) ? { [MARK]: 'map', value: stored } : stored;
}

function mark(kind: string, text: unknown): unknown {
  return { [MARK]: kind, text: String(text) };
}

/** The inverse of {@link storedValue}; throws a RangeError for what it never writes. */
export function restoredValue(stored: unknown, depth = 0): unknown {
  if (depth > MAXIMUM_DEPTH) throw new RangeError('nested too deeply');
  if (Array.isArray(stored)) return stored.map((item: unknown) => restoredValue(item, depth + 1));
  if (!isConfigMap(stored)) return stored;
  if (!Object.hasOwn(stored, MARK)) return restoredMap(stored, depth);
  const { text, value } = stored as { readonly text?: unknown; readonly value?: unknown }; // A map has any key.
  const kind = stored[MARK];
  if (kind === 'map' && isConfigMap(value)) return restoredMap(value, depth);
  return restoredMark(kind, typeof text === 'string' ? text : '');
}

export function restoredMap(stored: ConfigMap, depth = 0): ConfigMap {
  const entries = Object.entries(stored);
  if (entries.some(([key]) => isForbiddenKey(key))) throw new RangeError('a reserved key');
  return Object.fromEntries(entries.map(([key, value]) => [key, restoredValue(value, depth + 1)]));
}

function restoredMark(kind: unknown, text: string): unknown {
  switch (kind) {
    case 'number':
      return Number(text);
    case 'bigint':
      if (!/^-?\d+$/.test(text)) break;
      return BigInt(text);
    case 'undefined':
      return undefined;
    case 'unset':
      return UNSET;
    case 'left-out':
      return UNRESOLVED;
    case 'date':
      return new Date(text);
    case 'url':
      if (!URL.canParse(text)) break;
      return new URL(text);
  }
  throw new RangeError('an unknown mark');
}

// A class made from Date may mean something else by its time, and would come back as a mere Date.
function isDate(value: unknown): value is Date {
  return types.isDate(value) && value.constructor.name === 'Date' && !Number.isNaN(value.getTime());
}
