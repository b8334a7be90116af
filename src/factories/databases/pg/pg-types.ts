import type { TlsOptions } from '../settings/index.js';

/** What a query answers with. */
export interface PgResult<R> {
  readonly rows: R[];
  readonly rowCount: number | null;
  /** What the server did: `SELECT`, `COMMIT`. */
  readonly command: string;
}

/** What we ask of a connection of the package `pg`. Subpath: `uno-config/databases/pg`. */
export interface PgClient {
  query<R extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<PgResult<R>>;
}

/** A connection that was taken out of a pool. Subpath: `uno-config/databases/pg`. */
export interface PgPoolClient extends PgClient {
  /** What it was connected with. */
  readonly connectionParameters?: { readonly statement_timeout?: number | string | false };
  release(error?: Error | boolean): void;
}

/** What we ask of a pool of the package `pg`. Subpath: `uno-config/databases/pg`. */
export interface PgPool {
  query<R extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<PgResult<R>>;
  connect(): Promise<PgPoolClient>;
  end(): Promise<void>;
  /** Connections that are open. */
  readonly totalCount: number;
  /** Unused connections. */
  readonly idleCount: number;
  /** Callers that wait for a connection. */
  readonly waitingCount: number;
  readonly options: PgPoolLimits;
  on(
    event: 'error' | 'connect' | 'acquire' | 'release' | 'remove',
    listener: (first: unknown, second?: unknown) => void,
  ): unknown;
}

/** What of its options a pool looks at whenever it needs it. */
export interface PgPoolLimits {
  max: number;
  maxUses: number;
  maxLifetimeSeconds: number;
  idleTimeoutMillis?: number | null | undefined;
  connectionTimeoutMillis?: number | undefined;
}

/** A server that comes with the program: what a pool over it takes in place of its settings. */
export interface PgServer {
  /** Where it listens; absent when there is none, or it is reached otherwise. */
  readonly connection?: Required<Pick<PgPoolOptions, 'host' | 'port' | 'user' | 'database' | 'password'>>;
  /** Opens a pool where it listens nowhere. */
  readonly openPool?: () => PgPool;
  close(): Promise<void>;
}

/** The options of a pool, as `pg` takes them: milliseconds, but for the lifetime, which is in seconds. */
export interface PgPoolOptions {
  host: string;
  port: number;
  database?: string;
  user?: string;
  password?: () => Promise<string>;
  ssl?: TlsOptions;
  application_name?: string;
  options?: string;
  statement_timeout?: number;
  query_timeout?: number;
  lock_timeout?: number;
  idle_in_transaction_session_timeout: number;
  keepAlive: boolean;
  keepAliveInitialDelayMillis: number;
  max: number;
  min: number;
  idleTimeoutMillis: number;
  connectionTimeoutMillis: number;
  maxLifetimeSeconds: number;
  maxUses?: number;
}

/** A connection before it is in a pool. */
export interface PgRawClient {
  connect(callback: (error?: Error | null) => void): void;
  once(event: 'end', listener: () => void): unknown;
  end(): Promise<void>;
}

/** What we ask of the package `pg`. Subpath: `uno-config/databases/pg`. */
export interface PgDriver<P extends PgPool = PgPool> {
  readonly Pool: new (options: PgPoolOptions) => P;
  readonly Client: new () => PgRawClient;
}
