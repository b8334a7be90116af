import { type Coerced, NOT_SET } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { looksLikeJson, readJson } from './read-json.js';

/**
 * The raw items of a list: of a list itself, of text `a, b, c` (items trimmed; no quoting: an item with a comma needs the
 * JSON form) or of JSON text that starts with `[`. Empty text is "not set".
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
  return Array.isArray(parsed) ? (parsed as readonly unknown[]) : malformed(text); // As above.
}

function notList(raw: unknown): CoercionFailure {
  const hint = 'write a list, or text such as a,b,c';
  return new CoercionFailure({ code: 'not-a-list', expected: 'a list', hint, raw });
}

function malformed(raw: string): CoercionFailure {
  const hint = 'write JSON such as ["a", "b"], or the items alone: a,b';
  return new CoercionFailure({ code: 'malformed-list', expected: 'a list in JSON', hint, raw });
}

function emptyItem(raw: string): CoercionFailure {
  return new CoercionFailure({
    code: 'malformed-list',
    expected: 'a list without empty items',
    hint: 'remove the stray comma; write empty texts as JSON: ["a", ""]',
    raw,
  });
}
