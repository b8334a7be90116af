// postgres: the subpath `uno-config/sources/postgres`. Settings in a database, in releases that stay.
//
//   namespace -> releases (revision = parent + 1, author, comment) -> documents, each valid until it is replaced
export { postgresSource, type PostgresSourceOptions } from './postgres-source.js';
export type { PgOwnPool, PgStoreClient, PgStoreConnection, PgStoreDriver, PgStorePool } from './postgres-types.js';
export type { ClientOption, StoreConnection, StoreSource, StoreSourceOptions } from '../store/index.js';
