import { types } from 'node:util';
import { type IssueCode, isConfigMap, MASK, maskCredentials } from '../../core/index.js';
import { ByteSize, Duration } from '../../sections/index.js';

export interface CoercionFailureOptions {
  /** Stable, kebab-case: `not-an-integer`, `unit-required`, … */
  readonly code: IssueCode;
  /** Completes "must be …": `an integer`, `true or false`. Holds nothing of the raw value. */
  readonly expected: string;
  /** What to write instead. Holds nothing of the raw value. */
  readonly hint?: string;
  readonly raw: unknown;
  /** Keys and indexes from the coerced value down to the failing one. */
  readonly path?: readonly string[];
}

/**
 * Why a raw value is no value of a type. Returned, never thrown: a failure is one finding among many, and words are
 * made of it later, by `describeFailure`.
 */
export class CoercionFailure {
  public readonly code: IssueCode;
  public readonly expected: string;
  public readonly hint: string | undefined;
  public readonly path: readonly string[];
  // Private, so that printing or serialising a failure cannot show what may be a secret.
  readonly #raw: unknown;

  public constructor(options: CoercionFailureOptions) {
    const { code, expected, hint, raw, path = [] } = options;
    this.code = code;
    this.expected = expected;
    this.hint = hint;
    this.path = path;
    this.#raw = raw;
    Object.freeze(this);
  }

  /** The raw value; may be a secret, so it goes through `showRaw` only. */
  public get raw(): unknown {
    return this.#raw;
  }

  /** The same finding, seen from one level up. */
  public under(key: string): CoercionFailure {
    const { code, expected, hint, raw } = this;
    return new CoercionFailure({ code, expected, raw, path: [key, ...this.path], ...(hint !== undefined && { hint }) });
  }
}

/** What makes the failures of one kind. */
export function refusal(code: IssueCode, expected: string, hint?: string): (raw: unknown) => CoercionFailure {
  return (raw) => new CoercionFailure({ code, expected, raw, ...(hint !== undefined && { hint }) });
}

/** What stands in place of the methods that would change a value of the configuration. */
export function refuseChange(what: string, copy: string): () => never {
  return () => {
    throw new TypeError(`A ${what} of the configuration cannot be changed; copy it first: ${copy}.`);
  };
}

/** True for the failure that a coercer returned. */
export function isCoercionFailure(value: unknown): value is CoercionFailure {
  return value instanceof CoercionFailure;
}

/** The failure of a key that could reach a prototype. The value is left out: it is an attack or a slip, not a setting. */
export function forbiddenKey(key: string): CoercionFailure {
  return new CoercionFailure({
    code: 'forbidden-key',
    expected: 'a map without the reserved keys __proto__, constructor and prototype',
    hint: 'rename the key',
    raw: key,
    path: [key],
  });
}

/**
 * The message of a failure, without its path and hint, which belong to the issue: `must be an integer, got "80a"`. Of a
 * secret nothing is shown, neither its type nor its length.
 */
export function describeFailure(failure: CoercionFailure, options: ShowRawOptions = {}): string {
  return `must be ${failure.expected}, got ${showRaw(failure.raw, options)}`;
}

/** What a coercer makes of an empty string where the type has no empty value: the field keeps its default. */
export const NOT_SET: unique symbol = Symbol.for('uno-config.not-set');

/** What a coercer returns: the value, "not set" for an empty string, or why there is no value. */
export type Coerced<T> = T | typeof NOT_SET | CoercionFailure;

/**
 * Raw value to typed value: synchronous, never throws, never changes the raw value. A value of the type passes, so
 * coercing twice is coercing once.
 */
export type Coercer<T> = (raw: unknown) => Coerced<T>;

/** How {@link showRaw} treats a value. */
export interface ShowRawOptions {
  /** Show nothing of the value, neither type nor length. */
  readonly secret?: boolean;
}

const LONGEST_SHOWN = 60;

/**
 * A raw value for an error message: strings in quotes, shortened and with control characters escaped, credentials of URLs
 * masked; other values with their type, structures by their type alone.
 */
export function showRaw(value: unknown, options: ShowRawOptions = {}): string {
  if (options.secret === true) return MASK;
  switch (typeof value) {
    case 'string':
      return showText(value);
    case 'number':
      return `${Object.is(value, -0) ? '-0' : String(value)} (a number)`;
    case 'boolean':
      return `${String(value)} (a boolean)`;
    case 'bigint':
      return showBigint(value);
    case 'undefined':
      return 'nothing';
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    case 'object':
      return showObject(value);
  }
}

function showText(text: string): string {
  const masked = maskCredentials(maskBeforeAt(text));
  if (masked.length <= LONGEST_SHOWN) return `"${escapeInvisible(masked)}"`;
  // Not half a surrogate pair at the end.
  const cut = masked.slice(0, LONGEST_SHOWN).replace(/[\uD800-\uDBFF]$/, '');
  return `"${escapeInvisible(cut)}…" (${String(text.length)} characters)`;
}

/**
 * Everything between the first `//` and the last `@`: a password that was not percent-encoded may hold `/`, `@` or a blank,
 * so the string cannot be parsed reliably. Without `//`, everything before the `@` if it holds a colon.
 */
function maskBeforeAt(text: string): string {
  const at = text.lastIndexOf('@');
  if (at === -1) return text;
  const slashes = text.indexOf('//');
  if (slashes !== -1 && slashes < at) return `${text.slice(0, slashes + 2)}${MASK}${text.slice(at)}`;
  const colon = text.indexOf(':');
  return colon !== -1 && colon < at ? `${MASK}${text.slice(at)}` : text;
}

// Controls, quotes, and what a terminal or a log viewer hides or reorders: zero-width and bidirectional marks, line
// separators, lone surrogates.
function escapeInvisible(text: string): string {
  return text.replace(/["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x0a) return '\\n';
    if (code === 0x09) return '\\t';
    if (code === 0x0d) return '\\r';
    const hex = code.toString(16).padStart(4, '0');
    return code > 0xffff ? `\\u{${hex}}` : `\\u${hex}`;
  });
}

// Formatting a bigint takes time in proportion to the square of its length, hence the check of its size first.
function showBigint(value: bigint): string {
  const limit = 10n ** BigInt(LONGEST_SHOWN);
  return value < limit && value > -limit ? `${String(value)} (a bigint)` : 'a bigint of more than 60 digits';
}

function showObject(value: object | null): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (Duration.is(value)) return 'a Duration';
  if (ByteSize.is(value)) return 'a ByteSize';
  if (types.isDate(value)) return 'a Date';
  if (types.isRegExp(value)) return 'a RegExp';
  if (value instanceof URL) return 'a URL';
  return isConfigMap(value) ? 'a map' : 'an object';
}
