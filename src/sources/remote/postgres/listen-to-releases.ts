import { randomUUID } from 'node:crypto';
import { type Clock, onAbort, systemClock, systemCode } from '../../../core/index.js';
import type { LazyClient, SqlDriver, StoreListener } from '../store/index.js';
import { aborted, within } from '../until-aborted.js';
import { queryOf } from './postgres-link.js';
import type { PgStoreConnection, PgStorePool } from './postgres-types.js';

/** How long a notification to oneself may take, in milliseconds. */
const PROBE = 2_000;
/** A connection that may be half open is asked so often, in milliseconds; it finds lost notifications as well. */
const BEAT = 30_000;
/** How long an answer to that may take. */
const PATIENCE = 10_000;

interface Store {
  readonly pool: LazyClient<PgStorePool>;
  readonly channel: string;
  readonly releases: SqlDriver;
  readonly holds: 'one' | 'many';
}

/**
 * Listens on a connection of its own for as long as that lasts. A notification is only a hint: what has changed is asked of
 * the table, so that a forged one changes nothing. Behind a pooler of transactions, or on a standby, nothing can be heard;
 * that is logged once, and the source is polled.
 */
export async function listenToReleases(store: Store, listener: StoreListener): Promise<void> {
  const { channel, pool } = store;
  const { signal, logger } = listener;
  const connection = await (await pool.get()).connect();
  const { heard, end } = followed(connection, channel);
  try {
    const isHeard = await begin(store, connection, heard, listener);
    if (isHeard) await follow(store, connection, heard, listener);
    if (isHeard || signal.aborted) return;
  } finally {
    end();
    // It listens: no other user of the pool may have it.
    connection.release(true);
  }
  logger.log({
    level: 'warn',
    event: 'config.watch.unavailable',
    message: `PostgreSQL sends no notifications to this connection: a connection pooler is in the way, or it is a standby. The source is polled.`,
    fields: { channel },
  });
  await aborted(signal);
}

/** What a connection hears: each payload of a channel in turn, and its end as an error. */
interface Heard {
  /** The next payload; `undefined` when none came in time. */
  next(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<string | undefined>;
}

function followed(connection: PgStoreConnection, channel: string): { readonly heard: Heard; readonly end: () => void } {
  const payloads: string[] = [];
  let failure: Error | undefined;
  let wake: () => void = () => undefined;
  const notified = (message: unknown): void => {
    const { channel: where, payload } = Object(message) as { readonly channel?: unknown; readonly payload?: unknown };
    if (where === channel && typeof payload === 'string') payloads.push(payload);
    wake();
  };
  const failed = (error: unknown): void => {
    failure ??= error instanceof Error ? error : new Error('the connection ended');
    wake();
  };
  connection.on('notification', notified);
  connection.on('error', failed);
  connection.on('end', failed);
  const next: Heard['next'] = async (clock, milliseconds, signal) => {
    if (payloads.length === 0 && failure === undefined && !signal.aborted) {
      const ends: (() => void)[] = [];
      await new Promise<void>((resolve) => {
        wake = resolve;
        ends.push(clock.after(milliseconds, resolve), onAbort(signal, resolve));
      });
      for (const end of ends) end();
    }
    if (failure !== undefined && !signal.aborted) throw failure;
    return payloads.shift();
  };
  const end = (): void => {
    connection.removeListener('notification', notified);
    connection.removeListener('end', failed);
    // A connection that is being destroyed may still fail, and nobody else listens then.
  };
  return { heard: { next }, end };
}

/** True when a notification to oneself, sent by another connection, is heard. */
async function begin(
  { pool, channel }: Store,
  connection: PgStoreConnection,
  heard: Heard,
  { signal }: StoreListener,
): Promise<boolean> {
  try {
    await connection.query(`listen "${channel}"`);
  } catch (error) {
    // A standby cannot listen.
    if (systemCode(error) === '25006' || systemCode(error) === '0A000') return false;
    throw error;
  }
  const probe = `?${randomUUID()}`;
  await (await pool.get()).query('select pg_notify($1, $2)', [channel, probe]);
  // A server is waited for by the machine's own time.
  const until = systemClock.monotonic() + PROBE;
  for (;;) {
    const left = until - systemClock.monotonic();
    if (left <= 0 || signal.aborted) return false;
    if ((await heard.next(systemClock, left, signal)) === probe) return true;
  }
}

async function follow(
  { releases, holds }: Store,
  connection: PgStoreConnection,
  heard: Heard,
  { changed, clock, signal }: StoreListener,
): Promise<void> {
  const query = queryOf(connection);
  const look = async (since: number): ReturnType<SqlDriver['changedSince']> =>
    within(PATIENCE, releases.changedSince(since, query));
  // After it listens: what came before is seen here, what comes later is notified.
  let { revision } = await look(Number.MAX_SAFE_INTEGER);
  if (revision > 0) changed(revision);
  while (!signal.aborted) {
    await heard.next(clock, BEAT, signal);
    signal.throwIfAborted();
    const found = await look(revision);
    if (found.revision === revision) continue;
    ({ revision } = found);
    if (holds === 'many') changed(revision, found.ids);
    else changed(revision);
  }
}
