import { option, type OptionKinds, readOptions } from '../../../core/index.js';
import { loadDriver } from '../../../drivers/index.js';
import {
  type ClientOption,
  CONNECTION,
  LazyClient,
  STORE_OPTIONS,
  type StoreConnection,
  type StoreConnectionRead,
  storeSource,
  type StoreSource,
  type StoreSourceOptions,
  textOf,
} from '../store/index.js';
import { type RedisClient, redisDriver } from './redis-driver.js';
import type { IoredisConnection, IoredisDriver, NodeRedisConnection } from './redis-types.js';

/** What {@link redisSource} takes. */
export interface RedisSourceOptions extends StoreSourceOptions {
  /** A client of the package `ioredis` or `redis`, which stays open; or a function that makes one, which is closed with the source. */
  readonly client?: ClientOption<RedisClient>;
  /** Instead of a client: where the server is; `database` is a number in digits. */
  readonly connection?: StoreConnection;
  /** How many releases are kept at least, for the history and a rollback; a whole number from 1 on. Default: 1,000. */
  readonly keep?: number;
  /** Gives the package `ioredis`; default: it is imported by its name. */
  readonly driver?: () => IoredisDriver | Promise<IoredisDriver>;
}

const CLIENT = option.kind('a client of ioredis or redis', (value) => {
  if (typeof value === 'function') return true;
  const has = (method: string): boolean => typeof Reflect.get(Object(value) as object, method) === 'function';
  return has('duplicate') && (has('call') || has('sendCommand'));
});

const OPTIONS = {
  ...STORE_OPTIONS,
  client: CLIENT,
  connection: CONNECTION,
  keep: option.or(option.count(), 1_000),
  driver: option.callback,
} satisfies OptionKinds<RedisSourceOptions>;

/**
 * Settings in Redis, as releases: the newest documents in a hash, and the last releases in a stream, which tells of changes
 * without any setting of the server. Where Redis itself is not persistent, neither are they. Written with `uno-config push`,
 * or `source.write`. Subpath: `uno-config/sources/redis`; needs the package `ioredis` or `redis`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` while nothing has been
 *   published, `invalid-json`, `not-a-map`, `driver-not-installed`; when it is written: `revision-conflict`.
 * @example
 * ```ts
 * const source = redisSource({ namespace: 'orders', connection: { host: 'redis.internal', tls: true } });
 * ```
 */
export function redisSource(options: RedisSourceOptions): StoreSource {
  const { client, connection = {}, keep, driver, ...rest } = readOptions('redisSource', options, OPTIONS);
  const redis = new LazyClient<RedisClient>(
    client,
    async () => open(await loadDriver<IoredisDriver>('ioredis', driver), connection),
    (made) => {
      // What a function gave may be of either package.
      if ('call' in made) (made as IoredisConnection).disconnect();
      else (made as NodeRedisConnection).destroy();
    },
  );
  return storeSource('redis', rest, redisDriver(redis, rest.namespace, keep));
}

async function open(
  { Redis }: IoredisDriver,
  { host, port, user, database, password, tls = false }: Partial<StoreConnectionRead>,
): Promise<IoredisConnection> {
  const secret = password === undefined ? undefined : await textOf(password);
  const client = new Redis({
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(user !== undefined && { username: user }),
    ...(secret !== undefined && { password: secret }),
    ...(database !== undefined && { db: Number(database) }),
    ...(tls !== false && { tls: tls === true ? {} : tls }),
    // A read is given up by its own time-out, and asked again.
    maxRetriesPerRequest: 1,
    connectTimeout: 10_000,
  });
  client.on('error', () => undefined);
  return client;
}
