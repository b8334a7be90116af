import { nodeCrypto } from './node-crypto.js';

/** Where a secret belongs. An encrypted value opens nowhere else. */
export interface SecretScope {
  /** The application, such as `orders`. */
  readonly app: string;
  /** Such as `production`; absent for a value that holds in every environment. */
  readonly environment?: string;
  /** Absent for a value that belongs to no tenant. */
  readonly tenant?: string;
  /** The canonical dotted path, such as `database.password`; absent for a value that may stand anywhere. */
  readonly path?: string;
}

/** Bytes of the digest that a token carries. */
const SCOPE_BYTES = 16;
const SCOPE_HASH = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/**
 * What a token says about where it belongs: the first 16 bytes of the SHA-256 of the scope, in base64url, 22 characters.
 * Subpath: `uno-config/keys`.
 *
 * @example
 * ```ts
 * const cfg = scopeHash({ app: 'orders', environment: 'production', path: 'database.password' });
 * ```
 */
export function scopeHash(scope: SecretScope): string {
  const parts = [scope.app, scope.environment, scope.tenant, scope.path];
  if (typeof scope.app !== 'string' || scope.app === '') {
    throw new TypeError('scopeHash: app must be the name of the application, a text that is not empty.');
  }
  // A list of texts and nulls: no name can be written so that it runs over into the next part.
  const canonical = JSON.stringify(['uno-config', 1, ...parts.map((part) => part ?? null)]);
  const digest = nodeCrypto().createHash('sha256').update(canonical, 'utf8').digest();
  return digest.subarray(0, SCOPE_BYTES).toString('base64url');
}

/** True for what {@link scopeHash} could have made. */
export function isScopeHash(text: unknown): text is string {
  return typeof text === 'string' && SCOPE_HASH.test(text);
}
