import type { ConfigLayer, KeptDocument } from '../../core/index.js';
import type { Generation } from '../generation/index.js';
import type { BuiltTenant } from './build-tenant.js';

/** One tenant, whatever its state. */
export interface ExaminedTenant {
  readonly id: string;
  readonly facts: {
    readonly identifier: string;
    readonly state: string;
    readonly plan: string | undefined;
    readonly attributes: Readonly<Record<string, unknown>>;
  };
  /** What its own document sets, low to high. */
  readonly layers: readonly ConfigLayer[];
  /** What it would have if its document set nothing: base < plan. */
  below(): Promise<Generation>;
  /**
   * What it has.
   *
   * @throws ConfigError with all that is wrong.
   */
  built(): Promise<BuiltTenant>;
}

/** The tenants of a definition over one state of its base, for tools. */
export interface ExaminedTenants {
  /** `undefined` where documents are asked for one by one. */
  readonly ids: readonly string[] | undefined;
  /** @throws ConfigError `tenant-unknown`, `invalid-tenant`, or why its document cannot be read. */
  find(id: string): Promise<ExaminedTenant>;
  /** The stored copy of a tenant; `undefined` where the source has none, or cannot know. */
  kept(id: string): Promise<KeptDocument | undefined>;
  close(): Promise<void>;
}
