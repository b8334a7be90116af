const BRAND = Symbol.for('uno-config.OptionMistake');

/** A programmer's mistake in an option, which the message begins with; to users a TypeError. */
export class OptionMistake extends TypeError {
  protected readonly [BRAND] = true;

  /** True for one of this or any other copy of the package. */
  public static is(error: unknown): error is OptionMistake {
    return typeof error === 'object' && error !== null && BRAND in error;
  }
}

/**
 * The mistake of a value that is not what an option must be.
 *
 * @param where the option as the caller wrote it: `reload.history`, `remoteSource: poll`
 * @param expected completes "must be"
 * @param got what was given, already in words; strings may be secrets, so only those of legal words and amounts are quoted
 */
export function mustBe(where: string, expected: string, got: string): OptionMistake {
  return new OptionMistake(`${where} must be ${expected}; got ${got}.`);
}

/** A value in words that quote nothing of a string. */
export function sortOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === '') return 'an empty string';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The same, quoting short strings: for legal words and amounts. */
export function quoted(value: unknown): string {
  return typeof value === 'string' && value.length > 0 && value.length <= 40 ? JSON.stringify(value) : sortOf(value);
}
