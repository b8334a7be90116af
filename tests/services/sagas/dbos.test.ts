import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PROOF_RUNS } from '../../proof-runs.js';
import { caught } from '../../sources/caught.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from '../databases/postgres-world.js';
import { Effects, OldOrderSaga, OrderSaga, sagaProgram, type Order } from './saga-world.js';

const postgres = await postgresIsReachable();
const built = join(process.cwd(), '.build/tests/services');
const SCRIPT = join(built, 'sagas/saga-until-killed.js');
const LONG = 120_000;

/** Starts a run in a process of its own, which dies where it is told to; its signal. */
async function dieAt(world: PostgresWorld, id: string, place: string, order: Order): Promise<string | null> {
  // The clients of services are not among the packages of the root.
  if (!existsSync(join(built, 'node_modules'))) {
    symlinkSync(join(process.cwd(), 'tests/services/node_modules'), join(built, 'node_modules'));
  }
  const given = [SCRIPT, JSON.stringify(world.settings), id, place, JSON.stringify(order)];
  const child = spawn(process.execPath, given, { stdio: ['ignore', 'ignore', 'inherit'] });
  await once(child, 'exit');
  return child.signalCode;
}

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

  it('does the steps of a run, and undoes them when one fails', async () => {
    const good = await program.sagas.start(OrderSaga, {}, { id: 'good' });
    const bad = await program.sagas.start(OrderSaga, { fails: 'ship' }, { id: 'bad' });
    await expect(good.outcome()).resolves.toEqual({ status: 'completed', results: { reserve: 'reserved' } });
    await expect(bad.outcome()).resolves.toMatchObject({
      status: 'compensated',
      step: 'ship',
      because: 'ship threw Error',
    });
    await expect(effectsOf('good')).resolves.toEqual(['charge', 'reserve', 'ship']);
    await expect(effectsOf('bad')).resolves.toEqual(['charge', 'refund', 'release', 'reserve']);
  });

  it('starts one run for an id, and stops one that is told to, which compensates it', async () => {
    let open: () => void = () => undefined;
    Effects.gate = new Promise((resolve) => (open = resolve));
    const run = await program.sagas.start(OrderSaga, {}, { id: 'stopped' });
    await program.sagas.start(OrderSaga, { fails: 'reserve' }, { id: 'stopped' });
    await expect(program.sagas.stop(OrderSaga, 'stopped', 'the customer called')).resolves.toBe(true);
    open();
    await expect(run.outcome()).resolves.toMatchObject({ status: 'compensated', because: 'the customer called' });
    await expect(program.sagas.stop(OrderSaga, 'stopped', 'again')).resolves.toBe(false);
  });

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
        const place = BOUNDARIES[(kill * 3 + 2) % BOUNDARIES.length] ?? '';
        const id = `killed-${String(kill)}`;
        const isCompensated = /refund|release/.test(place) || kill % 2 === 1;
        const order: Order = isCompensated ? { fails: 'ship' } : {};
        // A step that is refused has no effect after which to die.
        const at = isCompensated && place === 'after ship' ? 'before ship' : place;
        await expect(dieAt(world, id, at, order)).resolves.toBe('SIGKILL');
        const status = await ended(id);
        expect(status).toMatchObject({ status: isCompensated ? 'compensated' : 'completed' });
        await expect(effectsOf(id)).resolves.toEqual(
          isCompensated ? ['charge', 'refund', 'release', 'reserve'] : ['charge', 'reserve', 'ship'],
        );
        const [row] = await world.ask('select count(*)::int as n from attempts where run = $1', [`order:${id}`]);
        repeated += Number(row?.['n']) - (isCompensated ? 6 : 3);
      }
      process.stdout.write(`Steps that were done again after ${String(KILLS)} kills: ${String(repeated)}.\n`);
      expect(program.logger.of('config.saga.taken-over').length).toBeGreaterThanOrEqual(KILLS);
    },
    LONG + KILLS * 20_000,
  );
});
