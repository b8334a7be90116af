import { setImmediate } from 'node:timers/promises';
import type { ResourceSecrets } from '../../resources/index.js';
import { toTlsOptions, type TlsOptions } from '../../drivers/index.js';
import { MARK, propertiesOf, refusalOf, type AmqpClient, type RabbitSettings } from '../amqp/index.js';

/** The options of a connection, as `rabbitmq-client` takes them: milliseconds, but for the heartbeat, which is in seconds. */
export interface RabbitClientOptions {
  hosts: string[];
  vhost: string;
  username: string;
  password: string;
  tls?: TlsOptions;
  connectionName?: string;
  connectionTimeout: number;
  acquireTimeout: number;
  heartbeat: number;
  retryLow: number;
  retryHigh: number;
  noDelay: boolean;
}

/** What we ask of a connection of `rabbitmq-client`. Subpath: `uno-config/brokers/rabbitmq`. */
export interface RabbitConnection {
  readonly ready: boolean;
  on(event: 'error' | 'connection' | 'connection.blocked', listener: (error: unknown) => void): unknown;
  exchangeDeclare(params: { exchange: string; type: 'topic'; durable: true; passive: boolean }): Promise<unknown>;
  queueDeclare(params: { queue: string; durable: true; passive: boolean; arguments: object }): Promise<unknown>;
  queueBind(params: { queue: string; exchange: string; routingKey: string }): Promise<unknown>;
  createPublisher(props: { confirm: true }): RabbitPublisher;
  createConsumer(
    props: RabbitConsumerProps,
    handle: (message: RabbitMessage) => Promise<number | undefined>,
  ): RabbitConsumer;
  close(): Promise<void>;
  unsafeDestroy(): void;
}

/** What of it publishes. */
export interface RabbitPublisher {
  send(envelope: RabbitEnvelope, body: Buffer): Promise<void>;
  on(event: 'basic.return', listener: (message: { readonly headers?: Record<string, unknown> }) => void): unknown;
  close(): Promise<void>;
}

/** A message without its body. */
export interface RabbitEnvelope {
  exchange: string;
  routingKey: string;
  mandatory: true;
  durable: true;
  messageId: string;
  contentType: string;
  headers: Record<string, unknown>;
  expiration?: string;
}

/** A message as it arrives. */
export interface RabbitMessage {
  readonly body: unknown;
  readonly routingKey: string;
  readonly messageId?: string | undefined;
  readonly redelivered: boolean;
  readonly headers?: Record<string, unknown> | undefined;
}

/** How a queue is consumed. */
export interface RabbitConsumerProps {
  queue?: string;
  queueOptions: { passive: true } | { exclusive: true; autoDelete: true };
  queueBindings?: { exchange: string; routingKey: string }[];
  qos: { prefetchCount: number };
  concurrency: number;
  requeue: true;
}

/** What of it consumes. */
export interface RabbitConsumer {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
  close(): Promise<void>;
}

/** What we ask of the package `rabbitmq-client`. Subpath: `uno-config/brokers/rabbitmq`. */
export interface RabbitDriver {
  readonly Connection: new (options: RabbitClientOptions) => RabbitConnection;
}

/**
 * The options of a connection of the package `rabbitmq-client`, from settings. Pure. The password is not among them: the
 * driver keeps what it is given, and it is asked of `secrets` whenever a connection is made. Subpath:
 * `uno-config/brokers/rabbitmq`.
 */
export function toClientOptions(
  settings: RabbitSettings,
  secrets: ResourceSecrets<RabbitSettings>,
): RabbitClientOptions {
  const { hosts, vhost, user, tls, connectionName } = settings;
  const options = toTlsOptions(tls, () => secrets.use('tls.key', (key) => key));
  return {
    hosts: [...hosts],
    vhost,
    username: user,
    password: 'guest',
    ...(options !== undefined && { tls: options }),
    ...(connectionName !== undefined && { connectionName }),
    connectionTimeout: settings.connectTimeout.milliseconds,
    acquireTimeout: settings.connectTimeout.milliseconds,
    heartbeat: Math.max(1, Math.round(settings.heartbeat.seconds)),
    retryLow: settings.reconnectDelay.milliseconds,
    retryHigh: settings.maxReconnectDelay.milliseconds,
    noDelay: true,
  };
}

/** The time limit for closing a connection, in milliseconds: pending requests may never be answered. */
const CLOSING = 5_000;

const ACK = 0;
const REQUEUE = 1;

/**
 * A connection of `rabbitmq-client`, which makes itself and its channels anew. Waits for the first one; rejects with what kept
 * that from being made, and is closed then.
 *
 * @param password asked for with each connection
 */
export async function rabbitClient(
  { Connection }: RabbitDriver,
  options: RabbitClientOptions,
  password: (() => string) | undefined,
  log: (kind: string, error: unknown) => void,
  signal: AbortSignal,
): Promise<AmqpClient> {
  const connection = new Connection(options);
  if (password !== undefined) askForPassword(connection, password);
  connection.on('error', (error) => {
    log('connection-lost', error);
  });
  const returned = new Set<unknown>();
  const publisher = connection.createPublisher({ confirm: true });
  publisher.on('basic.return', ({ headers }) => returned.add(headers?.[MARK]));
  const close = async (): Promise<void> => {
    const timer = setTimeout(() => {
      connection.unsafeDestroy();
    }, CLOSING);
    try {
      await publisher.close();
      await connection.close();
    } finally {
      clearTimeout(timer);
    }
  };
  try {
    await new Promise<void>((resolve, reject) => {
      connection.on('connection', () => {
        resolve();
      });
      connection.on('error', reject);
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    returned,
    declareExchange: async (exchange, passive) =>
      refusalOf(connection.exchangeDeclare({ exchange, type: 'topic', durable: true, passive })),
    declareQueue: async ({ name, arguments: given }, passive) =>
      refusalOf(connection.queueDeclare({ queue: name, durable: true, passive, arguments: given })),
    bind: async (queue, { exchange, key }) => {
      await connection.queueBind({ queue, exchange, routingKey: key });
    },
    publish: async (message) => {
      const { exchange, key, body } = message;
      await publisher.send({ ...propertiesOf(message), exchange, routingKey: key, durable: true }, body);
      // A returned message comes before its confirmation, but the driver emits it in a later turn.
      await setImmediate();
    },
    consume: async ({ queue, bindings, prefetch, handle }) => {
      const props: RabbitConsumerProps = {
        ...(queue === undefined
          ? {
              queueOptions: { exclusive: true, autoDelete: true },
              queueBindings: bindings.map(({ exchange, key }) => ({ exchange, routingKey: key })),
            }
          : { queue, queueOptions: { passive: true } }),
        qos: { prefetchCount: prefetch },
        concurrency: prefetch,
        requeue: true,
      };
      const consumer = connection.createConsumer(props, async (message) => {
        const { routingKey: key, messageId: id = '', redelivered: isRedelivered, headers = {} } = message;
        return (await handle({ key, id, isRedelivered, headers, body: textOf(message.body) })) ? ACK : REQUEUE;
      });
      let isReady = false;
      try {
        await new Promise<void>((resolve, reject) => {
          consumer.on('ready', () => {
            isReady = true;
            resolve();
          });
          consumer.on('error', reject);
          consumer.on('error', (error) => {
            if (isReady) log('consumer-interrupted', error);
          });
        });
      } catch (error) {
        void consumer.close().catch(() => undefined);
        throw error;
      }
      return { stop: async () => consumer.close() };
    },
    close,
  };
}

/** The driver parses bodies that are declared as JSON or plain text. */
function textOf(body: unknown): string {
  if (Buffer.isBuffer(body)) return body.toString('utf8');
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Has the driver ask for the password with each connection, and keep none that could be printed. */
function askForPassword(connection: object, password: () => string): void {
  // Internal to rabbitmq-client 5; the service tests fail when it is missing.
  const options = Reflect.get(connection, '_opt') as object;
  Object.defineProperty(options, 'password', { get: password, enumerable: false });
}
