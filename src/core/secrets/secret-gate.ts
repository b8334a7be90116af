/**
 * How well a secret is kept. `mask`: hidden in every output. `encrypt`: also encrypted wherever it is stored, and never a
 * string in memory. `sealed`: ciphertext in memory too, opened only while it is used.
 */
export type SecretLevel = 'mask' | 'encrypt' | 'sealed';

/** What a secret opens to: a string, a number, bytes (a `Buffer` that is zeroed after use), or a value read from JSON. */
export type SecretForm = 'text' | 'number' | 'bytes' | 'json';

/**
 * Whether the use of a secret must be on record before it is allowed (`required`), or is recorded as well as can be
 * without holding anybody up (`best-effort`).
 */
export type SecretAudit = 'required' | 'best-effort';

/** The class of a consumer that uses a secret. */
export interface SecretReader {
  readonly name: string;
}

/**
 * The only consumers that may open a secret: classes, or `injected` for every class that declares its use with
 * `@InjectSecret`.
 */
export type SecretReaders = readonly SecretReader[] | 'injected';

/** What a settings class declares of a secret. */
export interface SecretRule {
  readonly level: SecretLevel;
  readonly form: SecretForm;
  /** The only consumers that may open it; anybody whom the policies allow when absent. */
  readonly readers?: SecretReaders;
  /** Not recorded when absent. */
  readonly audit?: SecretAudit;
}

/**
 * What may be done with a secret: see that it is there (`list`), see it masked and whether it equals another
 * (`read-masked`), open it (`use`), give it another value (`write`), or encrypt it under another key (`rotate`).
 */
export type AccessRight = 'list' | 'read-masked' | 'use' | 'write' | 'rotate';

/** One wish to do something with a secret. */
export interface SecretWish extends SecretRule {
  readonly right: AccessRight;
  /** The canonical dotted path. */
  readonly path: string;
  /** The consumer that holds a handle of the secret; absent when the section's own value is used. */
  readonly reader?: SecretReader;
  /** The id of the key that it is encrypted under; absent for what came as plain text. */
  readonly kid?: string;
  /** The paths of the secrets that it was built from, for the record: each of them is asked for with a wish of its own. */
  readonly origins?: readonly string[];
}

/** Asked before anybody outside the library does something with a secret. */
export interface SecretGate {
  /** The tenant whose secrets it guards, and the gate that it was made from; absent where they belong to no tenant. */
  readonly owner?: { readonly tenant: string; readonly of: SecretGate } | undefined;
  /**
   * Returns when the wish is granted.
   *
   * @throws ConfigError `access-denied`, and `audit-needs-async` when it must be on record first.
   */
  admit(wish: SecretWish): void;
  /**
   * Resolves when the wish is granted and, where that is required, on record.
   *
   * @throws ConfigError `access-denied`, `audit-failed`.
   */
  admitAsync(wish: SecretWish): Promise<void>;
  /** Whether a wish would be granted, for lists that leave out what would not. Nothing is recorded. */
  allows(wish: SecretWish): boolean;
}
