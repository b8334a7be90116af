import { IsInt, Min } from 'class-validator';
import { option, readOptions, type Clock, type OptionKinds } from '../../../core/index.js';
import { Describe } from '../../../sections/index.js';
import { sectionLike } from '../../resources/index.js';
import {
  BROKER_OPTIONS,
  deadLetterOf,
  defineBroker,
  EventBrokerSettings,
  eventRefused,
  eventUnrouted,
  queueUnknown,
  takesTopic,
  type BrokerDefinition,
  type BrokerLink,
  type BrokerOptions,
  type ConsumeRequest,
  type LinkConsumer,
} from '../port/index.js';
import { LocalQueue } from './local-queue.js';

/**
 * A broker in this process: for a start without a server, and for tests. What it has is gone with the process. Subpath:
 * `uno-config/brokers/local`.
 *
 * @example
 * ```ts
 * @ConfigSection('events')
 * class Events extends LocalBrokerSettings {}
 * ```
 */
export class LocalBrokerSettings extends EventBrokerSettings {
  @Describe('How many events a queue holds; then more are refused.')
  @IsInt()
  @Min(1)
  public readonly maxLength: number = 100_000;
}

/** What {@link localBroker} takes. */
export type LocalBrokerOptions<S extends LocalBrokerSettings> = Pick<BrokerOptions<S>, 'name' | 'from' | 'random'>;

const OPTIONS = {
  name: BROKER_OPTIONS.name,
  from: option.required(sectionLike(LocalBrokerSettings)),
  random: option.callback,
} satisfies OptionKinds<LocalBrokerOptions<LocalBrokerSettings>>;

/**
 * A broker in this process, which needs no server. Its queues and their dead letters are kept while the settings change,
 * and are gone with the module. Subpath: `uno-config/brokers/local`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const events = localBroker({ name: 'events', from: LocalBrokerSettings });
 * ```
 */
export function localBroker<S extends LocalBrokerSettings>(options: LocalBrokerOptions<S>): BrokerDefinition {
  readOptions<LocalBrokerOptions<S>, typeof OPTIONS>('localBroker', options, OPTIONS);
  return defineBroker<S>({
    ...options,
    // What is in the queues stays when another link takes the place of one.
    overlap: 'shrink',
    connect: ({ name, settings, replaces, clock }) => {
      // What it replaces is a link, or nothing.
      const store = stores.get(Object(replaces) as object) ?? new LocalStore(clock);
      return localLink(name, settings, store);
    },
  });
}

interface LocalListener {
  readonly topics: readonly string[];
  readonly queue: LocalQueue;
}

class LocalStore {
  readonly #clock: Clock;
  readonly #queues = new Map<string, LocalQueue>();
  readonly #listeners = new Set<LocalListener>();

  public constructor(clock: Clock) {
    this.#clock = clock;
  }

  public queue(name: string): LocalQueue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new LocalQueue(this.#clock, ({ body, topic }, reason) => {
        this.queue(`${name}.dead`).push(deadLetterOf(body, name, reason, this.#clock.now()), topic);
      });
      this.#queues.set(name, queue);
    }
    return queue;
  }

  public listen(request: ConsumeRequest): LinkConsumer {
    const queue = new LocalQueue(this.#clock, () => undefined);
    const listener = { topics: request.topics, queue };
    this.#listeners.add(listener);
    const consumer = queue.consume(request);
    return {
      ...consumer,
      stop: async () => {
        this.#listeners.delete(listener);
        await consumer.stop();
      },
    };
  }

  public listeners(topic: string): LocalQueue[] {
    return [...this.#listeners].filter(({ topics }) => takesTopic(topics, topic)).map(({ queue }) => queue);
  }
}

/** Those of links, so that the next one has what is in the queues. */
const stores = new WeakMap<object, LocalStore>();

function localLink(name: string, { queues, maxLength }: LocalBrokerSettings, store: LocalStore): BrokerLink {
  const link: BrokerLink = {
    publish: async ({ topic, body }) => {
      const names = Object.keys(queues).filter((queue) => takesTopic(queues[queue]?.topics ?? [], topic));
      const full = names.find((queue) => store.queue(queue).length >= maxLength);
      if (full !== undefined) throw eventRefused(name, `the queue "${full}" has ${String(maxLength)} events.`);
      const takers = [...names.map((queue) => store.queue(queue)), ...store.listeners(topic)];
      if (takers.length === 0) throw eventUnrouted(name, topic);
      for (const queue of takers) queue.push(body, topic);
      return Promise.resolve();
    },
    consume: async (request) => {
      const { queue } = request;
      if (queue === undefined) return Promise.resolve(store.listen(request));
      const base = queue.replace(/\.dead$/, '');
      if (!Object.hasOwn(queues, base)) throw queueUnknown(name, base, Object.keys(queues));
      return Promise.resolve(store.queue(queue).consume(request));
    },
    // Queues are made when they are needed, and the next link has them.
    verify: async () => Promise.resolve([]),
    probe: async () => Promise.resolve(),
    close: async () => Promise.resolve(),
  };
  stores.set(link, store);
  return link;
}
