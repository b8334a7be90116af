import { describe, expect, it } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import {
  brokerIdentifier,
  EventBrokerSettings,
  type BrokerLink,
  type ConsumeRequest,
} from '../../../src/factories/brokers/index.js';
import { ConfigSection } from '../../../src/index.js';
import { caught } from '../../sources/caught.js';
import { world } from '../resources/world.js';
import { event } from './broker-contract.js';
import { pretendBroker } from './pretend-broker.js';

@ConfigSection('events')
class Events extends EventBrokerSettings {}

async function program(does: Partial<BrokerLink>, values: object = {}) {
  const { definition } = pretendBroker(Events, does);
  const made = await world(
    { sections: [Events], resources: [definition] },
    { events: { queues: { q: {} }, ...values } },
  );
  return { ...made, events: made.container.get(brokerIdentifier(definition)) };
}

/** Lets promises that are settled already go on, however many wait for each other. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

describe('publishing', () => {
  it('publishes again, with the same id, what nobody knows to be stored', async () => {
    const ids: string[] = [];
    const { events, clock } = await program({
      publish: async ({ id }) => {
        ids.push(id);
        return ids.length < 3 ? Promise.reject(new Error('connection lost')) : Promise.resolve();
      },
    });
    const published = events.publish({ ...event('t'), id: '4711' });
    for (let n = 0; n < 3; n++) {
      await settled();
      clock.advance(1_000);
    }
    await published;
    expect(ids).toEqual(['/tests#4711', '/tests#4711', '/tests#4711']);
  });

  it('says that nobody knows when its time is over, and that of each event is its own', async () => {
    const { events, clock, metrics } = await program({
      publish: async () => Promise.reject(Object.assign(new Error('hunter2'), { code: 'ECONNRESET' })),
    });
    const first = caught(async () => events.publish(event('t')));
    await settled();
    clock.advance(29_000);
    const second = caught(async () => events.publish(event('t')));
    await settled();
    clock.advance(1_000);
    const error = await first;
    expect(error.code).toBe('event-not-confirmed');
    expect(error.message).toContain('within 30s (Error ECONNRESET): it may be stored, or not.');
    expect((await events.health()).publishing).toBe(1);
    clock.advance(29_000);
    expect((await second).code).toBe('event-not-confirmed');
    expect(JSON.stringify(metrics.snapshot())).toContain('"result":"failed"');
  });

  it('takes events of the package cloudevents, and gives them the key', async () => {
    const bodies: string[] = [];
    const { events } = await program({
      publish: async ({ body }) => {
        bodies.push(body);
        return Promise.resolve();
      },
    });
    const placed = new CloudEvent({ type: 'order.placed', source: '/shop', id: '1', data: { total: 3 }, tracer: 'x' });
    await events.publish(placed, { key: 'k' });
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      // Its own JSON.
      ...(JSON.parse(JSON.stringify(placed)) as object),
      partitionkey: 'k',
    });
  });
});

describe('a subscription', () => {
  it('comes back when its consumer ends by itself, or cannot be made', async () => {
    const requests: ConsumeRequest[] = [];
    const { events, clock, logger } = await program({
      consume: async (request) => {
        requests.push(request);
        if (requests.length === 2) return Promise.reject(new Error('no channel'));
        return Promise.resolve({ stop: async () => Promise.resolve() });
      },
    });
    const subscription = events.subscribe({ queue: 'q' }, async () => Promise.resolve('ack'));
    await subscription.ready;
    await settled();
    requests[0]?.lost(new Error('the queue was deleted'));
    await settled();
    expect((await events.health()).subscriptions[0]?.status).toBe('interrupted');
    for (let n = 0; n < 2; n++) {
      clock.advance(1_000);
      await settled();
    }
    expect(requests).toHaveLength(3);
    expect((await events.health()).subscriptions[0]?.status).toBe('consuming');
    expect(logger.of('config.broker.interrupted')).toHaveLength(2);
    await subscription.stop();
    expect((await events.health()).subscriptions).toEqual([]);
  });

  it('puts what is no event among the dead letters, and what was delivered too often', async () => {
    let request: ConsumeRequest | undefined;
    const { events } = await program({
      consume: async (given) => {
        request = given;
        return Promise.resolve({ stop: async () => Promise.resolve() });
      },
    });
    await events.subscribe({ queue: 'q' }, async () => Promise.resolve('ack')).ready;
    const received = async (body: string, attempt = 1) => request?.receive({ body, topic: 't', attempt });
    await expect(received('hello')).resolves.toEqual({ kind: 'dead', reason: 'It is not JSON.' });
    await expect(received('{"id":"1"}')).resolves.toEqual({
      kind: 'dead',
      reason: 'It is not a CloudEvent: source must be a string that is not empty.',
    });
    const whole = JSON.stringify(event('t'));
    await expect(received(whole, 5)).resolves.toEqual({ kind: 'ack' });
    await expect(received(whole, 6)).resolves.toEqual({
      kind: 'dead',
      reason: 'It was delivered 5 times and never answered.',
    });
  });
});

describe('the settings of a broker', () => {
  it.each([
    [{ queues: { 'bil.ling': {} } }, /"bil\.ling" is no name of a queue/],
    [{ queues: { billing: { topics: ['order.**.x'] } } }, /each topic must be dotted words/],
    [{ queues: { billing: { maxInFlight: 0 } } }, /maxInFlight/],
  ])('are refused when they cannot be meant: %j', async (values, message) => {
    await expect(program({}, values)).rejects.toThrow(message);
  });
});
