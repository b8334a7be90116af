import { createHash } from 'node:crypto';
import { kindOfThrown, type Clock } from '../../../core/index.js';
import {
  deadLetterOf,
  eventRefused,
  eventUnrouted,
  pullConsumer,
  takesTopic,
  type ConsumeRequest,
  type LinkConsumer,
  type RemoteLink,
} from '../port/index.js';
import type { NatsSettings } from './nats-settings.js';
import { compare, subjectOf, topicsOf, topologyOf } from './nats-topology.js';
import type { NatsConnection, NatsJetStream, NatsManager, NatsMessage, NatsStored } from './nats-types.js';

/** Milliseconds that a server may take to confirm an event; then it is published again. */
const CONFIRMING = 2_000;
/** Milliseconds that one request for events waits. */
const FETCHING = 1_000;
/** Milliseconds before a request that failed is made again. */
const PAUSE = 250;
/** Milliseconds after which the queues of the stream are looked at again. */
const KNOWN = 60_000;

interface NatsParts {
  readonly connection: NatsConnection;
  readonly stream: NatsJetStream;
  readonly manager: NatsManager;
}

/** NATS JetStream as a broker: a stream of events, and a durable consumer for each queue. */
export function natsLink(
  name: string,
  { connection, stream, manager }: NatsParts,
  settings: NatsSettings,
  clock: Clock,
): RemoteLink {
  const { subjectPrefix: prefix, queues, ackWait } = settings;
  let known: readonly string[] = [];
  let looked = -Infinity;

  /** Whether a queue takes a topic. A stream stores an event without a taker, and drops it at once. */
  async function isTaken(topic: string): Promise<boolean> {
    const now = clock.monotonic();
    if (now - looked < KNOWN && takesTopic(known, topic)) return true;
    known = await topicsOf(manager, settings.stream);
    looked = now;
    return takesTopic(known, topic);
  }

  async function listen({ topics, receive }: ConsumeRequest): Promise<LinkConsumer> {
    const running = new Set<Promise<unknown>>();
    const hear = (before: string, answers: boolean) => (topic: string) => {
      const callback = (error: Error | null, message: NatsMessage): void => {
        if (error !== null) return;
        if (answers) message.respond();
        const heard = message.subject.slice(before.length + 1);
        const handled = receive({ body: message.string(), topic: heard, attempt: 1 });
        running.add(handled);
        void handled.then(() => running.delete(handled));
      };
      return connection.subscribe(subjectOf(before, topic), { callback });
    };
    const all = [...topics.map(hear(prefix, false)), ...topics.map(hear(`${prefix}_live`, true))];
    await connection.flush();
    return {
      stop: async () => {
        for (const subscription of all) subscription.unsubscribe();
        await Promise.all(running);
      },
    };
  }

  async function read(request: ConsumeRequest, queue: string): Promise<LinkConsumer> {
    const isDead = queue.endsWith('.dead');
    const base = isDead ? queue.slice(0, -'.dead'.length) : queue;
    const consumer = await stream.consumers.get(isDead ? `${settings.stream}_DEAD` : settings.stream, base);
    return pullConsumer<NatsStored>({
      maxInFlight: request.maxInFlight,
      fetch: async (count, take) => {
        const batch = await consumer.fetch({ max_messages: count, expires: FETCHING });
        for await (const message of batch) take(message);
      },
      handle: async (message) => handle(message, request, base, isDead),
      keep: (running) => {
        for (const message of running) message.working();
      },
      keepEvery: ackWait.milliseconds / 3,
      isEnd: isGone,
      pause: PAUSE,
      lost: request.lost,
      stopped: async () => connection.flush().catch(() => undefined),
      clock,
    });
  }

  async function handle(message: NatsStored, request: ConsumeRequest, queue: string, isDead: boolean): Promise<void> {
    const start = isDead ? `${prefix}_dead.${queue}.` : `${prefix}.`;
    const topic = message.subject.slice(start.length);
    const body = message.string();
    // A consumer of several topics gets all of them: one of NATS 2.9 has one filter.
    if (!isDead && !takesTopic(queues[queue]?.topics ?? ['**'], topic)) {
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
    const dead = deadLetterOf(body, queue, settlement.reason, clock.now());
    try {
      const msgID = `${queue} ${String(message.seq)} ${String(timestampNanos)}`;
      await stream.publish(`${prefix}_dead.${queue}.${topic}`, dead, { msgID, timeout: CONFIRMING });
      message.term();
    } catch {
      // It stays where it is, and comes again.
      message.nak();
    }
  }

  return {
    compare: async (makes) => compare(manager, topologyOf(settings), makes),
    publish: async ({ topic, body }) => {
      const limit = connection.info?.max_payload ?? Infinity;
      if (body.length > limit / 4 && Buffer.byteLength(body) > limit) {
        throw eventRefused(name, `it is larger than ${String(limit)} bytes.`);
      }
      if (await isTaken(topic)) {
        // By all of it: a dead letter that is published again has the id of the event that it was.
        const msgID = createHash('sha256').update(topic).update(' ').update(body).digest('base64url');
        await stream.publish(`${prefix}.${topic}`, body, { msgID, timeout: CONFIRMING });
        return;
      }
      // Live subscribers, which have no queue, answer the request.
      try {
        await connection.request(`${prefix}_live.${topic}`, body, { timeout: CONFIRMING });
      } catch (error) {
        if (isUnanswered(error)) throw eventUnrouted(name, topic);
        throw error;
      }
    },
    consume: async (request) => (request.queue === undefined ? listen(request) : read(request, request.queue)),
    probe: async () => {
      await connection.flush();
      await manager.getAccountInfo();
    },
    close: async () => connection.drain().catch(async () => connection.close()),
  };
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
