import type { ResourceSecrets } from '../../resources/index.js';
import { toTlsOptions, type TlsOptions } from '../settings/index.js';
import type { MysqlSettings } from './mysql-settings.js';
import type { MariadbPoolOptions, Mysql2PoolOptions } from './mysql-types.js';

/**
 * The options of a pool of the package `mysql2`, from settings, but for the password, which the driver takes as a string
 * only: `mysql` has it asked for with each connection. Pure. Subpath: `uno-config/databases/mysql`.
 */
export function toMysql2Options(settings: MysqlSettings, secrets: ResourceSecrets<MysqlSettings>): Mysql2PoolOptions {
  const { tls, pool, keepAlive, keepAliveDelay } = settings;
  const ssl = tlsOptions(settings, secrets);
  return {
    ...connectionOptions(settings),
    ...(ssl !== undefined && { ssl: { ...ssl, verifyIdentity: tls.mode === 'verify-full' } }),
    // Less than connectionLimit, or no idle connection is ever closed; keepIdle sees to the rest.
    maxIdle: pool.min,
    idleTimeout: pool.idleTimeout.milliseconds,
    enableKeepAlive: keepAlive,
    keepAliveInitialDelay: keepAliveDelay.milliseconds,
    waitForConnections: true,
  };
}

/**
 * The options of a pool of the package `mariadb`, from settings. Pure; the password and the key are opened by `secrets`.
 * Subpath: `uno-config/databases/mysql`.
 */
export function toMariadbOptions(settings: MysqlSettings, secrets: ResourceSecrets<MysqlSettings>): MariadbPoolOptions {
  const { pool, password, keepAlive, keepAliveDelay, queryTimeout } = settings;
  const ssl = tlsOptions(settings, secrets);
  return {
    ...connectionOptions(settings),
    ...(ssl !== undefined && { ssl }),
    ...(password !== undefined && { password: secrets.use('password', (text) => text) }),
    minimumIdle: pool.min,
    // In whole seconds; none would mean that idle connections are never closed.
    idleTimeout: Math.max(1, Math.ceil(pool.idleTimeout.seconds)),
    acquireTimeout: pool.acquireTimeout.milliseconds,
    ...(keepAlive && { keepAliveDelay: keepAliveDelay.milliseconds }),
    ...(queryTimeout !== undefined && { socketTimeout: queryTimeout.milliseconds }),
  };
}

function tlsOptions({ tls }: MysqlSettings, secrets: ResourceSecrets<MysqlSettings>): TlsOptions | undefined {
  return toTlsOptions(tls, () => secrets.use('tls.key', (key) => key));
}

function connectionOptions({ host, port, socketPath, database, user, pool, connectTimeout }: MysqlSettings) {
  return {
    host,
    port,
    ...(socketPath !== undefined && { socketPath }),
    ...(database !== undefined && { database }),
    ...(user !== undefined && { user }),
    connectionLimit: pool.max,
    connectTimeout: connectTimeout.milliseconds,
  };
}
