import { type Coerced, NOT_SET } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { readDigits } from './number-text.js';

// Reading digits takes more than linear time; no setting needs more of them than this.
const MOST_DIGITS = 1_000;

/** A bigint, text of digits with `_` between them (at most 1,000), or a number that is an exact integer. */
export function coerceBigint(raw: unknown): Coerced<bigint> {
  if (typeof raw === 'bigint') return raw;
  if (raw === '') return NOT_SET;
  if (typeof raw === 'number' && Number.isSafeInteger(raw)) return BigInt(raw);
  if (typeof raw === 'number' && Number.isInteger(raw)) return lostDigits(raw);
  const digits = typeof raw === 'string' && raw.length <= 2 * MOST_DIGITS ? readDigits(raw) : undefined;
  return digits === undefined || digits.length > MOST_DIGITS ? notBigint(raw) : BigInt(digits);
}

function notBigint(raw: unknown): CoercionFailure {
  return new CoercionFailure({
    code: 'not-a-bigint',
    expected: `an integer of at most ${String(MOST_DIGITS)} digits`,
    hint: 'write digits as in 1500 or 1_500, without blanks',
    raw,
  });
}

function lostDigits(raw: number): CoercionFailure {
  return new CoercionFailure({
    code: 'unsafe-integer',
    expected: 'an integer whose digits are all known',
    hint: 'write it in quotes: the parser of the source has already rounded it',
    raw,
  });
}
