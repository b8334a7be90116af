import {
  ConfigError,
  fingerprintAs,
  isSecureValue,
  useSecretAs,
  useSecretAsyncAs,
  type SecretReader,
  type SecureValue,
} from '../core/index.js';
import type { StoreScope } from './store-scope.js';

/**
 * One consumer's leave to use one secret: it always opens the value of the current generation, on behalf of the consumer
 * it was made for. Inject it with `@InjectSecret`. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * import { createHmac } from 'node:crypto';
 *
 * async function signature(key: SecretHandle<Buffer>, body: Buffer): Promise<string> {
 *   return key.useAsync((bytes) => createHmac('sha256', bytes).update(body).digest('hex'));
 * }
 * ```
 */
export interface SecretHandle<T> {
  /** Where the secret sits: canonical dotted path. */
  readonly path: string;
  /**
   * Shows within one process whether the secret has changed, and nothing else about it; `undefined` when it is not set.
   *
   * @throws ConfigError `access-denied`.
   */
  readonly fingerprint: string | undefined;
  /**
   * Hands the secret to a function and gives what it returns. Bytes are zeroed when the function is done.
   *
   * @throws ConfigError `access-denied`, `audit-needs-async`, `secret-not-set`.
   */
  use<R>(fn: (value: T) => R): R;
  /**
   * The same for work that takes its time. Bytes are zeroed when the promise has settled.
   *
   * @throws ConfigError `access-denied`, `audit-failed`, `secret-not-set`.
   */
  useAsync<R>(fn: (value: T) => R | Promise<R>): Promise<R>;
}

/** Where a secret is found again in every generation. */
export interface SecretPlace {
  readonly scope: Pick<StoreScope, 'readLive'>;
  readonly index: number;
  /** From the section's instance to the secret. */
  readonly keys: readonly string[];
  readonly path: string;
}

/** The handle of a secret for a reader; without one, for unnamed code. */
export function createSecretHandle(place: SecretPlace, reader?: SecretReader): SecretHandle<unknown> {
  return new StoreSecretHandle(place, reader);
}

class StoreSecretHandle implements SecretHandle<unknown> {
  readonly #place: SecretPlace;
  readonly #reader: SecretReader | undefined;
  public readonly path: string;

  public constructor(place: SecretPlace, reader: SecretReader | undefined) {
    this.#place = place;
    this.#reader = reader;
    this.path = place.path;
    Object.freeze(this);
  }

  public get fingerprint(): string | undefined {
    const value = this.#find();
    return value === undefined || this.#reader === undefined ? value?.fingerprint : fingerprintAs(value, this.#reader);
  }

  public use<R>(fn: (value: unknown) => R): R {
    const value = this.#current();
    return this.#reader === undefined ? value.use(fn) : useSecretAs(value, this.#reader, fn);
  }

  public async useAsync<R>(fn: (value: unknown) => R | Promise<R>): Promise<R> {
    const value = this.#current();
    return this.#reader === undefined ? value.useAsync(fn) : useSecretAsyncAs(value, this.#reader, fn);
  }

  #current(): SecureValue<unknown> {
    const value = this.#find();
    if (value !== undefined) return value;
    throw new ConfigError({
      code: 'secret-not-set',
      message: `"${this.path}" is not set in the current generation.`,
      recovery: 'Set it in a source, or ask first: the fingerprint of its handle is undefined then.',
    });
  }

  #find(): SecureValue<unknown> | undefined {
    const { scope, index, keys } = this.#place;
    let value = scope.readLive(index);
    for (const key of keys) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
      value = Reflect.get(value, key);
    }
    return isSecureValue(value) ? value : undefined;
  }
}

Object.freeze(StoreSecretHandle.prototype);
