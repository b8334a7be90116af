import {
  type ConfigLogger,
  type SelectedEnvironment,
  type WatchContext,
  option,
  type OptionKinds,
} from '../../core/index.js';
import type { Keyset } from './keyset.js';
import type { Passphrase } from './passphrase.js';
import type { KeyProvider } from './key-provider.js';
import { isKeysetName } from './parse-entries.js';
import type { UnwrapOptions } from './unwrap-entries.js';

/** What a keyring is told when it loads. */
export interface KeyringContext extends SelectedEnvironment {
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the load is no longer wanted. */
  readonly signal: AbortSignal;
  readonly logger: ConfigLogger;
}

/** Where a keyset comes from. */
export interface Keyring {
  /** Names it in errors and logs. */
  readonly name: string;
  /** The keyset; the very same object as long as nothing has changed. */
  load(context: KeyringContext): Promise<Keyset>;
  /** Looks out for changes until the context's signal ends it. Resolves when it has begun to. */
  watch?(context: WatchContext): void | Promise<void>;
}

/** What wrapped keys of a keyring are unwrapped with. */
export interface KeyringOptions {
  /** Names it in errors and logs; made of the place when absent. */
  readonly name?: string;
  /** Of keys that are wrapped under one. */
  readonly passphrase?: Passphrase;
  /** Of keys that are wrapped by one; each is found by its `id`. */
  readonly providers?: readonly KeyProvider[];
}

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
