import {
  ConfigError,
  isSecureValue,
  useSecretAs,
  useSecretAsyncAs,
  type SecretReader,
  type SecureValue,
} from '../../core/index.js';
import type { SecretFieldOf } from '../../container/index.js';
import { fieldAt } from './field-path.js';

/** Gives a secret whenever a client connects. */
export type SecretProvider = () => Promise<string>;

/**
 * The secrets of the settings that a resource is made from, opened in the name of the resource: an access rule or
 * `readers` name it as they would a class. Subpath: `uno-config/resources`.
 */
export interface ResourceSecrets<S> {
  /**
   * A function that opens the current secret when it is called, for drivers that call it on every connect. A change of this
   * field alone makes no new client: the holder of the provider follows it.
   */
  provider(field: SecretFieldOf<S>): SecretProvider;
  /**
   * The same for drivers that read a property whenever they connect, and cannot wait.
   *
   * @throws when it is called, ConfigError `access-denied`, `audit-needs-async`, `secret-not-set`.
   */
  reader(field: SecretFieldOf<S>): () => string;
  /**
   * Hands the secret as it is now to a function and gives what it returns. For drivers that take a string only: a change
   * of the field makes a new client.
   *
   * @throws ConfigError `access-denied`, `audit-needs-async`, `secret-not-set`.
   */
  use<R>(field: SecretFieldOf<S>, fn: (value: string) => R): R;
}

/** The secrets of settings that are exchanged beneath. */
export class LiveSecrets<S> implements ResourceSecrets<S> {
  readonly #reader: SecretReader;
  readonly #settings: () => unknown;
  /** The fields that providers follow. */
  readonly #followed = new Set<string>();

  public constructor(name: string, settings: () => unknown) {
    this.#reader = Object.freeze({ name });
    this.#settings = settings;
  }

  public get followed(): ReadonlySet<string> {
    return this.#followed;
  }

  public provider(field: SecretFieldOf<S>): SecretProvider {
    this.#followed.add(field);
    return async () => useSecretAsyncAs(this.#find(field), this.#reader, (value) => value);
  }

  public reader(field: SecretFieldOf<S>): () => string {
    this.#followed.add(field);
    return () => this.use(field, (value) => value);
  }

  public use<R>(field: SecretFieldOf<S>, fn: (value: string) => R): R {
    return useSecretAs(this.#find(field), this.#reader, fn);
  }

  #find(field: string): SecureValue<string> {
    const value = fieldAt(this.#settings(), field.split('.'));
    // A driver's password is a string; another form opens to a value that the driver refuses.
    if (isSecureValue(value)) return value as SecureValue<string>;
    throw new ConfigError({
      code: 'secret-not-set',
      message: `"${field}", which ${this.#reader.name} needs, is not set in the current generation.`,
      recovery: 'Set it in a source.',
    });
  }
}
