import { mustBe, sortOf } from './option-mistake.js';

/** A type-level placeholder for the type in the options interface: the value is passed on unchanged. */
export interface Given {
  readonly given: never;
}

/** How one option is read: `T` is what a value comes to, `Absent` what no value comes to. */
export interface OptionKind<T, Absent = undefined> {
  /** Completes "must be". */
  readonly expected: string;
  /**
   * @param where the option, as the caller wrote it
   * @throws OptionMistake
   */
  readonly read: (value: unknown, where: string) => T;
  readonly absent: (where: string) => Absent;
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
): OptionKind<Given> {
  return reading(expected, (value, where) => {
    if (accepts(value)) return value as Given; // Checked; what type it has, the interface declares.
    throw mustBe(where, expected, show(value));
  });
}

/** A kind whose values come to something else. */
export function reading<T>(expected: string, read: (value: unknown, where: string) => T): OptionKind<T> {
  return { expected, read, absent: () => undefined };
}

/** An option that must be given. */
export function required<T>({ expected, read }: OptionKind<T>): OptionKind<T, never> {
  return {
    expected,
    read,
    absent: (where) => {
      throw mustBe(where, expected, sortOf(undefined));
    },
  };
}

/** An option with a default, which is what a caller's value would come to. */
export function or<T>({ expected, read }: OptionKind<T>, otherwise: Given extends T ? unknown : T): OptionKind<T, T> {
  // What is handed on as it is, is whatever the interface declares.
  return { expected, read, absent: () => otherwise as T };
}
