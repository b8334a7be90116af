import type { SecretHandle } from '../container/index.js';
import { SecureValue } from '../core/index.js';

/**
 * A handle that opens to a value, for the unit test of a class that takes one with `@InjectSecret`: there is no container
 * and no access check. Bytes are copied, and the copy is zeroed after each use as in production. Subpath:
 * `uno-config/testing`.
 *
 * @param path the `path` of the handle
 *
 * @example
 * ```ts
 * const key = testSecretHandle(Buffer.from('a test key'));
 * const length = key.use((bytes) => bytes.length);
 * ```
 */
export function testSecretHandle<T>(value: T, path = 'test.secret'): SecretHandle<T> {
  const secret = SecureValue.of(value);
  return Object.freeze<SecretHandle<T>>({
    path,
    fingerprint: secret.fingerprint,
    use: (fn) => secret.use(fn),
    useAsync: async (fn) => secret.useAsync(fn),
  });
}
