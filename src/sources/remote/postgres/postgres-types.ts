interface PgRows {
  readonly rows: readonly Record<string, unknown>[];
}

/** What we ask of a connection of the package `pg`. Subpath: `uno-config/sources/postgres`. */
export interface PgStoreConnection {
  query(text: string, values?: unknown[]): Promise<PgRows>;
  on(event: 'notification' | 'error' | 'end', listener: (given?: unknown) => void): unknown;
  removeListener(event: 'notification' | 'error' | 'end', listener: (given?: unknown) => void): unknown;
  release(error?: boolean): void;
}

/** What we ask of a pool of the package `pg`. Subpath: `uno-config/sources/postgres`. */
export interface PgStorePool {
  query(text: string, values?: unknown[]): Promise<PgRows>;
  connect(): Promise<PgStoreConnection>;
}

/** A pool that is made here. */
export interface PgOwnPool extends PgStorePool {
  on(event: 'error', listener: () => void): unknown;
  end(): Promise<void>;
}

/** A connection before it is in a pool. */
export interface PgStoreClient {
  connect(callback: (error?: Error | null) => void): void;
  end(): Promise<void>;
}

/** What we ask of the package `pg`. */
export interface PgStoreDriver {
  readonly Client: new () => PgStoreClient;
  readonly Pool: new (options: Readonly<Record<string, unknown>>) => PgOwnPool;
}
