import { option, readOptions, type OptionKinds } from '../../../core/index.js';
import type { ResourceHost } from '../../../container/index.js';
import type { Duration } from '../../../sections/index.js';
import { answerWithin, TimeIsUp } from '../../../runtime/index.js';
import type { ManagedResource } from '../../resources/index.js';
import { queueNotOrdered, queueUnknown } from './broker-errors.js';
import type { BrokerLink, OutgoingMessage } from './broker-link.js';
import { type EventBrokerSettings, QueueSettings } from './broker-settings.js';
import { encodeEvent, type CloudEvent } from './cloud-event.js';
import type {
  BrokerHealth,
  DrainReport,
  EventBroker,
  EventHandler,
  PublishOptions,
  SubscribeOptions,
  Subscription,
  TopologyDifference,
} from './event-broker.js';
import { LiveSubscription } from './live-subscription.js';
import { Publisher } from './publisher.js';
import { isTopic, TOPIC_PATTERN } from './topics.js';

const DEFAULTS = Object.freeze(new QueueSettings());
const DEAD = '.dead';

const QUEUE_OPTIONS = {
  queue: option.required(option.name),
  ordered: option.or(option.flag, false),
} satisfies OptionKinds<Extract<SubscribeOptions, { queue: string }>>;

const TOPIC_OPTIONS = {
  topics: option.required(option.listOf(option.name)),
} satisfies OptionKinds<Extract<SubscribeOptions, { topics: readonly string[] }>>;

const PUBLISH_OPTIONS = { key: option.text, topic: option.text } satisfies OptionKinds<PublishOptions>;

const DEADLINE = { deadline: option.required(option.span) } satisfies OptionKinds<{ deadline: string | Duration }>;

export class LiveBroker implements EventBroker {
  public readonly name: string;
  readonly #resource: ManagedResource<BrokerLink>;
  readonly #host: ResourceHost;
  readonly #random: () => number;
  readonly #publisher: Publisher;
  readonly #subscriptions = new Set<LiveSubscription>();
  #settings: EventBrokerSettings;
  #unwatch: (() => void) | undefined;

  public constructor(
    resource: ManagedResource<BrokerLink>,
    host: ResourceHost,
    settings: EventBrokerSettings,
    random: () => number,
  ) {
    this.name = resource.name;
    this.#resource = resource;
    this.#host = host;
    this.#settings = settings;
    this.#random = random;
    this.#publisher = new Publisher(resource, host, random);
  }

  public configure(settings: EventBrokerSettings): void {
    this.#settings = settings;
    for (const subscription of this.#subscriptions) subscription.tune();
  }

  /** The program ends: no new events are taken, and after a while handlers are no longer awaited. */
  public end(): void {
    this.#unwatch?.();
    this.#publisher.leave();
    for (const subscription of this.#subscriptions) void subscription.stop();
  }

  public giveUp(): void {
    for (const subscription of this.#subscriptions) subscription.giveUp();
  }

  public async publish(event: CloudEvent, options?: PublishOptions): Promise<void> {
    this.#unwatch ??= this.#watch();
    await this.#publisher.publish(messageOf(event, options), this.#settings.publishTimeout.milliseconds);
  }

  public subscribe(options: SubscribeOptions, handler: EventHandler): Subscription {
    if (typeof handler !== 'function') throw new TypeError('subscribe(options, handler): handler must be a function.');
    const { queue, topics, isOrdered } = this.#read(options);
    const hasDeadLetters = queue?.endsWith(DEAD) !== true;
    const base = hasDeadLetters ? queue : queue.slice(0, -DEAD.length);
    let last = DEFAULTS;
    const subscription = new LiveSubscription({
      name: queue ?? topics.join(', '),
      queue,
      topics,
      handler,
      isOrdered,
      hasDeadLetters,
      // Those that it had, while a queue that was taken out of the settings comes to its end.
      settings: () => (last = (base === undefined ? undefined : this.#settings.queues[base]) ?? last),
      resource: this.#resource,
      host: this.#host,
      random: this.#random,
      stopped: (stopped) => this.#subscriptions.delete(stopped),
    });
    this.#subscriptions.add(subscription);
    this.#unwatch ??= this.#watch();
    return subscription;
  }

  public async health(): Promise<BrokerHealth> {
    const subscriptions = [...this.#subscriptions].map(({ health }) => health);
    return { ...(await this.#resource.health()), publishing: this.#publisher.size, subscriptions };
  }

  public async drain(deadline: string | Duration): Promise<DrainReport> {
    const { deadline: timeout } = readOptions('drain', { deadline }, DEADLINE);
    const { clock } = this.#host;
    const all = [...this.#subscriptions];
    const { signal } = new AbortController();
    try {
      await answerWithin({ clock, timeout, signal }, async () => {
        await Promise.all(all.map(async (subscription) => subscription.stop()));
        await this.#publisher.idle();
      });
    } catch (error) {
      if (!(error instanceof TimeIsUp)) throw error;
      for (const subscription of all) subscription.giveUp();
    }
    const handling = all.reduce((sum, { health }) => sum + health.inFlight, 0);
    const { size: publishing } = this.#publisher;
    return { isDrained: handling + publishing === 0, handling, publishing };
  }

  public async verify(): Promise<readonly TopologyDifference[]> {
    return this.#resource.use(async (link) => link.verify(), { as: 'a check of the topology' });
  }

  /** From the first user on: before, there may be no client. */
  #watch(): () => void {
    return this.#resource.onReplaced(() => {
      this.#publisher.leave();
      for (const each of this.#subscriptions) each.move();
    });
  }

  #read(options: SubscribeOptions): { queue: string | undefined; topics: readonly string[]; isOrdered: boolean } {
    if (typeof options !== 'object' || !('topics' in options)) {
      const { queue, ordered } = readOptions('subscribe', options, QUEUE_OPTIONS);
      const isDead = queue.endsWith(DEAD);
      const { queues } = this.#settings;
      const name = isDead ? queue.slice(0, -DEAD.length) : queue;
      const settings = Object.hasOwn(queues, name) ? queues[name] : undefined;
      if (settings === undefined) throw queueUnknown(this.name, name, Object.keys(queues));
      const isOrdered = settings.ordered && !isDead;
      if (ordered && !isOrdered) throw queueNotOrdered(this.name, queue);
      return { queue, topics: settings.topics, isOrdered };
    }
    const { topics } = readOptions('subscribe', options, TOPIC_OPTIONS);
    const wrong = topics.find((topic) => !TOPIC_PATTERN.test(topic));
    if (topics.length > 0 && wrong === undefined) return { queue: undefined, topics, isOrdered: false };
    throw new TypeError('subscribe: topics must be dotted words, of which * is any, and ** at the end any number.');
  }
}

function messageOf(event: CloudEvent, options: PublishOptions | undefined): OutgoingMessage {
  if (options !== undefined) readOptions<PublishOptions, typeof PUBLISH_OPTIONS>('publish', options, PUBLISH_OPTIONS);
  const body = encodeEvent(event, options?.key);
  const { id, source, type, partitionkey } = event;
  const { key = partitionkey, topic = type } = options ?? {};
  if (isTopic(topic)) return { id: `${source}#${id}`, topic, key, body };
  const name = options?.topic === undefined ? 'event.type' : 'topic';
  throw new TypeError(`publish: ${name} must be dotted words of letters, digits, - and _, such as order.placed.`);
}
