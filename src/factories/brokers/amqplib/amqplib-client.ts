import { abortController, pause, type Clock } from '../../../core/index.js';
import { answerWithin } from '../../../runtime/index.js';
import { MARK, propertiesOf, refusalOf, type AmqpClient, type AmqpConsume } from '../amqp/index.js';
import type { AmqplibChannel, AmqplibConnection, AmqplibMessage, AmqplibPublisher } from './amqplib-types.js';

/** What a client is made from. Times are in milliseconds. */
export interface AmqplibParts {
  /** Makes a connection to one of the hosts, and to the next one the next time. */
  readonly connect: () => Promise<AmqplibConnection>;
  readonly firstDelay: number;
  readonly longestDelay: number;
  readonly clock: Clock;
  readonly log: (kind: string, error: unknown) => void;
}

interface Open {
  readonly connection: AmqplibConnection;
  readonly publisher: AmqplibPublisher;
}

/** Milliseconds that a connection may take to close. */
const CLOSING = 5_000;

/**
 * Connections of `amqplib`, one after the other: what it lacks is that consumers and publishers come back with the next.
 * `connect` makes the first one, and rejects with what kept it from being made.
 */
export function amqplibClient(parts: AmqplibParts): AmqpClient & { connect(): Promise<void> } {
  const { firstDelay, longestDelay, clock, log } = parts;
  const consumers = new Set<() => void>();
  const returned = new Set<unknown>();
  const closing = abortController();
  let open: Open | undefined;

  async function connect(): Promise<void> {
    const connection = await parts.connect();
    const lost = abortController();
    // An error that nobody listens to would end the process.
    let last: unknown;
    connection.on('error', (error) => {
      last = error;
    });
    connection.on('close', (error) => {
      lost.abort();
      if (open?.connection !== connection) return;
      open = undefined;
      void comeBack(error ?? last);
    });
    const publisher = await connection.createConfirmChannel();
    publisher.on('error', () => undefined);
    publisher.on('return', ({ properties }) => returned.add(properties.headers?.[MARK]));
    publisher.on('close', () => {
      // Without it, nothing can be published: the next connection has another one.
      if (!lost.signal.aborted) void end(connection);
    });
    if (lost.signal.aborted) throw new Error('The connection was lost as soon as it was made.', { cause: last });
    open = { connection, publisher };
    for (const attach of consumers) attach();
  }

  async function comeBack(error: unknown): Promise<void> {
    const { signal } = closing;
    if (!signal.aborted) log('connection-lost', error);
    for (let delay = firstDelay; ; delay = Math.min(longestDelay, delay * 2)) {
      await pause(clock, delay, signal);
      if (signal.aborted) return;
      try {
        await connect();
        return;
      } catch {
        // The next attempt is made after a longer pause.
      }
    }
  }

  /** A consumer on the connection that is there; how it is left. */
  async function attached(
    { queue, bindings, prefetch, handle }: AmqpConsume,
    running: Set<Promise<void>>,
    closed: () => void,
  ): Promise<() => Promise<void>> {
    const channel = await newChannel();
    let isOpen = true;
    channel.on('close', () => {
      isOpen = false;
      closed();
    });
    const receive = async (message: AmqplibMessage): Promise<void> => {
      const { content, fields, properties } = message;
      const isDone = await handle({
        key: fields.routingKey,
        body: content.toString('utf8'),
        headers: properties.headers ?? {},
        isRedelivered: fields.redelivered === true,
        id: properties.messageId ?? '',
      });
      // Of a channel that is closed, the broker has taken all messages back.
      if (!isOpen) return;
      if (isDone) channel.ack(message);
      else channel.nack(message, false, true);
    };
    await channel.prefetch(prefetch);
    const name = queue ?? (await channel.assertQueue('', { exclusive: true, autoDelete: true })).queue;
    for (const { exchange, key } of bindings) await channel.bindQueue(name, exchange, key);
    const { consumerTag } = await channel.consume(name, (message) => {
      // The queue was deleted.
      if (message === null) {
        void channel.close().catch(() => undefined);
        return;
      }
      const handled = receive(message);
      running.add(handled);
      void handled.then(() => running.delete(handled));
    });
    return async () => {
      if (isOpen) await channel.cancel(consumerTag).catch(() => undefined);
      await Promise.all(running);
      if (isOpen) await channel.close().catch(() => undefined);
    };
  }

  async function end(connection: AmqplibConnection): Promise<void> {
    const limits = { clock, timeout: CLOSING, signal: new AbortController().signal };
    // One that does not answer is found by its heartbeat.
    await answerWithin(limits, async () => connection.close()).catch(() => undefined);
  }

  /** A channel whose errors are thrown where they are made. */
  async function newChannel(): Promise<AmqplibChannel> {
    const channel = await connected().connection.createChannel();
    channel.on('error', () => undefined);
    return channel;
  }

  /** A refusal closes the channel. */
  async function declare(act: (channel: AmqplibChannel) => Promise<unknown>): ReturnType<typeof refusalOf> {
    const channel = await newChannel();
    const refusal = await refusalOf(act(channel));
    if (refusal === undefined) await channel.close();
    return refusal;
  }

  function connected(): Open {
    if (open === undefined) throw Object.assign(new Error('There is no connection.'), { code: 'ENOTCONN' });
    return open;
  }

  return {
    connect,
    returned,
    declareExchange: async (name, passive) =>
      declare(async (channel) =>
        passive ? channel.checkExchange(name) : channel.assertExchange(name, 'topic', { durable: true }),
      ),
    declareQueue: async ({ name, arguments: given }, passive) =>
      declare(async (channel) =>
        passive ? channel.checkQueue(name) : channel.assertQueue(name, { durable: true, arguments: given }),
      ),
    bind: async (queue, { exchange, key }) => {
      const channel = await newChannel();
      await channel.bindQueue(queue, exchange, key);
      await channel.close();
    },
    publish: async (message) => {
      const { publisher } = connected();
      const { exchange, key, body } = message;
      await new Promise<void>((resolve, reject) => {
        publisher.publish(exchange, key, body, { ...propertiesOf(message), persistent: true }, (error) => {
          if (error === null || error === undefined) resolve();
          else reject(error instanceof Error ? error : new Error('The broker did not confirm it.'));
        });
      });
    },
    consume: async (consume) => {
      const stopping = abortController();
      const running = new Set<Promise<void>>();
      let isComingBack = false;
      const again = async (): Promise<void> => {
        if (isComingBack) return;
        isComingBack = true;
        // While there is no connection, the next one calls.
        for (let delay = firstDelay; !stopping.signal.aborted && open !== undefined;) {
          try {
            leave = await attached(consume, running, attach);
            break;
          } catch (error) {
            log('consumer-interrupted', error);
          }
          await pause(clock, delay, stopping.signal);
          delay = Math.min(longestDelay, delay * 2);
        }
        isComingBack = false;
      };
      const attach = (): void => void again();
      let leave = await attached(consume, running, attach);
      consumers.add(attach);
      return {
        stop: async () => {
          stopping.abort();
          consumers.delete(attach);
          await leave();
        },
      };
    },
    close: async () => {
      closing.abort();
      const last = open;
      open = undefined;
      if (last !== undefined) await end(last.connection);
    },
  };
}
