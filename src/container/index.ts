// container: settings in Inversify. Bind once, swap beneath: a section's binding reads what the store holds.
export { ConfigModule, type ConfigModuleOptions } from './config-module.js';
export { ConfigPlugin } from './config-plugin.js';
export { InjectMonitor, monitorIdentifier, type MonitorIdentifier } from './inject-monitor.js';
