// Sagas kept by BullMQ in Redis. Subpath: `uno-config/sagas/bullmq`.
//
//   start -> claim -> job in the queue `saga@version` -> runSaga -> each step once, kept in the job -> outcome
//   a process that is gone: its jobs stall, and another one goes on with them
export { bullmq, type BullmqOptions } from './bullmq.js';
export { BullmqSagasSettings } from './bullmq-settings.js';
export * from './bullmq-types.js';
export { RedisSettings, type RedisClientOptions, type RedisConnection, type RedisDriver } from '../../drivers/index.js';
