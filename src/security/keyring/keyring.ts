import type { ConfigLogger, SelectedEnvironment, WatchContext } from '../../core/index.js';
import type { Keyset } from './keyset.js';
import type { Passphrase } from './passphrase.js';
import type { KeyProvider } from './key-provider.js';

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
