import {
  loadDriver,
  RedisClient,
  toIoredisOptions,
  type RedisClientOptions,
  type RedisDriver,
} from '../../drivers/index.js';
import { remoteBroker, type BrokerDefinition, type RemoteBrokerOptions } from '../port/index.js';
import { redisLink } from './redis-link.js';
import { RedisBrokerSettings } from './redis-settings.js';

/** What {@link redisStreams} takes; its driver is the package `ioredis`. */
export type RedisBrokerOptions<S extends RedisBrokerSettings> = RemoteBrokerOptions<S, RedisDriver>;

/**
 * Redis streams by the package `ioredis`. What a queue holds is never trimmed: it is deleted when it is settled, and a queue
 * that is full refuses more. Needs Redis 6.2 or newer. Subpath: `uno-config/brokers/redis`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const events = redisStreams({ name: 'events', from: RedisBrokerSettings });
 * ```
 */
export function redisStreams<S extends RedisBrokerSettings>(options: RedisBrokerOptions<S>): BrokerDefinition {
  return remoteBroker<RedisBrokerSettings, RedisDriver>(options, {
    call: 'redisStreams',
    settings: RedisBrokerSettings,
    load: async () => loadDriver<RedisDriver>('ioredis'),
    connect: async (driver, { name, settings, secrets, log, clock }) => {
      const password = settings.password === undefined ? undefined : secrets.reader('password');
      const connected = async (more: Partial<RedisClientOptions> = {}): Promise<RedisClient> => {
        const options = toIoredisOptions(settings, () => secrets.use('tls.key', (key) => key));
        const client = new RedisClient(driver, { ...options, ...more }, password, (error) => {
          log('connection-lost', error);
        });
        await client.connect();
        return client;
      };
      // What a reader was sent is looked for before it asks for more: it must not ask again by itself.
      const another = async (): Promise<RedisClient> => connected({ maxRetriesPerRequest: 0 });
      return redisLink(name, await connected(), another, settings, clock);
    },
  });
}
