// What the databases have in common: settings of pools and encryption, and how a driver is found.
export { loadDriver } from './load-driver.js';
export { PoolSettings } from './pool-settings.js';
export { ServerSettings } from './server-settings.js';
export { TlsSettings, toTlsOptions, type TlsOptions } from './tls-settings.js';
export { POOL_OPTIONS } from './pool-options.js';
