import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EntitySchema as MikroEntity } from '@mikro-orm/core';
import { MikroORM, PostgreSqlKnexDialect } from '@mikro-orm/postgresql';
import { Container } from 'inversify';
import type { Pool, PoolClient } from 'pg';
import { DataSource, EntitySchema, EntitySchemaOptions } from 'typeorm';
import { managedPool, pg, PostgresSettings, type PoolInUse } from '../../../src/factories/databases/pg/index.js';
import { resourceIdentifier } from '../../../src/factories/resources/index.js';
import { ConfigModule, ReloadService, section } from '../../../src/index.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from './postgres-world.js';

const isReachable = await postgresIsReachable();

interface Note {
  id: number;
  text: string;
  at: Date;
  day: string;
}

const columns = {
  id: { type: 'integer', primary: true },
  text: { type: 'text' },
  at: { type: 'timestamptz' },
  day: { type: 'date' },
} as const;

const noteOf = (id: number): Note => ({
  id,
  text: `note ${String(id)}`,
  at: new Date('2026-11-28T10:00:00.123Z'),
  day: '2026-11-28',
});

/** As docs/guide/databases.md has it. */
async function typeOrm(pool: PoolInUse<Pool>): Promise<DataSource> {
  const driver = {
    Pool: function PoolInUse() {
      return pool;
    },
  };
  const notes: EntitySchemaOptions<Note> = Object.assign(new EntitySchemaOptions<Note>(), {
    name: 'Note',
    tableName: 'typeorm_notes',
    columns,
  });
  return new DataSource({ type: 'postgres', driver, entities: [new EntitySchema(notes)] }).initialize();
}

/** As docs/guide/databases.md has it. */
async function mikroOrm(pool: PoolInUse<Pool>): Promise<MikroORM> {
  // What knex has there; it is not part of its types.
  const ask = Reflect.get(PostgreSqlKnexDialect.prototype, '_query') as (...asked: unknown[]) => Promise<unknown>;
  class DialectInUse extends PostgreSqlKnexDialect {
    public async acquireConnection(): Promise<PoolClient> {
      return pool.connect();
    }

    public async releaseConnection(connection: PoolClient): Promise<void> {
      await Promise.resolve();
      connection.release();
    }

    public async _query(connection: PoolClient, query: { options?: object }): Promise<unknown> {
      const { types } = this['connectionSettings'] as { types: unknown };
      return ask.call(this, connection, { ...query, options: { ...query.options, types } });
    }
  }
  const notes = new MikroEntity<Note>({ name: 'Note', tableName: 'mikro_notes', properties: columns });
  return MikroORM.init({ dbName: 'the one in use', driverOptions: { client: DialectInUse }, entities: [notes] });
}

(isReachable ? describe : describe.skip)('an ORM on a pool that is replaced', () => {
  let world: PostgresWorld;
  let container: Container;
  let edits = 0;
  const database = pg<Pool>({ name: 'orders', from: PostgresSettings, driver: async () => import('pg') });

  beforeAll(async () => {
    world = await postgresWorld('orms');
    for (const table of ['typeorm_notes', 'mikro_notes']) {
      await world.ask(
        `create table ${table} (id int primary key, text text not null, at timestamptz not null, day date not null)`,
      );
    }
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
                applicationName: `uno orms ${String(edits)}`,
                pool: { acquireTimeout: '1m' },
              },
            }),
          },
        ],
        resources: [database],
      }),
    );
  });
  afterAll(async () => {
    await container.unbindAllAsync();
    await world.close();
  });

  const inUse = (): PoolInUse<Pool> => managedPool(container.get(resourceIdentifier(database)));

  /** Replaces the pool again and again until the work is done. */
  async function whileReplaced<R>(work: Promise<R>): Promise<R> {
    for (let replaced = 0; replaced < 5; replaced++) {
      edits++;
      expect((await container.get(ReloadService).reload('edited')).status).toBe('committed');
    }
    return work;
  }

  it('keeps each transaction of TypeORM on one connection', async () => {
    const orm = await typeOrm(inUse());
    const transactions = Array.from({ length: 50 }, async (_, id) =>
      orm.transaction(async (entities) => {
        const pids = new Set<unknown>();
        const look = async (): Promise<void> => {
          const [row] = await entities.query<{ pid: number }[]>('select pg_backend_pid() as pid');
          pids.add(row?.pid);
        };
        await look();
        await entities.insert('Note', noteOf(id));
        await look();
        return pids.size;
      }),
    );
    await expect(whileReplaced(Promise.all(transactions))).resolves.toEqual(Array(50).fill(1));
    const notes = orm.getRepository<Note>('Note');
    await expect(notes.findOneBy({ id: 7 })).resolves.toEqual(noteOf(7));
    await expect(
      orm.transaction(async (entities) => {
        await entities.query('delete from typeorm_notes');
        throw new Error('not these');
      }),
    ).rejects.toThrow('not these');
    await expect(notes.count()).resolves.toBe(50);
    await orm.destroy();
    await expect(inUse().query('select 1')).resolves.toBeDefined();
  });

  it('keeps each transaction of MikroORM on one connection', async () => {
    const orm = await mikroOrm(inUse());
    const transactions = Array.from({ length: 50 }, async (_, id) =>
      orm.em.fork().transactional(async (entities) => {
        const pids = new Set<unknown>();
        const look = async (): Promise<void> => {
          const rows = await entities
            .getConnection()
            .execute<{ pid: number }[]>('select pg_backend_pid() as pid', [], 'all', entities.getTransactionContext());
          pids.add(rows[0]?.pid);
        };
        await look();
        entities.create<Note>('Note', noteOf(id));
        await entities.flush();
        await look();
        return pids.size;
      }),
    );
    await expect(whileReplaced(Promise.all(transactions))).resolves.toEqual(Array(50).fill(1));
    await expect(orm.em.fork().findOne<Note>('Note', { id: 7 })).resolves.toEqual(noteOf(7));
    await expect(
      orm.em.fork().transactional(async (entities) => {
        await entities.nativeDelete('Note', {});
        throw new Error('not these');
      }),
    ).rejects.toThrow('not these');
    await expect(orm.em.fork().count('Note')).resolves.toBe(50);
    await orm.close();
    await expect(inUse().query('select 1')).resolves.toBeDefined();
  });
});
