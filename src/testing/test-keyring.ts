import { option, readOptions, type Environment, type OptionKinds } from '../core/index.js';
import { generateKeyset, Keyset, scopeHash, type Keyring } from '../security/index.js';

/** What {@link testKeyring} takes. Subpath: `uno-config/testing`. */
export interface TestKeyringOptions {
  /** The application that values are encrypted for, as in the load's `secrets.app`; `test` when absent. */
  readonly app?: string;
  /** The environment that values are encrypted for; `test` when absent. */
  readonly environment?: Environment;
}

/** Keys of a test, and what they encrypt. Subpath: `uno-config/testing`. */
export interface TestKeyring extends Keyring {
  /** `{jwe}…` for the value at a path, of a tenant if one is named; a string is taken as UTF-8. */
  encrypt(value: string | Uint8Array, path: string, tenant?: string): string;
  /** `{jwe}…`, sealed for the value at a path, of a tenant if one is named; a string is taken as UTF-8. */
  seal(value: string | Uint8Array, path: string, tenant?: string): string;
}

const OPTIONS = {
  app: option.or(option.text, 'test'),
  environment: option.or(option.name, 'test'),
} satisfies OptionKinds<TestKeyringOptions>;

/**
 * Keys that are generated for a test and are gone with it, in no file; they encrypt and seal the values of the test's
 * sources. A path is the canonical dotted one, such as `database.password`; that of an item is the path of its list.
 * Subpath: `uno-config/testing`.
 *
 * @example
 * ```ts
 * const keyring = testKeyring({ app: 'orders' });
 * const password = keyring.encrypt('correct horse', 'database.password');
 * const module = testConfig([DatabaseSettings], { database: { password } }, { secrets: { keyring, app: 'orders' } });
 * ```
 */
export function testKeyring(options: TestKeyringOptions = {}): TestKeyring {
  const { app, environment } = readOptions('testKeyring', options, OPTIONS);
  const keyset = Keyset.of(generateKeyset('test'));
  const scope = (path: string, tenant?: string): string =>
    scopeHash({ app, environment, path, ...(tenant !== undefined && { tenant }) });
  return Object.freeze<TestKeyring>({
    name: 'test keyring',
    load: async () => Promise.resolve(keyset),
    encrypt: (value, path, tenant) => keyset.encrypt(Buffer.from(value), scope(path, tenant)),
    seal: (value, path, tenant) => keyset.seal(Buffer.from(value), scope(path, tenant)),
  });
}
