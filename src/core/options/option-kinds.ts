import { ByteSize, Duration, type TextProblem } from '../amounts/index.js';
import { isConfigMap } from '../config-value.js';
import { nearestName } from '../nearest-name.js';
import { type Given, kind, type OptionKind, reading } from './option-kind.js';
import { mustBe, OptionMistake, quoted, sortOf } from './option-mistake.js';

export { kind, or, reading, required } from './option-kind.js';
export { options } from './read-options.js';

/** Whoever reads it says what it must be; here it is only given or not. */
export const anything = kind('given', () => true);
export const text = kind('a string', (value) => typeof value === 'string');
export const name = kind('a string that is not empty', (value) => typeof value === 'string' && value.trim() !== '');
/** Of a file or folder. */
export const path = kind(
  'the path of a file or folder',
  (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
);
export const flag = kind('true or false', (value) => typeof value === 'boolean');
export const callback = kind('a function', (value) => typeof value === 'function');
/** The class itself, or one use of it. */
export const section = kind(
  'a settings class, or what section(…) gives',
  (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
);
export const list = kind('a list', (value) => Array.isArray(value));
export const map = kind('a plain object', isConfigMap);
export const object = kind('an object', (value) => typeof value === 'object' && value !== null);

/** A whole number. */
export function count(least = 1): ReturnType<typeof kind> {
  const accepts = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= least;
  return kind(`a whole number from ${String(least)} on`, accepts);
}

/** A length of time as a number of milliseconds. */
export const milliseconds = kind('a number of milliseconds above 0', (value) => typeof value === 'number' && value > 0);

/** What has these methods: a logger, a client. */
export function having(expected: string, ...methods: readonly string[]): ReturnType<typeof kind> {
  return kind(
    expected,
    (value) =>
      ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
      methods.every((method) => typeof Reflect.get(value, method) === 'function'),
  );
}

export const signal = having('an AbortSignal', 'addEventListener', 'throwIfAborted');
export const source = having('a source with load()', 'load');
export const logger = having('a logger with log()', 'log');
export const clock = having('a clock with now(), monotonic() and after()', 'now', 'monotonic', 'after');

/** Variables by name; `process.env` is no plain object. */
export const variables = kind('an object of strings', (value) => typeof value === 'object' && value !== null);

/** A list, each item of which is of one kind. */
export function listOf<T>({ expected, read }: OptionKind<T>): OptionKind<ListOf<T>> {
  const expectedList = `a list, each item of which is ${expected}`;
  return reading(expectedList, (value, where) => {
    if (!Array.isArray(value)) throw mustBe(where, expectedList, sortOf(value));
    const items = value.map((item: unknown, index) => read(item, `${where}[${String(index)}]`));
    return items as ListOf<T>; // Items are never absent, and those of a kind that hands on are what was given.
  });
}

type ListOf<T> = Given extends T ? Given : readonly T[];

/** One of a few words, or other literals. */
export function oneOf<const V extends string | number | boolean>(...values: readonly V[]): OptionKind<V> {
  const legal = values.map((value) => JSON.stringify(value)).join(', ');
  const expected = values.length === 1 ? legal : `one of ${legal}`;
  return reading(expected, (value, where) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    const words = values.filter((one) => typeof one === 'string');
    const nearest = typeof value === 'string' ? nearestName(value, words) : undefined;
    const hint = nearest === undefined ? '' : ` Did you mean ${JSON.stringify(nearest)}?`;
    throw new OptionMistake(`${mustBe(where, expected, quoted(value)).message}${hint}`);
  });
}

export function either<A, B>(one: OptionKind<A>, other: OptionKind<B>): OptionKind<A | B> {
  const expected = `${one.expected}, or ${other.expected}`;
  return reading<A | B>(expected, (value, where) => {
    try {
      return one.read(value, where);
    } catch (error) {
      if (!OptionMistake.is(error)) throw error;
    }
    try {
      return other.read(value, where);
    } catch (error) {
      // A mistake further in is nearer to what was meant.
      if (!OptionMistake.is(error) || !error.message.startsWith(`${where} must be `)) throw error;
      throw mustBe(where, expected, sortOf(value));
    }
  });
}

export const span = amount(
  'a duration with a unit, such as 500ms, 10s or 1h30m',
  (value) => (typeof value === 'string' ? Duration.parse(value)?.milliseconds : millisecondsOf(value)),
  (value) => Duration.diagnose(value),
);

/** A length of time that is more than nothing, in milliseconds. */
export const positiveSpan = positive(span);

export const anySize = amount(
  'a size with a unit, such as 512B, 64KiB or 10MB',
  (value) => (typeof value === 'string' ? ByteSize.parse(value)?.bytes : ByteSize.is(value) ? value.bytes : undefined),
  (value) => ByteSize.diagnose(value),
);

/** A size that is more than nothing, in bytes. */
export const size = positive(anySize);

function millisecondsOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('milliseconds' in value)) return undefined;
  return typeof value.milliseconds === 'number' && value.milliseconds >= 0 ? value.milliseconds : undefined;
}

function amount(
  expected: string,
  parse: (value: unknown) => number | undefined,
  diagnose: (value: string) => TextProblem | undefined,
): OptionKind<number> {
  return reading(expected, (value, where) => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    const hint = typeof value === 'string' ? diagnose(value)?.hint : undefined;
    throw mustBe(where, expected, `${quoted(value)}${hint === undefined ? '' : `: ${hint}`}`);
  });
}

function positive({ expected, read }: OptionKind<number>): OptionKind<number> {
  return reading(expected, (value, where) => {
    const parsed = read(value, where);
    if (parsed > 0) return parsed;
    throw mustBe(where, 'more than nothing', quoted(value));
  });
}
