import { systemCode } from '../../../core/index.js';
import type { TransactionMode, Transactor } from '../../transactions/index.js';
import { budgetOf } from './connection-budget.js';
import { pgTenancy } from './pg-tenancy.js';
import type { PgPool, PgPoolClient } from './pg-types.js';

/** A failed serialization, and a deadlock. */
const CONFLICTS = ['40001', '40P01'];

export const pgTransactor: Transactor<PgPool, PgPoolClient> = {
  acquire: async (pool) => {
    const client = await pool.connect();
    // Of this time only: the pool gives each time its own.
    return { client, release: client.release.bind(client) };
  },
  exhausted: ({ idleCount, totalCount, options: { max } }) => (idleCount === 0 && totalCount >= max ? max : undefined),
  begin: async (client, mode) => {
    // In one message: the settings are the transaction's own, and gone with it.
    await client.query(beginOf(client, mode));
  },
  commit: async (client) => {
    // PostgreSQL answers the commit of a failed transaction with a rollback, and with no error.
    const { command } = await client.query('commit');
    return command !== 'ROLLBACK';
  },
  rollback: async (client) => {
    await client.query('rollback');
  },
  dialect: 'postgresql',
  query: async (client, statement, values) => {
    const { rows, rowCount } = await client.query(statement, values && [...values]);
    return { rows, count: rowCount ?? 0 };
  },
  isConflict: (error) => CONFLICTS.includes(systemCode(error)),
  warm,
  tenancy: pgTenancy,
};

/** One after the other: a burst of new sessions would slow the queries of the pool in use. */
async function warm(pool: PgPool, inUse: PgPool, signal: AbortSignal): Promise<void> {
  const free = budgetOf(pool)?.free ?? Infinity;
  const wanted = Math.min(inUse.totalCount, pool.options.max, pool.totalCount + free);
  const held: PgPoolClient[] = [];
  try {
    // Those that are open already come first.
    while (held.length < wanted && !signal.aborted) held.push(await pool.connect());
  } finally {
    for (const client of held) client.release();
  }
}

/** The time-out of the connection itself, in milliseconds. */
function timeoutOf({ connectionParameters }: PgPoolClient): number {
  const { statement_timeout: timeout = false } = connectionParameters ?? {};
  return Number(timeout) || Infinity;
}

function beginOf(client: PgPoolClient, mode: TransactionMode): string {
  const { isolation, isReadOnly, lockTimeout, timeout } = mode;
  const level = isolation === undefined ? '' : ` isolation level ${isolation.replace('-', ' ')}`;
  const limit = Math.min(mode.statementTimeout ?? timeoutOf(client), timeout);
  const statements = [
    `begin${level} ${isReadOnly ? 'read only' : 'read write'}`,
    `set local statement_timeout = ${String(limit)}`,
  ];
  if (lockTimeout !== undefined) statements.push(`set local lock_timeout = ${String(lockTimeout)}`);
  if (mode.setup !== undefined) statements.push(...mode.setup);
  return statements.join('; ');
}
