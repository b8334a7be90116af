// What a rabbitLink asks of a connection that makes itself anew: rabbitmq-client and amqplib each bring theirs.

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

/** The header that marks a message, so that one that comes back is known. */
export const MARK = 'x-uno-publish';

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
  /** Resolves when the broker has confirmed it; by then its mark is among `returned` when no queue took it. */
  publish(message: AmqpPublish): Promise<void>;
  readonly returned: Set<unknown>;
  /** Resolves when the broker delivers; the consumer comes back by itself, and `stop` waits for what is being handled. */
  consume(consume: AmqpConsume): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

/** What drivers send of every message, as the properties that AMQP names. */
export function propertiesOf({ id, headers, expiration }: AmqpPublish) {
  return {
    mandatory: true,
    messageId: id,
    contentType: 'application/cloudevents+json; charset=utf-8',
    headers: { ...headers },
    ...(expiration !== undefined && { expiration: String(expiration) }),
  } as const;
}

/**
 * The meaning of a refusal; nothing of what is there as declared. The broker's message may quote anything; only the name of
 * an argument is repeated from it.
 *
 * @throws the error itself when it is no such refusal
 */
export async function refusalOf(declared: Promise<unknown>): Promise<AmqpRefusal | undefined> {
  try {
    await declared;
    return undefined;
  } catch (error) {
    const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
    if (code === 'NOT_FOUND' || code === 404) return 'missing';
    if (code !== 'PRECONDITION_FAILED' && code !== 406) throw error;
    const [, argument] = /inequivalent arg '([\w-]{1,60})'/.exec(error instanceof Error ? error.message : '') ?? [];
    return { differs: argument ?? 'a property' };
  }
}
