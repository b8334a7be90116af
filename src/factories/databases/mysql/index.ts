// MySQL and MariaDB by the packages `mysql2` and `mariadb`. Subpath: `uno-config/databases/mysql`.
//
//   MysqlSettings -> toMysql2Options | toMariadbOptions (pure) -> pool -> ManagedResource
export { PoolSettings, ReplicaSettings, ServerSettings, TlsSettings, type TlsOptions } from '../settings/index.js';
export { mariadb, mysql, type MariadbCounts, type MysqlOptions } from './mysql.js';
export { MysqlSettings } from './mysql-settings.js';
export * from './mysql-types.js';
export { toMariadbOptions, toMysql2Options } from './to-client-options.js';
