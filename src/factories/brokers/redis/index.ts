// Redis streams. Subpath: `uno-config/brokers/redis`.
//
//   RedisBrokerSettings -> toClientOptions (pure) -> RedisClient -> RedisLink: streams with a group each, by scripts
//   RedisConsumer: reads, takes over what others left, gives back what is due, settles
export { redisStreams, type RedisBrokerOptions } from './redis.js';
export { RedisBrokerSettings } from './redis-settings.js';
export { toClientOptions, type RedisClientOptions, type RedisConnection, type RedisDriver } from './redis-client.js';
