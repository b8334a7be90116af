import type { Keyring, KeyringOptions } from './keyring.js';

// Beside the keyrings, not in them: a keyring is printed and logged as part of the options of a load.
const known = new WeakMap<Keyring, KeyringOptions>();

/** Remembers what the wrapped keys of a keyring are unwrapped with. */
export function rememberOptions(keyring: Keyring, options: KeyringOptions): Keyring {
  known.set(keyring, options);
  return keyring;
}

/** What the wrapped keys of a keyring of ours are unwrapped with, for tools that write its file. */
export function optionsOfKeyring(keyring: Keyring): KeyringOptions {
  return known.get(keyring) ?? {};
}
