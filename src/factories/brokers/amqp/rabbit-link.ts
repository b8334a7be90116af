import {
  deadLetterOf,
  different,
  eventUnrouted,
  missing,
  type RemoteLink,
  type TopologyDifference,
} from '../port/index.js';
import type { Clock } from '../../../core/index.js';
import { MARK, type AmqpClient, type AmqpPublish, type AmqpQueue, type AmqpRefusal } from './amqp-client.js';
import type { RabbitSettings } from './rabbit-settings.js';

/** Which time a message is handled, and what it was published to, of one that was in the retry queue. */
const ATTEMPT = 'x-uno-attempt';
const TOPIC = 'x-uno-topic';

interface Declared {
  readonly what: string;
  readonly declare: (passive: boolean) => Promise<AmqpRefusal | undefined>;
}

/** RabbitMQ as a broker: a topic exchange, and three queues for each of the settings. */
export function rabbitLink(name: string, client: AmqpClient, settings: RabbitSettings, clock: Clock): RemoteLink {
  const { exchange, queues, queuePrefix } = settings;
  const at = (queue: string): string => `${queuePrefix}${queue}`;
  let marks = 0;
  /** False when no queue took it. */
  const publish = async (message: AmqpPublish): Promise<boolean> => {
    const mark = ++marks;
    await client.publish({ ...message, headers: { ...message.headers, [MARK]: mark } });
    return !client.returned.delete(mark);
  };
  return {
    compare: async (makes) => {
      const differences: TopologyDifference[] = [];
      for (const { what, declare } of declaredBy(settings, at, client)) {
        // What is not there is not made by a look at it.
        const refusal = makes ? await declare(false) : ((await declare(true)) ?? (await declare(false)));
        if (refusal !== undefined)
          differences.push(refusal === 'missing' ? missing(what) : different(what, refusal.differs));
      }
      if (!makes || differences.length > 0) return differences;
      for (const [queue, { topics }] of Object.entries(queues)) {
        for (const topic of topics) await client.bind(at(queue), { exchange, key: bindingKey(topic) });
      }
      return differences;
    },
    publish: async ({ id, topic, body }) => {
      const isRouted = await publish({ exchange, key: topic, id, body: Buffer.from(body) });
      if (!isRouted) throw eventUnrouted(name, topic);
    },
    consume: async ({ queue, topics, maxInFlight, receive }) =>
      client.consume({
        queue: queue === undefined ? undefined : at(queue),
        bindings: queue === undefined ? topics.map((topic) => ({ exchange, key: bindingKey(topic) })) : [],
        prefetch: maxInFlight,
        handle: async ({ key, body, headers, isRedelivered, id }) => {
          const before = numberOf(headers[ATTEMPT]) ?? 1;
          // Only quorum queues count.
          const attempt = before + (numberOf(headers['x-delivery-count']) ?? (isRedelivered ? 1 : 0));
          const topic = typeof headers[TOPIC] === 'string' ? headers[TOPIC] : key;
          const settlement = await receive({ body, topic, attempt });
          if (settlement.kind === 'ack' || queue === undefined) return true;
          if (settlement.kind === 'release') return false;
          const base = queue.replace(/\.dead$/, '');
          const put = { exchange: '', id, headers: { [TOPIC]: topic } };
          try {
            // It is put elsewhere first, so that it is rather twice than nowhere.
            if (settlement.kind === 'retry') {
              const after = { ...put.headers, [ATTEMPT]: attempt + 1 };
              const to = { ...put, headers: after, key: at(`${queue}.retry`), body: Buffer.from(body) };
              return await publish({ ...to, expiration: Math.round(settlement.delay) });
            }
            const dead = deadLetterOf(body, base, settlement.reason, clock.now());
            return await publish({ ...put, key: at(`${base}.dead`), body: Buffer.from(dead) });
          } catch {
            // It stays where it is, and comes again.
            return false;
          }
        },
      }),
    probe: async () => {
      await client.declareExchange(exchange, true);
    },
    close: async () => client.close(),
  };
}

function declaredBy(
  { exchange, queues, queueType }: RabbitSettings,
  at: (queue: string) => string,
  client: AmqpClient,
): readonly Declared[] {
  const type = { 'x-queue-type': queueType };
  const backTo = (queue: string): object => ({
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': at(queue),
  });
  // What waits for its time must not be lost on its way back.
  const safe =
    queueType === 'quorum' ? { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' } : {};
  const queue = (name: string, more: object): Declared => {
    const declared: AmqpQueue = { name: at(name), arguments: { ...type, ...more } };
    return { what: `queue ${declared.name}`, declare: async (passive) => client.declareQueue(declared, passive) };
  };
  const all = Object.entries(queues).flatMap(([name, { ordered }]) => [
    queue(`${name}.dead`, {}),
    queue(`${name}.dead.retry`, { ...backTo(`${name}.dead`), ...safe }),
    // What RabbitMQ gives up by itself, because it was delivered too often, is a dead letter as well.
    queue(name, { ...backTo(`${name}.dead`), ...(ordered && { 'x-single-active-consumer': true }) }),
    ...(ordered ? [] : [queue(`${name}.retry`, { ...backTo(name), ...safe })]),
  ]);
  const declare = async (passive: boolean) => client.declareExchange(exchange, passive);
  return [{ what: `exchange ${exchange}`, declare }, ...all];
}

/** The same pattern as AMQP writes it, in which `#` is any number of words, even none. */
function bindingKey(topic: string): string {
  return topic === '**' ? '#' : topic.replace(/\*\*$/, '*.#');
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined;
}
