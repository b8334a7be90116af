// nats: the subpath `uno-config/sources/nats`. Settings in a bucket of NATS KV: one document, with the values before it.
export { natsSource, type NatsSourceOptions } from './nats-source.js';
export * from './nats-types.js';
export type { ClientOption, StoreConnection, StoreSource, StoreSourceOptions } from '../store/index.js';
