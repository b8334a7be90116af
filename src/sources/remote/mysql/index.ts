// mysql: the subpath `uno-config/sources/mysql`. Settings in MariaDB or MySQL, in releases that stay.
//
//   namespace -> releases (revision = parent + 1, author, comment) -> documents, each valid until it is replaced
export { mysqlSource, type MysqlSourceOptions } from './mysql-source.js';
export * from './mysql-types.js';
export type { ClientOption, StoreConnection, StoreSource, StoreSourceOptions } from '../store/index.js';
