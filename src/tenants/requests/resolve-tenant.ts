import type { Tenant } from '../tenant.js';
import type { TenantContainers } from '../tenant-containers.js';
import { notNamed, untrusted } from '../tenant-errors.js';
import type { TenantResolver } from './tenant-resolver.js';

/** The tenant of a request, and the resolver that named it. */
export interface ResolvedTenant {
  readonly tenant: Tenant;
  /** The name of the resolver that decided. */
  readonly by: string;
}

/**
 * Finds out whose a request is, and has the tenant's settings made. Subpath: `uno-config/tenants`.
 *
 * @throws ConfigError `tenant-not-named`, `tenant-untrusted`, `tenant-unknown`, what the resolver throws, and what
 *   `tenants.ready` throws.
 *
 * @example
 * ```ts
 * const request: HttpRequest = { headers: { 'x-tenant': 'acme' } };
 * const { tenant, by } = await resolveTenant(tenants, header('x-tenant', { trusted: true }), request);
 * report(tenant.id, by);
 * ```
 */
export async function resolveTenant<Request>(
  tenants: TenantContainers,
  resolver: TenantResolver<Request>,
  request: Request,
): Promise<ResolvedTenant> {
  const answer = await resolver.resolve(request);
  if (answer === undefined) throw notNamed(resolver.name);
  if (!answer.trusted) throw untrusted(answer);
  return { tenant: await tenants.ready(tenants.identify(answer.identifier)), by: answer.by };
}
