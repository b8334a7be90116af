// container: settings in Inversify. Bind once, swap beneath: a section's binding reads what the store holds.
export { ConfigModule, type ConfigModuleOptions } from './config-module.js';
export { ModuleDefinition } from './module-definition.js';
export { ConfigPlugin } from './config-plugin.js';
export type { AmbientTenant, Handles, ModuleResource, OpenResource, ResourceHost } from './module-resource.js';
export { handleIdentifier, type HandleIdentifier } from './handle-identifier.js';
export { OnConfigChange, type ConfigChangeMethod } from './on-config-change.js';
export { InjectMonitor, monitorIdentifier, type MonitorIdentifier } from './inject-monitor.js';
export { InjectSection, sectionIdentifier, type InjectionOptions, type SectionIdentifier } from './inject-section.js';
export { InjectSecret, type SecretFieldOf } from './inject-secret.js';
export type { SecretHandle } from './secret-handle.js';
export { staleSingletons, type StaleSingleton } from './stale-singletons.js';
export { readOf } from './stale-singletons.js';
export { nodesBelow, planNode, type PlanNode, type PlannedBinding } from './plan-node.js';
export { StoreScope, type LiveSettings, type TenantFacts } from './store-scope.js';
export { countTenants, tenantCounts, type TenantCounts } from './tenants-port.js';
export type { ContainerHome, HomeScope, RunningTenants, TenantsBase } from './tenants-port.js';
