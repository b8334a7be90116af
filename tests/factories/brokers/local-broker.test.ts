import { describe, expect, it } from '@jest/globals';
import { localBroker, LocalBrokerSettings } from '../../../src/factories/brokers/local/index.js';
import { section } from '../../../src/index.js';
import { caught } from '../../sources/caught.js';
import { Arrivals, brokerWorld, brokerStories, event, type BrokerCase } from './broker-contract.js';

let moves = 0;

const local: BrokerCase = {
  define: () => {
    const from = section(LocalBrokerSettings, { path: 'events' });
    return { definition: localBroker({ name: 'local events', from }), section: from };
  },
  settings: () => ({}),
  moved: (settings) => ({ ...settings, maxLength: 10_000 + ++moves }),
};

describe('a broker in the process', () => {
  it.each(brokerStories)(
    '%s',
    async (_, story) => {
      await expect(story(local)).resolves.toBeUndefined();
    },
    300_000,
  );

  it('refuses more than its queues hold, and stores it in none of them', async () => {
    const queues = { full: { topics: ['a', 'b'] }, other: { topics: ['b'] } };
    const { events, close } = await brokerWorld(local, { maxLength: 1, queues });
    await events.publish(event('a'));
    const error = await caught(async () => events.publish(event('b')));
    expect(error.code).toBe('event-refused');
    expect(error.message).toContain('the queue "full" has 1 events.');
    const [full, other] = [new Arrivals(), new Arrivals()];
    events.subscribe({ queue: 'full' }, full.handler());
    events.subscribe({ queue: 'other' }, other.handler());
    await full.count(1);
    await events.publish(event('b'));
    await other.count(1);
    expect(other.all).toHaveLength(1);
    await close();
  });

  it('keeps what is in its queues when they are declared otherwise', async () => {
    const { events, edit, close } = await brokerWorld(local, { queues: { billing: { topics: ['a'] } } });
    const stored = event('a');
    await events.publish(stored);
    await edit({ events: { queues: { billing: { topics: ['b'] } } } });
    expect((await caught(async () => events.publish(event('a')))).code).toBe('event-unrouted');
    const billing = new Arrivals();
    events.subscribe({ queue: 'billing' }, billing.handler());
    await billing.count(1);
    expect(billing.ids).toEqual([stored.id]);
    await close();
  });

  it.each([
    ['no event', undefined, /event must be a CloudEvent/],
    ['no id', { specversion: '1.0', source: '/', type: 't' }, /event\.id must be a string that is not empty/],
    ['another version', { ...event('t'), specversion: '0.3' }, /event\.specversion must be "1\.0"/],
    ['a type that is no topic', event('order placed'), /event\.type must be dotted words/],
    ['data that JSON does not know', event('t', 1n), /event\.data must be what JSON knows/],
  ])('refuses what it cannot publish: %s', async (_, wrong, message) => {
    const { events, close } = await brokerWorld(local, { queues: { all: {} } });
    // A caller without types.
    await expect(events.publish(wrong as never)).rejects.toThrow(message);
    await expect(events.publish(wrong as never)).rejects.toBeInstanceOf(TypeError);
    await close();
  });

  it('refuses a misspelled option, because the order of a key would be lost without a word', async () => {
    const { events, close } = await brokerWorld(local, { queues: { all: {} } });
    const misspelled = { kye: 'customer 7' };
    await expect(events.publish(event('t'), misspelled as never)).rejects.toThrow(
      new TypeError('publish: kye is not an option; did you mean key?'),
    );
    await expect(events.publish(event('t'), { key: 7 as never })).rejects.toThrow(
      'publish: key must be a string; got 7.',
    );
    await close();
  });
});
