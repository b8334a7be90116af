// NATS JetStream. Subpath: `uno-config/brokers/nats`.
//
//   NatsSettings -> toClientOptions, topologyOf (pure) -> connection -> natsLink: stream, durable consumers, dead letters
export { nats, toClientOptions, type NatsOptions } from './nats.js';
export { NatsSettings } from './nats-settings.js';
export * from './nats-types.js';
