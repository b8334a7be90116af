import { inject, type ServiceIdentifier } from 'inversify';
import type { Tenant } from './tenant.js';

/** Under which containers have their tenant. */
export const TENANT: ServiceIdentifier<Tenant> = Symbol('uno-config.tenant');

/**
 * Injects the {@link Tenant}: in the container of a tenant that one; in that of the base the one that the code runs for at
 * the time of each read, so that a singleton may keep it. Subpath: `uno-config/tenants`.
 *
 * @throws ConfigError `tenant-not-set`, from the properties of the tenant, where the code runs for none.
 *
 * @example
 * ```ts
 * @injectable()
 * class Invoices {
 *   constructor(@InjectTenant() private readonly tenant: Tenant) {}
 *   public get prefix(): string {
 *     return this.tenant.id;
 *   }
 * }
 * ```
 */
export function InjectTenant(): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(TENANT);
}
