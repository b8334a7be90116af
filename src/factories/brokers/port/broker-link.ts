import type { TopologyDifference } from './event-broker.js';

/** An event on its way to a broker. */
export interface OutgoingMessage {
  /** The same whenever the same event is published; for brokers that keep duplicates out. */
  readonly id: string;
  readonly topic: string;
  readonly key: string | undefined;
  /** `application/cloudevents+json`. */
  readonly body: string;
}

/** An event on its way from a broker. */
export interface IncomingMessage {
  readonly body: string;
  readonly topic: string;
  /** From 1. */
  readonly attempt: number;
}

/** What a link does with a message that was handled. */
export type Settlement =
  | { readonly kind: 'ack' }
  /** Delivers it again after so many milliseconds. */
  | { readonly kind: 'retry'; readonly delay: number }
  /** Puts it among the dead letters, with the reason. */
  | { readonly kind: 'dead'; readonly reason: string }
  /** Was not handled: gives it back as it was, at its place where the broker can. */
  | { readonly kind: 'release' };

/** What a link consumes. */
export interface ConsumeRequest {
  /** A queue or, with `.dead`, its dead letters; `undefined` for a subscription of this process alone. */
  readonly queue: string | undefined;
  /** The topics of a subscription without a queue. */
  readonly topics: readonly string[];
  /** Only one consumer of the queue may be given events, whichever process it is in. */
  readonly ordered: boolean;
  /** How many messages may be handled at a time. */
  readonly maxInFlight: number;
  /** Handles a message. Never rejects. */
  readonly receive: (message: IncomingMessage) => Promise<Settlement>;
  /** Called when the consumer has ended by itself and another one has to be made. */
  readonly lost: (error: unknown) => void;
}

/** What consumes for a subscription. */
export interface LinkConsumer {
  /** Takes another number of messages at a time; absent where that takes a new consumer. */
  readonly resize?: (maxInFlight: number) => void;
  /** Takes no more messages; resolves when those in flight are settled. */
  stop(): Promise<void>;
}

/**
 * A client of a broker as {@link defineBroker} drives it: what an adapter supplies. It comes back by itself after a lost
 * connection. Subpath: `uno-config/brokers`.
 */
export interface BrokerLink {
  /**
   * Resolves when the broker has stored the message in every queue that takes it. A ConfigError is final; after any other
   * error the fate of the message is unknown, and it is published again.
   *
   * @throws ConfigError `event-unrouted`, `event-refused`.
   */
  publish(message: OutgoingMessage): Promise<void>;
  /** Resolves when the broker delivers. */
  consume(request: ConsumeRequest): Promise<LinkConsumer>;
  /** The differences between the broker and the settings. */
  verify(): Promise<readonly TopologyDifference[]>;
  /** Throws when the broker does not answer. */
  probe(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
