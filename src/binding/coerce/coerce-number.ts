import { type Coerced, NOT_SET } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { readNumber } from './number-text.js';

/** A finite number, or text in JSON's number syntax with `_` between digits. */
export function coerceNumber(raw: unknown): Coerced<number> {
  if (typeof raw === 'number' && Number.isFinite(raw)) return raw;
  return typeof raw === 'string' ? numberOfText(raw) : numberOfOther(raw);
}

function numberOfText(raw: string): Coerced<number> {
  if (raw === '') return NOT_SET;
  const read = readNumber(raw);
  if (read === undefined) return notNumber(raw);
  return Number.isFinite(read.value) ? read.value : outOfRange(raw);
}

function numberOfOther(raw: unknown): Coerced<number> {
  if (typeof raw !== 'bigint') return notNumber(raw);
  const value = Number(raw);
  if (!Number.isFinite(value)) return outOfRange(raw);
  // A parser that gives bigints does so to keep digits; losing them here would undo it.
  return BigInt(value) === raw ? value : outOfRange(raw);
}

function notNumber(raw: unknown): CoercionFailure {
  const hint = typeof raw === 'string' ? 'write digits as in 1500, 1_500, -0.5 or 1.5e3, without blanks' : undefined;
  return new CoercionFailure({ code: 'not-a-number', expected: 'a number', raw, ...(hint !== undefined && { hint }) });
}

function outOfRange(raw: unknown): CoercionFailure {
  return new CoercionFailure({
    code: 'number-out-of-range',
    expected: 'a number that fits a double',
    hint: 'declare the field as bigint, or as text, to keep such a number',
    raw,
  });
}
