import type { ConfigOrigin } from '../../core/index.js';
import type { SectionClass } from '../../sections/index.js';

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

/** One section whose instance was replaced. */
export interface SectionChange {
  /** Where the section sits: canonical dotted path. */
  readonly section: string;
  readonly target: SectionClass;
  /** Distinguishes several uses of one class. */
  readonly name?: string | undefined;
  /** The domain of the section, where it has one. */
  readonly domain?: string | undefined;
  /** The module or component that sees the change, such as `billing/invoices`; absent for the shared settings. */
  readonly scope?: string;
  readonly changes: readonly LeafChange[];
}
