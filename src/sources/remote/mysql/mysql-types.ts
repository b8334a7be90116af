/** What we ask of a connection of `mysql2/promise` or `mariadb`. Subpath: `uno-config/sources/mysql`. */
export interface MysqlStoreConnection {
  query(sql: string): Promise<unknown>;
  /** Values go beside the statement, never into its text. */
  execute(sql: string, values?: MysqlStoreValue[]): Promise<unknown>;
  release(): unknown;
  destroy(): unknown;
}

/** What is sent beside a statement. */
export type MysqlStoreValue = string | number | null;

/** What we ask of a pool of `mysql2/promise` or `mariadb`. Subpath: `uno-config/sources/mysql`. */
export interface MysqlStorePool {
  getConnection(): Promise<MysqlStoreConnection>;
}

/** A pool that is made here. */
export interface MysqlOwnPool extends MysqlStorePool {
  end(): Promise<void>;
}

/** What we ask of the package `mysql2/promise` or `mariadb`. */
export interface MysqlStoreDriver {
  readonly createPool: (options: Readonly<Record<string, unknown>>) => MysqlOwnPool;
}
