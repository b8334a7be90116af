/**
 * What a wrapped key is bound to, such as `{ keyset: 'orders', kid: 'orders/1' }`. The same texts must be given to open
 * it again; they are no secret, and services of that kind write them into their audit logs.
 */
export type KeyContext = Readonly<Record<string, string>>;

/** A key that has just been made, and the same key wrapped. */
export interface DataKey {
  /** 32 bytes; the caller zeroes them. */
  readonly plaintext: Buffer;
  readonly wrapped: Buffer;
}

/** What a provider says of itself. */
export interface KeyProviderDescription {
  /** What kind of provider it is, such as `local` or `vault-transit`. */
  readonly kind: string;
  /** The wrapping key, as its owner calls it; never its material. */
  readonly key: string;
  /** More for people to read, such as the region or the version of the wrapping key. */
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * Wraps the keys of a keyset under a key that is kept elsewhere. Every method rejects when the service says no or cannot be
 * reached: with a `ConfigError`, which is passed on, or with any other error, of which the keyring makes a `ConfigError`
 * that holds none of the service's words.
 */
export interface KeyProvider {
  /** Written beside every key that it wraps, and compared when the key is unwrapped: `vault:payments`. */
  readonly id: string;
  /** Makes a key of 32 bytes. */
  generateDataKey(context: KeyContext): Promise<DataKey>;
  wrapKey(key: Uint8Array, context: KeyContext): Promise<Buffer>;
  /** The key in a buffer of its own; the caller zeroes it. */
  unwrapKey(wrapped: Uint8Array, context: KeyContext): Promise<Buffer>;
  /** The same key wrapped under the newest version of the wrapping key, where possible without unwrapping it here. */
  rewrap(wrapped: Uint8Array, context: KeyContext): Promise<Buffer>;
  describe(): Promise<KeyProviderDescription>;
}
