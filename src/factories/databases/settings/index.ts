// What the databases have in common: settings of servers, pools and encryption, and how a driver is found.
export { loadDriver, TlsSettings, toTlsOptions, type TlsOptions } from '../../drivers/index.js';
export { endInTime } from './end-in-time.js';
export { overReplicas, Replicas, ReplicaSettings } from './replicas.js';
export { PoolSettings } from './pool-settings.js';
export { ServerSettings } from './server-settings.js';
export { POOL_OPTIONS } from './pool-settings.js';
