import type { ResourceSecrets } from '../../resources/index.js';
import { toTlsOptions } from '../settings/index.js';
import type { PgPoolOptions } from './pg-types.js';
import type { PostgresSettings } from './postgres-settings.js';

/**
 * The options of a pool of the package `pg`, from settings. Pure; passwords and keys are asked of `secrets`, the password
 * whenever a connection is made. Subpath: `uno-config/databases/pg`.
 *
 * @example
 * ```ts
 * import { defineResource } from 'uno-config/resources';
 *
 * const reports = defineResource({
 *   name: 'reports',
 *   from: PostgresSettings,
 *   create: ({ settings, secrets }) => ({ ...toClientOptions(settings, secrets), max: 2 }),
 * });
 * ```
 */
export function toClientOptions(settings: PostgresSettings, secrets: ResourceSecrets<PostgresSettings>): PgPoolOptions {
  const { database, user, password, tls, pool, applicationName, searchPath } = settings;
  const { statementTimeout, queryTimeout, lockTimeout, idleInTransactionTimeout } = settings;
  const ssl = toTlsOptions(tls, () => secrets.use('tls.key', (key) => key));
  return {
    host: settings.host,
    port: settings.port,
    ...(database !== undefined && { database }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password: secrets.provider('password') }),
    ...(ssl !== undefined && { ssl }),
    ...(applicationName !== undefined && { application_name: applicationName }),
    ...(searchPath !== undefined && { options: `-c search_path=${searchPath.join(',')}` }),
    ...(statementTimeout !== undefined && { statement_timeout: statementTimeout.milliseconds }),
    ...(queryTimeout !== undefined && { query_timeout: queryTimeout.milliseconds }),
    ...(lockTimeout !== undefined && { lock_timeout: lockTimeout.milliseconds }),
    idle_in_transaction_session_timeout: idleInTransactionTimeout.milliseconds,
    keepAlive: settings.keepAlive,
    keepAliveInitialDelayMillis: settings.keepAliveDelay.milliseconds,
    max: pool.max,
    min: pool.min,
    idleTimeoutMillis: pool.idleTimeout.milliseconds,
    connectionTimeoutMillis: pool.acquireTimeout.milliseconds,
    maxLifetimeSeconds: pool.maxLifetime?.seconds ?? 0,
    ...(pool.maxUses !== undefined && { maxUses: pool.maxUses }),
  };
}
