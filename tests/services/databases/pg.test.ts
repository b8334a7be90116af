import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import type { Pool } from 'pg';
import { ConfigModule, ReloadService, section, type ReloadOutcome } from '../../../src/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { resourceIdentifier, type ManagedResource } from '../../../src/factories/resources/index.js';
import { aliveOf } from '../../collected.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { FaultProxy } from '../fault-proxy.js';
import { PATIENT } from '../patient.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from './postgres-world.js';

const isReachable = await postgresIsReachable();
const orders = pg({
  name: 'orders',
  from: PostgresSettings,
  driver: async () => import('pg'),
  drainTimeout: '20s',
  probeTimeout: '30s',
});

/** The same, and not patient with a server that does not answer. */
const hasty = pg({ name: 'orders', from: PostgresSettings, driver: async () => import('pg'), probeTimeout: '5s' });

/** The same, and not patient with who holds on to an old pool. */
const impatient = pg({
  name: 'orders',
  from: PostgresSettings,
  driver: async () => import('pg'),
  drainTimeout: '100ms',
});

/** Settings of a database, as a source gives them. */
interface Values {
  readonly pool?: object;
  readonly [key: string]: unknown;
}

interface Program {
  readonly pool: ManagedResource<Pool>;
  readonly reloads: ReloadService;
  readonly edit: (next: Values) => Promise<ReloadOutcome>;
  readonly close: () => Promise<void>;
}

async function program({ pool: limits, ...first }: Values, definition = orders): Promise<Program> {
  // Connections that are counted must not be gone because a machine stood still for the ten seconds of the default.
  let database = { ...first, pool: { idleTimeout: PATIENT, ...limits } };
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'test',
      env: {},
      sections: [section(PostgresSettings, { path: 'database' })],
      sources: [{ name: 'values', load: () => ({ database }) }],
      resources: [definition],
    }),
  );
  const reloads = container.get(ReloadService);
  return {
    pool: container.get(resourceIdentifier(definition)),
    reloads,
    edit: async ({ pool, ...next }) => {
      database = { ...database, ...next, pool: { ...database.pool, ...pool } };
      return reloads.reload('edited');
    },
    close: async () => container.unbindAllAsync(),
  };
}

/** Callers that have a connection each, until they are told to release it. */
async function holders(pool: Program['pool'], count: number): Promise<{ readonly release: () => Promise<unknown> }> {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const held: Promise<void>[] = [];
  const connected = Array.from(
    { length: count },
    async () =>
      new Promise<void>((resolve, reject) => {
        const user = pool.use(async (client) => {
          const connection = await client.connect();
          resolve();
          await released;
          connection.release();
        });
        user.catch(reject);
        held.push(user);
      }),
  );
  await Promise.all(connected);
  return {
    release: async () => {
      release();
      return Promise.all(held);
    },
  };
}

/** Waits for what a server does in its own time. */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

// Nothing is left to skip to: Jest needs one test at least in a file.
(isReachable ? describe : describe.skip)('a pool of pg on PostgreSQL', () => {
  let world: PostgresWorld;
  beforeAll(async () => {
    world = await postgresWorld('pg');
  });
  afterAll(async () => world.close());

  it('reaches the database with all that its settings say, units included', async () => {
    const { pool, close } = await program({
      ...world.settings,
      applicationName: 'uno settings',
      searchPath: ['shop', 'public'],
      statementTimeout: '1500ms',
      lockTimeout: '2s',
      idleInTransactionTimeout: '3s',
    });
    const { rows } = await pool.use(async (client) =>
      client.query<Record<string, string>>(
        `select current_database() as db, current_setting('application_name') as app,
           current_setting('search_path') as path, current_setting('statement_timeout') as statement,
           current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`,
      ),
    );
    expect(rows).toEqual([
      {
        db: world.settings.database,
        app: 'uno settings',
        path: 'shop,public',
        statement: '1500ms',
        lock: '2s',
        idle: '3s',
      },
    ]);
    await close();
    await eventually(async () => (await world.sessions('uno settings')) === 0);
  });

  it('takes limits of the pool over without another pool, and closes what is idle above a lower one', async () => {
    const { pool, edit, close } = await program({ ...world.settings, applicationName: 'uno hot', pool: { max: 1 } });
    const { current } = pool;
    await edit({ pool: { max: 4, idleTimeout: '1m', acquireTimeout: '20s', maxUses: 100, maxLifetime: '1h' } });
    expect(pool.current).toBe(current);
    expect(current.options).toMatchObject({
      max: 4,
      idleTimeoutMillis: 60_000,
      connectionTimeoutMillis: 20_000,
      maxUses: 100,
      maxLifetimeSeconds: 3_600,
    });
    const busy = [1, 2, 3, 4].map(async () => pool.use(async (client) => client.query('select pg_sleep(0.1)')));
    await Promise.all(busy);
    expect(current.totalCount).toBe(4);
    await edit({ pool: { max: 2 } });
    await eventually(async () => (await world.sessions('uno hot')) === 2);
    expect(pool.current).toBe(current);
    await close();
  });

  it('ends only when its queue is empty, even of callers that nobody counts', async () => {
    const { pool, edit, close } = await program({ ...world.settings, pool: { max: 1 } });
    const { current } = pool;
    // Three callers on one connection, of which the pool alone knows.
    const callers = [1, 2, 3].map(async (n) => current.query('select pg_sleep(0.05), $1::int as n', [n]));
    await edit({ applicationName: 'uno next' });
    await expect(Promise.all(callers)).resolves.toHaveLength(3);
    await eventually(async () => Promise.resolve(current.ended));
    await close();
  });

  it('keeps the pool in use when the new one does not answer', async () => {
    const proxy = await FaultProxy.to(world.settings.port);
    const { pool, edit, close } = await program({ ...world.settings, applicationName: 'uno veto' }, hasty);
    proxy.stall();
    const outcome = await edit({ port: proxy.port });
    expect(outcome.status === 'rejected' && outcome.error.code).toBe('reload-vetoed');
    expect(outcome.status === 'rejected' && outcome.error.message).toContain('orders (it was not ready within 5s)');
    await expect(pool.use(async (client) => client.query('select 1'))).resolves.toBeDefined();
    await close();
    await proxy.close();
    await eventually(async () => (await world.sessions('uno veto')) === 0);
  });

  it('goes on when the database goes away and comes back', async () => {
    const proxy = await FaultProxy.to(world.settings.port);
    const { pool, close } = await program({ ...world.settings, port: proxy.port });
    proxy.reset();
    proxy.refuse();
    await expect(pool.use(async (client) => client.query('select 1'))).rejects.toThrow();
    await expect(pool.health()).resolves.toMatchObject({ status: 'unhealthy' });
    proxy.mend();
    await expect(pool.use(async (client) => client.query('select 1'))).resolves.toBeDefined();
    await expect(pool.health()).resolves.toMatchObject({ status: 'healthy' });
    await close();
    await proxy.close();
  });

  it('shares its connections with the pool whose place it takes, where the settings ask for that', async () => {
    const { pool, edit, close } = await program({
      ...world.settings,
      applicationName: 'uno shrink 0',
      pool: { max: 3, overlap: 'shrink', acquireTimeout: '1m' },
    });
    const over = new AbortController();
    let most = 0;
    let answered = 0;
    const callers = Array.from({ length: 20 }, async () => {
      while (!over.signal.aborted) {
        await pool.use(async (client) => client.query('select pg_sleep(0.002)'));
        answered++;
      }
    });
    const looks = (async () => {
      while (!over.signal.aborted) {
        most = Math.max(most, await world.sessions('uno shrink%'));
      }
    })();
    for (let swap = 1; swap <= 5; swap++) {
      const applicationName = `uno shrink ${String(swap)}`;
      const outcome = await edit({ applicationName });
      expect(outcome.status).toBe('committed');
      await eventually(async () => (await world.sessions(`uno shrink ${String(swap - 1)}`)) === 0);
      const before = answered;
      while (answered < before + 50) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    over.abort();
    await Promise.all([...callers, looks]);
    // The server counts a session a moment longer than its client does.
    expect(most).toBeLessThanOrEqual(4);
    expect(pool.current.totalCount).toBe(3);
    await close();
  });

  it.each(['full', 'shrink'])('leaves no pool that was replaced in memory, overlapping %s', async (overlap) => {
    const { pool, edit, close } = await program({ ...world.settings, pool: { max: 2, overlap } });
    const pools = [new WeakRef(pool.current)];
    for (let swap = 1; swap <= 6; swap++) {
      await edit({ applicationName: `uno ${overlap} ${String(swap)}` });
      pools.push(new WeakRef(pool.current));
      const old = `uno ${overlap} ${String(swap - 1)}`;
      await eventually(async () => (await world.sessions(old)) === 0);
    }
    // The one in use, and the one before.
    expect(await aliveOf(pools, 2)).toBeLessThanOrEqual(2);
    await close();
  });

  it('has as many connections as the pool whose place it takes before anybody asks it', async () => {
    const { pool, edit, close } = await program({ ...world.settings, applicationName: 'uno cold', pool: { max: 5 } });
    const busy = [1, 2, 3, 4].map(async () => pool.use(async (client) => client.query('select pg_sleep(0.05)')));
    await Promise.all(busy);
    await edit({ applicationName: 'uno warm' });
    expect([pool.current.totalCount, pool.current.idleCount]).toEqual([4, 4]);
    expect(await world.sessions('uno warm')).toBe(4);
    await edit({ applicationName: 'uno small', pool: { max: 3, min: 1 } });
    expect(pool.current.totalCount).toBe(3);
    await close();
  });

  it('takes no connections ahead that the pool in use would have to give up', async () => {
    const shrink = { max: 3, overlap: 'shrink' };
    const { pool, edit, close } = await program({ ...world.settings, applicationName: 'uno busy', pool: shrink });
    const { current } = pool;
    const busy = await holders(pool, 2);
    await edit({ applicationName: 'uno busy next' });
    expect(pool.current.totalCount).toBe(1);
    expect(current.totalCount).toBe(2);
    await busy.release();
    await close();
  });

  it('takes the place of a pool of one connection', async () => {
    const { pool, edit, close } = await program({ ...world.settings, pool: { max: 1, overlap: 'shrink' } });
    const busy = [1, 2, 3].map(async () => pool.use(async (client) => client.query('select pg_sleep(0.05)')));
    const outcome = await edit({ applicationName: 'uno only one' });
    expect(outcome.status).toBe('committed');
    await expect(Promise.all(busy)).resolves.toHaveLength(3);
    await close();
  });

  it('fails only what was on the wire when connections are reset while it is replaced', async () => {
    const proxy = await FaultProxy.to(world.settings.port);
    const { pool, edit, close } = await program({
      ...world.settings,
      port: proxy.port,
      applicationName: 'uno reset 0',
      pool: { max: 4, acquireTimeout: '1m' },
    });
    let isOver = false;
    let answered = 0;
    const failures = new Set<string>();
    const callers = Array.from({ length: 40 }, async () => {
      while (!isOver) {
        await pool
          .use(async (client) => client.query('select pg_sleep(0.002)'))
          .then(() => answered++)
          .catch((error: unknown) => failures.add(String(error)));
      }
    });
    for (let swap = 1; swap <= 5; swap++) {
      const replaced = edit({ applicationName: `uno reset ${String(swap)}` });
      proxy.reset();
      const outcome = await replaced;
      // Its new connection may be among those that are reset: then the pool stays as it is.
      expect(['committed', 'rejected']).toContain(outcome.status);
      const before = answered;
      while (answered < before + 40) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    isOver = true;
    await Promise.all(callers);
    expect([...failures].filter((failure) => !/Connection terminated|ECONNRESET/.test(failure))).toEqual([]);
    await close();
    await proxy.close();
    await eventually(async () => (await world.sessions('uno reset%')) === 0);
  });

  it('answers everybody, and leaves nothing open, when the server of the old pool falls silent', async () => {
    const proxy = await FaultProxy.to(world.settings.port);
    const { pool, edit, close } = await program(
      { ...world.settings, port: proxy.port, applicationName: 'uno silent', pool: { max: 2, acquireTimeout: '5s' } },
      impatient,
    );
    const busy = [1, 2].map(async () => pool.use(async (client) => client.query('select pg_sleep(0.01)')));
    await Promise.all(busy);
    proxy.stall();
    const lost = [1, 2, 3, 4].map(async () => pool.use(async (client) => client.query('select 1')));
    const outcomes = Promise.allSettled(lost);
    const outcome = await edit({ port: world.settings.port });
    expect(outcome.status).toBe('committed');
    await expect(pool.use(async (client) => client.query('select 1'))).resolves.toBeDefined();
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    await close();
    await proxy.close();
    await eventually(async () => (await world.sessions('uno silent')) === 0);
  });

  it('leaves no session when whoever uses it never comes to an end', async () => {
    const { pool, edit, close } = await program(
      { ...world.settings, applicationName: 'uno endless 0', pool: { max: 2 } },
      impatient,
    );
    const inTransaction = `select 1 from pg_stat_activity
      where datname = current_database() and application_name like 'uno endless%' and state = 'idle in transaction'`;
    const hold = async (number: number): Promise<void> => {
      const held = pool.use(async (client) => {
        await (await client.connect()).query('begin');
        await new Promise(() => undefined);
      });
      held.catch(() => undefined);
      await eventually(async () => (await world.ask(inTransaction)).length === number);
    };
    await hold(1);
    await edit({ applicationName: 'uno endless 1' });
    await hold(2);
    await close();
    await eventually(async () => (await world.sessions('uno endless%')) === 0);
    await expect(world.sessions('uno endless%')).resolves.toBe(0);
  });

  it('outlives sessions that the server ends while somebody holds them', async () => {
    const { pool, close } = await program({ ...world.settings, idleInTransactionTimeout: '20ms' });
    const lost = pool.use(async (client) => {
      const held = await client.connect();
      const pid = await held.query<{ pid: number }>('select pg_backend_pid() as pid');
      await held.query('begin');
      const open = 'select 1 from pg_stat_activity where pid = $1';
      await eventually(async () => (await world.ask(open, [pid.rows[0]?.pid])).length === 0);
      await held.query('select 1').finally(() => {
        held.release(true);
      });
    });
    await expect(lost).rejects.toThrow();
    await expect(pool.use(async (client) => client.query('select 1'))).resolves.toBeDefined();
    await close();
  });

  it('has at most twice its connections while the old pool ends, where the settings say full', async () => {
    const busy = { applicationName: 'uno full 0', pool: { max: 3 } };
    const { pool, edit, close } = await program({ ...world.settings, ...busy });
    const old = await holders(pool, 3);
    await edit({ applicationName: 'uno full 1' });
    const fresh = await holders(pool, 3);
    const waiting = [1, 2, 3].map(async () => pool.use(async (client) => client.query('select 1')));
    expect(await world.sessions('uno full%')).toBe(6);
    const counted: number[] = [];
    const ended = old.release();
    while ((await world.sessions('uno full 0')) > 0) counted.push(await world.sessions('uno full%'));
    await Promise.all([ended, fresh.release(), ...waiting]);
    expect(Math.max(6, ...counted)).toBe(6);
    await close();
  });

  it(`loses no query of 200 callers at once while it is replaced, ${String(replacements())} times`, async () => {
    const proxy = await FaultProxy.to(world.settings.port);
    proxy.delay(2);
    proxy.slice(48);
    const { pool, edit, close, reloads } = await program({
      ...world.settings,
      port: proxy.port,
      applicationName: 'uno swap 0',
      pool: { max: 8, acquireTimeout: '1m' },
    });
    let isOver = false;
    let answered = 0;
    const callers = Array.from({ length: 200 }, async (_, caller) => {
      while (!isOver) {
        const { rows } = await pool.use(async (client) => client.query<{ n: number }>('select $1::int as n', [caller]));
        if (rows[0]?.n !== caller) throw new Error('the answer to another query');
        answered++;
      }
    });
    for (let swap = 1; swap <= replacements(); swap++) {
      const outcome = await edit({ applicationName: `uno swap ${String(swap)}` });
      expect(outcome.status).toBe('committed');
    }
    isOver = true;
    await Promise.all(callers);
    expect(answered).toBeGreaterThan(200);
    await close();
    expect(reloads.status().state).toBe('closed');
    await proxy.close();
    await eventually(async () => (await world.sessions('uno swap%')) === 0);
  });
});

/** Ten in every run of the tests, a hundred in a proof. */
function replacements(): number {
  return Math.min(100, Math.max(10, PROOF_RUNS / 10));
}
