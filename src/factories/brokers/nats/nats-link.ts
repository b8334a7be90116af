import { createHash } from 'node:crypto';
import { kindOfThrown, type Clock } from '../../../core/index.js';
import {
  deadLetterOf,
  eventRefused,
  eventUnrouted,
  pullConsumer,
  takesTopic,
  topologyDiffers,
  type BrokerLink,
  type ConsumeRequest,
  type LinkConsumer,
  type OutgoingMessage,
  type TopologyDifference,
} from '../port/index.js';
import type { NatsSettings } from './nats-settings.js';
import { compare, subjectOf, topicsOf, topologyOf } from './nats-topology.js';
import type { NatsConnection, NatsJetStream, NatsManager, NatsStored } from './nats-types.js';

/** Milliseconds that a server may take to confirm an event; then it is published again. */
const CONFIRMING = 2_000;
/** Milliseconds that one request for events waits. */
const FETCHING = 1_000;
/** Milliseconds before a request that failed is made again. */
const PAUSE = 250;
/** Milliseconds after which the queues of the stream are looked at again. */
const KNOWN = 60_000;

export class NatsLink implements BrokerLink {
  readonly #name: string;
  readonly #connection: NatsConnection;
  readonly #stream: NatsJetStream;
  readonly #manager: NatsManager;
  readonly #settings: NatsSettings;
  readonly #clock: Clock;
  #topics: readonly string[] = [];
  #looked = -Infinity;

  public constructor(
    name: string,
    parts: { connection: NatsConnection; stream: NatsJetStream; manager: NatsManager },
    settings: NatsSettings,
    clock: Clock,
  ) {
    this.#name = name;
    this.#connection = parts.connection;
    this.#stream = parts.stream;
    this.#manager = parts.manager;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Makes what is missing, or refuses it. Throws ConfigError `topology-differs`. */
  public async declare(): Promise<void> {
    const { topology } = this.#settings;
    const differences = await compare(this.#manager, topologyOf(this.#settings), topology === 'create');
    if (differences.length > 0) throw topologyDiffers(this.#name, differences);
  }

  public async verify(): Promise<readonly TopologyDifference[]> {
    return compare(this.#manager, topologyOf(this.#settings), false);
  }

  public async publish({ topic, body }: OutgoingMessage): Promise<void> {
    const { subjectPrefix: prefix } = this.#settings;
    const limit = this.#connection.info?.max_payload ?? Infinity;
    if (body.length > limit / 4 && Buffer.byteLength(body) > limit) {
      throw eventRefused(this.#name, `it is larger than ${String(limit)} bytes.`);
    }
    if (await this.#isTaken(topic)) {
      // By all of it: a dead letter that is published again has the id of the event that it was.
      const msgID = createHash('sha256').update(topic).update(' ').update(body).digest('base64url');
      await this.#stream.publish(`${prefix}.${topic}`, body, { msgID, timeout: CONFIRMING });
      return;
    }
    // Live subscribers, which have no queue, answer the request.
    try {
      await this.#connection.request(`${prefix}_live.${topic}`, body, { timeout: CONFIRMING });
    } catch (error) {
      if (isUnanswered(error)) throw eventUnrouted(this.#name, topic);
      throw error;
    }
  }

  public async consume(request: ConsumeRequest): Promise<LinkConsumer> {
    return request.queue === undefined ? this.#listen(request) : this.#read(request, request.queue);
  }

  public async probe(): Promise<void> {
    await this.#connection.flush();
    await this.#manager.getAccountInfo();
  }

  public async close(): Promise<void> {
    await this.#connection.drain().catch(async () => this.#connection.close());
  }

  /** Whether a queue takes a topic. A stream stores an event without a taker, and drops it at once. */
  async #isTaken(topic: string): Promise<boolean> {
    const now = this.#clock.monotonic();
    if (now - this.#looked < KNOWN && takesTopic(this.#topics, topic)) return true;
    this.#topics = await topicsOf(this.#manager, this.#settings.stream);
    this.#looked = now;
    return takesTopic(this.#topics, topic);
  }

  async #listen({ topics, receive }: ConsumeRequest): Promise<LinkConsumer> {
    const { subjectPrefix: prefix } = this.#settings;
    const running = new Set<Promise<unknown>>();
    const listen = (before: string, answers: boolean) => (topic: string) => {
      const callback = (
        error: Error | null,
        message: { subject: string; string(): string; respond(): boolean },
      ): void => {
        if (error !== null) return;
        if (answers) message.respond();
        const handled = receive({
          body: message.string(),
          topic: message.subject.slice(before.length + 1),
          attempt: 1,
        });
        running.add(handled);
        void handled.then(() => running.delete(handled));
      };
      return this.#connection.subscribe(subjectOf(before, topic), { callback });
    };
    const all = [...topics.map(listen(prefix, false)), ...topics.map(listen(`${prefix}_live`, true))];
    await this.#connection.flush();
    return {
      stop: async () => {
        for (const subscription of all) subscription.unsubscribe();
        await Promise.all(running);
      },
    };
  }

  async #read(request: ConsumeRequest, queue: string): Promise<LinkConsumer> {
    const { stream, ackWait } = this.#settings;
    const isDead = queue.endsWith('.dead');
    const base = isDead ? queue.slice(0, -'.dead'.length) : queue;
    const consumer = await this.#stream.consumers.get(isDead ? `${stream}_DEAD` : stream, base);
    return pullConsumer<NatsStored>({
      maxInFlight: request.maxInFlight,
      fetch: async (count, take) => {
        const batch = await consumer.fetch({ max_messages: count, expires: FETCHING });
        for await (const message of batch) take(message);
      },
      handle: async (message) => this.#handle(message, request, base, isDead),
      keep: (running) => {
        for (const message of running) message.working();
      },
      keepEvery: ackWait.milliseconds / 3,
      isEnd: isGone,
      pause: PAUSE,
      lost: request.lost,
      stopped: async () => this.#connection.flush().catch(() => undefined),
      clock: this.#clock,
    });
  }

  async #handle(message: NatsStored, request: ConsumeRequest, queue: string, isDead: boolean): Promise<void> {
    const { subjectPrefix: prefix, queues } = this.#settings;
    const start = isDead ? `${prefix}_dead.${queue}.` : `${prefix}.`;
    const topic = message.subject.slice(start.length);
    const body = message.string();
    const topics = queues[queue]?.topics ?? ['**'];
    // A consumer of several topics gets all of them: one of NATS 2.9 has one filter.
    if (!isDead && !takesTopic(topics, topic)) {
      message.ack();
      return;
    }
    const { deliveryCount: attempt, timestampNanos } = message.info;
    const settlement = await request.receive({ body, topic, attempt });
    if (settlement.kind === 'ack') message.ack();
    // Not to the request that is still open.
    if (settlement.kind === 'release') message.nak(FETCHING);
    if (settlement.kind === 'retry') message.nak(Math.max(1, Math.round(settlement.delay)));
    if (settlement.kind !== 'dead') return;
    const dead = deadLetterOf(body, queue, settlement.reason, this.#clock.now());
    try {
      const msgID = `${queue} ${String(message.seq)} ${String(timestampNanos)}`;
      await this.#stream.publish(`${prefix}_dead.${queue}.${topic}`, dead, { msgID, timeout: CONFIRMING });
      message.term();
    } catch {
      // It stays where it is, and comes again.
      message.nak();
    }
  }
}

/** There are no responders: the package signals it by the name of an error or of its cause. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return [error, error.cause].some((each) => each instanceof Error && /^NoResponders(?:Error)?$/.test(each.name));
}

/** The consumer or its stream was deleted. */
function isGone(error: unknown): boolean {
  return ['ConsumerNotFoundError', 'StreamNotFoundError'].includes(kindOfThrown(error));
}
