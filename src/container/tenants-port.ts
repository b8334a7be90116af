import type { Container, ContainerModuleLoadOptions, ResolutionContext } from 'inversify';
import type { LoadOptions, LoadPlan, ReloadOptions, ReloadService, RunningSettings } from '../runtime/index.js';
import type { LiveSettings, StoreScope } from './store-scope.js';

/** Settings that tenants are based on. */
export interface TenantsBase extends RunningSettings {
  readonly plan: LoadPlan;
  readonly options: LoadOptions & { readonly reload?: ReloadOptions };
}

/** The scope of a module, as the base of tenants. */
export interface HomeScope extends StoreScope {
  /** What a container binds its own scope to, in place of this one. */
  readonly id: symbol;
  /** The container of the module, where that has the `ConfigPlugin`. */
  readonly home: ContainerHome | undefined;
  /** The scope that a container injects: this one, or the one that is bound in its place. */
  in(context: ResolutionContext): StoreScope;
}

/** How many tenants there are; plain numbers, because ids belong into no general report. */
export interface TenantCounts {
  /** Those whose documents are known. */
  readonly known: number;
  /** Those whose settings are loaded. */
  readonly live: number;
  /** Those that cannot be served, or are served with the settings they had. */
  readonly quarantined: number;
}

const counts = new WeakMap<ReloadService, () => TenantCounts>();

/** The tenants over the settings of a module; `undefined` where it has none. */
export function tenantCounts(reloads: ReloadService): TenantCounts | undefined {
  return counts.get(reloads)?.();
}

export function countTenants(reloads: ReloadService, count: () => TenantCounts): void {
  counts.set(reloads, count);
}

/** Tenants based on the settings of a module. */
export interface RunningTenants {
  /** What monitors and secret handles of the module follow. */
  readonly live: LiveSettings;
  /** Binds what an application asks tenants through. */
  bind(container: ContainerModuleLoadOptions, scope: HomeScope): void;
  /** Closes all containers of tenants, before the module itself is closed. */
  close(): Promise<void>;
}

/** A container, and whose its bindings are. */
export interface ContainerHome {
  readonly container: Container;
  /** True for a binding of the container itself or of one above it. */
  owns(binding: object): boolean;
}
