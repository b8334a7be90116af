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
  type StoreConnection,
  type StoreConnectionRead,
  storeSource,
  type StoreSource,
  type StoreSourceOptions,
  textOf,
} from '../store/index.js';
import { mysqlLink } from './mysql-link.js';
import type { MysqlOwnPool, MysqlStoreDriver, MysqlStorePool } from './mysql-types.js';

/** What {@link mysqlSource} takes. */
export interface MysqlSourceOptions extends StoreSourceOptions {
  /**
   * A pool of the package `mysql2` (`mysql2/promise`) or `mariadb`, which stays open; or a function that makes one, which is
   * ended with the source.
   */
  readonly client?: ClientOption<MysqlStorePool>;
  /** Instead of a client: where the server is. */
  readonly connection?: StoreConnection;
  /** What the names of its tables begin with; they are made at the first write. Default: `uno_config_`. */
  readonly prefix?: string;
  /** Gives the driver: `mysql2/promise`, which is imported by default, or `mariadb`. */
  readonly driver?: () => MysqlStoreDriver | Promise<MysqlStoreDriver>;
}

const OPTIONS = {
  ...STORE_OPTIONS,
  client: option.either(option.callback, option.having('a pool of mysql2/promise or mariadb', 'getConnection')),
  connection: CONNECTION,
  prefix: option.or(SQL_NAME, 'uno_config_'),
  driver: option.callback,
} satisfies OptionKinds<MysqlSourceOptions>;

/**
 * Settings in MariaDB or MySQL, as releases: each has a revision, an author and a comment, and each can be had back. These
 * servers notify nobody: changes are found by `poll`, by default every minute. Written with `uno-config push`, or
 * `source.write`. Subpath: `uno-config/sources/mysql`; needs the package `mysql2` or `mariadb`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` while nothing has been
 *   published, `invalid-json`, `not-a-map`, `driver-not-installed`; when it is written: `revision-conflict`.
 * @example
 * ```ts
 * const source = mysqlSource({ namespace: 'orders', poll: '10s', connection: { host: 'db.internal', database: 'settings' } });
 * ```
 */
export function mysqlSource(options: MysqlSourceOptions): StoreSource {
  const { client, connection = {}, prefix, driver, ...rest } = readOptions('mysqlSource', options, OPTIONS);
  const pool = new LazyClient<MysqlStorePool>(
    client,
    async () => openPool(await loadDriver<MysqlStoreDriver>('mysql2/promise', driver), connection),
    // What a function gave may be any pool.
    async (made) => (made as Partial<MysqlOwnPool>).end?.(),
  );
  return storeSource('mysql', rest, sqlDriver(mysqlLink(pool, prefix), rest.namespace));
}

async function openPool(
  { createPool }: MysqlStoreDriver,
  { password, ...place }: Partial<StoreConnectionRead>,
): Promise<MysqlOwnPool> {
  const secret = password === undefined ? {} : { password: await textOf(password) };
  return createPool({ ...placeOf(place), ...secret, connectionLimit: 3, connectTimeout: 10_000 });
}
