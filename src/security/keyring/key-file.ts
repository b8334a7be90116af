import { option, readOptions } from '../../core/index.js';
import { KeptKeyset } from './open-keyset.js';
import { KEYRING_OPTIONS, rememberOptions, type Keyring, type KeyringOptions } from './keyring.js';
import { readPrivateFile } from './private-file.js';
import { WatchedPlaces } from './watch-places.js';

/**
 * A keyset document in a file that only its owner can read, at most 1 MiB. Loading throws a `ConfigError` with code
 * `keyring-unreadable`, `keyring-exposed`, `keyset-invalid` or `key-not-unwrapped`. A running program picks up a file that
 * is replaced. Subpath: `uno-config/keys`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const keyring = keyFile('/etc/orders/keys.json', { passphrase: () => process.env['KEYS_PASSPHRASE'] ?? '' });
 * ```
 */
export function keyFile(path: string, options: KeyringOptions = {}): Keyring {
  option.path.read(path, 'keyFile: the path');
  const { name = path } = readOptions('keyFile', options, KEYRING_OPTIONS);
  const kept = new KeptKeyset(name, options);
  const places = new WatchedPlaces([path]);
  const keyring = Object.freeze<Keyring>({
    name,
    load: async (context) => {
      await places.learn();
      return kept.of(await readPrivateFile(path), context);
    },
    watch: (context) => places.watch(context),
  });
  return rememberOptions(keyring, options);
}
