import type { KeyContext } from './key-provider.js';
import type { KeyDescription, KeyState, KeyUse } from './key-description.js';
import { opens } from './key-description.js';

/** The secret bytes of a key as its document holds them. */
export type KeyMaterial = PlainMaterial | ProviderMaterial | PassphraseMaterial;

/** As they are: 32 bytes in base64url. */
export interface PlainMaterial {
  readonly kind: 'plain';
  readonly secret: string;
}

/** Wrapped by a key provider, in base64. */
export interface ProviderMaterial {
  readonly kind: 'provider';
  readonly provider: string;
  readonly wrapped: string;
  readonly context?: KeyContext;
}

/** Wrapped under a key that scrypt makes of a passphrase. */
export interface PassphraseMaterial extends ScryptParameters {
  readonly kind: 'passphrase';
  /** In base64. */
  readonly wrapped: string;
}

/** How scrypt makes a key of a passphrase; stored beside what it wraps. */
export interface ScryptParameters {
  /** The cost, a power of two. */
  readonly N: number;
  /** The block size. One derivation takes 128 * N * r bytes of memory. */
  readonly r: number;
  readonly p: number;
  /** In base64. */
  readonly salt: string;
}

export interface KeyEntry {
  readonly kid: string;
  readonly use: KeyUse;
  readonly state: KeyState;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** The public half of a seal key, 32 bytes in base64url. */
  readonly x?: string;
  /** Absent where only the public half is held. */
  readonly material?: KeyMaterial;
}

export function describeEntry({ kid, use, state, created, material }: KeyEntry): KeyDescription {
  return Object.freeze({ kid, use, state, created, canOpen: opens(state) && material !== undefined });
}
