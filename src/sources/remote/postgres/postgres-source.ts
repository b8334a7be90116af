import { option, type OptionKinds, readOptions } from '../../../core/index.js';
import { loadDriver } from '../../../drivers/index.js';
import {
  type ClientOption,
  CONNECTION,
  LazyClient,
  placeOf,
  SQL_NAME,
  sqlDriver,
  STORE_OPTIONS,
  type StoreDriver,
  type StoreConnection,
  type StoreConnectionRead,
  storeSource,
  type StoreSource,
  type StoreSourceOptions,
  textOf,
} from '../store/index.js';
import { listenToReleases } from './listen-to-releases.js';
import { postgresLink } from './postgres-link.js';
import type { PgOwnPool, PgStoreDriver, PgStorePool } from './postgres-types.js';

/** What {@link postgresSource} takes. */
export interface PostgresSourceOptions extends StoreSourceOptions {
  /** A pool of the package `pg`, which stays open; or a function that makes one, which is ended with the source. */
  readonly client?: ClientOption<PgStorePool>;
  /** Instead of a client: where the server is. What is absent is taken from `PGHOST` and the other variables of `pg`. */
  readonly connection?: StoreConnection;
  /** The schema of its tables, which is made at the first write. Default: `uno_config`. */
  readonly schema?: string;
  /** Gives the package `pg`; default: it is imported by its name. */
  readonly driver?: () => PgStoreDriver | Promise<PgStoreDriver>;
}

const OPTIONS = {
  ...STORE_OPTIONS,
  client: option.either(option.callback, option.having('a pool of the package pg', 'query', 'connect')),
  connection: CONNECTION,
  schema: option.or(SQL_NAME, 'uno_config'),
  driver: option.callback,
} satisfies OptionKinds<PostgresSourceOptions>;

/**
 * Settings in PostgreSQL, as releases: each has a revision, an author and a comment, and each can be had back. Changes are
 * notified by `LISTEN`, and found by `poll` where a connection pooler swallows that. Written with `uno-config push`, or
 * `source.write`. Subpath: `uno-config/sources/postgres`; needs the package `pg`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` while nothing has been
 *   published, `invalid-json`, `not-a-map`, `driver-not-installed`; when it is written: `revision-conflict`.
 * @example
 * ```ts
 * const source = postgresSource({ namespace: 'orders', connection: { host: 'db.internal', database: 'settings' } });
 * ```
 */
export function postgresSource(options: PostgresSourceOptions): StoreSource {
  const { client, connection = {}, schema, driver, ...rest } = readOptions('postgresSource', options, OPTIONS);
  const pool = new LazyClient<PgStorePool>(
    client,
    async () => openPool(await loadDriver<PgStoreDriver>('pg', driver), connection),
    // What a function gave may be any pool.
    async (made) => (made as Partial<PgOwnPool>).end?.(),
  );
  const releases = sqlDriver(postgresLink(pool, schema, rest.namespace), rest.namespace);
  const listen: StoreDriver['listen'] = async (listener) =>
    listenToReleases({ pool, channel: schema, releases, holds: rest.documents }, listener);
  return storeSource('postgres', rest, { ...releases, listen });
}

function openPool({ Client, Pool }: PgStoreDriver, { password, ...place }: Partial<StoreConnectionRead>): PgOwnPool {
  class EndedClient extends Client {
    public override connect(callback: (error?: Error | null) => void): void {
      super.connect((error) => {
        // The driver leaves open what it could not log in on, until the server hangs up.
        if (error instanceof Error) this.end().catch(() => undefined);
        callback(error);
      });
    }
  }
  const pool = new Pool({
    Client: EndedClient,
    ...placeOf(place),
    ...(password !== undefined && { password: async () => textOf(password) }),
    application_name: 'uno-config',
    max: 3,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
  });
  // The next read finds out; unhandled, it would end the process.
  pool.on('error', () => undefined);
  return pool;
}
