// What a RabbitLink asks of a connection that makes itself anew: rabbitmq-client and amqplib each bring theirs.

export interface AmqpQueue {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface AmqpBinding {
  readonly exchange: string;
  readonly key: string;
}

export interface AmqpPublish {
  readonly exchange: string;
  readonly key: string;
  readonly id: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, unknown>>;
  /** Milliseconds after which it leaves its queue. */
  readonly expiration?: number;
}

export interface AmqpDelivery {
  readonly key: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Whether it was delivered before. */
  readonly isRedelivered: boolean;
  readonly id: string;
}

export interface AmqpConsume {
  /** A queue that is there; without one, a queue of this connection alone is made and bound. */
  readonly queue: string | undefined;
  readonly bindings: readonly AmqpBinding[];
  readonly prefetch: number;
  /** Never rejects; false puts the message back where it was. */
  readonly handle: (message: AmqpDelivery) => Promise<boolean>;
}

/** An adapter's reading of a declaration that the broker refused. */
export type AmqpRefusal = 'missing' | { readonly differs: string };

export interface AmqpClient {
  /** `undefined` when the exchange is there as declared; with `passive`, it is not made. */
  declareExchange(name: string, passive: boolean): Promise<AmqpRefusal | undefined>;
  declareQueue(queue: AmqpQueue, passive: boolean): Promise<AmqpRefusal | undefined>;
  bind(queue: string, binding: AmqpBinding): Promise<void>;
  /** Resolves when the broker has confirmed it: false when no queue took it. */
  publish(message: AmqpPublish): Promise<boolean>;
  /** Resolves when the broker delivers; the consumer comes back by itself, and `stop` waits for what is being handled. */
  consume(consume: AmqpConsume): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

/**
 * The meaning of a refusal. The broker's message may quote anything; only the name of an argument is repeated from it.
 *
 * @throws the error itself when it is no such refusal
 */
export function refusalOf(error: unknown, code: unknown): AmqpRefusal {
  if (code === 'NOT_FOUND' || code === 404) return 'missing';
  if (code !== 'PRECONDITION_FAILED' && code !== 406) throw error;
  const [, argument] = /inequivalent arg '([\w-]{1,60})'/.exec(error instanceof Error ? error.message : '') ?? [];
  return { differs: argument ?? 'a property' };
}
