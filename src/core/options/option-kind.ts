import { mustBe, sortOf } from './option-mistake.js';

/** Stands, as a type only, for what the options interface declares: the value is handed on as it was given. */
export interface Given {
  readonly given: never;
}

/** How one option is read: `T` is what it comes to. */
export interface OptionKind<T> {
  /** Completes "must be". */
  readonly expected: string;
  /**
   * What a value comes to.
   *
   * @param where the option, as the caller wrote it
   * @throws OptionMistake
   */
  readonly read: (value: unknown, where: string) => T;
  /** What it comes to where nothing is given. */
  readonly absent: (where: string) => T;
}

/**
 * A kind whose values are handed on as they are.
 *
 * @param show puts a refused value into words
 */
export function kind(
  expected: string,
  accepts: (value: unknown) => boolean,
  show: (value: unknown) => string = sortOf,
): OptionKind<Given | undefined> {
  return reading<Given>(expected, (value, where) => {
    if (accepts(value)) return value as Given; // Checked; what type it has, the interface declares.
    throw mustBe(where, expected, show(value));
  });
}

/** A kind whose values come to something else. */
export function reading<T>(expected: string, read: (value: unknown, where: string) => T): OptionKind<T | undefined> {
  return { expected, read, absent: () => undefined };
}

/** An option that must be given. */
export function required<T>({ expected, read }: OptionKind<T | undefined>): OptionKind<Exclude<T, undefined>> {
  const present = read as OptionKind<Exclude<T, undefined>>['read']; // Only `absent` answers undefined.
  return {
    expected,
    read: present,
    absent: (where) => {
      throw mustBe(where, expected, sortOf(undefined));
    },
  };
}

/** An option with a default, which is written as a caller would write it. */
export function or<T>(
  { expected, read }: OptionKind<T | undefined>,
  otherwise: unknown,
): OptionKind<Exclude<T, undefined>> {
  const present = read as OptionKind<Exclude<T, undefined>>['read']; // Only `absent` answers undefined.
  return { expected, read: present, absent: (where) => present(otherwise, where) };
}
