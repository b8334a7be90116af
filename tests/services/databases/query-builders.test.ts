import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Container } from 'inversify';
import { Kysely, PostgresDialect, sql as kyselySql } from 'kysely';
import type { Pool } from 'pg';
import { managedPool, pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { resourceIdentifier } from '../../../src/factories/resources/index.js';
import { unitOfWork, unitOfWorkIdentifier } from '../../../src/factories/transactions/index.js';
import { ConfigModule, ReloadService, section } from '../../../src/index.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from './postgres-world.js';

const isReachable = await postgresIsReachable();

interface Notes {
  readonly notes: { readonly id: number; readonly pid: number };
}

(isReachable ? describe : describe.skip)('a query builder on a pool that is replaced', () => {
  let world: PostgresWorld;
  let container: Container;
  let edits = 0;
  const database = pg<Pool>({
    name: 'orders',
    from: section(PostgresSettings, { path: 'database' }),
    driver: async () => import('pg'),
  });
  const byDrizzle = unitOfWork({ over: database, wrap: (client) => drizzle(client) });

  beforeAll(async () => {
    world = await postgresWorld('builders');
    await world.ask('create table notes (id int primary key, pid int not null)');
    container = new Container();
    await container.loadAsync(
      ConfigModule.fromOptions({
        environment: 'test',
        env: {},
        sections: [section(PostgresSettings, { path: 'database' })],
        sources: [
          {
            name: 'values',
            load: () => ({
              database: {
                ...world.settings,
                applicationName: `uno builders ${String(edits)}`,
                pool: { acquireTimeout: '1m' },
              },
            }),
          },
        ],
        resources: [database, byDrizzle],
      }),
    );
  });
  afterAll(async () => {
    await container.unbindAllAsync();
    await world.close();
  });

  /** Replaces the pool again and again until the work is done. */
  async function whileReplaced<R>(work: Promise<R>): Promise<R> {
    for (let replaced = 0; replaced < 5; replaced++) {
      edits++;
      expect((await container.get(ReloadService).reload('edited')).status).toBe('committed');
    }
    return work;
  }

  it('keeps each transaction of Kysely on one connection', async () => {
    const pool = managedPool(container.get(resourceIdentifier(database)));
    const kysely = new Kysely<Notes>({ dialect: new PostgresDialect({ pool }) });
    const transactions = Array.from({ length: 50 }, async (_, id) =>
      kysely.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('notes')
          .values(({ fn }) => ({ id, pid: fn<number>('pg_backend_pid', []) }))
          .execute();
        const { pid } = await transaction
          .selectFrom('notes')
          .select(({ fn }) => fn<number>('pg_backend_pid', []).as('pid'))
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        return pid;
      }),
    );
    const pids = await whileReplaced(Promise.all(transactions));
    const rows = await kysely.selectFrom('notes').selectAll().orderBy('id').execute();
    expect(rows.map(({ pid }) => pid)).toEqual(pids);
    await kysely.destroy();
    await expect(kysely.selectFrom('notes').selectAll().execute()).rejects.toThrow('destroyed');
    await expect(pool.query('select 1')).resolves.toBeDefined();
  });

  it('goes on when the server ends a connection that a transaction holds', async () => {
    const pool = managedPool(container.get(resourceIdentifier(database)));
    const kysely = new Kysely<Notes>({ dialect: new PostgresDialect({ pool }) });
    const lost = kysely.transaction().execute(async (transaction) => {
      const { rows } = await kyselySql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
      await world.ask('select pg_terminate_backend($1)', [rows[0]?.pid]);
      while ((await world.ask('select 1 from pg_stat_activity where pid = $1', [rows[0]?.pid])).length > 0);
      await kyselySql`select 1`.execute(transaction);
    });
    await expect(lost).rejects.toThrow();
    await expect(kyselySql`select 1`.execute(kysely)).resolves.toBeDefined();
  });

  it('keeps each transaction of Drizzle on one connection, which it loses without a word over what it takes for none', async () => {
    const orm = drizzle(managedPool(container.get(resourceIdentifier(database))) as unknown as Pool);
    const ofConnection = sql`select pg_backend_pid() as pid`;
    const transactions = Array.from({ length: 50 }, async () =>
      orm.transaction(async (transaction) => {
        const pids: unknown[] = [];
        for (let query = 0; query < 4; query++) pids.push((await transaction.execute(ofConnection)).rows[0]?.['pid']);
        return new Set(pids).size;
      }),
    );
    await expect(whileReplaced(Promise.all(transactions))).resolves.toEqual(Array(50).fill(1));
  });

  it('is what a unit of work hands out where it is asked to', async () => {
    const work = container.get(unitOfWorkIdentifier(byDrizzle));
    const isOne = await work.run(async ({ client }) => {
      const [before, after] = [
        await client.execute(sql`select txid_current()`),
        await client.execute(sql`select txid_current()`),
      ];
      return before.rows[0]?.['txid_current'] === after.rows[0]?.['txid_current'];
    });
    expect(isOne).toBe(true);
  });
});
