import { ConfigError } from '../../../core/index.js';
import { Duration } from '../../../sections/index.js';
import type { TopologyDifference } from './event-broker.js';

/** No queue takes an event. For adapters. Subpath: `uno-config/brokers`. */
export function eventUnrouted(broker: string, topic: string): ConfigError {
  return new ConfigError({
    code: 'event-unrouted',
    message: `No queue of ${broker} takes the topic "${topic}": the event is stored nowhere.`,
    recovery: 'Add the topic to a queue in the settings of the broker, or publish to another one.',
  });
}

/**
 * The broker will not have an event, however often it is published. For adapters. Subpath: `uno-config/brokers`.
 *
 * @param why a sentence of our own: the broker's message may quote the event
 */
export function eventRefused(broker: string, why: string): ConfigError {
  return new ConfigError({
    code: 'event-refused',
    message: `${broker} refused an event: ${why}`,
    recovery: 'Publish it otherwise, or raise the limit at the broker.',
  });
}

/** The fate of an event is unknown. */
export function eventNotConfirmed(broker: string, timeout: number, last: string): ConfigError {
  return new ConfigError({
    code: 'event-not-confirmed',
    message: `${broker} did not confirm an event within ${Duration.ofMilliseconds(timeout).toString()} (${last}): it may be stored, or not.`,
    recovery: 'Publish it again with the same id, or raise publishTimeout.',
  });
}

/** There is no such queue. For adapters. Subpath: `uno-config/brokers`. */
export function queueUnknown(broker: string, queue: string, known: readonly string[]): ConfigError {
  const names = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  return new ConfigError({
    code: 'queue-unknown',
    message: `${broker} has no queue "${queue}" in its settings: ${names}.`,
    recovery: `Set queues.${queue}, or subscribe to another one.`,
  });
}

/** A handler relies on an order that the queue does not keep. */
export function queueNotOrdered(broker: string, queue: string): ConfigError {
  return new ConfigError({
    code: 'queue-not-ordered',
    message: `The queue "${queue}" of ${broker} is not ordered, and a subscription relies on it.`,
    recovery: `Set queues.${queue}.ordered to true; at the broker, that is another queue.`,
  });
}

/**
 * The broker has something else than the settings declare. For adapters. Subpath: `uno-config/brokers`.
 */
export function topologyDiffers(broker: string, differences: readonly TopologyDifference[]): ConfigError {
  const lines = differences.map(({ kind, what, how }) => `\n  - ${what} is ${kind}: ${how}`);
  return new ConfigError({
    code: 'topology-differs',
    message: `What ${broker} has is not what its settings declare:${lines.join('')}`,
    recovery:
      'Change the settings, give the queue another name, or change it at the broker: nothing there is changed by itself.',
  });
}
