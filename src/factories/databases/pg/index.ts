// PostgreSQL by the package `pg`. Subpath: `uno-config/databases/pg`.
//
//   PostgresSettings -> toClientOptions (pure) -> pool -> ManagedResource
export { PoolSettings, ReplicaSettings, ServerSettings, TlsSettings, type TlsOptions } from '../settings/index.js';
export { managedPool, type PoolInUse } from './managed-pool.js';
export { pg, type PgOptions } from './pg.js';
export * from './pg-types.js';
export { PostgresSettings } from './postgres-settings.js';
export { tenantPolicy, type TenantPolicyOptions } from './pg-tenancy.js';
export { toClientOptions } from './to-client-options.js';
