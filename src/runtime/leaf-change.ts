import type { ConfigOrigin } from '../core/index.js';

/** One setting that is not what it was. */
export interface LeafChange {
  /** Canonical dotted path: `database.pool.max`. */
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'removed';
  /** Safe to show: secrets are masked. `undefined` when the setting was added. */
  readonly before: unknown;
  /** Safe to show: secrets are masked. `undefined` when the setting was removed. */
  readonly after: unknown;
  /** Where the new value comes from, or came from when it was removed; absent when no source set it. */
  readonly origin?: ConfigOrigin | undefined;
}
