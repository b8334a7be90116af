import { option, type OptionKinds } from '../../core/index.js';
import type { Keyring, KeyringOptions } from './keyring.js';
import { isKeysetName } from './parse-entries.js';
import type { UnwrapOptions } from './unwrap-entries.js';

export const KEYSET_NAME = option.kind('up to 64 letters, digits, dots, hyphens and underscores', isKeysetName);

export const PROVIDER = option.having('a key provider, such as localKeyProvider(…)', 'wrapKey', 'unwrapKey');

/** How wrapped keys are unwrapped. */
export const UNWRAP_OPTIONS = {
  passphrase: option.either(option.text, option.callback),
  providers: option.listOf(PROVIDER),
  signal: option.signal,
} satisfies OptionKinds<UnwrapOptions>;

export const KEYRING_OPTIONS = {
  name: option.name,
  passphrase: UNWRAP_OPTIONS.passphrase,
  providers: UNWRAP_OPTIONS.providers,
} satisfies OptionKinds<KeyringOptions>;

// Beside the keyrings, not in them: a keyring is printed and logged as part of the options of a load.
const known = new WeakMap<Keyring, KeyringOptions>();

export function rememberOptions(keyring: Keyring, options: KeyringOptions): Keyring {
  known.set(keyring, options);
  return keyring;
}

export function optionsOfKeyring(keyring: Keyring): KeyringOptions {
  return known.get(keyring) ?? {};
}
