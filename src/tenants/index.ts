// tenants: many users of one application, each with settings of its own over those of all. The subpath
// `uno-config/tenants`.
//
//   documents -> what a tenant says -> overlay over the base -> store of the tenant -> run(id) | container of the tenant
//   request -> resolver -> identifier -> id
export type { Clamp } from '../runtime/index.js';
export type { DocumentFileOptions, DocumentFolderOptions } from '../sources/index.js';
export type { TenantLoader } from './asked-documents.js';
export { defineTenants, type TenantLimit, type TenantsOptions } from './define-tenants.js';
export { InjectTenant } from './inject-tenant.js';
export type { Tenant, TenantState } from './tenant.js';
export type { TenantLease } from './tenant-children.js';
export {
  TenantContainers,
  type EachOptions,
  type EachOutcome,
  type TenantHealth,
  type TenantStats,
} from './tenant-containers.js';
export { tenantFile, tenantFolder } from './tenant-sources.js';
export * from './requests/index.js';
