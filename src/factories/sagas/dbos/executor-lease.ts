import type { DbosConnection, DbosPool } from './dbos-types.js';

/** The advisory locks of table makers and sweeps, distinct from other locks; any numbers do. */
const [MAKE, SWEEP] = [8_624_118, 8_624_119];

/** What a sweep may ask, while it is the only one. */
export interface Sweep {
  /** The executors that are alive. */
  readonly alive: ReadonlySet<string>;
  /** Notes that runs are taken over, and gives how often each has been. */
  readonly took: (runs: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  readonly stop: (run: string, reason: string) => Promise<void>;
}

/** Which executors are alive, which runs are to stop, and how often each was taken over: tables of ours beside those of DBOS. */
export function executorLease(pool: DbosPool, schema: string, executor: string) {
  return {
    makeTables: async (): Promise<void> => {
      // One message is one transaction: two programms that start at once wait for each other.
      await pool.query(`select pg_advisory_xact_lock(${String(MAKE)});
        create schema if not exists ${schema};
        create table if not exists ${schema}.uno_executor (executor text primary key, seen_at timestamptz not null);
        create table if not exists ${schema}.uno_stop (run text primary key, reason text not null);
        create table if not exists ${schema}.uno_taken (run text primary key, times integer not null)`);
    },
    beat: async (): Promise<void> => {
      await pool.query(
        `insert into ${schema}.uno_executor values ($1, clock_timestamp())
          on conflict (executor) do update set seen_at = clock_timestamp()`,
        [executor],
      );
    },
    leave: async (): Promise<void> => {
      await pool.query(`delete from ${schema}.uno_executor where executor = $1`, [executor]);
    },
    stopReason: async (run: string): Promise<string | undefined> => {
      const { rows } = await pool.query(`select reason from ${schema}.uno_stop where run = $1`, [run]);
      const [row] = rows;
      return row && String(row['reason']);
    },
    stop: async (run: string, reason: string): Promise<void> => stopOn(pool, schema, run, reason),
    forget: async (runs: readonly string[]): Promise<void> => {
      for (const table of ['uno_stop', 'uno_taken']) {
        await pool.query(`delete from ${schema}.${table} where run = any($1)`, [runs]);
      }
    },
    /** Does a sweep, unless another executor does one. */
    sweep: async (lease: number, act: (sweep: Sweep) => Promise<void>): Promise<void> => {
      const client = await pool.connect();
      let isSound = false;
      try {
        await client.query('begin');
        const { rows } = await client.query(`select pg_try_advisory_xact_lock(${String(SWEEP)}) as mine`);
        if (rows[0]?.['mine'] === true) await act(await sweepOn(client, schema, lease));
        await client.query('commit');
        isSound = true;
      } finally {
        client.release(!isSound);
      }
    },
  };
}

async function sweepOn(client: Pick<DbosConnection, 'query'>, schema: string, lease: number): Promise<Sweep> {
  await client.query(
    `delete from ${schema}.uno_executor where seen_at < clock_timestamp() - $1 * interval '10 milliseconds'`,
    [lease],
  );
  const alive = await client.query(
    `select executor from ${schema}.uno_executor where seen_at > clock_timestamp() - $1 * interval '1 millisecond'`,
    [lease],
  );
  return {
    alive: new Set(alive.rows.map(({ executor }) => String(executor))),
    took: async (runs) => {
      const taken = await client.query(
        `insert into ${schema}.uno_taken as t select run, 1 from unnest($1::text[]) as g (run)
          on conflict (run) do update set times = t.times + 1 returning run, times`,
        [runs],
      );
      return new Map(taken.rows.map(({ run, times }) => [String(run), Number(times)]));
    },
    stop: async (run, reason) => stopOn(client, schema, run, reason),
  };
}

async function stopOn(
  client: Pick<DbosConnection, 'query'>,
  schema: string,
  run: string,
  reason: string,
): Promise<void> {
  await client.query(`insert into ${schema}.uno_stop values ($1, $2) on conflict do nothing`, [run, reason]);
}
