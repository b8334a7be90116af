// A database in which each tenant finds its own rows. Subpath: `uno-config/databases/tenants`.
//
//   run for a tenant -> TenancySettings of that tenant -> place -> pool (shared, or its own within maxConnections) -> setup
export { TenancySettings, type TenancyStrategy } from './tenancy-settings.js';
export { tenantDatabase, type TenantDatabaseOptions } from './tenant-database.js';
export { tenantPlace } from './tenant-place.js';
export type { TenantPools, TenantPoolsStats } from './tenant-pools.js';
