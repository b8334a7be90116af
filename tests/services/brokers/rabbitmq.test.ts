import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROOF_RUNS } from '../../proof-runs.js';
import { caught } from '../../sources/caught.js';
import { Arrivals, brokerStories, brokerWorld, event, survives } from '../../factories/brokers/broker-contract.js';
import { FaultProxy } from '../fault-proxy.js';
import { amqplibCase, hasRabbitServer, ownRabbit, rabbitCase, rabbitIsReachable, RabbitWorld } from './rabbit-world.js';

const isReachable = await rabbitIsReachable();
// A server of its own takes half a minute of two processors.
const isProof = PROOF_RUNS > 20;
if (!isProof) process.stderr.write('Skipped: RabbitMQ itself is stopped and started in npm run proof.\n');
const hasServer = isProof && hasRabbitServer();

const clients = [
  ['rabbitmq-client', rabbitCase],
  ['amqplib', amqplibCase],
] as const;

(isReachable ? describe : describe.skip).each(clients)('RabbitMQ by %s', (_client, caseOf) => {
  let world: RabbitWorld;
  let proxy: FaultProxy;
  beforeAll(async () => {
    world = new RabbitWorld();
    proxy = await FaultProxy.to(5_672);
  });
  afterAll(async () => {
    await proxy.close();
    await world.close();
  });

  it.each(brokerStories)(
    '%s',
    async (_, story) => {
      await expect(story(caseOf(world))).resolves.toBeUndefined();
    },
    300_000,
  );

  it('loses no confirmed event when connections are cut, and keeps the order of each key', async () => {
    const settings = world.settings({
      hosts: [`127.0.0.1:${String(proxy.port)}`],
      reconnectDelay: '10ms',
      maxReconnectDelay: '50ms',
    });
    const total = 20 * PROOF_RUNS;
    const { disordered, logger } = await survives(caseOf(world), settings, total, (confirmed) => {
      if (confirmed % Math.floor(total / 4) === 0) proxy.reset();
    });
    expect(disordered).toEqual([]);
    expect(logger.of('config.broker.connection-lost').length).toBeGreaterThan(0);
  });

  it('says that nobody knows, when the broker is silent', async () => {
    const through = await FaultProxy.to(5_672);
    const settings = world.settings({ hosts: [`127.0.0.1:${String(through.port)}`], publishTimeout: '3s' });
    const { events, close } = await brokerWorld(caseOf(world), { ...settings, queues: { all: {} } });
    await events.publish(event('t'));
    through.stall();
    const error = await caught(async () => events.publish(event('t')));
    expect(error.code).toBe('event-not-confirmed');
    through.mend();
    await through.close();
    await close();
  });

  it('puts what is no event among the dead letters, with the reason', async () => {
    const settings = { ...world.settings(), queues: { billing: {} } };
    const { events, close } = await brokerWorld(caseOf(world), settings);
    const [billing, dead] = [new Arrivals(), new Arrivals()];
    events.subscribe({ queue: 'billing' }, billing.handler());
    events.subscribe({ queue: 'billing.dead' }, dead.handler());
    await world.put(`${settings.queuePrefix}billing`, 'hello');
    await dead.count(1);
    expect(dead.all[0]?.[0]).toMatchObject({ data: 'hello', deadreason: 'It is not JSON.', deadqueue: 'billing' });
    expect(billing.all).toEqual([]);
    await close();
  });

  it('refuses a queue that is another one at the broker, and says in what', async () => {
    const settings = { ...world.settings(), queues: { billing: { ordered: true } } };
    await world.declare(`${settings.queuePrefix}billing`, { 'x-queue-type': 'quorum' });
    await expect(brokerWorld(caseOf(world), settings)).rejects.toThrow(
      /queue [\w.-]+billing is different: its x-[\w-]+ is declared otherwise than it is at the broker/,
    );
  });

  it('makes nothing when it is only to check, and compares when it is asked', async () => {
    const settings = world.settings();
    const checked = { ...settings, topology: 'check', queues: { billing: {} } };
    await expect(brokerWorld(caseOf(world), checked)).rejects.toThrow(
      /exchange [\w-]+ is missing: it is declared, and is not at the broker/,
    );
    const { close } = await brokerWorld(caseOf(world), { ...checked, topology: 'create' });
    await close();
    const again = await brokerWorld(caseOf(world), checked);
    await expect(again.events.verify()).resolves.toEqual([]);
    await again.close();
  });

  it('shows its password in no client, error or log', async () => {
    const settings = { ...world.settings(), user: 'nobody', password: 'hunter2', queues: { all: {} } };
    const refused = await brokerWorld(caseOf(world), settings).catch((error: unknown) => error);
    expect(inspect(refused, { depth: 20, showHidden: true })).not.toContain('hunter2');
    expect(String(refused)).toContain('events');
    const allowed = { ...world.settings(), user: 'guest', password: 'guest', queues: { all: {} } };
    const made: unknown[] = [];
    const { events, logger, close } = await brokerWorld(caseOf(world, made), allowed);
    await events.publish(event('t'));
    expect(made.length).toBeGreaterThan(0);
    const shown = inspect([made, events, await events.health(), logger.records], { depth: 20, showHidden: true });
    expect(shown).not.toContain("password: 'guest'");
    expect(shown).not.toContain('\\x00guest');
    await close();
  });
});

(hasServer ? describe : describe.skip)('when RabbitMQ itself is stopped and comes back', () => {
  it('loses no confirmed event with either client, and keeps the order of each key', async () => {
    const server = await ownRabbit();
    const hosts = [`127.0.0.1:${String(server.port)}`];
    const world = new RabbitWorld(server.port);
    try {
      const total = 4 * PROOF_RUNS;
      const settings = (): object => world.settings({ hosts, reconnectDelay: '50ms', maxReconnectDelay: '500ms' });
      // In order: it writes a little later what queues there are, and one that was declared just now could be gone.
      let restarted: Promise<void> | undefined;
      const trouble = async (confirmed: number): Promise<void> => {
        if (confirmed >= total / 2) await (restarted ??= server.restart('SIGTERM'));
      };
      const ends = clients.map(async ([, caseOf]) => survives(caseOf(world), settings(), total, trouble));
      expect((await Promise.all(ends)).map(({ disordered }) => disordered)).toEqual([[], []]);
    } finally {
      await world.close();
      await server.close();
    }
  });
});
