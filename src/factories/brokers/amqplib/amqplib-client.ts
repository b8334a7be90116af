import { abortController, type Clock } from '../../../core/index.js';
import { answerWithin } from '../../../runtime/index.js';
import { pause } from '../port/index.js';
import {
  refusalOf,
  type AmqpBinding,
  type AmqpClient,
  type AmqpConsume,
  type AmqpPublish,
  type AmqpQueue,
  type AmqpRefusal,
} from '../amqp/index.js';
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

/** Marks a message, so that one that comes back is known. */
const MARK = 'x-uno-publish';

/** Connections of `amqplib`, one after the other: what it lacks is that consumers and publishers come back with the next. */
export class AmqplibClient implements AmqpClient {
  readonly #parts: AmqplibParts;
  readonly #consumers = new Set<() => void>();
  readonly #returned = new Set<unknown>();
  readonly #closing = abortController();
  #open: Open | undefined;
  #marks = 0;

  public constructor(parts: AmqplibParts) {
    this.#parts = parts;
  }

  /** Makes the first connection; rejects with what kept it from being made. */
  public async connect(): Promise<void> {
    const connection = await this.#parts.connect();
    const lost = abortController();
    // An error that nobody listens to would end the process.
    let last: unknown;
    connection.on('error', (error) => {
      last = error;
    });
    connection.on('close', (error) => {
      lost.abort();
      if (this.#open?.connection !== connection) return;
      this.#open = undefined;
      void this.#comeBack(error ?? last);
    });
    const publisher = await connection.createConfirmChannel();
    publisher.on('error', () => undefined);
    publisher.on('return', ({ properties }) => this.#returned.add(properties.headers?.[MARK]));
    publisher.on('close', () => {
      // Without it, nothing can be published: the next connection has another one.
      if (!lost.signal.aborted) void this.#end(connection);
    });
    if (lost.signal.aborted) throw new Error('The connection was lost as soon as it was made.', { cause: last });
    this.#open = { connection, publisher };
    for (const attach of this.#consumers) attach();
  }

  async #comeBack(error: unknown): Promise<void> {
    const { firstDelay, longestDelay, clock, log } = this.#parts;
    const { signal } = this.#closing;
    if (!signal.aborted) log('connection-lost', error);
    for (let delay = firstDelay; ; delay = Math.min(longestDelay, delay * 2)) {
      await pause(clock, delay, signal);
      if (signal.aborted) return;
      try {
        await this.connect();
        return;
      } catch {
        // The next attempt is made after a longer pause.
      }
    }
  }

  public async declareExchange(name: string, passive: boolean): Promise<AmqpRefusal | undefined> {
    return this.#declare(async (channel) =>
      passive ? channel.checkExchange(name) : channel.assertExchange(name, 'topic', { durable: true }),
    );
  }

  public async declareQueue(queue: AmqpQueue, passive: boolean): Promise<AmqpRefusal | undefined> {
    const { name, arguments: given } = queue;
    return this.#declare(async (channel) =>
      passive ? channel.checkQueue(name) : channel.assertQueue(name, { durable: true, arguments: given }),
    );
  }

  public async bind(queue: string, { exchange, key }: AmqpBinding): Promise<void> {
    const channel = await this.#channel();
    await channel.bindQueue(queue, exchange, key);
    await channel.close();
  }

  public async publish({ exchange, key, id, body, headers, expiration }: AmqpPublish): Promise<boolean> {
    const { publisher } = this.#connected();
    const mark = ++this.#marks;
    await new Promise<void>((resolve, reject) => {
      const options = {
        mandatory: true,
        persistent: true,
        messageId: id,
        contentType: 'application/cloudevents+json; charset=utf-8',
        headers: { ...headers, [MARK]: mark },
        ...(expiration !== undefined && { expiration: String(expiration) }),
      } as const;
      publisher.publish(exchange, key, body, options, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('The broker did not confirm it.'));
      });
    });
    // A returned message comes before its confirmation.
    return !this.#returned.delete(mark);
  }

  public async consume(consume: AmqpConsume): Promise<{ stop(): Promise<void> }> {
    const stopping = abortController();
    const running = new Set<Promise<void>>();
    let isComingBack = false;
    const again = async (): Promise<void> => {
      if (isComingBack) return;
      isComingBack = true;
      const { firstDelay, longestDelay, clock, log } = this.#parts;
      // While there is no connection, the next one calls.
      for (let delay = firstDelay; !stopping.signal.aborted && this.#open !== undefined;) {
        try {
          leave = await this.#attach(consume, running, attach);
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
    let leave = await this.#attach(consume, running, attach);
    this.#consumers.add(attach);
    return {
      stop: async () => {
        stopping.abort();
        this.#consumers.delete(attach);
        await leave(running);
      },
    };
  }

  /** A consumer on the connection that is there; how it is left. */
  async #attach(
    { queue, bindings, prefetch, handle }: AmqpConsume,
    running: Set<Promise<void>>,
    closed: () => void,
  ): Promise<(running: ReadonlySet<Promise<void>>) => Promise<void>> {
    const channel = await this.#channel();
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
        void this.#closed(channel);
        return;
      }
      const handled = receive(message);
      running.add(handled);
      void handled.then(() => running.delete(handled));
    });
    return async (all) => {
      if (isOpen) await channel.cancel(consumerTag).catch(() => undefined);
      await Promise.all(all);
      if (isOpen) await this.#closed(channel);
    };
  }

  public async close(): Promise<void> {
    this.#closing.abort();
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) await this.#end(open.connection);
  }

  async #end(connection: AmqplibConnection): Promise<void> {
    const limits = { clock: this.#parts.clock, timeout: CLOSING, signal: new AbortController().signal };
    // One that does not answer is found by its heartbeat.
    await answerWithin(limits, async () => connection.close()).catch(() => undefined);
  }

  async #closed(channel: AmqplibChannel): Promise<void> {
    await channel.close().catch(() => undefined);
  }

  /** A channel whose errors are thrown where they are made. */
  async #channel(): Promise<AmqplibChannel> {
    const channel = await this.#connected().connection.createChannel();
    channel.on('error', () => undefined);
    return channel;
  }

  /** A refusal closes the channel. */
  async #declare(declare: (channel: AmqplibChannel) => Promise<unknown>): Promise<AmqpRefusal | undefined> {
    const channel = await this.#channel();
    try {
      await declare(channel);
    } catch (error) {
      return refusalOf(error, typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined);
    }
    await channel.close();
    return undefined;
  }

  #connected(): Open {
    if (this.#open === undefined) throw Object.assign(new Error('There is no connection.'), { code: 'ENOTCONN' });
    return this.#open;
  }
}
