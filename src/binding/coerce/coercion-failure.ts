import type { IssueCode } from '../../core/index.js';
import { showRaw, type ShowRawOptions } from './show-raw.js';

/** What a {@link CoercionFailure} is made from. */
export interface CoercionFailureOptions {
  /** Stable, kebab-case: `not-an-integer`, `unit-required`, … */
  readonly code: IssueCode;
  /** Completes "must be …": `an integer`, `true or false`. Holds nothing of the raw value. */
  readonly expected: string;
  /** What to write instead. Holds nothing of the raw value. */
  readonly hint?: string;
  /** The raw value as it came. */
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
