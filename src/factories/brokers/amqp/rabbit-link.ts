import {
  deadLetterOf,
  eventUnrouted,
  topologyDiffers,
  type BrokerLink,
  type ConsumeRequest,
  type LinkConsumer,
  type OutgoingMessage,
  type Settlement,
  type TopologyDifference,
} from '../port/index.js';
import type { Clock } from '../../../core/index.js';
import type { AmqpClient, AmqpDelivery, AmqpQueue, AmqpRefusal } from './amqp-client.js';
import type { RabbitSettings } from './rabbit-settings.js';

/** Which time a message is handled, and what it was published to, of one that was in the retry queue. */
const ATTEMPT = 'x-uno-attempt';
const TOPIC = 'x-uno-topic';

interface Declared {
  readonly what: string;
  readonly declare: (passive: boolean) => Promise<AmqpRefusal | undefined>;
}

/** RabbitMQ as a broker: a topic exchange, and three queues for each of the settings. */
export class RabbitLink implements BrokerLink {
  readonly #name: string;
  readonly #client: AmqpClient;
  readonly #settings: RabbitSettings;
  readonly #clock: Clock;

  public constructor(name: string, client: AmqpClient, settings: RabbitSettings, clock: Clock) {
    this.#name = name;
    this.#client = client;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Makes what is missing, or refuses it. Throws ConfigError `topology-differs`. */
  public async declare(): Promise<void> {
    const { topology, queues, exchange } = this.#settings;
    const differences: TopologyDifference[] = [];
    for (const { what, declare } of this.#declared()) {
      // What is not there is not made by a look at it.
      const missing = topology === 'check' ? await declare(true) : undefined;
      const refusal = missing ?? (await declare(false));
      if (refusal !== undefined) differences.push(differenceOf(what, refusal));
    }
    if (differences.length > 0) throw topologyDiffers(this.#name, differences);
    if (topology === 'check') return;
    for (const [name, { topics }] of Object.entries(queues)) {
      for (const topic of topics) await this.#client.bind(this.#at(name), { exchange, key: bindingKey(topic) });
    }
  }

  public async verify(): Promise<readonly TopologyDifference[]> {
    const found: TopologyDifference[] = [];
    for (const { what, declare } of this.#declared()) {
      const refusal = (await declare(true)) ?? (await declare(false));
      if (refusal !== undefined) found.push(differenceOf(what, refusal));
    }
    return found;
  }

  public async publish({ id, topic, body }: OutgoingMessage): Promise<void> {
    const { exchange } = this.#settings;
    const isRouted = await this.#client.publish({ exchange, key: topic, id, body: Buffer.from(body) });
    if (!isRouted) throw eventUnrouted(this.#name, topic);
  }

  public async consume({ queue, topics, maxInFlight, receive }: ConsumeRequest): Promise<LinkConsumer> {
    const { exchange } = this.#settings;
    return this.#client.consume({
      queue: queue === undefined ? undefined : this.#at(queue),
      bindings: queue === undefined ? topics.map((topic) => ({ exchange, key: bindingKey(topic) })) : [],
      prefetch: maxInFlight,
      handle: async (message) => {
        const { key, body, headers, isRedelivered } = message;
        const before = numberOf(headers[ATTEMPT]) ?? 1;
        // Only quorum queues count.
        const attempt = before + (numberOf(headers['x-delivery-count']) ?? (isRedelivered ? 1 : 0));
        const topic = typeof headers[TOPIC] === 'string' ? headers[TOPIC] : key;
        return this.#settle(await receive({ body, topic, attempt }), message, { queue, topic, attempt });
      },
    });
  }

  public async probe(): Promise<void> {
    await this.#client.declareExchange(this.#settings.exchange, true);
  }

  public async close(): Promise<void> {
    await this.#client.close();
  }

  /** Whether a message is done with: it is put elsewhere first, so that it is rather twice than nowhere. */
  async #settle(
    settlement: Settlement,
    { id, body }: AmqpDelivery,
    { queue, topic, attempt }: { queue: string | undefined; topic: string; attempt: number },
  ): Promise<boolean> {
    if (settlement.kind === 'ack' || queue === undefined) return true;
    if (settlement.kind === 'release') return false;
    const headers = { [TOPIC]: topic };
    const base = queue.replace(/\.dead$/, '');
    try {
      if (settlement.kind === 'retry') {
        const after = { ...headers, [ATTEMPT]: attempt + 1 };
        return await this.#put(`${queue}.retry`, id, Buffer.from(body), after, Math.round(settlement.delay));
      }
      const dead = deadLetterOf(body, base, settlement.reason, this.#clock.now());
      return await this.#put(`${base}.dead`, id, Buffer.from(dead), headers);
    } catch {
      // It stays where it is, and comes again.
      return false;
    }
  }

  async #put(queue: string, id: string, body: Buffer, headers: object, expiration?: number): Promise<boolean> {
    const to = { exchange: '', key: this.#at(queue), id, body, headers: { ...headers } };
    return this.#client.publish(expiration === undefined ? to : { ...to, expiration });
  }

  #at(queue: string): string {
    return `${this.#settings.queuePrefix}${queue}`;
  }

  #declared(): readonly Declared[] {
    const { exchange, queues, queueType } = this.#settings;
    const type = { 'x-queue-type': queueType };
    const backTo = (queue: string): object => ({
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': this.#at(queue),
    });
    // What waits for its time must not be lost on its way back.
    const safe =
      queueType === 'quorum' ? { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' } : {};
    const queue = (name: string, more: object): Declared => {
      const declared: AmqpQueue = { name: this.#at(name), arguments: { ...type, ...more } };
      return {
        what: `queue ${declared.name}`,
        declare: async (passive) => this.#client.declareQueue(declared, passive),
      };
    };
    const all = Object.entries(queues).flatMap(([name, { ordered }]) => [
      queue(`${name}.dead`, {}),
      queue(`${name}.dead.retry`, { ...backTo(`${name}.dead`), ...safe }),
      // What RabbitMQ gives up by itself, because it was delivered too often, is a dead letter as well.
      queue(name, { ...backTo(`${name}.dead`), ...(ordered && { 'x-single-active-consumer': true }) }),
      ...(ordered ? [] : [queue(`${name}.retry`, { ...backTo(name), ...safe })]),
    ]);
    const declare = async (passive: boolean) => this.#client.declareExchange(exchange, passive);
    return [{ what: `exchange ${exchange}`, declare }, ...all];
  }
}

function differenceOf(what: string, refusal: AmqpRefusal): TopologyDifference {
  if (refusal === 'missing') return { kind: 'missing', what, how: 'it is declared, and is not at the broker' };
  const how = `its ${refusal.differs} is declared otherwise than it is at the broker`;
  return { kind: 'different', what, how };
}

/** The same pattern as AMQP writes it, in which `#` is any number of words, even none. */
function bindingKey(topic: string): string {
  return topic === '**' ? '#' : topic.replace(/\*\*$/, '*.#');
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined;
}
