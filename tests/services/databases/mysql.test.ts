import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { ConfigModule, ReloadService, section, type ReloadOutcome } from '../../../src/index.js';
import { mariadb, mysql, MysqlSettings, type MysqlPool } from '../../../src/factories/databases/mysql/index.js';
import { resourceIdentifier, type ManagedResource } from '../../../src/factories/resources/index.js';
import type { DatabaseDefinition } from '../../../src/factories/transactions/index.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { FaultProxy } from '../fault-proxy.js';
import { CANARY } from '../../stories/leaks/canary.js';
import { driverLeaks } from './driver-leaks.js';
import { mysqlIsReachable, mysqlWorld, type MysqlWorld } from './mysql-world.js';

const isReachable = await mysqlIsReachable();

const patient = { name: 'shop', from: MysqlSettings, probeTimeout: '30s' } as const;
const mysql2Pool = mysql({ ...patient, driver: async () => import('mysql2/promise') });
const mariadbPool = mariadb({ ...patient, driver: async () => import('mariadb') });

interface Program {
  readonly pool: ManagedResource<MysqlPool>;
  readonly logger: RecordingLogger;
  readonly edit: (next: object) => Promise<ReloadOutcome>;
  readonly close: () => Promise<void>;
}

async function program(definition: DatabaseDefinition<MysqlPool, object>, first: object): Promise<Program> {
  let database = first;
  const container = new Container();
  const logger = new RecordingLogger();
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'test',
      env: {},
      logger,
      sections: [section(MysqlSettings, { path: 'database' })],
      sources: [{ name: 'values', load: () => ({ database }) }],
      resources: [definition],
    }),
  );
  return {
    pool: container.get(resourceIdentifier(definition)),
    logger,
    edit: async (next) => {
      database = { ...database, ...next };
      return container.get(ReloadService).reload('edited');
    },
    close: async () => container.unbindAllAsync(),
  };
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Has so many callers hold a connection each, until all have one. */
async function connectAtOnce(pool: Program['pool'], count: number): Promise<void> {
  let connected = 0;
  let all: () => void = () => undefined;
  const allConnected = new Promise<void>((resolve) => (all = resolve));
  const hold = async (client: MysqlPool): Promise<void> => {
    const connection = await client.getConnection();
    if (++connected === count) all();
    await allConnected;
    await connection.release();
  };
  await Promise.all(Array.from({ length: count }, async () => pool.use(hold)));
}

// The pools of the drivers are narrower than what is asked of them here.
type Definition = DatabaseDefinition<MysqlPool, object>;

/** The same, and not patient with who holds on to an old pool. */
const terms = { ...patient, drainTimeout: '100ms' } as const;
const drivers: readonly (readonly [string, Definition, boolean, Definition])[] = [
  ['mysql2', mysql2Pool, true, mysql({ ...terms, driver: async () => import('mysql2/promise') })],
  ['mariadb', mariadbPool, false, mariadb({ ...terms, driver: async () => import('mariadb') })],
];

(isReachable ? describe : describe.skip).each(drivers)(
  'a pool of %s',
  (_name, definition, asksForPasswords, impatient) => {
    let world: MysqlWorld;
    beforeAll(async () => {
      world = await mysqlWorld('pool');
    });
    afterAll(async () => world.close());

    it('loses no query of 100 callers at once while it is replaced, and leaves no session', async () => {
      const { pool, edit, close } = await program(definition, {
        ...world.settings,
        pool: { max: 4, acquireTimeout: '1m' },
      });
      let isOver = false;
      let answered = 0;
      const callers = Array.from({ length: 100 }, async () => {
        while (!isOver) {
          await pool.use(async (client) => client.query('select 1'));
          answered++;
        }
      });
      for (let swap = 1; swap <= 5; swap++) {
        const outcome = await edit({ connectTimeout: `${String(10 + swap)}s` });
        expect(outcome.status).toBe('committed');
      }
      isOver = true;
      await Promise.all(callers);
      expect(answered).toBeGreaterThan(100);
      await close();
      await eventually(async () => (await world.sessions()) === 0);
    });

    it('gives connections up whose server is silent, and goes on when it is back', async () => {
      const proxy = await FaultProxy.to(world.settings.port);
      const { pool, close } = await program(definition, {
        ...world.settings,
        port: proxy.port,
        queryTimeout: '3s',
        connectTimeout: '3s',
        pool: { max: 2, acquireTimeout: '6s' },
      });
      const ask = async (): Promise<unknown> => pool.use(async (client) => client.query('select 1'));
      await connectAtOnce(pool, 2);
      proxy.halfOpen();
      const lost = await Promise.allSettled([1, 2, 3, 4].map(ask));
      expect(lost.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
      proxy.reset();
      proxy.mend();
      // The driver may have an attempt under way that it has lost already.
      await eventually(async () =>
        ask().then(
          () => true,
          () => false,
        ),
      );
      await close();
      await proxy.close();
      await eventually(async () => (await world.sessions()) === 0);
    });

    it('answers everybody, and leaves nothing open, when the server of the old pool is silent', async () => {
      const proxy = await FaultProxy.to(world.settings.port);
      const { pool, edit, close } = await program(impatient, {
        ...world.settings,
        port: proxy.port,
        // Less than the time that the last connections of a pool are given.
        connectTimeout: '4s',
        pool: { max: 3, acquireTimeout: '4s' },
      });
      const ask = async (): Promise<unknown> => pool.use(async (client) => client.query('select 1'));
      await connectAtOnce(pool, 2);
      proxy.halfOpen();
      // Two wait for an answer, and one for its connection.
      const lost = Promise.allSettled([ask(), ask(), ask()]);
      const outcome = await edit({ port: world.settings.port });
      expect(outcome.status).toBe('committed');
      await expect(ask()).resolves.toBeDefined();
      expect((await lost).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
      await close();
      await eventually(async () => Promise.resolve(proxy.connections === 0));
      await proxy.close();
      await eventually(async () => (await world.sessions()) === 0);
    });

    it('has as many connections as the pool whose place it takes before anybody asks it', async () => {
      const { pool, edit, close } = await program(definition, { ...world.settings, pool: { max: 4 } });
      await connectAtOnce(pool, 3);
      const before = await world.sessions();
      const outcome = await edit({ connectTimeout: '11s' });
      expect(outcome.status).toBe('committed');
      await eventually(async () => (await world.sessions()) === before);
      expect(before).toBe(3);
      await close();
    });

    it('keeps idle connections as long as its settings say, and as many as they say for good', async () => {
      const limits = { max: 4, min: 1, idleTimeout: '2s' };
      const { pool, close } = await program(definition, { ...world.settings, pool: limits });
      const begun = performance.now();
      await connectAtOnce(pool, 3);
      await eventually(async () => (await world.sessions()) === 1);
      expect(performance.now() - begun).toBeGreaterThan(2_000);
      await close();
    });

    it('follows a rotated password', async () => {
      const { pool, edit, close } = await program(definition, world.settings);
      const { current } = pool;
      await world.password('rotated-2');
      const outcome = await edit({ password: 'rotated-2' });
      expect(outcome.status).toBe('committed');
      expect(pool.current === current).toBe(asksForPasswords);
      const both = [1, 2, 3].map(async () => pool.use(async (client) => client.query('select sleep(0.05)')));
      await expect(Promise.all(both)).resolves.toHaveLength(3);
      await close();
      await world.password('hunter2');
    });

    it('shows its password in no pool, connection, error, answer or log', async () => {
      await world.password(CANARY);
      const { pool, edit, logger, close } = await program(definition, { ...world.settings, password: CANARY });
      const { current } = pool;
      const connection = await current.getConnection();
      const mistake = await connection.query('nonsense').catch((error: unknown) => error);
      const good = { pool, current, connection, mistake, health: await pool.health() };
      expect(await driverLeaks(good)).toEqual([]);
      void connection.release();
      await world.password('hunter2');
      // Another pool, which the server refuses: the one in use stays.
      const outcome = await edit({ connectTimeout: '6s', pool: { acquireTimeout: '5s' } });
      expect(outcome.status).toBe('rejected');
      expect(await driverLeaks({ outcome, pool, current, log: logger.records })).toEqual([]);
      await close();
    });

    it('shows its password in no error of a login that the server refuses', async () => {
      const refusing = await program(definition, { ...world.settings, pool: { acquireTimeout: '5s' } });
      await world.password('rotated-3');
      await refusing.edit({ password: CANARY });
      const errors = [1, 2, 3].map(async () => refusing.pool.use(async (client) => client.query('select sleep(0.1)')));
      const thrown = await Promise.allSettled(errors);
      await refusing.close();
      await world.password('hunter2');
      expect(await driverLeaks({ thrown, log: refusing.logger.records })).toEqual([]);
    });
  },
);
