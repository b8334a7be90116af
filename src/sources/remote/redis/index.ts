// redis: the subpath `uno-config/sources/redis`. Settings in Redis: a hash with the newest, a stream with the last releases.
//
//   script: revision = expected + 1 -> hash, stream -> XREAD wakes the readers -> the revision is the truth
export type { RedisClient } from './redis-driver.js';
export { redisSource, type RedisSourceOptions } from './redis-source.js';
export * from './redis-types.js';
export type { ClientOption, StoreConnection, StoreSource, StoreSourceOptions } from '../store/index.js';
