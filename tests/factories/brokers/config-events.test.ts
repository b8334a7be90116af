import { IsInt } from 'class-validator';
import { describe, expect, it } from '@jest/globals';
import {
  brokerIdentifier,
  configChangesTo,
  defineBroker,
  reloadOn,
  type BrokerLink,
} from '../../../src/factories/brokers/index.js';
import { localBroker, LocalBrokerSettings } from '../../../src/factories/brokers/local/index.js';
import { ConfigSection, ConfigEvents, type ConfigChanged } from '../../../src/index.js';
import { world } from '../resources/world.js';
import { Arrivals, event } from './broker-contract.js';

@ConfigSection('events')
class Events extends LocalBrokerSettings {}

@ConfigSection('shop')
class Shop {
  @IsInt() size: number = 1;
}

/** Lets promises that are settled already go on, however many wait for each other. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 400; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Two programs with one broker between them. */
async function fleet() {
  const shared = localBroker({ name: 'events', from: Events });
  const first = await world(
    {
      sections: [Events, Shop],
      resources: [
        shared,
        configChangesTo(shared, { source: '/one' }),
        reloadOn(shared, { source: '/one', random: () => 1 }),
      ],
    },
    {},
  );
  const between = first.container.get(brokerIdentifier(shared));
  // The other program reaches the broker of the first one.
  const reached: Partial<BrokerLink> = {
    publish: async ({ body, topic }) => between.publish(JSON.parse(body) as never, { topic }),
    consume: async ({ topics, receive }) => {
      const subscription = between.subscribe({ topics }, async (each, { topic }) => {
        await receive({ body: JSON.stringify(each), topic, attempt: 1 });
        return 'ack';
      });
      await subscription.ready;
      return { stop: async () => subscription.stop() };
    },
  };
  const nothing = async (): Promise<void> => Promise.resolve();
  const link: BrokerLink = {
    publish: nothing,
    consume: async () => Promise.reject(new Error()),
    verify: async () => Promise.resolve([]),
    probe: nothing,
    close: nothing,
    ...reached,
  };
  const far = defineBroker({ name: 'far', from: Events, connect: () => link });
  const second = await world(
    {
      sections: [Events, Shop],
      resources: [far, configChangesTo(far, { source: '/two' }), reloadOn(far, { source: '/two', random: () => 0.5 })],
    },
    {},
  );
  return { first, second, between };
}

describe('a fleet of programs', () => {
  it('reloads when one of them has changed, each at a moment of its own, and nothing goes round', async () => {
    const { first, second, between } = await fleet();
    const published = new Arrivals();
    between.subscribe({ topics: ['uno-config.**'] }, published.handler());
    const changes: ConfigChanged[] = [];
    second.container.get(ConfigEvents).on('ConfigChanged', (change) => {
      changes.push(change);
    });
    await settled();
    // The source of the second says so as well, but nobody has told it.
    await first.edit({ shop: { size: 2 } });
    await settled();
    expect(published.all.map(([{ source, type }]) => `${source} ${type}`)).toEqual(['/one uno-config.changed']);
    expect(changes).toEqual([]);
    second.clock.advance(2_400);
    await settled();
    expect(changes).toEqual([]);
    second.changeSilently({ shop: { size: 2 } });
    second.clock.advance(200);
    await settled();
    expect(changes.map(({ reason }) => reason)).toEqual(['a change at /one']);
    // What the second changed for it is not published again, and the first has not reloaded for its own event.
    expect(published.all).toHaveLength(1);
    first.clock.advance(10_000);
    await settled();
    expect(published.all).toHaveLength(1);
    await first.container.unbindAllAsync();
    await second.container.unbindAllAsync();
  });

  it('logs what could not be published, and goes on', async () => {
    const nothing = async (): Promise<void> => Promise.resolve();
    const link: BrokerLink = {
      publish: async () => Promise.reject(new TypeError('hunter2')),
      consume: async () => Promise.resolve({ stop: nothing }),
      verify: async () => Promise.resolve([]),
      probe: nothing,
      close: nothing,
    };
    const events = defineBroker({ name: 'events', from: Events, connect: () => link });
    const made = await world({ sections: [Events, Shop], resources: [events, configChangesTo(events)] }, {});
    await made.edit({ shop: { size: 2 } });
    await settled();
    const [record] = made.logger.of('config.broker.change-not-published');
    expect(record?.message).toBe('A change of settings could not be published to events: TypeError.');
    await made.container.unbindAllAsync();
  });

  it('asks for one reload for many changes', async () => {
    const shared = localBroker({ name: 'events', from: Events });
    const made = await world(
      { sections: [Events, Shop], resources: [shared, reloadOn(shared, { jitter: '1s', random: () => 1 })] },
      {},
    );
    const broker = made.container.get(brokerIdentifier(shared));
    await settled();
    for (let n = 0; n < 5; n++) await broker.publish({ ...event('uno-config.changed'), source: '/other' });
    await settled();
    const asked: string[] = [];
    made.container.get(ConfigEvents).on('ConfigUnchanged', ({ reason }) => {
      asked.push(reason);
    });
    made.clock.advance(1_000);
    await settled();
    expect(asked).toEqual(['a change at /other']);
    await made.container.unbindAllAsync();
  });
});
