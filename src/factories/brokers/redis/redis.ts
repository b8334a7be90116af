import { option, readOptions, type OptionKinds } from '../../../core/index.js';
import {
  loadDriver,
  RedisClient,
  toIoredisOptions,
  type RedisClientOptions,
  type RedisDriver,
} from '../../drivers/index.js';
import { sectionLike } from '../../resources/index.js';
import {
  BROKER_OPTIONS,
  connectionLog,
  defineBroker,
  type BrokerDefinition,
  type BrokerOptions,
} from '../port/index.js';
import { RedisLink } from './redis-link.js';
import { RedisBrokerSettings } from './redis-settings.js';

/** What {@link redisStreams} takes. */
export interface RedisBrokerOptions<S extends RedisBrokerSettings> extends Pick<
  BrokerOptions<S>,
  'name' | 'from' | 'lazy' | 'probeTimeout' | 'drainTimeout'
> {
  /** Gives the package `ioredis`; default: it is imported by its name. */
  readonly driver?: () => RedisDriver | Promise<RedisDriver>;
}

const OPTIONS = {
  ...BROKER_OPTIONS,
  from: option.required(sectionLike(RedisBrokerSettings)),
  driver: option.callback,
} satisfies OptionKinds<RedisBrokerOptions<RedisBrokerSettings>>;

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
  readOptions<RedisBrokerOptions<S>, typeof OPTIONS>('redisStreams', options, OPTIONS);
  const { driver = async () => loadDriver<RedisDriver>('ioredis'), ...rest } = options;
  return defineBroker<RedisBrokerSettings>({
    ...rest,
    connect: async ({ name, settings, secrets, logger, clock }) => {
      const given = await driver();
      const password = settings.password === undefined ? undefined : secrets.reader('password');
      const log = connectionLog(name, logger);
      const connected = async (more: Partial<RedisClientOptions> = {}): Promise<RedisClient> => {
        const options = toIoredisOptions(settings, () => secrets.use('tls.key', (key) => key));
        const client = new RedisClient(given, { ...options, ...more }, password, (error) => {
          log('connection-lost', error);
        });
        await client.connect();
        return client;
      };
      // What a reader was sent is looked for before it asks for more: it must not ask again by itself.
      const another = async (): Promise<RedisClient> => connected({ maxRetriesPerRequest: 0 });
      const client = await connected();
      try {
        const link = new RedisLink(name, client, another, settings, clock);
        await link.declare();
        return link;
      } catch (error) {
        await client.close();
        throw error;
      }
    },
  });
}
