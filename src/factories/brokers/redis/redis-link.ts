import { createHash } from 'node:crypto';
import type { Clock } from '../../../core/index.js';
import {
  different,
  eventRefused,
  eventUnrouted,
  missing,
  type ConsumeRequest,
  type LinkConsumer,
  type RemoteLink,
  type TopologyDifference,
} from '../port/index.js';
import type { RedisClient } from '../../drivers/index.js';
import { redisConsumer } from './redis-consumer.js';
import { DECLARE, GROUP, PUBLISH } from './redis-scripts.js';
import type { RedisBrokerSettings } from './redis-settings.js';

/**
 * Redis as a broker: a stream for each queue, and scripts that do in one step what must not be torn.
 *
 * @param another another connection, which is connected; what it was asked fails when it is lost
 */
export function redisLink(
  name: string,
  client: RedisClient,
  another: () => Promise<RedisClient>,
  settings: RedisBrokerSettings,
  clock: Clock,
): RemoteLink {
  const base = `{${settings.prefix}}`;
  const streamOf = (queue: string): string => `${base}:queue:${queue}`;

  /** Every subscription has a channel of its topics; publishers find them in a hash. */
  async function listen(reader: RedisClient, { topics, receive }: ConsumeRequest): Promise<LinkConsumer> {
    const wanted = topics.join(' ');
    const running = new Set<Promise<unknown>>();
    const hear = (message: string): void => {
      const end = message.indexOf(' ');
      const handled = receive({ topic: message.slice(0, end), body: message.slice(end + 1), attempt: 1 });
      running.add(handled);
      void handled.then(() => running.delete(handled));
    };
    const channel = `${base}:live:${wanted}`;
    await reader.listen(channel, hear, async () => {
      await client.call('HSET', `${base}:live`, wanted, 1);
    });
    return {
      stop: async () => {
        await reader.leave(channel);
        await Promise.all(running);
      },
    };
  }

  return {
    compare: async (makes) => {
      const differences: TopologyDifference[] = [];
      for (const [queue, { topics, ordered }] of Object.entries(settings.queues)) {
        const declared = `${ordered ? '1' : '0'} ${topics.join(' ')}`;
        const keys = [`${base}:queues`, streamOf(queue), streamOf(`${queue}.dead`)];
        const found = String(await client.run(DECLARE, keys, [queue, declared, makes ? 1 : 0, GROUP]));
        const what = `queue ${queue}`;
        if (found === 'missing') differences.push(missing(what));
        else if (found !== 'same') {
          differences.push(different(what, found.slice(2) === declared.slice(2) ? 'ordered' : 'topics'));
        }
      }
      return differences;
    },
    publish: async ({ topic, body }) => {
      const { maxLength, duplicateWindow } = settings;
      // By all of it: a dead letter that is published again has the id of the event that it was.
      const id = createHash('sha256').update(topic).update(' ').update(body).digest('base64url');
      const keys = [`${base}:queues`, `${base}:live`, `${base}:stored:${id}`];
      const given = [base, topic, body, maxLength, Math.round(duplicateWindow.milliseconds)];
      const outcome = await client.run(PUBLISH, keys, given);
      if (outcome === 'unrouted') throw eventUnrouted(name, topic);
      if (outcome === 'stored') return;
      const full = String(outcome).slice('full '.length);
      throw eventRefused(name, `the queue "${full}" has ${String(maxLength)} events.`);
    },
    consume: async (request) => {
      const { queue } = request;
      const reader = await another();
      try {
        if (queue === undefined) return await listen(reader, request);
        return await redisConsumer({
          reader,
          client,
          stream: streamOf(queue),
          queue: queue.replace(/\.dead$/, ''),
          request,
          ackWait: settings.ackWait.milliseconds,
          clock,
        });
      } catch (error) {
        reader.disconnect();
        throw error;
      }
    },
    probe: async () => {
      await client.call('PING');
    },
    close: async () => client.close(),
  };
}
