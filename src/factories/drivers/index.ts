// drivers: what clients of databases and brokers have in common: how a package is found, and how a connection is encrypted.
export { loadDriver } from '../../drivers/index.js';
export { TlsSettings, toTlsOptions, type TlsOptions } from './tls-settings.js';
export * from './redis-client.js';
export { RedisSettings } from './redis-settings.js';
