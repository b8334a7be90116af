import { exactAmount } from './exact-amount.js';
import { BYTE_UNITS, parseByteSize } from './parse-byte-size.js';
import type { TextProblem } from './text-problem.js';
import { textTypeError } from './text-problem.js';

const BRAND = Symbol.for('uno-config.ByteSize');
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * An immutable number of bytes: whole, from 0 to 2^53 - 1. Written as one number and one unit: `KiB`, `MiB`, `GiB`,
 * `TiB` (powers of 1024), `kB` or `KB`, `MB`, `GB`, `TB` (powers of 1000), or `B`; a fraction must come to whole bytes.
 * Units are case-sensitive, because `b` is a bit. `<` and `>` compare sizes. Subpaths: `uno-config`,
 * `uno-config/sections`.
 *
 * @example
 * ```ts
 * const limit = ByteSize.of('10MB');
 * if (body.length > limit.bytes) throw new Error(`The body is larger than ${limit}.`);
 * ```
 */
export class ByteSize {
  // A public field rather than a #private one: deep comparisons (Jest, node:assert) see no private fields and would
  // call any two sizes equal.
  /** The whole size in bytes. */
  public readonly bytes: number;

  private constructor(bytes: number) {
    this.bytes = bytes;
    Object.freeze(this);
  }

  /**
   * The size that a string denotes; a size is returned as it is.
   *
   * @throws TypeError when the string is no size; its message contains the legal spellings.
   */
  public static of(value: string | ByteSize): ByteSize {
    if (ByteSize.is(value)) return value;
    // Callers in plain JavaScript can pass anything.
    const given: unknown = value;
    if (typeof given !== 'string') {
      throw new TypeError(
        `ByteSize.of: takes a text with a unit or a ByteSize, not a ${typeof given}; write ByteSize.of('64KiB') or ByteSize.ofKibibytes(64).`,
      );
    }
    const parsed = parseByteSize(given);
    if (typeof parsed === 'number') return new ByteSize(parsed);
    throw textTypeError('ByteSize.of', given, parsed);
  }

  /** The size that a string denotes, or `undefined` when it denotes none. Never throws. */
  public static parse(text: string): ByteSize | undefined {
    const parsed = parseByteSize(text);
    return typeof parsed === 'number' ? new ByteSize(parsed) : undefined;
  }

  /**
   * What is wrong with a string that `parse` refuses; `undefined` for a good one. Quotes nothing of the string.
   *
   * @internal
   */
  public static diagnose(text: string): TextProblem | undefined {
    const parsed = parseByteSize(text);
    return typeof parsed === 'number' ? undefined : parsed;
  }

  /** @throws TypeError unless the amount comes to 0 or more whole bytes; so do all its siblings. */
  public static ofBytes(amount: number): ByteSize {
    return ByteSize.#from('ofBytes', amount, BYTE_UNITS.B);
  }

  /** 1024 bytes each. @throws TypeError unless the amount comes to 0 or more whole bytes. */
  public static ofKibibytes(amount: number): ByteSize {
    return ByteSize.#from('ofKibibytes', amount, BYTE_UNITS.KiB);
  }

  /** 1024 KiB each. @throws TypeError unless the amount comes to 0 or more whole bytes. */
  public static ofMebibytes(amount: number): ByteSize {
    return ByteSize.#from('ofMebibytes', amount, BYTE_UNITS.MiB);
  }

  /** 1024 MiB each. @throws TypeError unless the amount comes to 0 or more whole bytes. */
  public static ofGibibytes(amount: number): ByteSize {
    return ByteSize.#from('ofGibibytes', amount, BYTE_UNITS.GiB);
  }

  /** 1024 GiB each. @throws TypeError unless the amount comes to 0 or more whole bytes. */
  public static ofTebibytes(amount: number): ByteSize {
    return ByteSize.#from('ofTebibytes', amount, BYTE_UNITS.TiB);
  }

  // Through the decimal string, so that the product is exact.
  static #from(call: string, amount: number, unit: number): ByteSize {
    const decimal = String(amount);
    const bytes = /^\d+(?:\.\d+)?$/.test(decimal) ? exactAmount(decimal, unit) : 'too-fine';
    if (typeof bytes === 'number') return new ByteSize(bytes);
    throw new TypeError(
      `ByteSize.${call}: must be whole bytes from 0 to ${String(Number.MAX_SAFE_INTEGER)}, got ${decimal}.`,
    );
  }

  /** True for a ByteSize of this or any other copy of the package. */
  public static is(value: unknown): value is ByteSize {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** The whole size in units of 1024 bytes, with its fraction; so are the units below. */
  public get kibibytes(): number {
    return this.bytes / BYTE_UNITS.KiB;
  }

  public get mebibytes(): number {
    return this.bytes / BYTE_UNITS.MiB;
  }

  public get gibibytes(): number {
    return this.bytes / BYTE_UNITS.GiB;
  }

  public get tebibytes(): number {
    return this.bytes / BYTE_UNITS.TiB;
  }

  /** True when the other is equally large, however it was written. */
  public equals(other: ByteSize): boolean {
    return this.bytes === other.bytes;
  }

  /**
   * The canonical string, which `of` reads back: the unit that gives the smallest whole number, such as `64KiB`, `10MB` or
   * `513B`.
   */
  public toString(): string {
    return byteSizeText(this.bytes);
  }

  public toJSON(): string {
    return byteSizeText(this.bytes);
  }

  /** The bytes, so that `<` and `>` compare. */
  public valueOf(): number {
    return this.bytes;
  }

  /** @internal */
  public [INSPECT](): string {
    return `ByteSize(${byteSizeText(this.bytes)})`;
  }

  static {
    // On the prototype, not on each instance: what deep comparisons and printing show is the size alone.
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }
}

function byteSizeText(bytes: number): string {
  let best = `${String(bytes)}B`;
  if (bytes === 0) return best;
  let smallest = bytes;
  for (const [unit, size] of Object.entries(BYTE_UNITS)) {
    const count = bytes / size;
    if (bytes % size === 0 && count < smallest) {
      smallest = count;
      best = `${String(count)}${unit}`;
    }
  }
  return best;
}
