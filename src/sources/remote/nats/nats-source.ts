import { option, OptionMistake, type OptionKinds, readOptions } from '../../../core/index.js';
import { loadDriver } from '../../../drivers/index.js';
import {
  type ClientOption,
  LazyClient,
  STORE_OPTIONS,
  type StoreConnection,
  type StoreConnectionRead,
  CONNECTION,
  storeSource,
  type StoreSource,
  type StoreSourceOptions,
  textOf,
} from '../store/index.js';
import { type NatsClient, natsDriver } from './nats-driver.js';
import type { NatsStoreConnection, NatsStoreDriver } from './nats-types.js';

/** What {@link natsSource} takes. */
export interface NatsSourceOptions extends Omit<StoreSourceOptions, 'documents'> {
  /**
   * A connection of the package `@nats-io/transport-node`, which stays open; or a function that makes one, which is closed
   * with the source.
   */
  readonly client?: ClientOption<NatsStoreConnection>;
  /** Instead of a client: where the server is. */
  readonly connection?: Omit<StoreConnection, 'database'>;
  /** The bucket; it is made at the first write. The namespace is the key in it. Default: `settings`. */
  readonly bucket?: string;
  /** Gives the packages `@nats-io/transport-node` and `@nats-io/jetstream`; default: they are imported by their names. */
  readonly driver?: () => NatsStoreDriver | Promise<NatsStoreDriver>;
}

const OPTIONS = {
  ...STORE_OPTIONS,
  documents: option.oneOf('one'),
  client: option.either(option.callback, option.having('a connection of @nats-io/transport-node', 'close')),
  connection: CONNECTION,
  bucket: option.or(option.kind('a name of letters, digits, _ and -', isBucket), 'settings'),
  driver: option.callback,
} satisfies OptionKinds<NatsSourceOptions & { readonly documents?: 'one' }>;

/**
 * Settings in a bucket of NATS KV: one document, under the namespace as its key. Its revision is that of the bucket; the
 * last 64 are kept. A NATS server takes values up to 1 MB, unless it is told otherwise. Written with `uno-config push`,
 * `source.write`, or any client of the bucket. Subpath: `uno-config/sources/nats`; needs the packages
 * `@nats-io/transport-node` and `@nats-io/jetstream`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` while nothing has been
 *   published, `invalid-json`, `not-a-map`, `driver-not-installed`; when it is written: `revision-conflict`.
 * @example
 * ```ts
 * const source = natsSource({ namespace: 'orders', connection: { host: 'nats.internal' } });
 * ```
 */
export function natsSource(options: NatsSourceOptions): StoreSource {
  const read = readOptions<NatsSourceOptions & { readonly documents?: 'one' }, typeof OPTIONS>(
    'natsSource',
    options,
    OPTIONS,
  );
  const { client, connection = {}, bucket, driver = loadBoth, ...rest } = read;
  if (!/^[A-Za-z0-9][A-Za-z0-9_/-]*(?:\.[A-Za-z0-9_/-]+)*$/.test(rest.namespace)) {
    throw new OptionMistake('natsSource: namespace must be a key of NATS: letters, digits, _, -, / and single dots.');
  }
  const nats = new LazyClient<NatsClient>(
    undefined,
    async () => {
      const given = await driver();
      const isReady = typeof client === 'object';
      const made = typeof client === 'function' ? await client() : (client ?? (await connected(given, connection)));
      return {
        driver: given,
        // Each is given what the other packages of the same driver made.
        stream: given.jetstream(made as never),
        manager: await given.jetstreamManager(made as never),
        close: async () => (isReady ? undefined : made.close()),
      };
    },
    async (made) => made.close(),
  );
  return storeSource('nats', { ...rest, documents: 'one' }, natsDriver(nats, bucket, rest.namespace));
}

async function connected(
  driver: NatsStoreDriver,
  { host = '127.0.0.1', port = 4_222, user, password, tls = false }: Partial<StoreConnectionRead>,
): Promise<NatsStoreConnection> {
  const pass = password === undefined ? undefined : await textOf(password);
  const options = {
    servers: [`${host}:${String(port)}`],
    // As a function: what is printed of a connection holds no password then.
    ...(user !== undefined && { authenticator: () => ({ user, pass }) }),
    ...(tls !== false && { tls: tls === true ? {} : tls }),
    timeout: 10_000,
    maxReconnectAttempts: -1,
  };
  return driver.connect(options as never);
}

async function loadBoth(): Promise<NatsStoreDriver> {
  const transport = await loadDriver<Pick<NatsStoreDriver, 'connect' | 'headers'>>('@nats-io/transport-node');
  const streams = await loadDriver<Omit<NatsStoreDriver, 'connect' | 'headers'>>('@nats-io/jetstream');
  const { connect, headers } = transport;
  const { jetstream, jetstreamManager } = streams;
  return { connect, headers, jetstream, jetstreamManager };
}

function isBucket(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,100}$/.test(value);
}
