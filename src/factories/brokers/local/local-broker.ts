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
  type OutgoingMessage,
  type TopologyDifference,
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
      const store = replaces instanceof LocalLink ? replaces.store : new LocalStore(clock);
      return new LocalLink(name, settings, store);
    },
  });
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

interface LocalListener {
  readonly topics: readonly string[];
  readonly queue: LocalQueue;
}

class LocalLink implements BrokerLink {
  public readonly store: LocalStore;
  readonly #name: string;
  readonly #settings: LocalBrokerSettings;

  public constructor(name: string, settings: LocalBrokerSettings, store: LocalStore) {
    this.#name = name;
    this.#settings = settings;
    this.store = store;
  }

  public async publish({ topic, body }: OutgoingMessage): Promise<void> {
    const { queues, maxLength } = this.#settings;
    const names = Object.keys(queues).filter((name) => takesTopic(queues[name]?.topics ?? [], topic));
    const full = names.find((name) => this.store.queue(name).length >= maxLength);
    if (full !== undefined) throw eventRefused(this.#name, `the queue "${full}" has ${String(maxLength)} events.`);
    const takers = [...names.map((name) => this.store.queue(name)), ...this.store.listeners(topic)];
    if (takers.length === 0) throw eventUnrouted(this.#name, topic);
    for (const queue of takers) queue.push(body, topic);
    return Promise.resolve();
  }

  public async consume(request: ConsumeRequest): Promise<LinkConsumer> {
    const { queue } = request;
    if (queue === undefined) return Promise.resolve(this.store.listen(request));
    const base = queue.replace(/\.dead$/, '');
    const { queues } = this.#settings;
    if (!Object.hasOwn(queues, base)) throw queueUnknown(this.#name, base, Object.keys(queues));
    return Promise.resolve(this.store.queue(queue).consume(request));
  }

  public async verify(): Promise<readonly TopologyDifference[]> {
    // Queues are made when they are needed.
    return Promise.resolve([]);
  }

  public async probe(): Promise<void> {
    await Promise.resolve();
  }

  public async close(): Promise<void> {
    // The next link has the store.
    await Promise.resolve();
  }
}
