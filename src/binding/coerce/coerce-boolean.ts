import { type Coerced, NOT_SET } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';

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
 * A boolean, or text `true`, `yes`, `on`, `1`, `false`, `no`, `off`, `0` in any case. A number is an error, 0 and 1 too: a
 * source that has numbers has booleans, so a number there is a slip.
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
