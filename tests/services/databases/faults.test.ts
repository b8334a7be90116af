import { describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { mariadb, mysql, MysqlSettings } from '../../../src/factories/databases/mysql/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { resourceIdentifier } from '../../../src/factories/resources/index.js';
import type { DatabaseDefinition } from '../../../src/factories/transactions/index.js';
import { systemClock, type Clock } from '../../../src/core/index.js';
import { ConfigModule, ReloadService, section, type SectionInput } from '../../../src/index.js';
import fc from '../../fast-check.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { FaultProxy } from '../fault-proxy.js';
import { mysqlIsReachable, mysqlWorld } from './mysql-world.js';
import { postgresIsReachable, postgresWorld } from './postgres-world.js';

/** What the way to the new server does, and whether a pool can be made through it. */
const FAULTS: readonly (readonly [string, boolean, (proxy: FaultProxy, drawn: number) => void])[] = [
  ['nothing', true, () => undefined],
  [
    'latency',
    true,
    (proxy, drawn) => {
      proxy.delay(1 + (drawn % 10));
    },
  ],
  [
    'slices',
    true,
    (proxy, drawn) => {
      proxy.slice(1 + (drawn % 64));
    },
  ],
  [
    'latency and slices',
    true,
    (proxy, drawn) => {
      proxy.delay(1 + (drawn % 3));
      proxy.slice(16 + (drawn % 64));
    },
  ],
  [
    'resets',
    false,
    (proxy, drawn) => {
      proxy.resetAfter(drawn % 60);
    },
  ],
  [
    'refusals',
    false,
    (proxy) => {
      proxy.refuse();
    },
  ],
  [
    'a stall',
    false,
    (proxy) => {
      proxy.stall();
    },
  ],
  [
    'a server that is gone',
    false,
    (proxy) => {
      proxy.halfOpen();
    },
  ],
];

/** Each of them once in every run of the tests, and over a hundred replacements in a proof. */
const ROUNDS = Math.min(13, Math.ceil(PROOF_RUNS / 20));

interface Pool {
  query(sql: string): Promise<unknown>;
}

interface World {
  readonly settings: { readonly port: number };
  readonly ask: (text: string) => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}

interface Driver {
  readonly isReachable: boolean;
  readonly open: () => Promise<World>;
  readonly place: SectionInput;
  readonly definition: DatabaseDefinition<Pool, object>;
  /** The first row that a query answers with. */
  readonly row: (answer: unknown) => unknown;
  /** Those of programs: not that of the one who asks. */
  readonly sessions: string;
}

const postgres = { isReachable: await postgresIsReachable(), place: section(PostgresSettings, { path: 'database' }) };
const my = {
  isReachable: await mysqlIsReachable(),
  open: async () => mysqlWorld('faults'),
  place: section(MysqlSettings, { path: 'database' }),
  sessions: "select 1 from information_schema.processlist where user like 'uno_faults%'",
};
const terms = { name: 'orders', probeTimeout: '20s' };
/** Goes faster where nothing will come, or a busy machine would need longer for a good server than the limit for a bad one. */
let pace = 1;
const clock: Clock = {
  ...systemClock,
  after: (milliseconds, callback, options) => systemClock.after(milliseconds / pace, callback, options),
};

// The pools of the drivers are narrower than what is asked of them here.
const drivers: Readonly<Record<string, Driver>> = {
  pg: {
    ...postgres,
    open: async () => postgresWorld('faults'),
    definition: pg({ ...terms, from: postgres.place, driver: async () => import('pg') }),
    row: (answer) => (Reflect.get(Object(answer), 'rows') as readonly unknown[])[0],
    sessions: 'select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  },
  mysql2: {
    ...my,
    definition: mysql({ ...terms, from: my.place, driver: async () => import('mysql2/promise') }),
    row: (answer) => (answer as readonly (readonly unknown[])[])[0]?.[0],
  },
  mariadb: {
    ...my,
    definition: mariadb({ ...terms, from: my.place, driver: async () => import('mariadb') }),
    row: (answer) => (answer as readonly unknown[])[0],
  },
};

async function eventually(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

for (const [driver, { isReachable, open, place, definition, row, sessions }] of Object.entries(drivers)) {
  (isReachable ? describe : describe.skip)(`the pool of ${driver} over a network with every fault`, () => {
    it(`loses no query of 200 callers when it is replaced, or is not, ${String(ROUNDS * FAULTS.length)} times`, async () => {
      const world = await open();
      const { port } = world.settings;
      const [one, other] = [await FaultProxy.to(port), await FaultProxy.to(port)];
      let inUse = one;
      const sleep = driver === 'pg' ? 'pg_sleep(0.02)' : 'sleep(0.02)';
      let database = { ...world.settings, pool: { max: 8, acquireTimeout: '1m' }, port: inUse.port };
      const container = new Container();
      await container.loadAsync(
        ConfigModule.fromOptions({
          environment: 'test',
          env: {},
          clock,
          sections: [place],
          sources: [{ name: 'values', load: () => ({ database }) }],
          resources: [definition],
        }),
      );
      const pool = container.get(resourceIdentifier(definition));
      const reloads = container.get(ReloadService);
      let isOver = false;
      let answered = 0;
      const failures: string[] = [];
      const callers = Array.from({ length: 200 }, async (_, caller) => {
        while (!isOver) {
          try {
            const answer = await pool.use(async (client) =>
              client.query(`select ${String(caller)} as n, ${sleep} as s`),
            );
            if (Reflect.get(Object(row(answer)), 'n') !== caller) failures.push('the answer to another query');
            answered++;
          } catch (error) {
            failures.push(String(error));
            return;
          }
        }
      });
      const kinds = fc.shuffledSubarray([...FAULTS], { minLength: FAULTS.length });
      const rounds = fc.sample(fc.tuple(kinds, fc.array(fc.nat(), { minLength: 8, maxLength: 8 })), ROUNDS);
      const turns = rounds.flatMap(([faults, drawn]) =>
        faults.map((fault, index) => [fault, drawn[index] ?? 0] as const),
      );
      for (const [[fault, isPassable, apply], drawn] of turns) {
        const next = inUse === one ? other : one;
        // Those that have begun on the pool before come to their end.
        await eventually(() => next.connections === 0);
        apply(next, drawn);
        const { current } = pool;
        const before = database;
        database = { ...database, port: next.port };
        pace = isPassable ? 1 : 20;
        const outcome = await reloads.reload(fault);
        pace = 1;
        const code = outcome.status === 'rejected' ? outcome.error.code : outcome.status;
        expect([fault, code]).toEqual([fault, isPassable ? 'committed' : 'reload-vetoed']);
        expect(pool.current === current).toBe(!isPassable);
        if (isPassable) inUse = next;
        else {
          database = before;
          await reloads.reload('back');
          next.reset();
        }
        next.mend();
        const seen = answered;
        await eventually(() => answered >= seen + 200 || failures.length > 0);
        expect([fault, failures]).toEqual([fault, []]);
      }
      isOver = true;
      await Promise.all(callers);
      expect(failures).toEqual([]);
      await container.unbindAllAsync();
      await eventually(() => one.connections + other.connections === 0);
      await eventually(async () => (await world.ask(sessions)).length === 0);
      await Promise.all([one.close(), other.close()]);
      await world.close();
    });
  });
}
