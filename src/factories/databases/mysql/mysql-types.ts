import type { Socket } from 'node:net';
import type { TlsOptions } from '../settings/index.js';

/** What we ask of a connection of `mysql2/promise` or `mariadb`. Subpath: `uno-config/databases/mysql`. */
export interface MysqlConnection {
  query(sql: string, values?: unknown[]): Promise<unknown>;
  release(): unknown;
  destroy(): void;
  /** The id of its session on the server. */
  readonly threadId: number | null;
}

/** What we ask of a pool of `mysql2/promise` or `mariadb`. Subpath: `uno-config/databases/mysql`. */
export interface MysqlPool<K extends MysqlConnection = MysqlConnection> {
  query(sql: string): Promise<unknown>;
  getConnection(): Promise<K>;
  end(): Promise<void>;
}

/** What we ask of the package `mysql2/promise`. Subpath: `uno-config/databases/mysql`. */
export interface Mysql2Driver<P> {
  readonly createPool: (options: Mysql2PoolOptions) => P;
}

/** What we ask of the package `mariadb`. Subpath: `uno-config/databases/mysql`. */
export interface MariadbDriver<P> {
  readonly createPool: (options: MariadbPoolOptions) => P;
}

/** TLS as `mysql2` takes it: names of hosts are compared only on request. */
export interface Mysql2TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
  readonly verifyIdentity: boolean;
}

interface ConnectionOptions {
  host: string;
  port: number;
  socketPath?: string;
  database?: string;
  user?: string;
  connectionLimit: number;
  connectTimeout: number;
}

/** The options of a pool, as `mysql2` takes them: milliseconds. The password is given to it later, as a getter. */
export interface Mysql2PoolOptions extends ConnectionOptions {
  ssl?: Mysql2TlsOptions;
  maxIdle: number;
  idleTimeout: number;
  enableKeepAlive: boolean;
  keepAliveInitialDelay: number;
  waitForConnections: true;
}

/** The options of a pool, as `mariadb` takes them: milliseconds, but for `idleTimeout`, which is in seconds. */
export interface MariadbPoolOptions extends ConnectionOptions {
  ssl?: TlsOptions;
  password?: string;
  minimumIdle: number;
  idleTimeout: number;
  acquireTimeout: number;
  keepAliveDelay?: number;
  socketTimeout?: number;
  /** Opens a connection of the network. */
  stream?: (opened: (error?: Error, socket?: Socket) => void) => void;
}
