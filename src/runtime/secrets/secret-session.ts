import {
  abortController,
  ConfigError,
  environmentKind,
  formatPath,
  holdOutsideHeap,
  ownBytes,
  SealedContent,
  underKey,
  type ConfigLogger,
  type ConfigPath,
  type SecretContent,
  type SecretLevel,
  type SelectedEnvironment,
} from '../../core/index.js';
import { isToken, scopeHash, type Keyset, type KeyUse } from '../../security/index.js';
import type { PlainSecretPolicy, SecretOptions } from './secret-options.js';

/** What a load needs of the machine to open secrets. */
export interface SecretContext extends SelectedEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
  readonly logger: ConfigLogger;
}

/**
 * The keys of one set of options, kept current: every load asks for them. A sealed value opens with those of the last load
 * that succeeded with it.
 */
export class SecretSession {
  readonly #options: SecretOptions | undefined;
  #keyset: Keyset | undefined;
  #loaded: Promise<unknown> = Promise.resolve();
  #selected: SelectedEnvironment = { environment: 'development' };

  public constructor(options: SecretOptions | undefined) {
    this.#options = options;
  }

  /** What becomes of plain texts that should be encrypted. */
  public get plain(): PlainSecretPolicy {
    return this.#options?.plain ?? (environmentKind(this.#selected) === 'production' ? 'error' : 'warn');
  }

  /** The same object until the keys are others. */
  public get keys(): unknown {
    return this.#keyset;
  }

  /**
   * Loads the keys; true when they are others than before.
   *
   * @throws ConfigError of the keyring.
   */
  public async load(context: SecretContext): Promise<boolean> {
    const loading = this.#load(context);
    // The caller of the load receives its failure.
    this.#loaded = loading.catch(() => undefined);
    return loading;
  }

  /** Ends when the load of the keys that was begun last has ended, well or not. */
  public get loaded(): Promise<unknown> {
    return this.#loaded;
  }

  async #load({ environment, like, env, signal, logger }: SecretContext): Promise<boolean> {
    const selected: SelectedEnvironment = { environment, ...(like !== undefined && { like }) };
    this.#selected = selected;
    const keyring = this.#options?.keyring;
    if (keyring === undefined) return false;
    const keyset = await keyring.load({ ...selected, env, signal: signal ?? abortController().signal, logger });
    const moved = keyset !== this.#keyset;
    this.#keyset = keyset;
    return moved;
  }

  /**
   * The content of an encrypted string. The level decides how it must be encrypted: otherwise any holder of a public key, or
   * of the key of a lesser level, could write it. For a sealed field it stays ciphertext, and is opened for each use.
   *
   * @param path without the indexes of lists
   * @param tenant the owner of the value; one encrypted for another tenant, or for none, does not open
   * @throws ConfigError `no-keyring`, `secret-not-opened`, `spring-cipher-not-opened`, `secret-not-sealed`,
   *   `secret-sealed`.
   */
  public open(text: string, path: ConfigPath, level: SecretLevel, tenant?: string): SecretContent {
    if (!isToken(text)) {
      if (level === 'sealed') throw notSealed();
      if (tenant !== undefined) throw boundToNobody();
      return this.#openSpring(text);
    }
    // Asked first: without keys there need be no application either.
    const keyset = this.#current();
    const accepted = this.#accepted(path, tenant);
    // With the keys of its own load: those that came later may lack its key, and then their load may have been refused.
    const open = (): Buffer => keyset.open(text, accepted).bytes;
    // Opened once in any case: a value that does not open must be found now, not when it is needed.
    const { bytes, kid, sealed } = keyset.open(text, accepted);
    if (level !== 'sealed' && !sealed) return underKey(holdOutsideHeap(bytes), kid);
    bytes.fill(0);
    if (level !== 'sealed') throw sealedInstead();
    if (!sealed) throw notSealed();
    return new SealedContent(open, kid);
  }

  /**
   * The id of the key that a value of a level is encrypted with.
   *
   * @throws ConfigError `no-keyring`, `no-primary-key`.
   */
  public keyFor(level: SecretLevel): string {
    return this.#current().primary(useOf(level)).kid;
  }

  /**
   * The ciphertext of a value for its place; sealed where the level asks for it.
   *
   * @throws ConfigError `no-keyring`, `no-primary-key`, `secret-too-large`.
   */
  public encrypt(path: ConfigPath, value: Uint8Array, level: SecretLevel, tenant?: string): string {
    return this.#current()[useOf(level)](value, this.#hash('path', path, tenant));
  }

  /** The ciphertext of a string for its place, as far as there is a key to encrypt with. */
  public protect(path: ConfigPath, text: string, level: SecretLevel, tenant?: string): string | undefined {
    const bytes = ownBytes(text);
    try {
      return this.#keyset?.[useOf(level)](bytes, this.#hash('path', path, tenant));
    } catch (error) {
      // A keyring that can only seal or open does not encrypt; what it cannot keep is left out.
      if (ConfigError.is(error)) return undefined;
      throw error;
    } finally {
      bytes.fill(0);
    }
  }

  #openSpring(text: string): SecretContent {
    const spring = this.#options?.spring;
    if (spring === undefined) throw noKeyring('secrets.spring');
    return holdOutsideHeap(ownBytes(spring.open(text)));
  }

  #current(): Keyset {
    if (this.#keyset === undefined) throw noKeyring('secrets.keyring');
    return this.#keyset;
  }

  #accepted(path: ConfigPath, tenant: string | undefined): readonly string[] {
    const widest = this.#options?.scope ?? 'path';
    const kinds = KINDS.slice(0, KINDS.indexOf(widest) + 1);
    return kinds.map((kind) => this.#hash(kind, path, tenant));
  }

  #hash(kind: (typeof KINDS)[number], path: ConfigPath, tenant?: string): string {
    const app = this.#options?.app ?? '';
    const whose = tenant === undefined ? { app } : { app, tenant };
    if (kind === 'app') return scopeHash(whose);
    const { environment } = this.#selected;
    return kind === 'environment'
      ? scopeHash({ ...whose, environment })
      : scopeHash({ ...whose, environment, path: formatPath(path) });
  }
}

function useOf(level: SecretLevel): KeyUse {
  return level === 'sealed' ? 'seal' : 'encrypt';
}

function notSealed(): ConfigError {
  return new ConfigError({
    code: 'secret-not-sealed',
    message: 'An encrypted value is not sealed, as its field asks for.',
    recovery: "Seal it for its place with uno-config seal, or declare the field with level: 'encrypt'.",
  });
}

function sealedInstead(): ConfigError {
  return new ConfigError({
    code: 'secret-sealed',
    message: 'An encrypted value is sealed, and its field asks for one that is encrypted.',
    recovery: "Encrypt it for its place with uno-config encrypt, or declare the field with level: 'sealed'.",
  });
}

/** A ciphertext of Spring would open in the document of any tenant. */
function boundToNobody(): ConfigError {
  return new ConfigError({
    code: 'secret-not-opened',
    message: 'An encrypted value could not be opened: a ciphertext of Spring is bound to no tenant.',
    recovery: 'Encrypt it for this tenant with a keyset.',
  });
}

/** Without any key: the error names the missing option. */
function noKeyring(option: string): ConfigError {
  return new ConfigError({
    code: 'no-keyring',
    message: 'An encrypted value cannot be opened: there are no keys.',
    recovery: `Give the load the option ${option}.`,
  });
}

const KINDS = ['path', 'environment', 'app'] as const;
