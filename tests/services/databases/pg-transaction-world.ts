import type { Pool, PoolClient } from 'pg';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { postgresWorld, type PostgresServer } from './postgres-world.js';
import { databaseSection, type TransactionWorld } from './transaction-world.js';

const APPLICATION = 'uno transactions';

/** PostgreSQL by `pg`, with two connections. */
export async function postgresTransactions(server?: PostgresServer): Promise<TransactionWorld<Pool, PoolClient>> {
  const world = await postgresWorld('tx', server);
  await world.ask('create table notes (id int primary key, n int not null default 0)');
  const ids = (rows: readonly object[]): readonly number[] => rows.map((row) => Number(Reflect.get(row, 'id')));
  return {
    database: pg({ name: 'database', from: PostgresSettings, driver: async () => import('pg') }),
    section: databaseSection(PostgresSettings),
    settings: { ...world.settings, applicationName: APPLICATION, pool: { max: 2 } },
    insert: async (client: PoolClient, id: number) => client.query('insert into notes (id) values ($1)', [id]),
    raise: async (client: PoolClient, id: number) => client.query('update notes set n = n + 1 where id = $1', [id]),
    number: async (client: PoolClient, id: number) => {
      const { rows } = await client.query<{ n: number }>('select n from notes where id = $1', [id]);
      return rows[0]?.n ?? Number.NaN;
    },
    set: async (client: PoolClient, id: number, to: number) =>
      client.query('update notes set n = $1 where id = $2', [to, id]),
    anomalies: {
      // PostgreSQL takes it for read-committed.
      'read-uncommitted': ['non-repeatable read', 'phantom read', 'lost update', 'write skew'],
      'read-committed': ['non-repeatable read', 'phantom read', 'lost update', 'write skew'],
      'repeatable-read': ['write skew'],
      serializable: [],
    },
    ids: async (client: PoolClient) => ids((await client.query<object>('select id from notes order by id')).rows),
    session: async (client: PoolClient) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      return rows[0]?.pid ?? 0;
    },
    isOpen: async (client) => {
      await client.query('select 1');
      const { rows } = await client.query<{ open: boolean }>('select now() <> statement_timestamp() as open');
      return rows[0]?.open ?? false;
    },
    sleep: async (client: PoolClient, seconds: number) => client.query('select pg_sleep($1)', [seconds]),
    mode: async (client: PoolClient) => {
      const { rows } = await client.query<{ isolation: string; ro: string }>(
        "select current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as ro",
      );
      return { isolation: rows[0]?.isolation.replace(' ', '-') ?? '', isReadOnly: rows[0]?.ro === 'on' };
    },
    seen: async () => ids(await world.ask('select id from notes order by id')),
    empty: async () => {
      await world.ask('truncate notes');
    },
    sessions: async () => world.sessions(APPLICATION),
    inTransaction: async () => {
      const rows = await world.ask(
        `select 1 from pg_stat_activity
          where datname = current_database() and application_name = $1 and xact_start is not null`,
        [APPLICATION],
      );
      return rows.length;
    },
    close: world.close,
  };
}
