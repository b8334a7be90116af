import { ConfigError, option, readOptions } from '../../core/index.js';
import { KeptKeyset } from './open-keyset.js';
import { KEYRING_OPTIONS, rememberOptions, type Keyring, type KeyringOptions } from './keyring.js';

/**
 * A keyset document in an environment variable, as JSON or as the base64 of it. Loading throws a `ConfigError` with code
 * `keyring-unreadable` when it is not set, `keyset-invalid` or `key-not-unwrapped`. Whoever can read the process's own
 * memory or `/proc` reads it too; a file or a key provider is the better place. Subpath: `uno-config/keys`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const keyring = keyEnvironment('ORDERS_KEYRING');
 * ```
 */
export function keyEnvironment(variable = 'UNO_KEYRING', options: KeyringOptions = {}): Keyring {
  option.name.read(variable, 'keyEnvironment: the variable');
  const { name = variable } = readOptions('keyEnvironment', options, KEYRING_OPTIONS);
  const kept = new KeptKeyset(name, options);
  const keyring = Object.freeze<Keyring>({
    name,
    load: async (context) => {
      const text = context.env[variable]?.trim() ?? '';
      if (text === '') throw notSet(variable);
      return kept.of(text.startsWith('{') ? text : Buffer.from(text, 'base64'), context);
    },
  });
  return rememberOptions(keyring, options);
}

function notSet(variable: string): ConfigError {
  return new ConfigError({
    code: 'keyring-unreadable',
    message: `The keys in ${variable} could not be read: the variable is not set.`,
    recovery: 'Set it to a keyset document, as JSON or as the base64 of it.',
  });
}
