import { type Coerced, NOT_SET, CoercionFailure, refusal } from './coercion-failure.js';

/** A finite number, or a string in JSON's number syntax with `_` between digits. */
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

const outOfRange = refusal(
  'number-out-of-range',
  'a number that fits a double',
  'declare the field as bigint, or as text, to keep such a number',
);

/**
 * A whole number from -(2^53 - 1) to 2^53 - 1: beyond, a double represents several integers, so 9007199254740993 would
 * become its neighbour. A string may be written as `1_500`, `1.0` or `1e3`.
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

const unsafeInteger = refusal(
  'unsafe-integer',
  `an integer from ${String(Number.MIN_SAFE_INTEGER)} to ${String(Number.MAX_SAFE_INTEGER)}`,
  'declare the field as bigint and write the number in quotes to keep all its digits',
);

// Reading digits takes more than linear time; no setting needs more of them than this.
const MOST_DIGITS = 1_000;

/** A bigint, a string of digits with `_` between them (at most 1,000), or a number that is an exact integer. */
export function coerceBigint(raw: unknown): Coerced<bigint> {
  if (typeof raw === 'bigint') return raw;
  if (raw === '') return NOT_SET;
  if (typeof raw === 'number' && Number.isSafeInteger(raw)) return BigInt(raw);
  if (typeof raw === 'number' && Number.isInteger(raw)) return lostDigits(raw);
  const digits = typeof raw === 'string' && raw.length <= 2 * MOST_DIGITS ? readDigits(raw) : undefined;
  return digits === undefined || digits.length > MOST_DIGITS ? notBigint(raw) : BigInt(digits);
}

const notBigint = refusal(
  'not-a-bigint',
  `an integer of at most ${String(MOST_DIGITS)} digits`,
  'write digits as in 1500 or 1_500, without blanks',
);

const lostDigits = refusal(
  'unsafe-integer',
  'an integer whose digits are all known',
  'write it in quotes: the parser of the source has already rounded it',
);

// JSON's grammar, with `_` allowed between two digits of the whole part and of the fraction. Each character can match in
// one way only, so the time is in proportion to the length.
const NUMBER = /^(-?(?:0|[1-9](?:_?\d)*))(?:\.(\d(?:_?\d)*))?(?:[eE]([+-]?\d+))?$/;
const INTEGER = /^-?(?:0|[1-9](?:_?\d)*)$/;

export interface NumberText {
  readonly value: number;
  /** False when there are nonzero digits after the decimal point, even if a double has no room for them. */
  readonly whole: boolean;
}

/** Reads a JSON number with `_` separators; `undefined` for any other string. The value may be infinite. */
function readNumber(text: string): NumberText | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const fraction = (match[2] ?? '').replaceAll('_', '');
  const digits = text.replaceAll('_', '');
  // Adding zero makes 0 of -0, which no setting means.
  return { value: Number(digits) + 0, whole: significantLength(fraction) <= Number(match[3] ?? 0) };
}

/** The digits of an integer without its separators; `undefined` for any other string. */
function readDigits(text: string): string | undefined {
  return INTEGER.test(text) ? text.replaceAll('_', '') : undefined;
}

function significantLength(fraction: string): number {
  let length = fraction.length;
  while (length > 0 && fraction[length - 1] === '0') length -= 1;
  return length;
}
