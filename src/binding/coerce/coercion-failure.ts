/** What a {@link CoercionFailure} is made from. */
export interface CoercionFailureOptions {
  /** Stable, kebab-case: `not-an-integer`, `unit-required`, … */
  readonly code: string;
  /** Completes "must be …": `an integer`, `true or false`. Holds nothing of the raw value. */
  readonly expected: string;
  /** What to write instead. Holds nothing of the raw value. */
  readonly hint?: string;
  /** The raw value as it came. */
  readonly raw: unknown;
  /** Keys and indexes from the coerced value down to the failing one. */
  readonly path?: readonly string[];
  /** Further findings in the same list or map. */
  readonly others?: readonly CoercionFailure[];
}

/**
 * Why a raw value is no value of a type. Returned, never thrown: a failure is one finding among many, and words are
 * made of it later, by `describeFailure`.
 */
export class CoercionFailure {
  public readonly code: string;
  public readonly expected: string;
  public readonly hint: string | undefined;
  public readonly path: readonly string[];
  readonly #others: readonly CoercionFailure[];
  // Private, so that printing or serialising a failure cannot show what may be a secret.
  readonly #raw: unknown;

  public constructor(options: CoercionFailureOptions) {
    const { code, expected, hint, raw, path = [], others = [] } = options;
    this.code = code;
    this.expected = expected;
    this.hint = hint;
    this.path = path;
    this.#raw = raw;
    this.#others = others;
    Object.freeze(this);
  }

  /** The raw value; may be a secret, so it goes through `showRaw` only. */
  public get raw(): unknown {
    return this.#raw;
  }

  /** This finding, then every further one of the same list or map. */
  public get all(): readonly CoercionFailure[] {
    return [this, ...this.#others];
  }

  /** The same findings, seen from one level up. */
  public under(key: string): CoercionFailure {
    return this.#moved(
      [key, ...this.path],
      this.#others.map((other) => other.under(key)),
    );
  }

  /** The first finding, carrying the others of the same list or map. */
  public static together(failures: readonly [CoercionFailure, ...CoercionFailure[]]): CoercionFailure {
    const [first, ...others] = failures.flatMap((failure) => failure.all);
    // flatMap cannot say that it keeps at least the first element.
    return first === undefined ? failures[0] : first.#moved(first.path, others);
  }

  #moved(path: readonly string[], others: readonly CoercionFailure[]): CoercionFailure {
    const { code, expected, hint, raw } = this;
    return new CoercionFailure({ code, expected, raw, path, others, ...(hint !== undefined && { hint }) });
  }
}

/** True for the failure that a coercer returned. */
export function isCoercionFailure(value: unknown): value is CoercionFailure {
  return value instanceof CoercionFailure;
}
