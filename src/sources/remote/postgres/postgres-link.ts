import { systemCode } from '../../../core/index.js';
import type { LazyClient, SqlLink, SqlQuery } from '../store/index.js';
import type { PgStoreConnection, PgStorePool } from './postgres-types.js';

/** Another writer was first: its row is there, or the transaction could not be one of a series. */
const CONFLICTS: ReadonlySet<string> = new Set(['23505', '40001', '40P01']);
/** No such table, no such schema. */
const MISSING: ReadonlySet<string> = new Set(['42P01', '3F000']);
/** One lock for all that make tables of ours: PostgreSQL lets two fail that make one at a time. */
const CREATING = 7_221_346_013;

/** @param schema of the tables, which names the channel of notifications as well */
export function postgresLink(pool: LazyClient<PgStorePool>, schema: string, namespace: string): SqlLink {
  const table = (name: string): string => `"${schema}"."${name}"`;
  const [releases, documents, instances] = [table('releases'), table('documents'), table('instances')];

  async function transaction<T>(work: (query: SqlQuery) => Promise<T>): Promise<T> {
    const connection = await (await pool.get()).connect();
    try {
      await connection.query('begin');
      const result = await work(queryOf(connection));
      await connection.query('commit');
      connection.release();
      return result;
    } catch (error) {
      // One that is in order again goes back to the pool.
      const isInOrder = await connection.query('rollback').then(
        () => true,
        () => false,
      );
      connection.release(!isInOrder);
      throw error;
    }
  }

  return {
    tables: { releases, documents, instances },
    dialect: {
      milliseconds: (column) => `(extract(epoch from ${column}) * 1000)::float8`,
      text: (column) => `${column}::text`,
      now: 'clock_timestamp()',
      anHourAgo: "clock_timestamp() - interval '1 hour'",
      orReplaceReport: 'on conflict (namespace, instance) do update set report = excluded.report, seen = excluded.seen',
    },
    query: async (statement, values) => queryOf(await pool.get())(statement, values),
    transaction,
    create: async () =>
      transaction(async (query) => {
        await query(`select pg_advisory_xact_lock(${String(CREATING)})`);
        await query(`create schema if not exists "${schema}"`);
        await query(
          `create table if not exists ${releases} (
             namespace text not null, revision bigint not null, parent bigint not null, author text, comment text,
             at timestamptz not null default clock_timestamp(),
             primary key (namespace, revision), check (revision = parent + 1))`,
        );
        await query(
          `create table if not exists ${documents} (
             namespace text not null, id text not null, revision bigint not null, replaced bigint, content json not null,
             primary key (namespace, id, revision))`,
        );
        await query(
          `create table if not exists ${instances} (
             namespace text not null, instance text not null, report text not null, seen timestamptz not null,
             primary key (namespace, instance))`,
        );
      }),
    isConflict: (error) => CONFLICTS.has(systemCode(error)),
    isMissing: (error) => MISSING.has(systemCode(error)),
    /** Delivered with the commit. It carries no values: every role of the database may listen. */
    announce: async (query, revision) => {
      await query('select pg_notify(?, ?)', [schema, `${namespace}:${String(revision)}`]);
    },
    close: async () => pool.close(),
  };
}

export function queryOf(connection: Pick<PgStoreConnection, 'query'>): SqlQuery {
  return async (statement, values = []) => (await connection.query(numbered(statement), [...values])).rows;
}

/** PostgreSQL numbers its placeholders. */
function numbered(statement: string): string {
  let count = 0;
  return statement.replaceAll('?', () => `$${String(++count)}`);
}
