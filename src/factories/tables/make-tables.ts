import type { Answer, Transaction, Transactor } from '../transactions/index.js';

/** The advisory lock of table makers, distinct from other locks; any number does. */
const LOCK = 8_624_117;

/**
 * Makes tables that are missing, in one transaction where the database can, and looks whether all are there.
 *
 * @throws what the driver throws for a table that is not.
 */
export async function makeTables<P, K>(
  transactor: Transactor<P, K>,
  pool: P,
  statements: readonly string[],
  tables: readonly string[],
): Promise<void> {
  const lease = await transactor.acquire(pool);
  const ask = askOn(transactor, lease.client);
  const isLocked = transactor.dialect === 'postgresql' && statements.length > 0;
  let isSound = false;
  try {
    // Two programs that start at once would both find a table missing: "if not exists" does not wait.
    if (isLocked) await ask(`select pg_advisory_lock(${String(LOCK)})`);
    for (const statement of statements) await ask(statement);
    for (const table of tables) await ask(`select 1 from ${table} limit 0`);
    if (isLocked) await ask(`select pg_advisory_unlock(${String(LOCK)})`);
    isSound = true;
  } finally {
    // What is locked still is unlocked with the connection.
    lease.release(!isSound);
  }
}

export type Ask = (statement: string, values?: readonly unknown[]) => Promise<Answer>;

export function askOn<K>(transactor: Pick<Transactor<never, K>, 'query'>, client: K): Ask {
  return async (statement, values) => transactor.query(client, statement, values);
}

/** The statements of a transaction. */
export function askOf(transaction: Pick<Transaction<unknown>, 'ask'>): Ask {
  return async (statement, values) => transaction.ask(statement, values);
}
