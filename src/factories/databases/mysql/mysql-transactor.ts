import type { Answer, TransactionMode, Transactor } from '../../transactions/index.js';
import type { MysqlConnection, MysqlPool } from './mysql-types.js';

/** A deadlock, and a lock that was waited for too long. */
const CONFLICTS: readonly unknown[] = [1213, 1205];

export interface ConnectionCount {
  readonly open: number;
  readonly idle: number;
  readonly max: number;
}

/** Connections whose limit of waiting for locks is to be set back when their transaction ends. */
const limited = new WeakSet<MysqlConnection>();

/**
 * Transactions as MySQL and MariaDB have them.
 *
 * @param countOf the connections of a pool
 * @param abandoned what is done when a connection was destroyed whose session may go on with a statement
 */
export function mysqlTransactor<P extends MysqlPool<K>, K extends MysqlConnection>(
  countOf: (pool: P) => ConnectionCount,
  abandoned: (pool: P, session: number) => void = () => undefined,
): Transactor<P, K> {
  const end = async (client: K, statement: string): Promise<void> => {
    await client.query(statement);
    if (limited.delete(client)) await client.query('set innodb_lock_wait_timeout = @uno_lock_wait');
  };
  return {
    acquire: async (pool) => {
      const client = await pool.getConnection();
      const { threadId } = client;
      return {
        client,
        release: (isBroken) => {
          if (!isBroken) void client.release();
          else {
            client.destroy();
            if (threadId !== null) abandoned(pool, threadId);
          }
        },
      };
    },
    exhausted: (pool) => {
      const { open, idle, max } = countOf(pool);
      return idle === 0 && open >= max ? max : undefined;
    },
    warm: async (pool, inUse, signal) => {
      const wanted = Math.min(countOf(inUse).open, countOf(pool).max);
      const held: K[] = [];
      try {
        // One after the other: a burst of new sessions would slow the queries of the pool in use.
        while (held.length < wanted && !signal.aborted) held.push(await pool.getConnection());
      } finally {
        for (const client of held) void client.release();
      }
    },
    begin: async (client, mode) => {
      for (const statement of beginOf(mode)) await client.query(statement);
      if (mode.lockTimeout !== undefined) limited.add(client);
    },
    commit: async (client) => {
      await end(client, 'commit');
      return true;
    },
    rollback: async (client) => end(client, 'rollback'),
    dialect: 'mysql',
    query: async (client, statement, values) => answerOf(await client.query(statement, values && [...values])),
    isConflict: (error) => error instanceof Error && CONFLICTS.includes(Reflect.get(error, 'errno')),
  };
}

/** `mysql2` answers with rows and what it knows of their columns, `mariadb` with rows; both with a header in their place. */
function answerOf(result: unknown): Answer {
  const isPair = Array.isArray(result) && result.length === 2 && (Array.isArray(result[0]) || isHeader(result[0]));
  const given: unknown = isPair ? result[0] : result;
  if (isHeader(given)) return { rows: [], count: given.affectedRows };
  // What is no header is rows.
  const rows = given as Answer['rows'];
  return { rows, count: rows.length };
}

function isHeader(value: unknown): value is { readonly affectedRows: number } {
  return typeof value === 'object' && value !== null && 'affectedRows' in value;
}

function beginOf({ isolation, isReadOnly, lockTimeout }: TransactionMode): readonly string[] {
  const statements: string[] = [];
  if (lockTimeout !== undefined) {
    // In whole seconds, and for the session: set back at the end.
    const seconds = Math.max(1, Math.ceil(lockTimeout / 1_000));
    statements.push('set @uno_lock_wait = @@innodb_lock_wait_timeout');
    statements.push(`set innodb_lock_wait_timeout = ${String(seconds)}`);
  }
  // For the next transaction only.
  if (isolation !== undefined) statements.push(`set transaction isolation level ${isolation.replace('-', ' ')}`);
  statements.push(`start transaction ${isReadOnly ? 'read only' : 'read write'}`);
  return statements;
}
