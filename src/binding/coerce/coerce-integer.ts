import { type Coerced, NOT_SET } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { readNumber } from './number-text.js';

/**
 * A whole number from -(2^53 - 1) to 2^53 - 1: beyond, a double stands for several integers, so 9007199254740993 would
 * become its neighbour. Text may be written as `1_500`, `1.0` or `1e3`.
 */
export function coerceInteger(raw: unknown): Coerced<number> {
  if (typeof raw === 'number' && Number.isSafeInteger(raw)) return raw;
  if (raw === '') return NOT_SET;
  const read = readInteger(raw);
  if (read === undefined) return notInteger(raw);
  return Number.isSafeInteger(read) ? read : unsafeInteger(raw);
}

// A whole number of any size, or `undefined`.
function readInteger(raw: unknown): number | undefined {
  if (typeof raw === 'number') return Number.isInteger(raw) ? raw : undefined;
  if (typeof raw === 'bigint') return Number(raw);
  if (typeof raw !== 'string') return undefined;
  const read = readNumber(raw);
  return read?.whole === true ? read.value : undefined;
}

function notInteger(raw: unknown): CoercionFailure {
  const hint = typeof raw === 'string' ? 'write digits as in 1500 or 1_500, without blanks' : undefined;
  const expected = 'an integer';
  return new CoercionFailure({ code: 'not-an-integer', expected, raw, ...(hint !== undefined && { hint }) });
}

function unsafeInteger(raw: unknown): CoercionFailure {
  return new CoercionFailure({
    code: 'unsafe-integer',
    expected: `an integer from ${String(Number.MIN_SAFE_INTEGER)} to ${String(Number.MAX_SAFE_INTEGER)}`,
    hint: 'declare the field as bigint and write the number in quotes to keep all its digits',
    raw,
  });
}
