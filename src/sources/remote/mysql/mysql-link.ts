import { systemCode } from '../../../core/index.js';
import type { LazyClient, SqlLink, SqlQuery } from '../store/index.js';
import type { MysqlStoreConnection, MysqlStorePool, MysqlStoreValue } from './mysql-types.js';

/** Another writer was first. */
const CONFLICTS: ReadonlySet<string> = new Set(['ER_DUP_ENTRY', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);

export function mysqlLink(pool: LazyClient<MysqlStorePool>, prefix: string): SqlLink {
  const table = (name: string): string => `\`${prefix}${name}\``;
  const [releases, documents, instances] = [table('releases'), table('documents'), table('instances')];

  async function connect(): Promise<MysqlStoreConnection> {
    try {
      return await (await pool.get()).getConnection();
    } catch (error) {
      // The drivers keep the password that a pool was made with; it may have been rotated.
      if (systemCode(error) === 'ER_ACCESS_DENIED_ERROR') await pool.close();
      throw error;
    }
  }

  async function transaction<T>(work: (query: SqlQuery) => Promise<T>): Promise<T> {
    const connection = await connect();
    try {
      await connection.query('start transaction');
      const result = await work(queryOf(connection));
      await connection.query('commit');
      connection.release();
      return result;
    } catch (error) {
      await connection.query('rollback').then(
        () => connection.release(),
        () => connection.destroy(),
      );
      throw error;
    }
  }

  return {
    tables: { releases, documents, instances },
    dialect: {
      milliseconds: (column) => `unix_timestamp(${column}) * 1000`,
      // The drivers make an object of a column that is checked to be JSON.
      text: (column) => `concat(${column}, '')`,
      now: 'current_timestamp(3)',
      anHourAgo: 'current_timestamp(3) - interval 1 hour',
      orReplaceReport: 'on duplicate key update report = values(report), seen = values(seen)',
    },
    // In a transaction of its own: a session without autocommit would see the state of its first read forever.
    query: async (statement, values) => transaction(async (query) => query(statement, values)),
    transaction,
    create: async () => {
      const name = (column: string): string =>
        `${column} varchar(100) character set utf8mb4 collate utf8mb4_bin not null`;
      const connection = await connect();
      try {
        await connection.query(
          `create table if not exists ${releases} (
             ${name('namespace')}, revision bigint not null, parent bigint not null, author varchar(200), comment text,
             at timestamp(3) not null default current_timestamp(3),
             primary key (namespace, revision), check (revision = parent + 1)) character set utf8mb4`,
        );
        await connection.query(
          `create table if not exists ${documents} (
             ${name('namespace')}, ${name('id')}, revision bigint not null, replaced bigint,
             content longtext not null check (json_valid(content)),
             primary key (namespace, id, revision)) character set utf8mb4`,
        );
        await connection.query(
          `create table if not exists ${instances} (
             ${name('namespace')}, ${name('instance')}, report mediumtext not null, seen timestamp(3) not null default current_timestamp(3),
             primary key (namespace, instance)) character set utf8mb4`,
        );
      } finally {
        connection.release();
      }
    },
    isConflict: (error) => CONFLICTS.has(systemCode(error)),
    isMissing: (error) => systemCode(error) === 'ER_NO_SUCH_TABLE',
    close: async () => pool.close(),
  };
}

function queryOf(connection: MysqlStoreConnection): SqlQuery {
  // What is sent are names, numbers, texts and null.
  return async (statement, values = []) => rowsOf(await connection.execute(statement, values as MysqlStoreValue[]));
}

/** mysql2 answers rows and their columns, mariadb the rows alone. */
function rowsOf(answer: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(answer)) return [];
  const given = answer as readonly unknown[];
  const rows = given.length === 2 && Array.isArray(given[0]) ? (given[0] as readonly unknown[]) : given;
  return rows.filter((row): row is Readonly<Record<string, unknown>> => typeof row === 'object' && row !== null);
}
