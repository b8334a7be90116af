import { createHash } from 'node:crypto';
import type { Clock } from '../../../core/index.js';
import {
  eventRefused,
  eventUnrouted,
  topologyDiffers,
  type BrokerLink,
  type ConsumeRequest,
  type LinkConsumer,
  type OutgoingMessage,
  type TopologyDifference,
} from '../port/index.js';
import type { RedisClient } from '../../drivers/index.js';
import { RedisConsumer } from './redis-consumer.js';
import { DECLARE, GROUP, PUBLISH } from './redis-scripts.js';
import type { RedisBrokerSettings } from './redis-settings.js';

/** Redis as a broker: a stream for each queue, and scripts that do in one step what must not be torn. */
export class RedisLink implements BrokerLink {
  readonly #name: string;
  readonly #client: RedisClient;
  /** Another connection, which is connected; what it was asked fails when it is lost. */
  readonly #another: () => Promise<RedisClient>;
  readonly #settings: RedisBrokerSettings;
  readonly #clock: Clock;
  readonly #base: string;

  public constructor(
    name: string,
    client: RedisClient,
    another: () => Promise<RedisClient>,
    settings: RedisBrokerSettings,
    clock: Clock,
  ) {
    this.#name = name;
    this.#client = client;
    this.#another = another;
    this.#settings = settings;
    this.#clock = clock;
    this.#base = `{${settings.prefix}}`;
  }

  /** Makes what is missing, or refuses it. Throws ConfigError `topology-differs`. */
  public async declare(): Promise<void> {
    const differences = await this.#compare(this.#settings.topology === 'create');
    if (differences.length > 0) throw topologyDiffers(this.#name, differences);
  }

  public async verify(): Promise<readonly TopologyDifference[]> {
    return this.#compare(false);
  }

  public async publish({ topic, body }: OutgoingMessage): Promise<void> {
    const base = this.#base;
    const { maxLength, duplicateWindow } = this.#settings;
    // By all of it: a dead letter that is published again has the id of the event that it was.
    const id = createHash('sha256').update(topic).update(' ').update(body).digest('base64url');
    const keys = [`${base}:queues`, `${base}:live`, `${base}:stored:${id}`];
    const given = [base, topic, body, maxLength, Math.round(duplicateWindow.milliseconds)];
    const outcome = await this.#client.run(PUBLISH, keys, given);
    if (outcome === 'unrouted') throw eventUnrouted(this.#name, topic);
    if (outcome === 'stored') return;
    const full = String(outcome).slice('full '.length);
    throw eventRefused(this.#name, `the queue "${full}" has ${String(maxLength)} events.`);
  }

  public async consume(request: ConsumeRequest): Promise<LinkConsumer> {
    const { queue } = request;
    const reader = await this.#another();
    try {
      if (queue === undefined) return await this.#listen(reader, request);
      const consumer = new RedisConsumer({
        reader,
        client: this.#client,
        stream: this.#stream(queue),
        queue: queue.replace(/\.dead$/, ''),
        request,
        ackWait: this.#settings.ackWait.milliseconds,
        clock: this.#clock,
      });
      return await consumer.start();
    } catch (error) {
      reader.disconnect();
      throw error;
    }
  }

  public async probe(): Promise<void> {
    await this.#client.call('PING');
  }

  public async close(): Promise<void> {
    await this.#client.close();
  }

  /** Every subscription has a channel of its topics; publishers find them in a hash. */
  async #listen(reader: RedisClient, { topics, receive }: ConsumeRequest): Promise<LinkConsumer> {
    const name = topics.join(' ');
    const running = new Set<Promise<unknown>>();
    const hear = (message: string): void => {
      const end = message.indexOf(' ');
      const handled = receive({ topic: message.slice(0, end), body: message.slice(end + 1), attempt: 1 });
      running.add(handled);
      void handled.then(() => running.delete(handled));
    };
    const channel = `${this.#base}:live:${name}`;
    await reader.listen(channel, hear, async () => {
      await this.#client.call('HSET', `${this.#base}:live`, name, 1);
    });
    return {
      stop: async () => {
        await reader.leave(channel);
        await Promise.all(running);
      },
    };
  }

  async #compare(makes: boolean): Promise<readonly TopologyDifference[]> {
    const differences: TopologyDifference[] = [];
    for (const [name, { topics, ordered }] of Object.entries(this.#settings.queues)) {
      const declared = `${ordered ? '1' : '0'} ${topics.join(' ')}`;
      const keys = [`${this.#base}:queues`, this.#stream(name), this.#stream(`${name}.dead`)];
      const found = String(await this.#client.run(DECLARE, keys, [name, declared, makes ? 1 : 0, GROUP]));
      const what = `queue ${name}`;
      if (found === 'missing') {
        differences.push({ kind: 'missing', what, how: 'it is declared, and is not at the broker' });
      } else if (found !== 'same') {
        const field = found.slice(2) === declared.slice(2) ? 'ordered' : 'topics';
        const how = `its ${field} is declared otherwise than it is at the broker`;
        differences.push({ kind: 'different', what, how });
      }
    }
    return differences;
  }

  #stream(queue: string): string {
    return `${this.#base}:queue:${queue}`;
  }
}
