// Redis streams. Subpath: `uno-config/brokers/redis`.
//
//   RedisBrokerSettings -> options of ioredis -> RedisClient -> redisLink: streams with a group each, by scripts
//   redisConsumer: reads, takes over what others left, gives back what is due, settles
export { redisStreams, type RedisBrokerOptions } from './redis.js';
export { RedisBrokerSettings } from './redis-settings.js';
export type { RedisClientOptions, RedisConnection, RedisDriver } from '../../drivers/index.js';
