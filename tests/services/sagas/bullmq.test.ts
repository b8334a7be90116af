import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PROOF_RUNS } from '../../proof-runs.js';
import { CANARY } from '../../stories/leaks/canary.js';
import { redisIsReachable } from '../brokers/redis-world.js';
import { isInstalled, OwnServer } from '../brokers/own-server.js';
import { driverLeaks } from '../databases/driver-leaks.js';
import { worldName } from '../databases/world-name.js';
import { bullmqProgram } from './bullmq-world.js';
import { dieAt } from './die-at.js';
import { Effects, OldOrderSaga, OrderSaga, type Order } from '../../factories/sagas/order-saga.js';
import { SagaShop, sagaStories } from '../../factories/sagas/saga-contract.js';

const isReachable = await redisIsReachable();
const hasServer = isInstalled('redis-server', '--version');
const LONG = 300_000;

(isReachable ? describe : describe.skip)('sagas on BullMQ', () => {
  const schema = worldName('bull');
  let client: Redis;
  let program: Awaited<ReturnType<typeof bullmqProgram>>;

  beforeAll(async () => {
    client = new Redis({ host: '127.0.0.1' });
    program = await bullmqProgram(schema);
  }, LONG);
  afterEach(() => {
    Effects.gate = Promise.resolve();
  });
  afterAll(async () => {
    await program.close();
    const keys = await client.keys(`{${schema}*`);
    if (keys.length > 0) await client.del(...keys);
    await client.quit();
  }, LONG);

  const effectsOf = async (id: string): Promise<readonly string[]> =>
    (await client.hkeys(`{${schema}}:effects:order:${id}`)).map((effect) => effect.split(' ')[0] ?? '').sort();
  const attemptsOf = async (id: string): Promise<readonly string[]> =>
    client.lrange(`{${schema}}:attempts:order:${id}`, 0, -1);
  const DONE = ['charge', 'reserve', 'ship'];
  const UNDONE = ['charge', 'refund', 'release', 'reserve'];

  describe('as any engine', () => {
    let shop: SagaShop;
    beforeAll(async () => {
      shop = await SagaShop.open(async (sagas, effects) =>
        bullmqProgram(`${schema}_stories`, {}, sagas, [], effects, '30s'),
      );
    }, LONG);
    afterAll(async () => {
      await shop.program.close();
    }, LONG);

    it.each(sagaStories)('%s', async (_, story) => {
      await expect(story(shop)).resolves.toBeUndefined();
    });
  });

  it('answers whoever asks just when a run ends', async () => {
    for (let n = 0; n < 20; n++) {
      const id = `asked-${String(n)}`;
      await program.sagas.start(OrderSaga, {}, { id });
      const ends = Array.from({ length: 20 }, async () => {
        for (;;) {
          const status = await program.sagas.status('order', id);
          if (status?.status !== 'running') return status?.outcome?.status;
        }
      });
      expect(new Set(await Promise.all(ends))).toEqual(new Set(['completed']));
    }
  });

  it(
    'gives back what runs when it stops or moves, fails nothing, and goes on with the next engine',
    async () => {
      let open: () => void = () => undefined;
      Effects.gate = new Promise((resolve) => (open = resolve));
      const run = await program.sagas.start(OrderSaga, {}, { id: 'moved' });
      const moved = program.edit({ redis: { host: '127.0.0.1', connectionName: 'moved' }, drainTimeout: '1s' });
      open();
      await expect(moved).resolves.toMatchObject({ status: 'committed' });
      await expect(run.outcome()).resolves.toMatchObject({ status: 'completed' });
      await expect(effectsOf('moved')).resolves.toEqual(DONE);
    },
    LONG,
  );

  it(
    'names versions that nobody lists, and goes on with both side by side',
    async () => {
      await program.close();
      const old = await bullmqProgram(schema, {}, [OldOrderSaga]);
      Effects.gate = new Promise(() => undefined);
      await old.sagas.start(OldOrderSaga, {}, { id: 'old' });
      await old.edit({ drainTimeout: '0s' });
      await old.close();
      Effects.gate = Promise.resolve();
      const without = await bullmqProgram(schema, {}, [OrderSaga]);
      expect(without.logger.of('config.saga.unlisted')[0]?.message).toContain('there are open runs of order@1');
      await expect(without.sagas.health()).resolves.toMatchObject({ status: 'degraded', unlisted: ['order@1'] });
      await without.close();
      program = await bullmqProgram(schema, {}, [OldOrderSaga, OrderSaga]);
      const run = await program.sagas.start(OrderSaga, {}, { id: 'old' });
      await expect(run.outcome()).resolves.toMatchObject({ status: 'completed' });
      await expect(program.sagas.status('order', 'old')).resolves.toMatchObject({ saga: 'order@1' });
      await expect(effectsOf('old')).resolves.toEqual(['charge', 'ship']);
    },
    LONG,
  );

  const BOUNDARIES = ['reserve', 'charge', 'ship', 'refund', 'release'].flatMap((step) => [
    `after ${step}`,
    `before ${step}`,
  ]);
  const KILLS = Math.max(2, Math.ceil(PROOF_RUNS / 10));

  it(
    `loses no run whose process is killed, and killed again in the next one: ${String(KILLS)} times`,
    async () => {
      let repeated = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const places = [
          BOUNDARIES[(kill * 3 + 2) % BOUNDARIES.length] ?? '',
          BOUNDARIES[(kill * 7 + 4) % BOUNDARIES.length] ?? '',
        ];
        const id = `killed-${String(kill)}`;
        const isCompensated = places.some((place) => /refund|release/.test(place)) || kill % 2 === 1;
        const order: Order = isCompensated ? { fails: 'ship' } : {};
        // The first process may not come as far as the second, which then goes on with what the first has left.
        await program.close();
        for (const place of places) {
          // A step that is refused has no effect after which to die.
          const at = isCompensated && place === 'after ship' ? 'before ship' : place;
          await dieAt({ schema }, id, at, order);
        }
        program = await bullmqProgram(schema, {}, [OldOrderSaga, OrderSaga]);
        const run = await program.sagas.start(OrderSaga, order, { id });
        await expect(run.outcome()).resolves.toMatchObject({ status: isCompensated ? 'compensated' : 'completed' });
        await expect(effectsOf(id)).resolves.toEqual(isCompensated ? UNDONE : DONE);
        repeated += (await attemptsOf(id)).length - (isCompensated ? 6 : 3);
      }
      process.stdout.write(`Steps that were done again after ${String(2 * KILLS)} kills: ${String(repeated)}.\n`);
    },
    LONG + KILLS * 30_000,
  );

  (hasServer ? describe : describe.skip)('on a server of its own', () => {
    it(
      'shows no password',
      async () => {
        const server = await OwnServer.start('redis-server', (port, place) => [
          ...['--port', String(port), '--dir', place, '--requirepass', CANARY, '--save', ''],
        ]);
        try {
          const made: unknown[] = [];
          const secured = await bullmqProgram(schema, { port: server.port, password: CANARY }, [OrderSaga], made);
          const run = await secured.sagas.start(OrderSaga, {}, { id: 'secret' });
          const outcome = await run.outcome();
          expect(outcome.status).toBe('completed');
          const shown = {
            made,
            sagas: secured.sagas,
            health: await secured.sagas.health(),
            log: secured.logger.records,
          };
          expect(await driverLeaks(shown)).toEqual([]);
          await secured.close();
        } finally {
          await server.close();
        }
      },
      LONG,
    );
  });
});
