import { setTimeout } from 'node:timers/promises';
import type { PgPool } from './pg-types.js';

/** Milliseconds between checks of a queue: there is no event for a caller that has given up. */
const QUEUE_LOOK = 20;

/** Milliseconds for remaining holders of a connection: counted users have had the whole `drainTimeout` before. */
const LAST_CALL = 5_000;

/** A connection of a pool, from when it is made until it is gone. */
interface OpenConnection {
  end(): Promise<void>;
  on(event: 'error', listener: () => void): unknown;
}

const connections = new WeakMap<PgPool, Set<OpenConnection>>();

/** Tracks the connections of a pool, for its end, and handles their errors: unhandled, they would end the process. */
export function watchConnections(pool: PgPool): void {
  const open = new Set<OpenConnection>();
  connections.set(pool, open);
  // The driver emits a connection here.
  pool.on('connect', (client) => {
    open.add(client as OpenConnection);
    // The next query reports it to the holder.
    (client as OpenConnection).on('error', () => undefined);
  });
  pool.on('remove', (client) => open.delete(client as OpenConnection));
}

/**
 * Ends a pool when its queue is empty: `end()` would never answer the callers in it. Connections that are never released, or
 * whose server is silent, are ended in the end: `end()` would wait for them without limit.
 */
export async function endPool(pool: PgPool): Promise<void> {
  while (pool.waitingCount > 0) await setTimeout(QUEUE_LOOK);
  const control = new AbortController();
  const late = setTimeout(LAST_CALL, 'late', { signal: control.signal, ref: false }).catch(() => 'ended');
  const isLate = (await Promise.race([pool.end(), late])) === 'late';
  control.abort();
  if (!isLate) return;
  // Callers that wait for an answer get an error.
  for (const client of connections.get(pool) ?? []) client.end().catch(() => undefined);
}
