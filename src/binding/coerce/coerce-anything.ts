import type { Coerced } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { freezeStructure } from './freeze-structure.js';
import { NOT_SET } from './not-set.js';
import { looksLikeJson, readJson } from './read-json.js';

/**
 * For a field whose structure nobody declared: any value passes, maps and lists as frozen copies. Text that starts with
 * `{` or `[` must be JSON and is read; other text stays text, and empty text is "not set".
 */
export function coerceAnything(raw: unknown): Coerced<unknown> {
  if (typeof raw !== 'string') return freezeStructure(raw);
  if (raw === '') return NOT_SET;
  if (!looksLikeJson(raw, '{') && !looksLikeJson(raw, '[')) return raw;
  const parsed = readJson(raw);
  return parsed === undefined ? malformed(raw) : parsed;
}

/** Like {@link coerceAnything}, but only maps and lists: other text and single values are failures. */
export function coerceStructure(raw: unknown): Coerced<object> {
  const coerced = coerceAnything(raw);
  if (coerced === NOT_SET || coerced instanceof CoercionFailure) return coerced;
  if (typeof coerced === 'object' && coerced !== null) return coerced;
  return new CoercionFailure({
    code: 'not-a-structure',
    expected: 'a map or a list',
    hint: 'write keys with values or items, in text as JSON: {"key": "value"} or ["a", "b"]',
    raw,
  });
}

function malformed(raw: string): CoercionFailure {
  return new CoercionFailure({
    code: 'malformed-json',
    expected: 'JSON, as it starts like it',
    hint: 'correct the JSON, or declare the field as text',
    raw,
  });
}
