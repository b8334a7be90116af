// requests: whose a request is, and running it for that tenant.
//
//   request -> resolvers, in order -> identifier, who says so, and whether that is to be trusted -> tenant -> run
export {
  asyncContext,
  firstOf,
  header,
  jwtClaim,
  pathSegment,
  subdomain,
  type JwtClaimOptions,
  type SubdomainOptions,
  type TrustOptions,
} from './resolvers.js';
export { resolveTenant, type ResolvedTenant } from './resolve-tenant.js';
export { tenantRequests, TenantRequestError, type Next, type TenantRequestsOptions } from './tenant-requests.js';
export { type HttpRequest, type TenantAnswer, type TenantResolver } from './tenant-resolver.js';
