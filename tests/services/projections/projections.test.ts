import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { PgPoolClient } from '../../../src/factories/databases/pg/index.js';
import type { EmmettStore } from '../../../src/factories/projections/emmett/index.js';
import {
  Projection,
  type ProjectionHandler,
  type ProjectionHealth,
  type Projections,
} from '../../../src/factories/projections/index.js';
import type { Transaction } from '../../../src/factories/transactions/index.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { postgresWorld, type PostgresWorld } from '../databases/postgres-world.js';
import { canProject, eventually, placed, projectionProgram, Totals, type Placed } from './projection-world.js';

const isHere = await canProject();
/** 10,000 in the proof. */
const EVENTS = Math.min(10_000, 400 + PROOF_RUNS * 9);

class RolledBack extends Error {}

type Program = Awaited<ReturnType<typeof projectionProgram>>;

const quick = { default: { poll: '20ms', retry: { maxAttempts: 3, minDelay: '1ms', maxDelay: '5ms' } } };

async function healthOf(projections: Projections<EmmettStore>, name = 'totals'): Promise<ProjectionHealth> {
  const found = (await projections.health()).projections.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no projection ${name}`);
  return found;
}

(isHere ? describe : describe.skip)('projections on Emmett', () => {
  let world: PostgresWorld;
  const programs: Program[] = [];

  const start = async (...given: Parameters<typeof projectionProgram> extends [object, ...infer R] ? R : never) => {
    const program = await projectionProgram(world.settings, ...given);
    programs.push(program);
    return program;
  };
  const totals = async () => world.ask('select product, total::int as total from totals order by product');
  /** What the totals are when they are made from nothing, and how many events there are. */
  const expected = async () =>
    world.ask(`select message_data->>'product' as product, sum((message_data->>'n')::int)::int as total
      from emt_messages where message_type = 'Placed' group by 1 order by 1`);
  const counts = async () => {
    const [row] = await world.ask(`select (select count(*) from seen)::int as seen,
      (select count(*) from emt_messages where message_type = 'Placed')::int as stored`);
    return row;
  };

  beforeAll(async () => {
    world = await postgresWorld('projections');
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.close();
    await world.ask(
      'drop view if exists shown; drop table if exists totals, seen, notes, uno_projection, uno_projection_at, uno_projection_parked',
    );
    await world.ask('truncate emt_messages, emt_streams');
  });
  afterAll(async () => world.close());

  it('projects what is appended, and passes over other types', async () => {
    const { projections, metrics } = await start([Totals], quick);
    await projections.store.appendToStream('order-1', [placed('tea', 2), { type: 'Shipped', data: {} }]);
    await projections.store.appendToStream('order-2', [placed('tea', 3), placed('coffee', 1)]);
    await projections.caughtUp();
    await expect(totals()).resolves.toEqual([
      { product: 'coffee', total: 1 },
      { product: 'tea', total: 5 },
    ]);
    await expect(projections.health()).resolves.toEqual({
      name: 'shop projections',
      status: 'healthy',
      projections: [
        {
          name: 'totals',
          version: 1,
          mode: 'async',
          state: 'running',
          isRebuilding: false,
          behind: 0,
          lag: 0,
          parked: 0,
        },
      ],
    });
    const projected = metrics.snapshot().counters.find(({ name }) => name === 'config.projection.events');
    expect(projected).toMatchObject({ value: 3, attributes: { projection: 'totals', result: 'projected' } });
  });

  it('keeps one up in the transaction that appends, and rolls it back with that', async () => {
    const { projections, work } = await start([Totals], { default: { ...quick.default, mode: 'inline' } });
    const { store } = projections;
    await eventually(async () => (await healthOf(projections)).mode === 'inline');
    await work.run(async ({ client }) => {
      await store.appendToStream('order-1', [placed('tea', 2)]);
      const { rows } = await client.query('select total::int as total from totals');
      expect(rows).toEqual([{ total: 2 }]);
      expect((await store.readStream('order-1')).events).toHaveLength(1);
    });
    const undone = work.run(async () => {
      await store.appendToStream('order-1', [placed('tea', 40)]);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await expect(totals()).resolves.toEqual([{ product: 'tea', total: 2 }]);
    await expect(projections.pause('totals')).rejects.toMatchObject({ code: 'projection-inline' });
  });

  it('lets a transaction go on whose stream was at another version', async () => {
    const { projections, work } = await start([Totals], quick);
    const { store } = projections;
    await store.appendToStream('order-1', [placed('tea', 1)]);
    await work.run(async () => {
      const late = store.appendToStream('order-1', [placed('tea', 10)], { expectedStreamVersion: 0n });
      await expect(late).rejects.toThrow('Expected version');
      await store.appendToStream('order-2', [placed('tea', 100)]);
    });
    await projections.caughtUp();
    await expect(totals()).resolves.toEqual([{ product: 'tea', total: 101 }]);
  });

  /** Writers that begin early, append late, append twice, and roll back. */
  const writing = async ({ projections, work }: Program, events: number): Promise<void> => {
    const writer = async (writer: number): Promise<void> => {
      for (let n = 0; n < events / 8; n += 2) {
        const [stream, product] = [`order-${String(writer)}`, `p${String(n % 5)}`];
        await work
          .run(async ({ client }) => {
            await client.query('insert into notes values ($1)', [n]);
            await projections.store.appendToStream(stream, [placed(product, n)]);
            await projections.store.appendToStream(`${stream}x`, [placed(product, 1)]);
            if (n % 20 === 18) throw new RolledBack();
          })
          .catch((error: unknown) => {
            if (!(error instanceof RolledBack)) throw error;
          });
      }
    };
    await Promise.all(Array.from({ length: 8 }, async (_, n) => writer(n)));
  };

  it(
    `loses none of ${String(EVENTS)} events of eight writers, and takes none twice`,
    async () => {
      const program = await start([Totals], { default: { ...quick.default, batch: 37 } });
      await world.ask('create table notes (n int)');
      await writing(program, EVENTS);
      await program.projections.caughtUp();
      // A second time would be a conflict of keys.
      const { seen, stored } = (await counts()) as { seen: number; stored: number };
      expect(seen).toBe(stored);
      expect(stored).toBeGreaterThan(EVENTS * 0.8);
      await expect(totals()).resolves.toEqual(await expected());
      expect(program.logger.of('config.projection.failed')).toEqual([]);
    },
    300_000 + PROOF_RUNS * 200,
  );

  it('equals one made from nothing after it was rebuilt and changed its mode under writers', async () => {
    const program = await start([Totals], { default: { ...quick.default, rebuildBatch: 50 } });
    const { projections } = program;
    await world.ask('create table notes (n int)');
    const mode = async (mode: 'inline' | 'async'): Promise<void> => {
      await program.edit({ projections: { default: { ...quick.default, rebuildBatch: 50, mode } } });
      await eventually(async () => (await healthOf(projections)).mode === mode);
    };
    const writers = { areDone: false };
    const written = writing(program, 400).finally(() => (writers.areDone = true));
    let rebuilds = 0;
    while (!writers.areDone || rebuilds < 2) {
      await mode('inline');
      await projections.rebuild('totals');
      await mode('async');
      await eventually(async () => !(await healthOf(projections)).isRebuilding);
      rebuilds++;
    }
    await written;
    await projections.caughtUp();
    await expect(totals()).resolves.toEqual(await expected());
    const { seen, stored } = (await counts()) as { seen: number; stored: number };
    expect(seen).toBe(stored);
    // It is logged after the commit.
    await eventually(() => program.logger.of('config.projection.rebuilt').length === rebuilds);
    await expect(world.ask("select 1 from pg_namespace where nspname like 'uno_next%'")).resolves.toEqual([]);
  });

  describe('with an event that it refuses', () => {
    let refuse = (event: Placed): boolean => event.data.product === 'bad';

    @Projection('totals', { types: ['Placed'] })
    class Choosy extends Totals {
      public override async project(events: readonly Placed[], transaction: Transaction<PgPoolClient>): Promise<void> {
        if (events.some(refuse)) throw Object.assign(new Error('a secret'), { code: 'E_BAD' });
        await super.project(events, transaction);
      }
    }

    const begin = async (onError: string): Promise<Program> => {
      refuse = ({ data }) => data.product === 'bad';
      const program = await start([Choosy], { default: { ...quick.default, onError } });
      const { store } = program.projections;
      await store.appendToStream('order-1', [placed('tea', 1), placed('bad', 5), placed('tea', 2)]);
      return program;
    };

    it('tries again until it goes', async () => {
      const { projections, logger } = await begin('retry');
      await eventually(async () => (await healthOf(projections)).problem !== undefined);
      await expect(healthOf(projections)).resolves.toMatchObject({
        behind: 2,
        problem: 'It tries again what has failed: Error E_BAD.',
      });
      refuse = () => false;
      await projections.caughtUp();
      await expect(totals()).resolves.toEqual(await expected());
      const [failed, ...others] = logger.of('config.projection.failed');
      expect(others).toEqual([]);
      expect(failed?.message).toMatch(
        /^The projection totals refused the event at \d+ \(Placed\), and tries it again: Error E_BAD\.$/,
      );
    });

    it('skips it', async () => {
      const { projections, logger } = await begin('skip');
      await projections.caughtUp();
      await expect(totals()).resolves.toEqual([{ product: 'tea', total: 3 }]);
      expect(logger.of('config.projection.skipped')).toHaveLength(1);
    });

    it('parks it, and projects it when it is told to', async () => {
      const { projections } = await begin('park');
      await projections.caughtUp();
      await expect(totals()).resolves.toEqual([{ product: 'tea', total: 3 }]);
      await expect(projections.health()).resolves.toMatchObject({
        status: 'degraded',
        problem: 'totals: An event is parked.',
      });
      const [parked] = await projections.parked('totals');
      expect(parked).toMatchObject({ projection: 'totals', type: 'Placed', attempts: 3, problem: 'Error E_BAD' });
      const position = parked?.position ?? 0n;
      await expect(projections.retry('totals', position)).rejects.toThrow('a secret');
      refuse = () => false;
      await expect(projections.retry('totals', position)).resolves.toBe(true);
      await expect(projections.retry('totals', position)).resolves.toBe(false);
      await expect(projections.discard('totals', position)).resolves.toBe(false);
      await expect(totals()).resolves.toEqual(await expected());
    });

    it('stops at it, and begins anew when it is told to', async () => {
      const { projections, logger } = await begin('stop');
      await eventually(async () => (await healthOf(projections)).state === 'stopped');
      await expect(healthOf(projections)).resolves.toMatchObject({
        behind: 2,
        problem: 'It is stopped, because it refused an event: Error E_BAD.',
      });
      await expect(totals()).resolves.toEqual([{ product: 'tea', total: 1 }]);
      expect(logger.of('config.projection.stopped')).toHaveLength(1);
      refuse = () => false;
      await projections.resume('totals');
      await projections.caughtUp();
      await expect(totals()).resolves.toEqual(await expected());
    });

    it('rolls back what would append it inline', async () => {
      refuse = ({ data }) => data.product === 'bad';
      const { projections } = await start([Choosy], { default: { ...quick.default, mode: 'inline' } });
      await eventually(async () => (await healthOf(projections)).mode === 'inline');
      await expect(projections.store.appendToStream('order-1', [placed('bad', 5)])).rejects.toThrow('a secret');
      await expect(projections.store.streamExists('order-1')).resolves.toBe(false);
    });
  });

  it('waits while it is paused, by settings or by command, and says when it is behind', async () => {
    const { projections, edit } = await start([Totals], quick);
    await projections.store.appendToStream('order-1', [placed('tea', 1)]);
    await projections.caughtUp();
    await projections.pause('totals');
    await projections.store.appendToStream('order-1', [placed('tea', 2), placed('tea', 3)]);
    await expect(healthOf(projections)).resolves.toMatchObject({ state: 'paused', behind: 2 });
    await edit({ projections: { default: { ...quick.default, paused: true, lag: { events: 1 } } } });
    await projections.resume('totals');
    await expect(projections.health()).resolves.toMatchObject({
      status: 'degraded',
      problem: 'totals: It is 2 events behind.',
    });
    await expect(healthOf(projections)).resolves.toMatchObject({ state: 'paused' });
    await edit({ projections: quick });
    await projections.caughtUp();
    await expect(totals()).resolves.toEqual([{ product: 'tea', total: 6 }]);
  });

  @Projection('totals', { version: 2, types: ['Placed'] })
  class Doubled extends Totals {
    public override async project(events: readonly Placed[], transaction: Transaction<PgPoolClient>): Promise<void> {
      const doubled = events.map((event) => ({ ...event, data: { ...event.data, n: event.data.n * 2 } }));
      await super.project(doubled, transaction);
    }
  }

  it('rebuilds itself for a new version, while the old one goes on', async () => {
    const old = await start([Totals], quick);
    await old.projections.store.appendToStream('order-1', [placed('tea', 1)]);
    await old.projections.caughtUp();
    const waiting = await start([Doubled], { default: { ...quick.default, rebuild: 'on-command' } });
    await expect(healthOf(waiting.projections)).resolves.toMatchObject({
      state: 'outdated',
      problem: 'Its tables are of version 1, its class is of version 2.',
    });
    await old.projections.store.appendToStream('order-1', [placed('tea', 2)]);
    await old.projections.caughtUp();
    await waiting.projections.rebuild('totals');
    await eventually(async () => (await healthOf(waiting.projections)).version === 2);
    await waiting.projections.caughtUp();
    await expect(totals()).resolves.toEqual([{ product: 'tea', total: 6 }]);
    await expect(healthOf(old.projections)).resolves.toMatchObject({ state: 'outdated' });
    const third = await start([Totals], quick);
    await third.projections.store.appendToStream('order-1', [placed('tea', 4)]);
    await waiting.projections.caughtUp();
    await expect(totals()).resolves.toEqual([{ product: 'tea', total: 14 }]);
  });

  it('goes on while its rebuild cannot end, and ends it when that is possible', async () => {
    const { projections, logger } = await start([Totals], quick);
    await projections.store.appendToStream('order-1', [placed('tea', 1)]);
    await projections.caughtUp();
    await world.ask('create view shown as select * from totals');
    await projections.rebuild('totals');
    await eventually(() => logger.of('config.projection.rebuild-failed').length > 0);
    const { message } = logger.of('config.projection.rebuild-failed')[0] ?? {};
    // A view depends on the table.
    expect(message).toBe('The rebuild of the projection totals cannot go on, and is tried again: an error 2BP01.');
    await projections.store.appendToStream('order-1', [placed('tea', 2)]);
    await projections.caughtUp();
    await expect(world.ask('select total::int as total from shown')).resolves.toEqual([{ total: 3 }]);
    await world.ask('drop view shown');
    await eventually(() => logger.of('config.projection.rebuilt').length === 1);
    await expect(totals()).resolves.toEqual([{ product: 'tea', total: 3 }]);
    await eventually(async () => (await projections.health()).status === 'healthy');
  });

  it('refuses appends that could not keep an inline one up, and forgets one that is gone', async () => {
    const program = await start([Totals], { default: { ...quick.default, mode: 'inline' } });
    await eventually(async () => (await healthOf(program.projections)).mode === 'inline');

    @Projection('other', { types: ['Other'] })
    class Other implements ProjectionHandler<Placed, PgPoolClient> {
      public create(): void {
        // It has no tables.
      }
      public project(): void {
        // And does nothing.
      }
    }
    const without = await start([Other], quick);
    const lost = without.projections.store.appendToStream('order-1', [placed('tea', 1)]);
    await expect(lost).rejects.toMatchObject({ code: 'projection-unlisted' });
    const newer = await start([Doubled], { default: { ...quick.default, mode: 'inline', rebuild: 'on-command' } });
    const wrong = newer.projections.store.appendToStream('order-1', [placed('tea', 1)]);
    await expect(wrong).rejects.toMatchObject({ code: 'projection-outdated' });
    await program.close();
    programs.splice(programs.indexOf(program), 1);
    await newer.close();
    programs.splice(programs.indexOf(newer), 1);
    await expect(without.projections.forget('totals')).resolves.toBe(true);
    await expect(without.projections.forget('totals')).resolves.toBe(false);
    await without.projections.store.appendToStream('order-1', [placed('tea', 1)]);
  });

  it('is projected by one process at a time, and by another when that one ends', async () => {
    const holders = async () => {
      const rows = await world.ask('select distinct holder from uno_projection_at where holder is not null');
      return rows.map(({ holder }) => String(holder));
    };
    // A busy machine may keep a process silent for longer than a usual lease; who ends says so.
    const leased = { ...quick, lease: '10m' };
    const [one, other] = [await start([Totals], leased), await start([Totals], leased)];
    await one.projections.store.appendToStream('order-1', [placed('tea', 1)]);
    await one.projections.caughtUp();
    const [first, ...more] = await holders();
    expect(more).toEqual([]);
    for (let n = 0; n < 20; n++) await other.projections.store.appendToStream('order-1', [placed('tea', 1)]);
    await other.projections.caughtUp();
    await expect(holders()).resolves.toEqual([first]);
    const sums = [one, other].map(({ metrics }) =>
      metrics.snapshot().counters.find(({ attributes }) => attributes['result'] === 'projected'),
    );
    expect(sums.filter((sum) => sum !== undefined)).toHaveLength(1);
    const runner = sums[0] === undefined ? other : one;
    const rest = runner === one ? other : one;
    await runner.close();
    programs.splice(programs.indexOf(runner), 1);
    await rest.projections.store.appendToStream('order-1', [placed('tea', 100)]);
    await rest.projections.caughtUp();
    await expect(totals()).resolves.toEqual([{ product: 'tea', total: 121 }]);
    expect(await holders()).not.toEqual([first]);
  });

  it('names what it does not know', async () => {
    const { projections } = await start([Totals], quick);
    await expect(projections.pause('total')).rejects.toThrow(
      new TypeError('projections: "total" is not listed; there are totals.'),
    );
    await expect(projections.parked('totals', 0)).rejects.toThrow('parked: limit');
  });
});
