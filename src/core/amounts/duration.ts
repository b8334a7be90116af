import { exactAmount } from './exact-amount.js';
import { DURATION_UNITS, parseDuration } from './parse-duration.js';
import type { TextProblem } from './text-problem.js';
import { textTypeError } from './text-problem.js';

const BRAND = Symbol.for('uno-config.Duration');
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * An immutable length of time: whole milliseconds from 0 to 2^53 - 1. Written as numbers with the units `w`, `d`, `h`,
 * `m`, `s` and `ms` (lower case, largest first, no blanks, a fraction only in the last part) or as ISO 8601 (upper
 * case, without years and months, whose length is not fixed). `<` and `>` compare durations. Subpaths: `uno-config`,
 * `uno-config/sections`.
 *
 * @example
 * ```ts
 * const timeout = Duration.of('1h30m');
 * setTimeout(report, timeout.milliseconds);
 * ```
 */
export class Duration {
  // A public field rather than a #private one: deep comparisons (Jest, node:assert) see no private fields and would
  // call any two durations equal.
  /** The whole length in milliseconds. */
  public readonly milliseconds: number;

  private constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
    Object.freeze(this);
  }

  /**
   * The duration that a string denotes; a duration is returned as it is.
   *
   * @throws TypeError when the string is no duration; its message contains the legal spellings.
   */
  public static of(value: string | Duration): Duration {
    if (Duration.is(value)) return value;
    // Callers in plain JavaScript can pass anything.
    const given: unknown = value;
    if (typeof given !== 'string') {
      throw new TypeError(
        `Duration.of: takes a text with a unit or a Duration, not a ${typeof given}; write Duration.of('10s') or Duration.ofSeconds(10).`,
      );
    }
    const parsed = parseDuration(given);
    if (typeof parsed === 'number') return new Duration(parsed);
    throw textTypeError('Duration.of', given, parsed);
  }

  /** The duration that a string denotes, or `undefined` when it denotes none. Never throws. */
  public static parse(text: string): Duration | undefined {
    const parsed = parseDuration(text);
    return typeof parsed === 'number' ? new Duration(parsed) : undefined;
  }

  /**
   * What is wrong with a string that `parse` refuses; `undefined` for a good one. Quotes nothing of the string.
   *
   * @internal
   */
  public static diagnose(text: string): TextProblem | undefined {
    const parsed = parseDuration(text);
    return typeof parsed === 'number' ? undefined : parsed;
  }

  /** @throws TypeError unless the amount comes to 0 or more whole milliseconds; so do all its siblings. */
  public static ofMilliseconds(amount: number): Duration {
    return Duration.#from('ofMilliseconds', amount, DURATION_UNITS.ms);
  }

  /** @throws TypeError unless the amount comes to 0 or more whole milliseconds. */
  public static ofSeconds(amount: number): Duration {
    return Duration.#from('ofSeconds', amount, DURATION_UNITS.s);
  }

  /** @throws TypeError unless the amount comes to 0 or more whole milliseconds. */
  public static ofMinutes(amount: number): Duration {
    return Duration.#from('ofMinutes', amount, DURATION_UNITS.m);
  }

  /** @throws TypeError unless the amount comes to 0 or more whole milliseconds. */
  public static ofHours(amount: number): Duration {
    return Duration.#from('ofHours', amount, DURATION_UNITS.h);
  }

  /** Days of 24 hours. @throws TypeError unless the amount comes to 0 or more whole milliseconds. */
  public static ofDays(amount: number): Duration {
    return Duration.#from('ofDays', amount, DURATION_UNITS.d);
  }

  /** Weeks of 7 days. @throws TypeError unless the amount comes to 0 or more whole milliseconds. */
  public static ofWeeks(amount: number): Duration {
    return Duration.#from('ofWeeks', amount, DURATION_UNITS.w);
  }

  // Through the decimal string: 1.005 seconds are 1005 ms, which the product of the two doubles is not.
  static #from(call: string, amount: number, unit: number): Duration {
    const decimal = String(amount);
    const milliseconds = /^\d+(?:\.\d+)?$/.test(decimal) ? exactAmount(decimal, unit) : 'too-fine';
    if (typeof milliseconds === 'number') return new Duration(milliseconds);
    throw new TypeError(
      `Duration.${call}: must be whole milliseconds from 0 to ${String(Number.MAX_SAFE_INTEGER)}, got ${decimal}.`,
    );
  }

  /** True for a Duration of this or any other copy of the package. */
  public static is(value: unknown): value is Duration {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** The whole length in seconds, with its fraction; so are the units below. */
  public get seconds(): number {
    return this.milliseconds / DURATION_UNITS.s;
  }

  public get minutes(): number {
    return this.milliseconds / DURATION_UNITS.m;
  }

  public get hours(): number {
    return this.milliseconds / DURATION_UNITS.h;
  }

  public get days(): number {
    return this.milliseconds / DURATION_UNITS.d;
  }

  public get weeks(): number {
    return this.milliseconds / DURATION_UNITS.w;
  }

  /** True when the other is equally long, however it was written. */
  public equals(other: Duration): boolean {
    return this.milliseconds === other.milliseconds;
  }

  /** The canonical string, which `of` reads back: `1h30m`, `1.5s`, `500ms`, `0s`; weeks only when they are whole. */
  public toString(): string {
    return durationText(this.milliseconds);
  }

  public toJSON(): string {
    return durationText(this.milliseconds);
  }

  /** The milliseconds, so that `<` and `>` compare. */
  public valueOf(): number {
    return this.milliseconds;
  }

  /** @internal */
  public [INSPECT](): string {
    return `Duration(${durationText(this.milliseconds)})`;
  }

  static {
    // On the prototype, not on each instance: what deep comparisons and printing show is the length alone.
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }
}

function durationText(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  if (milliseconds % DURATION_UNITS.w === 0) return `${String(milliseconds / DURATION_UNITS.w)}w`;
  const { d, h, m, s } = DURATION_UNITS;
  let text = '';
  let rest = milliseconds;
  for (const [unit, size] of Object.entries({ d, h, m })) {
    if (rest >= size) text += `${String(Math.floor(rest / size))}${unit}`;
    rest %= size;
  }
  if (rest === 0) return text;
  return rest < s ? `${text}${String(rest)}ms` : `${text}${String(rest / s)}s`;
}
