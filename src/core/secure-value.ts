import { MASK } from './secret-names.js';
import {
  decodeSecret,
  encodeSecret,
  formOf,
  holdOutsideHeap,
  sameDigest,
  secretDigest,
  secretText,
  type SecretContent,
} from './secret-content.js';
import type { AccessRight, SecretForm, SecretGate, SecretReader, SecretRule, SecretWish } from './secret-gate.js';

const BRAND = Symbol.for('uno-config.SecureValue');
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/** Where a secret stands, what is declared of it, and who is asked before it is opened. */
export interface SecretPlace {
  readonly path: string;
  readonly rule: SecretRule;
  readonly gate: SecretGate;
}

interface Parts {
  readonly content: SecretContent;
  readonly form: SecretForm;
  readonly place: SecretPlace | undefined;
}

// Filled in by the class, so that only this file reaches what a secret holds.
let make!: (parts: Parts) => SecureValue<unknown>;
let partsOf!: (value: object) => Parts | undefined;
let fingerprint!: PropertyDescriptor;

/**
 * A secret. Wherever it is printed, logged, cloned or serialised it shows `[secure]`; {@link SecureValue.use} is the only
 * way to what it holds. The type of a field that is declared with `@Secure`. Subpaths: `uno-config`,
 * `uno-config/sections`.
 *
 * @example
 * ```ts
 * const password = SecureValue.of('hunter2');
 * const length = password.use((text) => text.length);
 * ```
 */
export class SecureValue<T> {
  static {
    Object.defineProperty(this.prototype, BRAND, { value: true });
    make = (parts) => new SecureValue(parts);
    partsOf = (value) => (#parts in value ? value.#parts : undefined);
    fingerprint = {
      // A getter of the instance itself, so that deep comparisons, which see no private field, compare it.
      get(this: object) {
        return #parts in this ? seen(this as SecureValue<unknown>).#fingerprint : undefined;
      },
      enumerable: true,
    };
  }

  /**
   * Equal for equal secrets, within one process only: it tells whether a secret has changed, and nothing about it. Made
   * with a key that is forgotten when the process ends. Throws a `ConfigError` with code `access-denied` for whoever may
   * not even see the secret masked.
   */
  declare public readonly fingerprint: string;
  readonly #parts: Parts;
  #digest: Buffer | undefined;

  private constructor(parts: Parts) {
    this.#parts = parts;
    Object.defineProperty(this, 'fingerprint', fingerprint);
    Object.freeze(this);
  }

  /**
   * Hides a value: a text, a number, bytes (copied), or anything that JSON can hold. For defaults and tests; what
   * sources say is hidden by `@Secure`.
   */
  public static of<T>(value: T): SecureValue<T> {
    const form = formOf(value);
    // What is decoded again has the form of what was given.
    return make({ content: holdOutsideHeap(encodeSecret(value, form)), form, place: undefined }) as SecureValue<T>;
  }

  /**
   * Hands the secret to a function and gives what it returns. Bytes are zeroed when the function is done.
   *
   * @throws ConfigError `access-denied` for whoever may not open it, and `audit-needs-async` where each use must be on
   *   record first.
   * @throws TypeError when bytes are handed to a function that returns a promise: they would be zeroed too early.
   */
  public use<R>(fn: (value: T) => R): R {
    return useNow(this, undefined, fn);
  }

  /**
   * The same for work that takes its time. Bytes are zeroed when the promise has settled.
   *
   * @throws ConfigError `access-denied`, and `audit-failed` where a use that must be on record cannot be recorded.
   */
  public async useAsync<R>(fn: (value: T) => R | Promise<R>): Promise<R> {
    return useInTime(this, undefined, fn);
  }

  /**
   * True for an equal secret, in a time that does not tell how much of it is equal. A plain value is a guess, which only
   * somebody who may open the secret may make.
   *
   * @throws ConfigError `access-denied`.
   */
  public equals(other: SecureValue<T> | T): boolean {
    if (isSecureValue(other) && #parts in other) return sameDigest(seen(this).#proof(), seen(other).#proof());
    admit(this, 'use');
    const { form } = this.#parts;
    const guess: SecretContent = holdOutsideHeap(encodeSecret(other, form));
    return sameDigest(this.#proof(), secretDigest(guess, form));
  }

  /** `[secure]`. */
  public toString(): string {
    return MASK;
  }

  /** `[secure]`. */
  public toJSON(): string {
    return MASK;
  }

  /** `[secure]`, or no number where a number is wanted. */
  public [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'number' ? NaN : MASK;
  }

  /** What `console.log` and `util.inspect` show. */
  public [INSPECT](): string {
    return MASK;
  }

  get #fingerprint(): string {
    return this.#proof().toString('base64url', 0, 16);
  }

  #proof(): Buffer {
    return (this.#digest ??= secretDigest(this.#parts.content, this.#parts.form));
  }
}

// Nobody may change what all secrets inherit.
Object.freeze(SecureValue.prototype);

/** True for a secret, of this or any other copy of the package. */
export function isSecureValue(value: unknown): value is SecureValue<unknown> {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** A secret as the library makes it: what it holds, what it opens to, and where it stands. */
export function createSecret(content: SecretContent, form: SecretForm, place?: SecretPlace): SecureValue<unknown> {
  return make({ content, form, place });
}

/** What a secret holds, for the library's own work: no gate is asked. */
export function secretContent(value: SecureValue<unknown>): SecretContent {
  return own(value).content;
}

/** What a secret opens to, for the library's own work, such as validation: no gate is asked. */
export function revealSecret<T>(value: SecureValue<T>): T {
  const { content, form } = own(value);
  // The form was chosen for the value's type.
  return decodeSecret(content, form) as T;
}

/** The JSON of plain data, the secrets in it opened, for a secret that is made of it as a whole. */
export function jsonWithSecrets(data: unknown): string {
  return JSON.stringify(data, function (this: unknown, key: string, shown: unknown) {
    // What is handed in has been asked for its toJSON already, which hides a secret.
    const held: unknown = Reflect.get(Object(this) as object, key);
    return isSecureValue(held) ? secretText(secretContent(held)) : shown;
  });
}

/** {@link SecureValue.use} on behalf of a consumer that holds a handle. */
export function useSecretAs<T, R>(value: SecureValue<T>, reader: SecretReader, fn: (value: T) => R): R {
  return useNow(value, reader, fn);
}

/** {@link SecureValue.useAsync} on behalf of a consumer that holds a handle. */
export async function useSecretAsyncAs<T, R>(
  value: SecureValue<T>,
  reader: SecretReader,
  fn: (value: T) => R | Promise<R>,
): Promise<R> {
  return useInTime(value, reader, fn);
}

function useNow<T, R>(value: SecureValue<T>, reader: SecretReader | undefined, fn: (value: T) => R): R {
  admit(value, 'use', reader);
  const opened = revealSecret(value);
  if (!(opened instanceof Uint8Array)) return fn(opened);
  try {
    const result = fn(opened);
    if (isPromise(result)) throw new TypeError('use: the bytes are zeroed before the promise settles; call useAsync.');
    return result;
  } finally {
    opened.fill(0);
  }
}

async function useInTime<T, R>(
  value: SecureValue<T>,
  reader: SecretReader | undefined,
  fn: (value: T) => R | Promise<R>,
): Promise<R> {
  const { place, content } = own(value);
  if (place !== undefined) await place.gate.admitAsync(wishFor(place, content, 'use', reader));
  const opened = revealSecret(value);
  try {
    return await fn(opened);
  } finally {
    if (opened instanceof Uint8Array) opened.fill(0);
  }
}

/** Asks on behalf of code outside the library. */
function admit(value: SecureValue<unknown>, right: AccessRight, reader?: SecretReader): void {
  const { place, content } = own(value);
  if (place !== undefined) place.gate.admit(wishFor(place, content, right, reader));
}

function wishFor(
  { path, rule }: SecretPlace,
  { kid }: SecretContent,
  right: AccessRight,
  reader: SecretReader | undefined,
): SecretWish {
  return { ...rule, right, path, ...(reader !== undefined && { reader }), ...(kid !== undefined && { kid }) };
}

/** Above zero while the library reads fingerprints for itself: a getter cannot be told who reads it. */
let ownWork = 0;

/** The secret, for whoever may see it masked. */
function seen<T>(value: SecureValue<T>): SecureValue<T> {
  if (ownWork === 0) admit(value, 'read-masked');
  return value;
}

function unasked<R>(work: () => R): R {
  ownWork++;
  try {
    return work();
  } finally {
    ownWork--;
  }
}

/**
 * `util.isDeepStrictEqual` for the library's own work, such as telling what a reload has changed: that must come to the
 * same on whoever's behalf it runs, so nobody is asked.
 */
export function sameSettings(one: unknown, other: unknown): boolean {
  // Taken when it is needed: what declares settings loads no module of Node's.
  const { isDeepStrictEqual } = process.getBuiltinModule('node:util');
  return unasked(() => isDeepStrictEqual(one, other));
}

/** {@link SecureValue.fingerprint} on behalf of a consumer that holds a handle. */
export function fingerprintAs(value: SecureValue<unknown>, reader: SecretReader): string {
  admit(value, 'read-masked', reader);
  return unasked(() => value.fingerprint);
}

function own(value: SecureValue<unknown>): Parts {
  const parts = partsOf(value);
  if (parts !== undefined) return parts;
  throw new TypeError('This SecureValue is a copy, or of another copy of the package: it holds no secret.');
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
