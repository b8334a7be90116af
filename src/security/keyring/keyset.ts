import type { ConfigLogger } from '../../core/index.js';
import { guardLogger, silentLogger } from '../../core/index.js';
import {
  encryptValue,
  isScopeHash,
  LARGEST_PLAINTEXT,
  notOpened,
  openValue,
  readToken,
  sealValue,
} from '../cipher/index.js';
import type { KeyDescription, KeyUse } from './key-description.js';
import { holdEntries, type HeldKey } from './held-key.js';
import { noPrimaryKey, secretTooLarge, unusableKey } from './key-errors.js';
import type { KeysetDocument } from './keyset-document.js';

/** What {@link Keyset.of} takes beside the document. */
export interface KeysetOptions {
  /** Told of values under retired keys. */
  readonly logger?: ConfigLogger;
}

/** What {@link Keyset.open} gives. */
export interface OpenedSecret {
  /** The plaintext, in memory of its own. Whoever asked for it zeroes it: `bytes.fill(0)`. */
  readonly bytes: Buffer;
  readonly kid: string;
  readonly sealed: boolean;
  /** Whether its key is retired: the value should be encrypted again with the primary one. */
  readonly retired: boolean;
}

/** What a token says of itself. Nothing of it is authentic before it is opened. */
export interface TokenDescription {
  readonly kid: string;
  readonly sealed: boolean;
  readonly cfg: string;
}

/** The keyset of a document; for the files of this folder. `unwrapped` has its wrapped keys, and they are zeroed. */
export let keysetOf: (
  document: KeysetDocument,
  options: KeysetOptions,
  unwrapped?: ReadonlyMap<string, Buffer>,
) => Keyset;

/**
 * Keys in memory, ready to encrypt and to open. Immutable; shows its name and what may be said of its keys, and no key
 * material however it is printed. Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const keyset = Keyset.of(generateKeyset('orders'));
 * const cfg = scopeHash({ app: 'orders', path: 'mail.password' });
 * const token = keyset.encrypt(Buffer.from('swordfish'), cfg);
 * const { bytes } = keyset.open(token, [cfg]);
 * bytes.fill(0);
 * ```
 */
export class Keyset {
  public readonly name: string;
  public readonly keys: readonly KeyDescription[];
  readonly #held: ReadonlyMap<string, HeldKey>;
  readonly #logger: ConfigLogger;
  readonly #reported = new Set<string>();

  private constructor(name: string, held: readonly HeldKey[], { logger = silentLogger }: KeysetOptions) {
    this.name = name;
    this.keys = Object.freeze(held.map(({ description }) => description));
    this.#held = new Map(held.map((key) => [key.description.kid, key]));
    this.#logger = guardLogger(logger);
    Object.freeze(this);
  }

  /**
   * The keyset of a document whose keys are not wrapped; {@link openKeyset} takes all. Throws a `ConfigError` with code
   * `keyset-invalid` for a key that cannot be used, `key-not-unwrapped` for one that is wrapped.
   */
  public static of(document: KeysetDocument, options: KeysetOptions = {}): Keyset {
    return keysetOf(document, options);
  }

  static {
    keysetOf = (document, options, unwrapped) => new Keyset(document.name, holdEntries(document, unwrapped), options);
  }

  /**
   * `{jwe}…`, encrypted with the primary key to encrypt with, for the scope whose hash is `cfg`. Throws a `ConfigError`
   * with code `no-primary-key` or `secret-too-large` (over 16 MiB). Nonces are random, so that a key is good for 2^32
   * values (NIST SP 800-38D, 8.3); nobody counts them, and {@link keysDue} tells by age which key to rotate.
   */
  public encrypt(plaintext: Uint8Array, cfg: string): string {
    const { key, makes } = this.#maker('encrypt');
    check(plaintext, cfg);
    return encryptValue(makes, key.description.kid, plaintext, cfg);
  }

  /**
   * `{jwe}…`, sealed with the primary key to seal with, for the scope whose hash is `cfg`. The public half is enough.
   * Throws a `ConfigError` with code `no-primary-key`, `secret-too-large` (over 16 MiB), or `keyset-invalid` for a public
   * half that everybody could open values of.
   */
  public seal(plaintext: Uint8Array, cfg: string): string {
    const { key, makes } = this.#maker('seal');
    check(plaintext, cfg);
    const { kid } = key.description;
    const token = sealValue(makes, kid, plaintext, cfg);
    if (token === undefined) throw unusableKey(kid, 'its public half is no key that anything can be sealed for');
    return token;
  }

  /**
   * Opens a token that belongs to one of the accepted scopes, given as hashes. Throws a `ConfigError` with code
   * `secret-not-opened`, with one and the same message whatever the reason.
   */
  public open(token: string, accepted: readonly string[]): OpenedSecret {
    const opened = this.#open(token, accepted);
    if (opened === undefined) throw notOpened();
    return opened;
  }

  /** What a token says of itself; undefined for a text that is no token of ours. */
  public inspect(token: string): TokenDescription | undefined {
    const header = readToken(token)?.header;
    return header && Object.freeze({ kid: header.kid, sealed: header.epk !== undefined, cfg: header.cfg });
  }

  /**
   * The same value for the same scope under the primary key of the same use; the very token when it is under that key
   * already. Throws like {@link Keyset.open} and {@link Keyset.encrypt}.
   */
  public rewrap(token: string): string {
    const header = this.inspect(token);
    if (header === undefined) throw notOpened();
    const { bytes, kid, sealed } = this.open(token, [header.cfg]);
    try {
      if (this.primary(sealed ? 'seal' : 'encrypt').kid === kid) return token;
      return sealed ? this.seal(bytes, header.cfg) : this.encrypt(bytes, header.cfg);
    } finally {
      bytes.fill(0);
    }
  }

  /** The key that new values are made with. Throws a `ConfigError` with code `no-primary-key`. */
  public primary(use: KeyUse): KeyDescription {
    return this.#maker(use).key.description;
  }

  #open(text: string, accepted: readonly string[]): OpenedSecret | undefined {
    const token = readToken(text);
    if (token === undefined || !accepted.includes(token.header.cfg)) return undefined;
    const { kid } = token.header;
    const key = this.#held.get(kid);
    const sealed = token.header.epk !== undefined;
    // The algorithm is the key's: a token that says another one is not opened with it.
    if (key?.opens === undefined || sealed !== (key.description.use === 'seal')) return undefined;
    const bytes = openValue(key.opens, token);
    if (bytes === undefined) return undefined;
    const retired = key.description.state === 'retired';
    if (retired) this.#reportRetired(kid);
    return { bytes, kid, sealed, retired };
  }

  #maker(use: KeyUse): { readonly key: HeldKey; readonly makes: NonNullable<HeldKey['makes']> } {
    for (const key of this.#held.values()) {
      const { makes, description } = key;
      if (description.use === use && description.state === 'primary' && makes) return { key, makes };
    }
    throw noPrimaryKey(this.name, use);
  }

  /** Once for each key, not for each value. */
  #reportRetired(kid: string): void {
    if (this.#reported.has(kid)) return;
    this.#reported.add(kid);
    this.#logger.log({
      level: 'warn',
      event: 'config.secret.retired-key',
      message: `Values are still encrypted under ${kid}, which is retired.`,
      fields: { keyset: this.name, kid },
    });
  }
}

function check(plaintext: Uint8Array, cfg: string): void {
  if (!isScopeHash(cfg)) throw new TypeError('cfg must be what scopeHash(scope) gives.');
  if (plaintext.length > LARGEST_PLAINTEXT) throw secretTooLarge(plaintext.length);
}
