import type { Duration } from '../../../sections/index.js';
import type { ResourceHealth } from '../../resources/index.js';
import type { CloudEvent, ReceivedEvent } from './cloud-event.js';

/** How an event is published. */
export interface PublishOptions {
  /**
   * Events of one key reach an ordered queue in the order in which they were published, when each is awaited before the
   * next. Default: the event's `partitionkey`.
   */
  readonly key?: string;
  /** The topic it is published to, in dotted words; default: the event's `type`. */
  readonly topic?: string;
}

/** What becomes of an event that was handled. Subpath: `uno-config/brokers`. */
export type EventOutcome =
  /** Done; the broker forgets it. */
  | 'ack'
  /** It comes again after the queue's `retryDelay`, or among the dead letters after `maxDeliveries`. */
  | 'retry'
  /** It comes again after a time. */
  | { readonly retry: string | Duration }
  /** It is put among the dead letters at once. */
  | { readonly dead: string };

/** How an event was delivered. */
export interface Delivery {
  /** Which time it is delivered, from 1, as far as the broker counts. */
  readonly attempt: number;
  readonly key: string | undefined;
  readonly topic: string;
  /** Aborts when the handler is no longer awaited: the deadline of `drain` is over, or the program ends. */
  readonly signal: AbortSignal;
}

/** Handles an event. What it throws counts as `retry`; only its kind is logged. */
export type EventHandler = (event: ReceivedEvent, delivery: Delivery) => Promise<EventOutcome>;

/** What is subscribed to: a queue of the settings, or what is published from now on. */
export type SubscribeOptions =
  | {
      /** A queue in the settings, or its dead letters: the name with `.dead`. Its events are shared with other subscribers. */
      readonly queue: string;
      /** True for a handler that relies on the order: a queue whose settings do not give it is refused. */
      readonly ordered?: boolean;
    }
  | {
      /**
       * Patterns of topics. Without a queue, every process gets every event, from now on and while it is connected; one that
       * is missed is gone, and a retry waits here.
       */
      readonly topics: readonly string[];
    };

/** Events that are being handled. */
export interface Subscription {
  /** The name of the queue, or the topics. */
  readonly name: string;
  /** Resolves when the broker delivers for the first time; rejects when it is stopped before. Need not be awaited. */
  readonly ready: Promise<void>;
  /** Takes no more events; resolves when those in flight are done. */
  stop(): Promise<void>;
}

/** The health of a subscription. */
export interface SubscriptionHealth {
  readonly name: string;
  /** `starting`: not yet connected; `interrupted`: it will be tried again. */
  readonly status: 'starting' | 'consuming' | 'interrupted' | 'stopped';
  /** Events that are being handled. */
  readonly inFlight: number;
}

/** The health of a broker. Plain data without secrets. */
export interface BrokerHealth extends ResourceHealth {
  /** Events that are being published. */
  readonly publishing: number;
  readonly subscriptions: readonly SubscriptionHealth[];
}

/** A difference between the broker and the settings. */
export interface TopologyDifference {
  readonly kind: 'missing' | 'different';
  /** `queue billing`. */
  readonly what: string;
  /** How it differs, in words; the settings' side first. */
  readonly how: string;
}

/** What was left when a broker was drained. */
export interface DrainReport {
  /** True when nothing was. */
  readonly isDrained: boolean;
  /** Events that were still being handled: they come again. */
  readonly handling: number;
  /** Events that were still being published; whether they are stored is unknown. */
  readonly publishing: number;
}

/**
 * A broker of events. Inject it with `@InjectBroker`; subpath: `uno-config/brokers`.
 *
 * @example
 * ```ts
 * async function place(events: EventBroker, order: { id: string; total: number }): Promise<void> {
 *   const event = { specversion: '1.0', id: order.id, source: '/shop', type: 'order.placed', data: order };
 *   await events.publish(event, { key: order.id });
 * }
 * ```
 */
export interface EventBroker {
  readonly name: string;
  /**
   * Resolves when the broker has stored the event in all queues that take its topic. An event that is not confirmed is
   * published again with the same id, for `publishTimeout`: a receiver may see it twice.
   *
   * @throws TypeError for what is no CloudEvent, and for a topic that is not dotted words.
   * @throws ConfigError `event-unrouted` when no queue takes it, `event-refused` when the broker rejects it,
   *   `event-not-confirmed` when its fate is unknown, and `resource-closed`.
   */
  publish(event: CloudEvent, options?: PublishOptions): Promise<void>;
  /**
   * Handles events as they arrive, until it is stopped or the container is closed; a new client is moved to by itself.
   *
   * @throws TypeError naming an option that cannot be used.
   * @throws ConfigError `queue-unknown`, `queue-not-ordered`.
   */
  subscribe(options: SubscribeOptions, handler: EventHandler): Subscription;
  /** Probes the client in use. Never rejects. */
  health(): Promise<BrokerHealth>;
  /**
   * Takes no more events and waits for those in flight, both ways; after the deadline, a duration, the signals of handlers
   * abort. For the end of a program, before it closes its container.
   */
  drain(deadline: string | Duration): Promise<DrainReport>;
  /** Compares what the settings declare with what the broker has. */
  verify(): Promise<readonly TopologyDifference[]>;
}
