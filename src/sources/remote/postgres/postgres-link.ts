import { systemCode } from '../../../core/index.js';
import type { LazyClient, SqlLink, SqlQuery } from '../store/index.js';
import type { PgStoreConnection, PgStorePool } from './postgres-types.js';

/** Another writer was first: its row is there, or the transaction could not be one of a series. */
const CONFLICTS: ReadonlySet<string> = new Set(['23505', '40001', '40P01']);
/** No such table, no such schema. */
const MISSING: ReadonlySet<string> = new Set(['42P01', '3F000']);
/** One lock for all that make tables of ours: PostgreSQL lets two fail that make one at a time. */
const CREATING = 7_221_346_013;

export class PostgresLink implements SqlLink {
  public readonly tables: SqlLink['tables'];
  public readonly dialect: SqlLink['dialect'] = {
    milliseconds: (column) => `(extract(epoch from ${column}) * 1000)::float8`,
    text: (column) => `${column}::text`,
    now: 'clock_timestamp()',
    anHourAgo: "clock_timestamp() - interval '1 hour'",
    orReplaceReport: 'on conflict (namespace, instance) do update set report = excluded.report, seen = excluded.seen',
  };
  /** Names the channel of notifications. */
  public readonly channel: string;
  readonly #pool: LazyClient<PgStorePool>;
  readonly #namespace: string;

  public constructor(pool: LazyClient<PgStorePool>, schema: string, namespace: string) {
    this.#pool = pool;
    this.#namespace = namespace;
    this.channel = schema;
    const table = (name: string): string => `"${schema}"."${name}"`;
    this.tables = { releases: table('releases'), documents: table('documents'), instances: table('instances') };
  }

  public readonly query: SqlQuery = async (statement, values = []) => {
    const pool = await this.#pool.get();
    return (await pool.query(numbered(statement), [...values])).rows;
  };

  public async transaction<T>(work: (query: SqlQuery) => Promise<T>): Promise<T> {
    const connection = await (await this.#pool.get()).connect();
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

  public async create(): Promise<void> {
    const { releases, documents, instances } = this.tables;
    await this.transaction(async (query) => {
      await query(`select pg_advisory_xact_lock(${String(CREATING)})`);
      await query(`create schema if not exists "${this.channel}"`);
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
    });
  }

  public readonly isConflict = (error: unknown): boolean => CONFLICTS.has(systemCode(error));

  public readonly isMissing = (error: unknown): boolean => MISSING.has(systemCode(error));

  /** Delivered with the commit. It carries no values: every role of the database may listen. */
  public readonly announce = async (query: SqlQuery, revision: number): Promise<void> => {
    await query('select pg_notify(?, ?)', [this.channel, `${this.#namespace}:${String(revision)}`]);
  };

  public async close(): Promise<void> {
    await this.#pool.close();
  }
}

export function queryOf(connection: Pick<PgStoreConnection, 'query'>): SqlQuery {
  return async (statement, values = []) => (await connection.query(numbered(statement), [...values])).rows;
}

/** PostgreSQL numbers its placeholders. */
function numbered(statement: string): string {
  let count = 0;
  return statement.replaceAll('?', () => `$${String(++count)}`);
}
