import { endInTime } from '../settings/index.js';
import type { PgPool } from './pg-types.js';

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

/** Ends a pool, and the connections that it would wait for without limit. */
export async function endPool(pool: PgPool): Promise<void> {
  await endInTime({
    waiting: () => pool.waitingCount,
    end: async () => pool.end(),
    breakOff: () => {
      // Callers that wait for an answer get an error.
      for (const client of connections.get(pool) ?? []) client.end().catch(() => undefined);
    },
  });
}
