import { type Coerced, NOT_SET } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { freezeStructure } from './freeze-structure.js';
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

function malformed(raw: string): CoercionFailure {
  return new CoercionFailure({
    code: 'malformed-json',
    expected: 'JSON, because it starts with { or [',
    hint: 'correct the JSON, or declare the field as text',
    raw,
  });
}
