import type { TlsOptions } from '../../drivers/index.js';

/** Where a connection goes, as `connect` of the package `amqplib` takes it first; the heartbeat is in seconds. */
export interface AmqplibPlace {
  protocol: 'amqp' | 'amqps';
  hostname: string;
  port: number;
  vhost: string;
  heartbeat: number;
}

/** How it is made, as it takes it second: milliseconds. */
export interface AmqplibSocketOptions extends Partial<TlsOptions> {
  timeout: number;
  noDelay: true;
  clientProperties: { connection_name?: string };
  credentials: { mechanism: string; response(): Buffer };
}

/** A message as it arrives. */
export interface AmqplibMessage {
  readonly content: Buffer;
  readonly fields: { readonly routingKey: string; readonly redelivered?: boolean };
  readonly properties: {
    readonly headers?: Readonly<Record<string, unknown>> | undefined;
    readonly messageId?: string | undefined;
  };
}

interface Emitter {
  on(event: 'error' | 'close', listener: (error?: unknown) => void): unknown;
}

/** What we ask of a channel. */
export interface AmqplibChannel extends Emitter {
  checkExchange(exchange: string): Promise<unknown>;
  assertExchange(exchange: string, type: 'topic', options: { durable: true }): Promise<unknown>;
  checkQueue(queue: string): Promise<unknown>;
  assertQueue(
    queue: string,
    options: { durable: true; arguments: object } | { exclusive: true; autoDelete: true },
  ): Promise<{ readonly queue: string }>;
  bindQueue(queue: string, exchange: string, key: string): Promise<unknown>;
  prefetch(count: number): Promise<unknown>;
  consume(queue: string, receive: (message: AmqplibMessage | null) => void): Promise<{ readonly consumerTag: string }>;
  cancel(consumerTag: string): Promise<unknown>;
  ack(message: AmqplibMessage): void;
  nack(message: AmqplibMessage, allUpTo: false, requeue: true): void;
  close(): Promise<void>;
}

/** What we ask of a channel whose messages are confirmed. */
export interface AmqplibPublisher extends Emitter {
  on(event: 'error' | 'close', listener: (error?: unknown) => void): unknown;
  on(event: 'return', listener: (message: AmqplibMessage) => void): unknown;
  publish(
    exchange: string,
    key: string,
    body: Buffer,
    options: {
      mandatory: true;
      persistent: true;
      messageId: string;
      contentType: string;
      headers: Record<string, unknown>;
      expiration?: string;
    },
    confirmed: (error: unknown) => void,
  ): boolean;
}

/** What we ask of a connection of the package `amqplib`. Subpath: `uno-config/brokers/amqplib`. */
export interface AmqplibConnection extends Emitter {
  createChannel(): Promise<AmqplibChannel>;
  createConfirmChannel(): Promise<AmqplibPublisher>;
  close(): Promise<void>;
}

/** What we ask of the package `amqplib`. Subpath: `uno-config/brokers/amqplib`. */
export interface AmqplibDriver {
  readonly connect: (place: AmqplibPlace, options: AmqplibSocketOptions) => Promise<AmqplibConnection>;
}
