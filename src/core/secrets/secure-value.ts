import { MASK } from './secret-names.js';
import {
  decodeSecret,
  encodeSecret,
  formOf,
  holdOutsideHeap,
  keyedDigest,
  sameDigest,
  secretDigest,
  secretText,
  type SecretContent,
} from './secret-content.js';
import type { SecretForm, SecretGate, SecretReader } from './secret-gate.js';
import { admit, openInTime, openNow, placesOf, type SecretParts, type SecretPlace } from './use-secret.js';

const BRAND = Symbol.for('uno-config.SecureValue');
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

// Filled in by the class, so that only this file reaches what a secret holds.
let make!: (parts: SecretParts) => SecureValue<unknown>;
let partsOf!: (value: object) => SecretParts | undefined;
let proofOf!: (value: SecureValue<unknown>) => Buffer;
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
    proofOf = (value) => value.#proof();
    fingerprint = {
      // A getter of the instance itself, so that deep comparisons, which see no private field, compare it.
      get(this: object) {
        return #parts in this ? (this as SecureValue<unknown>).#fingerprint : undefined;
      },
      enumerable: true,
    };
  }

  /**
   * Shows whether the secret at a place has changed: equal for equal secrets at one path of one loaded configuration. It
   * reveals nothing about the value and differs across places, so that no guess can be compared with it. Made with a key
   * that is forgotten when the process ends. Throws a `ConfigError` with code `access-denied` for a caller who may not see
   * the secret masked.
   */
  declare public readonly fingerprint: string;
  readonly #parts: SecretParts;
  #digest: Buffer | undefined;

  private constructor(parts: SecretParts) {
    this.#parts = parts;
    Object.defineProperty(this, 'fingerprint', fingerprint);
    Object.freeze(this);
  }

  /**
   * Hides a value: a string, a number, bytes (copied), or anything that JSON can hold. For defaults and tests; values from
   * sources are hidden by `@Secure`.
   */
  public static of<T>(value: T): SecureValue<T> {
    const form = formOf(value);
    // What is decoded again has the form of what was given.
    return createSecret(holdOutsideHeap(encodeSecret(value, form)), form) as SecureValue<T>;
  }

  /**
   * Hands the secret to a function and gives what it returns. Bytes are zeroed when the function is done.
   *
   * @throws ConfigError `access-denied` for a caller who may not open it, and `audit-needs-async` where each use must be on
   *   record first.
   * @throws TypeError when bytes are handed to a function that returns a promise: they would be zeroed too early.
   */
  public use<R>(fn: (value: T) => R): R {
    return useSecretAs(this, undefined, fn);
  }

  /**
   * The same for work that takes its time. Bytes are zeroed when the promise has settled.
   *
   * @throws ConfigError `access-denied`, and `audit-failed` where a use that must be on record cannot be recorded.
   */
  public async useAsync<R>(fn: (value: T) => R | Promise<R>): Promise<R> {
    return useSecretAsyncAs(this, undefined, fn);
  }

  /**
   * True for an equal secret, in constant time. Two secrets of one loaded configuration may be compared by a caller who may
   * see them masked. Anything else, a plain value or one that was made with {@link SecureValue.of}, is a guess; comparing it
   * requires the right to open the secret.
   *
   * @throws ConfigError `access-denied`, and `audit-needs-async` where each use must be on record first.
   */
  public equals(other: SecureValue<T> | T): boolean {
    if (!isSecureValue(other) || !(#parts in other)) {
      admit(this.#parts, 'use');
      const { form } = this.#parts;
      return sameDigest(this.#proof(), secretDigest(holdOutsideHeap(encodeSecret(other, form)), form));
    }
    const [mine, its] = [this.#parts, other.#parts];
    const right =
      mine.place !== undefined && its.place !== undefined && isSameGate(mine.place.gate, its.place.gate)
        ? 'read-masked'
        : 'use';
    admit(mine, right);
    admit(its, right);
    return sameDigest(this.#proof(), other.#proof());
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
    const { place, origins } = this.#parts;
    // The same from the same origins: others have other rules.
    if (ownWork > 0) return [this.#proof().toString('base64'), ...origins.map(identityOf)].join(' ');
    admit(this.#parts, 'read-masked');
    return placedDigest(this.#proof(), place);
  }

  #proof(): Buffer {
    return (this.#digest ??= secretDigest(this.#parts.content, this.#parts.form));
  }
}

// All secrets inherit from it.
Object.freeze(SecureValue.prototype);

/** True for a secret, of this or any other copy of the package. */
export function isSecureValue(value: unknown): value is SecureValue<unknown> {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** A secret as the library makes it: what it holds, what it opens to, where it is, and what it was built from. */
export function createSecret(
  content: SecretContent,
  form: SecretForm,
  place?: SecretPlace,
  origins: readonly SecretPlace[] = NO_PLACES,
): SecureValue<unknown> {
  return make({ content, form, place, origins });
}

const NO_PLACES: readonly SecretPlace[] = Object.freeze([]);

/** Where a value is a secret, and the secrets that it was built from: what a value that is built from it is built from. */
export function secretPlaces(value: SecureValue<unknown>): readonly SecretPlace[] {
  return placesOf(own(value));
}

/** The secrets that a value was built from, without itself. */
export function secretOrigins(value: SecureValue<unknown>): readonly SecretPlace[] {
  return own(value).origins;
}

/** Places without duplicates, and without the one to leave out. */
export function distinctPlaces(places: readonly SecretPlace[], except?: SecretPlace): readonly SecretPlace[] {
  const isSame = (one: SecretPlace, other: SecretPlace | undefined): boolean =>
    other?.path === one.path && isSameGate(one.gate, other.gate);
  const found: SecretPlace[] = [];
  for (const place of places) {
    if (!isSame(place, except) && !found.some((other) => isSame(place, other))) found.push(place);
  }
  return found;
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
export function useSecretAs<T, R>(value: SecureValue<T>, reader: SecretReader | undefined, fn: (value: T) => R): R {
  // The form was chosen for the value's type.
  return openNow(own(value), reader, (opened) => fn(opened as T));
}

/** {@link SecureValue.useAsync} on behalf of a consumer that holds a handle. */
export async function useSecretAsyncAs<T, R>(
  value: SecureValue<T>,
  reader: SecretReader | undefined,
  fn: (value: T) => R | Promise<R>,
): Promise<R> {
  // The form was chosen for the value's type.
  return openInTime(own(value), reader, async (opened) => fn(opened as T));
}

/** Above zero while the library reads fingerprints for itself: a getter does not know its caller. */
let ownWork = 0;

function unasked<R>(work: () => R): R {
  ownWork++;
  try {
    return work();
  } finally {
    ownWork--;
  }
}

/**
 * `util.isDeepStrictEqual` for the library's own work, such as finding what a reload has changed: the result must not depend
 * on the caller, so access is not checked.
 */
export function sameSettings(one: unknown, other: unknown): boolean {
  // Taken when it is needed: what declares settings loads no module of Node's.
  const { isDeepStrictEqual } = process.getBuiltinModule('node:util');
  return unasked(() => isDeepStrictEqual(one, other));
}

/** {@link SecureValue.fingerprint} on behalf of a consumer that holds a handle. */
export function fingerprintAs(value: SecureValue<unknown>, reader: SecretReader): string {
  const parts = own(value);
  admit(parts, 'read-masked', reader);
  return placedDigest(proofOf(value), parts.place);
}

/** A digest for one place of one loaded configuration. */
function placedDigest(digest: Buffer, place: SecretPlace | undefined): string {
  return keyedDigest(digest, place === undefined ? '' : identityOf(place)).toString('base64url', 0, 16);
}

/** Identifies a place, also among those of two loads with one path. */
function identityOf({ path, gate }: SecretPlace): string {
  const whole = gate.owner?.of ?? gate;
  let number = gates.get(whole);
  if (number === undefined) gates.set(whole, (number = String(++gatesSeen)));
  return gate.owner === undefined ? `${number}:${path}` : `${number}/${gate.owner.tenant}:${path}`;
}

/** Those of one tenant are the same, whenever they were made. */
function isSameGate(one: SecretGate, other: SecretGate): boolean {
  if (one === other) return true;
  return one.owner !== undefined && one.owner.tenant === other.owner?.tenant && one.owner.of === other.owner.of;
}

const gates = new WeakMap<SecretGate, string>();
let gatesSeen = 0;

function own(value: SecureValue<unknown>): SecretParts {
  const parts = partsOf(value);
  if (parts !== undefined) return parts;
  throw new TypeError('This SecureValue is a copy, or of another copy of the package: it holds no secret.');
}
