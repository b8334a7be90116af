import { setTimeout } from 'node:timers/promises';
import type { PgPool } from './pg-types.js';

/** Milliseconds between looks at a queue: no event tells that a caller has given up. */
const QUEUE_LOOK = 20;

/** Milliseconds for whoever holds a connection still: users that are counted have had the whole `drainTimeout` before. */
const LAST_CALL = 5_000;

/** A connection of a pool, from when it is made until it is gone. */
interface OpenConnection {
  end(): Promise<void>;
  on(event: 'error', listener: () => void): unknown;
}

const connections = new WeakMap<PgPool, Set<OpenConnection>>();

/** Knows the connections of a pool, for its end, and hears their errors: unheard, they would end the process. */
export function watchConnections(pool: PgPool): void {
  const open = new Set<OpenConnection>();
  connections.set(pool, open);
  // What the driver tells of here is a connection.
  pool.on('connect', (client) => {
    open.add(client as OpenConnection);
    // Whoever holds it is told by the next query.
    (client as OpenConnection).on('error', () => undefined);
  });
  pool.on('remove', (client) => open.delete(client as OpenConnection));
}

/**
 * Ends a pool when nobody waits for it any more: `end()` would never answer who is in its queue. Connections that are
 * never released, or whose server is silent, are ended in the end: `end()` would wait for them without limit.
 */
export async function endPool(pool: PgPool): Promise<void> {
  while (pool.waitingCount > 0) await setTimeout(QUEUE_LOOK);
  const control = new AbortController();
  const late = setTimeout(LAST_CALL, 'late', { signal: control.signal, ref: false }).catch(() => 'ended');
  const isLate = (await Promise.race([pool.end(), late])) === 'late';
  control.abort();
  if (!isLate) return;
  // Who waits for an answer is given an error.
  for (const client of connections.get(pool) ?? []) client.end().catch(() => undefined);
}
