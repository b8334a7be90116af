import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { nats, NatsSettings, type NatsDriver } from '../../../src/factories/brokers/nats/index.js';
import { section } from '../../../src/index.js';
import {
  Arrivals,
  brokerStories,
  brokerWorld,
  event,
  survives,
  type BrokerCase,
} from '../../factories/brokers/broker-contract.js';
import { caught } from '../../sources/caught.js';
import { CANARY } from '../../stories/leaks/canary.js';
import { driverLeaks } from '../databases/driver-leaks.js';
import { worldName } from '../databases/world-name.js';
import { FaultProxy } from '../fault-proxy.js';
import { PATIENT } from '../patient.js';
import { natsIsReachable } from './nats-world.js';
import { isInstalled, OwnServer } from './own-server.js';
import { PROOF_RUNS } from '../../proof-runs.js';

const isReachable = await natsIsReachable();
const hasServer = isInstalled('nats-server');

(isReachable ? describe : describe.skip)('NATS JetStream', () => {
  let connection: NatsConnection;
  let manager: JetStreamManager;
  let proxy: FaultProxy;
  const streams: string[] = [];
  const settings = (more: object = {}) => {
    const place = worldName('nats');
    streams.push(place, `${place}_DEAD`);
    const server = { servers: ['127.0.0.1:4222'], connectTimeout: PATIENT };
    return { ...server, stream: place, subjectPrefix: place, storage: 'memory', ...more };
  };
  // Their own types say more than we ask, of options and answers that only they make.
  const driver = () => ({ connect, jetstream, jetstreamManager }) as unknown as NatsDriver;
  let moves = 0;
  const natsCase: BrokerCase = {
    define: () => {
      const from = section(NatsSettings, { path: 'events' });
      return { definition: nats({ name: 'events', from, driver }), section: from };
    },
    settings,
    moved: (before) => ({ ...before, connectionName: `moved ${String(++moves)}` }),
  };

  beforeAll(async () => {
    connection = await connect({ servers: '127.0.0.1:4222' });
    manager = await jetstreamManager(connection);
    proxy = await FaultProxy.to(4_222);
  });
  afterAll(async () => {
    for (const stream of streams) await manager.streams.delete(stream).catch(() => undefined);
    await connection.close();
    await proxy.close();
  });

  it.each(brokerStories)(
    '%s',
    async (_, story) => {
      await expect(story(natsCase)).resolves.toBeUndefined();
    },
    300_000,
  );

  it('loses no confirmed event when connections are cut, and keeps the order of each key', async () => {
    const through = settings({ servers: [`127.0.0.1:${String(proxy.port)}`], reconnectDelay: '20ms', ackWait: '2s' });
    const total = 20 * PROOF_RUNS;
    const { disordered } = await survives(natsCase, through, total, (confirmed) => {
      if (confirmed % Math.floor(total / 4) === 0) proxy.reset();
    });
    expect(disordered).toEqual([]);
  });

  it('stores an event once for each topic that it is published to, and a dead letter that is published again', async () => {
    const queues = { billing: { topics: ['order.*'] }, audit: { topics: ['urgent'] } };
    const { events, close } = await brokerWorld(natsCase, { ...settings(), queues });
    const [billing, audit] = [new Arrivals(), new Arrivals()];
    const bad = event('order.placed', 'bad');
    events.subscribe(
      { queue: 'billing' },
      billing.handler(async ({ deadreason }) =>
        Promise.resolve(deadreason === undefined ? { dead: 'no such customer' } : 'ack'),
      ),
    );
    events.subscribe({ queue: 'audit' }, audit.handler());
    events.subscribe({ queue: 'billing.dead' }, async (letter) => {
      await events.publish(letter);
      return 'ack';
    });
    await events.publish(bad);
    await events.publish(bad);
    await events.publish(bad, { topic: 'urgent' });
    await Promise.all([billing.count(2), audit.count(1)]);
    expect(billing.all.map(([{ id, deadreason }]) => [id, deadreason])).toEqual([
      [bad.id, undefined],
      [bad.id, 'no such customer'],
    ]);
    await close();
  });

  (hasServer ? describe : describe.skip)('when the server is killed and comes back', () => {
    it('loses no confirmed event', async () => {
      const server = await OwnServer.start('nats-server', (port, place) => [
        ...['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', place],
      ]);
      try {
        const servers = [`127.0.0.1:${String(server.port)}`];
        const own = { ...settings(), servers, storage: 'file', reconnectDelay: '50ms', ackWait: '2s' };
        const total = 2 * PROOF_RUNS;
        const { disordered } = await survives(natsCase, own, total, async (confirmed) => {
          if (confirmed % Math.floor(total / 3) === 0) await server.restart();
        });
        expect(disordered).toEqual([]);
      } finally {
        await server.close();
      }
    });
  });

  it('refuses a consumer that is another one at the broker, and says in what', async () => {
    const given = settings();
    const first = await brokerWorld(natsCase, { ...given, queues: { billing: {} } });
    await first.close();
    await expect(brokerWorld(natsCase, { ...given, queues: { billing: { ordered: true } } })).rejects.toThrow(
      /consumer billing of \w+ is different: its max_ack_pending is declared otherwise/,
    );
  });

  (hasServer ? describe : describe.skip)('on a server that asks for a password', () => {
    it('is refused with a wrong one, follows one that is rotated, and shows none', async () => {
      const server = await OwnServer.start('nats-server', (port, place) => [
        ...['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', place, '--user', 'shop', '--pass', CANARY],
      ]);
      try {
        const own = { ...settings(), servers: [`127.0.0.1:${String(server.port)}`], user: 'shop', queues: { all: {} } };
        const wrong = await caught(async () => brokerWorld(natsCase, { ...own, password: `not ${CANARY}` }));
        expect(wrong.message).toContain('AuthorizationError');
        const { events, logger, close } = await brokerWorld(natsCase, { ...own, password: CANARY });
        await events.publish(event('t'));
        const shown = { wrong, events, health: await events.health(), log: logger.records };
        expect(await driverLeaks(shown)).toEqual([]);
        await close();
      } finally {
        await server.close();
      }
    });
  });

  it('shows its password in no option, error or log', async () => {
    const given = { ...settings(), user: 'somebody', password: 'hunter2', queues: { all: {} } };
    const { events, logger, close } = await brokerWorld(natsCase, given);
    await events.publish(event('t'));
    const shown = inspect([events, await events.health(), logger.records], { depth: 20, showHidden: true });
    expect(shown).not.toContain('hunter2');
    await close();
  });
});
