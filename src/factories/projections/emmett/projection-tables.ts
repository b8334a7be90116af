import type { Ask } from '../../tables/index.js';
import type { Answer } from '../../transactions/index.js';
import type { StoredEvent } from '../port/index.js';
import { type Cursor, eventOf } from './stored-events.js';

/** The tables that are in use, or those that are built to take their place. */
export type Build = 'live' | 'next';

export interface ProjectionState {
  readonly version: number;
  readonly mode: 'inline' | 'async';
  readonly isPaused: boolean;
  readonly stopped: string | undefined;
  readonly isRebuilding: boolean;
}

/** Where a build is, locked for one transaction. */
export interface LockedBuild extends ProjectionState {
  readonly buildVersion: number;
  readonly cursor: Cursor;
  /** What is projected already beyond the cursor, as PostgreSQL writes a snapshot. */
  readonly done: string | undefined;
  readonly holder: string | undefined;
  /** Milliseconds for which the holder has it still. */
  readonly held: number;
  /** The schema of the tables in use, and that of a build beside them. */
  readonly home: string;
  readonly schema: string;
}

export interface Backlog {
  readonly behind: number;
  readonly lag: number;
}

/** How far a backlog is counted. */
const COUNTED = 10_000;

/** The statements that make the tables of projections, after those of Emmett; for a migration. Subpath: `uno-config/projections/emmett`. */
export function projectionStatements(table: string): readonly string[] {
  return [
    `create table if not exists ${table} (name text primary key, version integer not null, mode text not null,
      paused boolean not null default false, stopped text, rebuild boolean not null default false)`,
    `create table if not exists ${table}_at (name text not null, build text not null, version integer not null,
      transaction_id xid8 not null default '0', position bigint not null default 0, done pg_snapshot,
      holder text, held_until timestamptz, primary key (name, build))`,
    // Emmett has none in the order in which events are read.
    `create index if not exists ${table.replace('.', '_')}_order on emt_messages (transaction_id, global_position)`,
    `create table if not exists ${table}_parked (name text not null, build text not null, position bigint not null,
      type text not null, attempts integer not null, problem text not null, parked_at timestamptz not null default now(),
      primary key (name, build, position))`,
  ];
}

/**
 * Where projections are, over Emmett's messages. Events are read in the order of their transactions, and not before all
 * that are older have ended: numbers alone would pass over an event whose transaction commits late.
 */
export class ProjectionTables {
  readonly #table: string;

  public constructor(table: string) {
    this.#table = table;
  }

  public async state(ask: Ask, name: string): Promise<ProjectionState | undefined> {
    const { rows } = await ask(`select * from ${this.#table} p where name = $1`, [name]);
    return rows[0] && stateOf(rows[0]);
  }

  /** The projections that this transaction keeps up, and their versions; they stay so until its end. */
  public async inline(ask: Ask): Promise<ReadonlyMap<string, number>> {
    const { rows } = await ask(`select name, version from ${this.#table} where mode = 'inline' for share`);
    return new Map(rows.map(({ name, version }) => [String(name), Number(version)]));
  }

  /** Notes a projection that is new; false when there is one of that name. */
  public async add(ask: Ask, name: string, version: number): Promise<boolean> {
    const { count } = await ask(
      `insert into ${this.#table} (name, version, mode) values ($1, $2, 'async') on conflict do nothing`,
      [name, version],
    );
    if (count === 0) return false;
    await this.begin(ask, name, 'live', version);
    return true;
  }

  public async begin(ask: Ask, name: string, build: Build, version: number): Promise<void> {
    await ask(
      `insert into ${this.#table}_at as a (name, build, version) values ($1, $2, $3)
        on conflict (name, build) do update set version = excluded.version, transaction_id = '0', position = 0, done = null`,
      [name, build, version],
    );
    await ask(`delete from ${this.#table}_parked where name = $1 and build = $2`, [name, build]);
  }

  public async versionOf(ask: Ask, name: string, build: Build): Promise<number | undefined> {
    const { rows } = await ask(`select version from ${this.#table}_at where name = $1 and build = $2`, [name, build]);
    return rows[0] && Number(rows[0]['version']);
  }

  public async snapshot(ask: Ask): Promise<string> {
    const { rows } = await ask('select pg_current_snapshot()::text as now');
    return String(rows[0]?.['now']);
  }

  /** Where a build is, for this transaction alone; `undefined` when another one has it, or it is not begun. */
  public async lock(ask: Ask, name: string, build: Build): Promise<LockedBuild | undefined> {
    const { rows } = await ask(
      `select p.*, a.version as build_version, a.transaction_id::text as transaction_id, a.position::text as position,
          a.done::text as done, a.holder, 'uno_next_' || p.name || '_' || left(md5(current_schema()), 8) as next_schema,
          current_schema() as home,
          coalesce(extract(epoch from a.held_until - clock_timestamp()) * 1000, 0)::float8 as held
        from ${this.#table}_at a join ${this.#table} p on p.name = a.name
        where a.name = $1 and a.build = $2 for update of a skip locked`,
      [name, build],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    return {
      ...stateOf(row),
      buildVersion: Number(row['build_version']),
      cursor: { transaction: String(row['transaction_id']), position: String(row['position']) },
      done: textOf(row['done']),
      holder: textOf(row['holder']),
      held: Number(row['held']),
      home: String(row['home']),
      schema: String(row['next_schema']),
    };
  }

  /** Lets no transaction append that keeps the projection up, until this one ends; those that have are over. */
  public async lockAppends(ask: Ask, name: string): Promise<void> {
    await ask(`select 1 from ${this.#table} where name = $1 for update`, [name]);
    await ask(`select 1 from ${this.#table}_at where name = $1 for update`, [name]);
  }

  public async move(ask: Ask, name: string, build: Build, to: Cursor, holder: string, lease: number): Promise<void> {
    await ask(
      `update ${this.#table}_at set transaction_id = $3::xid8, position = $4::bigint, holder = $5,
          held_until = clock_timestamp() + $6 * interval '1 millisecond',
          done = case when $3::xid8 < pg_snapshot_xmax(done) then done end
        where name = $1 and build = $2`,
      [name, build, to.transaction, to.position, holder, lease],
    );
  }

  /** Lets others keep up what a holder has. */
  public async leave(ask: Ask, holder: string): Promise<void> {
    await ask(`update ${this.#table}_at set holder = null, held_until = null where holder = $1`, [holder]);
  }

  /** From now on appends keep it up, and all before has been projected; or from now on they do not. */
  public async switchMode(ask: Ask, name: string, mode: 'inline' | 'async'): Promise<void> {
    if (mode === 'async') {
      await ask(
        `update ${this.#table}_at set transaction_id = pg_snapshot_xmin(pg_current_snapshot()), position = 0,
          done = pg_current_snapshot() where name = $1 and build = 'live'`,
        [name],
      );
    }
    await ask(`update ${this.#table} set mode = $2 where name = $1`, [name, mode]);
  }

  public async pause(ask: Ask, name: string, isPaused: boolean): Promise<boolean> {
    const { count } = await ask(
      `update ${this.#table} set paused = $2, stopped = case when $2 then stopped end where name = $1`,
      [name, isPaused],
    );
    return count > 0;
  }

  public async stop(ask: Ask, name: string, problem: string): Promise<void> {
    await ask(`update ${this.#table} set stopped = $2 where name = $1`, [name, problem]);
  }

  public async wantRebuild(ask: Ask, name: string, isWanted: boolean): Promise<boolean> {
    const { count } = await ask(`update ${this.#table} set rebuild = $2 where name = $1`, [name, isWanted]);
    return count > 0;
  }

  /** The build is in use: it has the place and version of the one that was. */
  public async adopt(ask: Ask, name: string): Promise<void> {
    await ask(
      `update ${this.#table}_at a set version = n.version, transaction_id = n.transaction_id, position = n.position, done = null,
          holder = null, held_until = null
        from ${this.#table}_at n where a.name = $1 and a.build = 'live' and n.name = $1 and n.build = 'next'`,
      [name],
    );
    await ask(
      `update ${this.#table} p set version = n.version, rebuild = false, stopped = null
        from ${this.#table}_at n where p.name = $1 and n.name = $1 and n.build = 'next'`,
      [name],
    );
    await ask(`delete from ${this.#table}_at where name = $1 and build = 'next'`, [name]);
    // What was refused has been tried anew.
    await ask(`delete from ${this.#table}_parked where name = $1 and build = 'live'`, [name]);
    await ask(`update ${this.#table}_parked set build = 'live' where name = $1`, [name]);
  }

  /**
   * What is stored and not projected, whether it may be read yet or not; nothing for one that is kept up by appends.
   *
   * @param seen counts only what was committed then
   */
  public async backlog(ask: Ask, name: string, types: readonly string[], seen?: string): Promise<Backlog> {
    const { rows } = await ask(
      `select count(*) as behind, coalesce(extract(epoch from clock_timestamp() - min(created)) * 1000, 0)::float8 as lag
        from (select m.created from emt_messages m, ${this.#table}_at a, ${this.#table} p
          where a.name = $1 and a.build = 'live' and p.name = $1 and p.mode = 'async'
            and m.partition = 'emt:default' and m.is_archived = false and m.message_type = any($2)
            and (m.transaction_id, m.global_position) > (a.transaction_id, a.position)
            and (a.done is null or not pg_visible_in_snapshot(m.transaction_id, a.done))
            and ($3::pg_snapshot is null or pg_visible_in_snapshot(m.transaction_id, $3::pg_snapshot))
          limit ${String(COUNTED)}) b`,
      [name, types, seen ?? null],
    );
    return { behind: Number(rows[0]?.['behind'] ?? 0), lag: Math.max(0, Number(rows[0]?.['lag'] ?? 0)) };
  }

  public async park(
    ask: Ask,
    name: string,
    build: Build,
    { type, metadata }: StoredEvent,
    attempts: number,
    problem: string,
  ): Promise<void> {
    await ask(
      `insert into ${this.#table}_parked (name, build, position, type, attempts, problem) values ($1, $2, $3, $4, $5, $6)
        on conflict (name, build, position) do update set attempts = excluded.attempts, problem = excluded.problem`,
      [name, build, String(metadata.globalPosition), type, attempts, problem],
    );
  }

  public async parked(ask: Ask, name: string, limit: number): Promise<Answer['rows']> {
    const { rows } = await ask(
      `select position::text as position, type, attempts, problem from ${this.#table}_parked
        where name = $1 and build = 'live' order by parked_at, position limit ${String(limit)}`,
      [name],
    );
    return rows;
  }

  public async countParked(ask: Ask, name: string): Promise<number> {
    const { rows } = await ask(
      `select count(*) as parked from ${this.#table}_parked where name = $1 and build = 'live'`,
      [name],
    );
    return Number(rows[0]?.['parked'] ?? 0);
  }

  /** Forgets that an event is parked, and gives it; `undefined` for one that is not. */
  public async unpark(ask: Ask, name: string, position: bigint): Promise<StoredEvent | undefined> {
    const { rows } = await ask(
      `with gone as (delete from ${this.#table}_parked where name = $1 and build = 'live' and position = $2
        returning position)
      select m.* from gone left join emt_messages m on m.global_position = gone.position
        and m.partition = 'emt:default' and m.is_archived = false`,
      [name, String(position)],
    );
    return rows[0] && eventOf(rows[0]);
  }

  public async forget(ask: Ask, name: string): Promise<boolean> {
    await ask(`delete from ${this.#table}_at where name = $1`, [name]);
    await ask(`delete from ${this.#table}_parked where name = $1`, [name]);
    const { count } = await ask(`delete from ${this.#table} where name = $1`, [name]);
    return count > 0;
  }
}

type Row = Answer['rows'][number];

function stateOf(row: Row): ProjectionState {
  return {
    version: Number(row['version']),
    // Written by us.
    mode: row['mode'] as ProjectionState['mode'],
    isPaused: row['paused'] === true,
    stopped: textOf(row['stopped']),
    isRebuilding: row['rebuild'] === true,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
