import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { PROOF_RUNS } from '../../proof-runs.js';
import { caught } from '../../sources/caught.js';
import { Arrivals, brokerStories, brokerWorld, event, survives } from '../../factories/brokers/broker-contract.js';
import { CANARY } from '../../stories/leaks/canary.js';
import { driverLeaks } from '../databases/driver-leaks.js';
import { FaultProxy } from '../fault-proxy.js';
import { isInstalled, OwnServer } from './own-server.js';
import { redisIsReachable, RedisWorld } from './redis-world.js';

const isReachable = await redisIsReachable();
const hasServer = isInstalled('redis-server', '--version');

(isReachable ? describe : describe.skip)('Redis streams', () => {
  let world: RedisWorld;
  let proxy: FaultProxy;
  beforeAll(async () => {
    world = new RedisWorld();
    proxy = await FaultProxy.to(6_379);
  });
  afterAll(async () => {
    await proxy.close();
    await world.close();
  });

  it.each(brokerStories)(
    '%s',
    async (_, story) => {
      await expect(story(world.broker())).resolves.toBeUndefined();
    },
    300_000,
  );

  it('loses no confirmed event when connections are cut, and keeps the order of each key', async () => {
    const settings = world.settings({
      port: proxy.port,
      ackWait: '5s',
      reconnectDelay: '5ms',
      maxReconnectDelay: '20ms',
    });
    const total = 20 * PROOF_RUNS;
    let cuts = 0;
    const { disordered } = await survives(world.broker(), settings, total, (confirmed) => {
      if (confirmed % Math.floor(total / 5) !== 0) return;
      proxy.reset();
      cuts++;
    });
    expect({ disordered, cuts }).toEqual({ disordered: [], cuts: 5 });
  });

  it('takes over what a process that is gone was given, and counts that delivery', async () => {
    const settings = world.settings({ ackWait: '1s', queues: { billing: {} } });
    const { events, close } = await brokerWorld(world.broker(), settings);
    await events.publish(event('t', 'left'));
    const stream = `{${settings.prefix}}:queue:billing`;
    await world.client.xreadgroup('GROUP', 'uno-config', 'gone', 'COUNT', 1, 'STREAMS', stream, '>');
    const billing = new Arrivals();
    events.subscribe({ queue: 'billing' }, billing.handler());
    await billing.count(1);
    expect(billing.all[0]).toMatchObject([{ data: 'left' }, { attempt: 2 }]);
    await expect(events.drain('1m')).resolves.toMatchObject({ isDrained: true });
    await expect(world.client.xlen(stream)).resolves.toBe(0);
    await close();
  });

  it('takes an ordered queue over from a process that is gone, and begins with what that one had', async () => {
    const settings = world.settings({ ackWait: '2s', queues: { billing: { ordered: true } } });
    const { events, close } = await brokerWorld(world.broker(), settings);
    for (let n = 0; n < 4; n++) await events.publish(event('t', n), { key: 'k' });
    const stream = `{${settings.prefix}}:queue:billing`;
    await world.client.set(`${stream}:owner`, 'gone', 'PX', 200);
    await world.client.xreadgroup('GROUP', 'uno-config', 'gone', 'COUNT', 2, 'STREAMS', stream, '>');
    const billing = new Arrivals();
    events.subscribe({ queue: 'billing', ordered: true }, billing.handler());
    await billing.count(4);
    expect(billing.all.map(([{ data }]) => data)).toEqual([0, 1, 2, 3]);
    await close();
  });

  it('keeps what takes longer than ackWait, as long as its process is there', async () => {
    // Both are in this process, which a busy machine may hold up for half a second.
    const settings = world.settings({ ackWait: '2s', queues: { billing: {} } });
    const [one, other] = [await brokerWorld(world.broker(), settings), await brokerWorld(world.broker(), settings)];
    const billing = new Arrivals();
    const slowly = async () => {
      // Twice ackWait, by the server's own time.
      await world.client.blpop(`{${settings.prefix}}:nothing`, 4);
      return 'ack' as const;
    };
    for (const { events } of [one, other]) events.subscribe({ queue: 'billing' }, billing.handler(slowly));
    await one.events.publish(event('t'));
    await billing.count(1);
    await Promise.all([one.events.drain('1m'), other.events.drain('1m')]);
    expect(billing.all).toHaveLength(1);
    await Promise.all([one.close(), other.close()]);
  });

  it('refuses what a full queue has no room for, and drops nothing', async () => {
    const settings = world.settings({ maxLength: 2, queues: { billing: { topics: ['order.*'] }, audit: {} } });
    const { events, close } = await brokerWorld(world.broker(), settings);
    await events.publish(event('order.placed', 1));
    await events.publish(event('order.placed', 2));
    const error = await caught(async () => events.publish(event('order.placed', 3)));
    expect(error.code).toBe('event-refused');
    expect(error.message).toContain('the queue "');
    const billing = new Arrivals();
    events.subscribe({ queue: 'billing' }, billing.handler());
    await billing.count(2);
    expect(billing.all.map(([{ data }]) => data)).toEqual([1, 2]);
    await close();
  });

  it('stores an event once that is published again, and a dead letter again', async () => {
    const settings = world.settings({ queues: { billing: {} } });
    const { events, close } = await brokerWorld(world.broker(), settings);
    const billing = new Arrivals();
    events.subscribe(
      { queue: 'billing' },
      billing.handler(async ({ deadreason }) =>
        Promise.resolve(deadreason === undefined ? { dead: 'no such customer' } : 'ack'),
      ),
    );
    events.subscribe({ queue: 'billing.dead' }, async (letter) => {
      await events.publish(letter);
      return 'ack';
    });
    const bad = event('order.placed', 'bad');
    await events.publish(bad);
    await events.publish(bad);
    await billing.count(2);
    expect(billing.all.map(([{ deadreason }]) => deadreason)).toEqual([undefined, 'no such customer']);
    await close();
  });

  it('puts what somebody else wrote into a queue among the dead letters', async () => {
    const settings = world.settings({ queues: { billing: {} } });
    const { events, close } = await brokerWorld(world.broker(), settings);
    const dead = new Arrivals();
    events.subscribe({ queue: 'billing' }, async () => Promise.resolve('ack'));
    events.subscribe({ queue: 'billing.dead' }, dead.handler());
    await world.client.xadd(`{${settings.prefix}}:queue:billing`, '*', 'what', 'hello', 'constructor', '__proto__');
    await dead.count(1);
    expect(dead.all[0]?.[0]).toMatchObject({ deadreason: 'It is not JSON.', deadqueue: 'billing' });
    await close();
  });

  it('refuses a queue that is another one at the broker, and makes nothing when it is only to check', async () => {
    const settings = world.settings();
    const checked = { ...settings, topology: 'check', queues: { billing: {} } };
    await expect(brokerWorld(world.broker(), checked)).rejects.toThrow(/queue billing is missing/);
    const first = await brokerWorld(world.broker(), { ...checked, topology: 'create' });
    await first.close();
    const again = await brokerWorld(world.broker(), checked);
    await world.client.del(`{${settings.prefix}}:queue:billing`);
    await expect(again.events.verify()).resolves.toEqual([
      { kind: 'missing', what: 'queue billing', how: 'it is declared, and is not at the broker' },
    ]);
    await again.close();
    for (const [queue, field] of [
      [{ ordered: true }, 'ordered'],
      [{ topics: ['order.*'] }, 'topics'],
    ] as const) {
      await expect(brokerWorld(world.broker(), { ...settings, queues: { billing: queue } })).rejects.toThrow(
        new RegExp(`queue billing is different: its ${field} is declared otherwise than it is at the broker`),
      );
    }
  });

  (hasServer ? describe : describe.skip)('on a server of its own', () => {
    it('loses no confirmed event when the server, which stores each at once, is killed and comes back', async () => {
      const server = await OwnServer.start('redis-server', (port, place) => [
        ...['--port', String(port), '--dir', place, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
      ]);
      try {
        const total = 4 * PROOF_RUNS;
        const settings = world.settings({
          port: server.port,
          ackWait: '5s',
          reconnectDelay: '10ms',
          maxReconnectDelay: '50ms',
        });
        const { disordered } = await survives(world.broker(), settings, total, async (confirmed) => {
          if (confirmed % Math.floor(total / 3) === 0) await server.restart();
        });
        expect(disordered).toEqual([]);
      } finally {
        await server.close();
      }
    });

    it('follows a password that is rotated, is refused a wrong one, and shows none', async () => {
      const server = await OwnServer.start('redis-server', (port, place) => [
        ...['--port', String(port), '--dir', place, '--requirepass', CANARY, '--save', ''],
      ]);
      try {
        const made: unknown[] = [];
        const settings = world.settings({ port: server.port, reconnectDelay: '5ms', queues: { billing: {} } });
        const wrong = await caught(async () =>
          brokerWorld(world.broker(made), { ...settings, password: `not ${CANARY}` }),
        );
        const { events, logger, close, edit } = await brokerWorld(world.broker(made), {
          ...settings,
          password: CANARY,
        });
        const billing = new Arrivals();
        events.subscribe({ queue: 'billing' }, billing.handler());
        await events.publish(event('t'));
        await billing.count(1);
        expect(wrong.message).toContain('RedisError WRONGPASS');
        const admin = new Redis({ port: server.port, host: '127.0.0.1', password: CANARY });
        await edit({ events: { ...settings, password: `${CANARY}2` } });
        await admin.config('SET', 'requirepass', `${CANARY}2`);
        await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await admin.quit();
        await events.publish(event('t'));
        await billing.count(2);
        const shown = { made, wrong, events, health: await events.health(), log: logger.records };
        expect(await driverLeaks(shown)).toEqual([]);
        expect(logger.of('config.resource.made')).toHaveLength(1);
        expect(inspect(made, { depth: 9, showHidden: true })).toContain('condition');
        await close();
      } finally {
        await server.close();
      }
    });
  });
});
