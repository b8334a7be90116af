import { types } from 'node:util';
import { type Coerced, NOT_SET, CoercionFailure, refusal } from './coercion-failure.js';
import { freezeStructure } from './freeze-structure.js';
import { looksLikeJson, readJson } from './read-json.js';

/**
 * A string passes, an empty one too. A number or a boolean is an error, not converted: a parser has already made 1.1 of 1.10
 * and true of `yes`, and the original spelling is lost.
 */
export function coerceText(raw: unknown): Coerced<string> {
  return typeof raw === 'string' ? raw : notText(raw);
}

function notText(raw: unknown): CoercionFailure {
  const quotable = ['number', 'boolean', 'bigint'].includes(typeof raw) || types.isDate(raw);
  return new CoercionFailure({ code: 'not-a-string', expected: 'a string', raw, ...(quotable && { hint: QUOTES }) });
}

const QUOTES = 'write it in quotes';

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
]);

/**
 * A boolean, or a string `true`, `yes`, `on`, `1`, `false`, `no`, `off`, `0` in any case. A number is an error, 0 and 1 too:
 * a source that has numbers has booleans, so a number there is a slip.
 */
export function coerceBoolean(raw: unknown): Coerced<boolean> {
  if (typeof raw === 'boolean') return raw;
  if (raw === '') return NOT_SET;
  if (typeof raw !== 'string') return notBoolean(raw, 'write true or false, without quotes');
  return WORDS.get(raw.toLowerCase()) ?? notBoolean(raw, 'write true, false, yes, no, on, off, 1 or 0');
}

function notBoolean(raw: unknown, hint: string): CoercionFailure {
  return new CoercionFailure({ code: 'not-a-boolean', expected: 'true or false', hint, raw });
}

/**
 * For a field without a declared structure: any value passes, maps and lists as frozen copies. A string that starts with `{`
 * or `[` must be JSON and is parsed; other strings stay strings, and empty string is "not set".
 */
export function coerceAnything(raw: unknown): Coerced<unknown> {
  if (typeof raw !== 'string') return freezeStructure(raw);
  if (raw === '') return NOT_SET;
  if (!looksLikeJson(raw, '{') && !looksLikeJson(raw, '[')) return raw;
  const parsed = readJson(raw);
  return parsed === undefined ? malformed(raw) : parsed;
}

const malformed = refusal(
  'malformed-json',
  'JSON, because it starts with { or [',
  'correct the JSON, or declare the field as text',
);
