// tenants: a tenant's settings over a generation.
//
//   document -> trusted as far as a stranger is -> overlay (plan < tenant < ceiling) -> generation of the tenant
export { type BuiltTenant, buildTenant } from './build-tenant.js';
export { type Ceiling, ceilingsOf, type Clamp } from './ceilings.js';
export type { ExaminedTenant, ExaminedTenants } from './examined-tenants.js';
export { isOpenToTenants } from './tenant-trust.js';
