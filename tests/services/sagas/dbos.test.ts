import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PROOF_RUNS } from '../../proof-runs.js';
import { caught } from '../../sources/caught.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from '../databases/postgres-world.js';
import { leaksIn } from '../../stories/leaks/canary.js';
import { driverLeaks } from '../databases/driver-leaks.js';
import { dieAt } from './die-at.js';
import { Effects, OldOrderSaga, OrderSaga, type Order } from '../../factories/sagas/order-saga.js';
import { SagaShop, sagaStories } from '../../factories/sagas/saga-contract.js';
import { sagaProgram } from './saga-world.js';

const postgres = await postgresIsReachable();
const LONG = 300_000;

(postgres ? describe : describe.skip)('sagas on DBOS', () => {
  let world: PostgresWorld;
  let program: Awaited<ReturnType<typeof sagaProgram>>;

  beforeAll(async () => {
    world = await postgresWorld('sagas');
    await world.ask('create table attempts (run text, what text)');
    await world.ask('create table effects (run text, what text, key text, primary key (what, key))');
    program = await sagaProgram(world.settings);
  }, LONG);
  afterEach(() => {
    Effects.gate = Promise.resolve();
  });
  afterAll(async () => {
    await program.close();
    await world.close();
  }, LONG);

  const effectsOf = async (id: string): Promise<readonly unknown[]> =>
    (await world.ask('select what from effects where run = $1 order by what', [`order:${id}`])).map(({ what }) => what);

  /** Looks at a run until it has ended. */
  const ended = async (id: string) => {
    for (;;) {
      const status = await program.sagas.status('order', id);
      if (status?.status !== 'running') return status;
      await setTimeout(50);
    }
  };

  it('is one for a process, and says who has it', async () => {
    const error = await caught(async () => sagaProgram(world.settings));
    expect(error.message).toContain('shop sagas (saga-engine-in-use)');
  });

  it(
    'parks what runs while it moves to another pool, fails nothing, and goes on there',
    async () => {
      let open: () => void = () => undefined;
      Effects.gate = new Promise((resolve) => (open = resolve));
      const run = await program.sagas.start(OrderSaga, {}, { id: 'moved' });
      const moved = program.edit({ database: { ...world.settings, applicationName: 'moved', pool: { max: 6 } } });
      open();
      await expect(moved).resolves.toMatchObject({ status: 'committed' });
      await expect(run.outcome()).resolves.toMatchObject({ status: 'completed' });
      await expect(effectsOf('moved')).resolves.toEqual(['charge', 'reserve', 'ship']);
    },
    LONG,
  );

  it(
    'leaves runs that a stop interrupts as they are, names versions that nobody lists, and goes on with both side by side',
    async () => {
      await program.close();
      const old = await sagaProgram(world.settings, [OldOrderSaga]);
      Effects.gate = new Promise(() => undefined);
      await old.sagas.start(OldOrderSaga, {}, { id: 'old' });
      await expect(old.sagas.status(OldOrderSaga, 'old')).resolves.toMatchObject({ status: 'running' });
      await old.edit({ sagas: { drainTimeout: '0s', lease: '1500ms' } });
      await old.close();
      Effects.gate = Promise.resolve();
      const without = await sagaProgram(world.settings, [OrderSaga]);
      expect(without.logger.of('config.saga.unlisted')[0]?.message).toContain('there are open runs of order@1');
      await expect(without.sagas.health()).resolves.toMatchObject({ status: 'degraded', unlisted: ['order@1'] });
      await without.close();
      program = await sagaProgram(world.settings, [OldOrderSaga, OrderSaga]);
      const status = await ended('old');
      expect(status).toMatchObject({ saga: 'order@1', status: 'completed' });
      await expect(effectsOf('old')).resolves.toEqual(['charge', 'ship']);
    },
    LONG,
  );

  it('keeps no password in its tables, and shows none', async () => {
    const tables = await world.ask(`select table_name from information_schema.tables where table_schema = 'uno_sagas'`);
    expect(tables.map(({ table_name: name }) => name)).toContain('workflow_status');
    for (const { table_name: name } of tables) {
      const rows = await world.ask(`select t::text as row from uno_sagas.${String(name)} t`);
      expect(leaksIn(rows.map(({ row }) => String(row)).join())).toEqual([]);
    }
    const shown = { sagas: program.sagas, health: await program.sagas.health(), log: program.logger.records };
    expect(await driverLeaks(shown)).toEqual([]);
  });

  const BOUNDARIES = ['reserve', 'charge', 'ship', 'refund', 'release'].flatMap((step) => [
    `after ${step}`,
    `before ${step}`,
  ]);
  const KILLS = Math.max(2, Math.ceil(PROOF_RUNS / 10));

  it(
    `ends every run whose process is killed between two steps: ${String(KILLS)} times`,
    async () => {
      let repeated = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        // Every other one at any time, rather than at a boundary.
        const isRandom = kill % 4 > 1;
        const place = isRandom
          ? `within ${String(1_500 * Math.random())}`
          : (BOUNDARIES[(kill * 3 + 2) % BOUNDARIES.length] ?? '');
        const isCompensated = /refund|release/.test(place) || kill % 2 === 1;
        const order: Order = isCompensated ? { fails: 'ship' } : {};
        // A step that is refused has no effect after which to die.
        const at = isCompensated && place === 'after ship' ? 'before ship' : place;
        let id = `killed-${String(kill)}`;
        // Where a machine stands still for longer than its lease, this process ends the run before it comes there.
        while ((await dieAt(world.settings, id, at, order)) === null && !isRandom) id += ' again';
        // It may have died before it came so far as to start the run.
        await program.sagas.start('order', order, { id });
        const status = await ended(id);
        expect(status).toMatchObject({ status: isCompensated ? 'compensated' : 'completed' });
        await expect(effectsOf(id)).resolves.toEqual(
          isCompensated ? ['charge', 'refund', 'release', 'reserve'] : ['charge', 'reserve', 'ship'],
        );
        const [row] = await world.ask('select count(*)::int as n from attempts where run = $1', [`order:${id}`]);
        repeated += Number(row?.['n']) - (isCompensated ? 6 : 3);
      }
      process.stdout.write(`Steps that were done again after ${String(KILLS)} kills: ${String(repeated)}.\n`);
      expect(program.logger.of('config.saga.taken-over').length).toBeGreaterThanOrEqual(Math.floor(KILLS / 2));
    },
    LONG + KILLS * 20_000,
  );
});

(postgres ? describe : describe.skip)('a saga on DBOS', () => {
  let shop: SagaShop;
  beforeAll(async () => {
    shop = await SagaShop.open(async (sagas, effects) => {
      const world = await postgresWorld('stories');
      const { edit, close, ...program } = await sagaProgram(world.settings, sagas, effects);
      return {
        ...program,
        edit: async (settings) => edit({ sagas: settings }),
        close: async () => {
          await close();
          await world.close();
        },
      };
    });
  }, LONG);
  afterAll(async () => {
    await shop.program.close();
  }, LONG);

  it.each(sagaStories)('%s', async (_, story) => {
    await expect(story(shop)).resolves.toBeUndefined();
  });
});
