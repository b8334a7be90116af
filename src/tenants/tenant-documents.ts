import type { ConfigError, ConfigLayer } from '../core/index.js';

/** What is known of a tenant's document. */
export interface FoundDocument {
  /** Its last good answer. */
  readonly layers: readonly ConfigLayer[];
  /** Why its latest content cannot be used. */
  readonly bad?: ConfigError | undefined;
}

/** Documents of tenants that have moved, come or gone. */
export interface MovedTenants {
  readonly ids: ReadonlySet<string> | 'all';
  readonly reason: string;
}

/** Where the documents of tenants are. */
export interface TenantDocuments {
  start(signal: AbortSignal | undefined): Promise<void>;
  /** The ids of all that are known. */
  readonly ids: readonly string[];
  /** The document of a tenant, the same object while it is equal; `undefined` when there is none. */
  find(id: string): Promise<FoundDocument | undefined>;
  /** The id behind a public name. */
  idOf(identifier: string): string | undefined;
  /** Reads again: one document, or all. */
  refresh(id?: string): Promise<void>;
  /** Nothing is kept of it any more; it is found when it is asked for. */
  forget(id: string): void;
  onMoved(listener: (moved: MovedTenants) => void): void;
  /** Problems in words. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}
