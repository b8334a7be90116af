import type { Ask } from '../tables/index.js';
import type { Answer, Transactor } from '../transactions/index.js';
import { PARTITIONS, partitionOf, type RaisedEvent } from './outbox-event.js';

/** Which SQL a database takes: `postgresql` or `mysql`. */
export type Dialect = Transactor<unknown, unknown>['dialect'];

export interface WaitingEvent {
  readonly position: string;
  readonly key: string | undefined;
  readonly sequence: string | undefined;
  readonly id: string;
  readonly event: string;
  readonly attempts: number;
  /** Milliseconds since it was written. */
  readonly age: number;
}

/** What of SQL differs. `now` is when the transaction began; durations are added in milliseconds. */
interface Words {
  readonly now: string;
  readonly later: (milliseconds: string) => string;
  readonly age: string;
  readonly micros: string;
}

const WORDS: Readonly<Record<Dialect, Words>> = {
  postgresql: {
    now: 'now()',
    later: (milliseconds) => `now() + ${milliseconds} * interval '1 millisecond'`,
    age: 'extract(epoch from clock_timestamp() - e.stored_at) * 1000',
    micros: '(extract(epoch from clock_timestamp()) * 1000000)::bigint',
  },
  mysql: {
    now: 'utc_timestamp(6)',
    later: (milliseconds) => `utc_timestamp(6) + interval ${milliseconds} * 1000 microsecond`,
    age: 'timestampdiff(microsecond, e.stored_at, utc_timestamp(6)) / 1000',
    micros: 'cast(unix_timestamp(now(6)) * 1000000 as unsigned)',
  },
};

/** The statements that make the tables of an outbox, for a migration. Subpath: `uno-config/outbox`. */
export function outboxStatements(dialect: Dialect, table: string): readonly string[] {
  const name = table.replace('.', '_');
  if (dialect === 'postgresql') {
    return [
      `create table if not exists ${table}_part (part smallint primary key)`,
      `insert into ${table}_part select generate_series(0, ${String(PARTITIONS - 1)}) on conflict do nothing`,
      `create table if not exists ${table}_key (event_key text primary key, seq bigint not null, step integer not null,
        used_at timestamptz not null default now())`,
      `create table if not exists ${table} (position bigint generated always as identity primary key,
        part smallint not null, event_key text, seq bigint, id text not null, event text not null,
        stored_at timestamptz not null default clock_timestamp(), attempts integer not null default 0,
        retry_at timestamptz, parked_at timestamptz, problem text)`,
      `create index if not exists ${name}_waiting on ${table} (part, position) where parked_at is null`,
      `create index if not exists ${name}_retried on ${table} (part, retry_at) where retry_at is not null`,
      `create index if not exists ${name}_keys on ${table} (event_key)`,
      `create index if not exists ${name}_used on ${table}_key (used_at)`,
    ];
  }
  const text = 'varchar(255) character set utf8mb4 collate utf8mb4_bin';
  return [
    `create table if not exists ${table}_part (part smallint primary key) engine = innodb`,
    `insert ignore into ${table}_part values ${Array.from({ length: PARTITIONS }, (_, n) => `(${String(n)})`).join(', ')}`,
    `create table if not exists ${table}_key (event_key ${text} primary key, seq bigint not null, step int not null,
      used_at datetime(6) not null, index (used_at)) engine = innodb`,
    `create table if not exists ${table} (position bigint auto_increment primary key, part smallint not null,
      event_key ${text}, seq bigint, id ${text} not null, event longtext character set utf8mb4 not null,
      stored_at datetime(6) not null, attempts int not null default 0, retry_at datetime(6), parked_at datetime(6),
      problem varchar(255), index (part, parked_at, position), index (part, retry_at), index (event_key)) engine = innodb`,
  ];
}

/** The tables of an outbox, on connections of one dialect. */
export class OutboxTables {
  readonly #dialect: Dialect;
  readonly #table: string;
  readonly #words: Words;

  public constructor(dialect: Dialect, table: string) {
    this.#dialect = dialect;
    this.#table = table;
    this.#words = WORDS[dialect];
  }

  /** Writes events, numbered by their keys. Keys are locked in one order, so that no two writers wait for each other. */
  public async write(ask: Ask, events: readonly RaisedEvent[]): Promise<void> {
    const steps = new Map<string, number>();
    for (const { key } of events) if (key !== undefined) steps.set(key, (steps.get(key) ?? 0) + 1);
    if (this.#dialect === 'postgresql') await this.#writeAtOnce(ask, events, steps);
    else await this.#writeStepwise(ask, events, steps);
  }

  async #writeAtOnce(ask: Ask, events: readonly RaisedEvent[], steps: ReadonlyMap<string, number>): Promise<void> {
    const keys = [...steps.keys()].sort();
    await ask(
      `with counted as (
        insert into ${this.#table}_key as k (event_key, seq, step)
          select event_key, ${this.#words.micros} + step, step from unnest($1::text[], $2::int[]) as g (event_key, step)
          on conflict (event_key) do update set seq = k.seq + excluded.step, step = excluded.step, used_at = now()
          returning event_key, seq, step)
      insert into ${this.#table} (part, event_key, seq, id, event)
        select g.part, g.event_key, c.seq - c.step + row_number() over (partition by g.event_key order by g.n), g.id, g.event
        from unnest($3::int[], $4::smallint[], $5::text[], $6::text[], $7::text[]) as g (n, part, event_key, id, event)
        left join counted c on c.event_key = g.event_key order by g.n`,
      [
        keys,
        keys.map((key) => steps.get(key)),
        events.map((_, index) => index),
        events.map(({ key, id }) => partitionOf(key ?? id)),
        events.map(({ key }) => key ?? null),
        events.map(({ id }) => id),
        events.map(({ event }) => event),
      ],
    );
  }

  async #writeStepwise(ask: Ask, events: readonly RaisedEvent[], steps: ReadonlyMap<string, number>): Promise<void> {
    const keys = [...steps.keys()].sort();
    const last = new Map<string, bigint>();
    if (keys.length > 0) {
      const { micros, now } = this.#words;
      await ask(
        `insert into ${this.#table}_key (event_key, seq, step, used_at)
          values ${keys.map(() => `(?, ${micros} + ?, ?, ${now})`).join(', ')}
          on duplicate key update seq = seq + values(step), step = values(step), used_at = values(used_at)`,
        keys.flatMap((key) => [key, steps.get(key), steps.get(key)]),
      );
      const { rows } = await ask(
        `select event_key, cast(seq - step as char) as before_it from ${this.#table}_key
          where event_key in (${keys.map(() => '?').join(', ')})`,
        keys,
      );
      for (const { event_key: key, before_it: before } of rows) last.set(String(key), BigInt(String(before)));
    }
    const values = events.flatMap(({ key, id, event }) => {
      const seq = key === undefined ? undefined : (last.get(key) ?? 0n) + 1n;
      if (key !== undefined && seq !== undefined) last.set(key, seq);
      return [partitionOf(key ?? id), key ?? null, seq?.toString() ?? null, id, event];
    });
    await ask(
      `insert into ${this.#table} (part, event_key, seq, id, event, stored_at)
        values ${events.map(() => `(?, ?, ?, ?, ?, ${this.#words.now})`).join(', ')}`,
      values,
    );
  }

  /** The partitions that have events to relay. */
  public async due(ask: Ask): Promise<readonly number[]> {
    const { rows } = await ask(
      `select p.part from ${this.#table}_part p where exists (select 1 from ${this.#table} e
        where e.part = p.part and e.parked_at is null and (e.retry_at is null or e.retry_at <= ${this.#words.now}))`,
    );
    return rows.map(({ part }) => Number(part));
  }

  /** Takes a partition until the end of the transaction; false when another relay has it. */
  public async lock(ask: Ask, partition: number): Promise<boolean> {
    const { rows } = await ask(
      `select part from ${this.#table}_part where part = ${String(partition)} for update skip locked`,
    );
    return rows.length > 0;
  }

  /** The next events of a partition. An event that waits for a retry blocks those of its key. */
  public async next(ask: Ask, partition: number, batch: number): Promise<readonly WaitingEvent[]> {
    const { now, age } = this.#words;
    const [part, limit] = [String(partition), String(batch)];
    const { rows } = await ask(
      `select e.position, e.event_key, e.seq, e.id, e.event, e.attempts, ${age} as age from ${this.#table} e
        where e.part = ${part} and e.parked_at is null and (e.retry_at is null or e.retry_at <= ${now})
          and not exists (select 1 from ${this.#table} b where b.part = ${part} and b.retry_at > ${now}
            and b.parked_at is null and b.event_key = e.event_key)
        order by e.position limit ${limit}`,
    );
    return rows.map(eventOf);
  }

  public async remove(ask: Ask, positions: readonly string[]): Promise<void> {
    if (positions.length === 0) return;
    await ask(`delete from ${this.#table} where position in (${positions.map(String).join(', ')})`);
  }

  /** Notes a try that failed: the next one is after a delay, or there is none, and the event is parked. */
  public async failed(ask: Ask, position: string, problem: string, delay: number | undefined): Promise<void> {
    const { now, later } = this.#words;
    const next =
      delay === undefined
        ? `retry_at = null, parked_at = ${now}`
        : `retry_at = ${later(String(Math.max(1, Math.round(delay))))}`;
    await ask(
      `update ${this.#table} set attempts = attempts + 1, ${next}, problem = ${this.#mark(1)} where position = ${position}`,
      [problem.slice(0, 255)],
    );
  }

  public async parked(ask: Ask, limit: number): Promise<readonly (WaitingEvent & { readonly problem: string })[]> {
    const { rows } = await ask(
      `select e.position, e.event_key, e.seq, e.id, e.event, e.attempts, ${this.#words.age} as age, e.problem
        from ${this.#table} e where e.parked_at is not null order by e.position limit ${String(limit)}`,
    );
    return rows.map((row) => ({ ...eventOf(row), problem: String(row['problem']) }));
  }

  /** Takes a parked event out; `undefined` when there is none. Others of its key may have been delivered after it. */
  public async unpark(ask: Ask, id: string): Promise<RaisedEvent | undefined> {
    const { rows } = await ask(
      `select position, event_key, id, event from ${this.#table}
        where id = ${this.#mark(1)} and parked_at is not null limit 1 for update`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    await this.remove(ask, [String(row['position'])]);
    const key = row['event_key'];
    return { id, key: typeof key === 'string' ? key : undefined, event: String(row['event']) };
  }

  /** How many wait, ten thousand at most, how long the oldest has, and how many are parked. */
  public async count(
    ask: Ask,
  ): Promise<{ readonly waiting: number; readonly parked: number; readonly oldest: number }> {
    const counted = (which: string): string =>
      `select count(*) from (select 1 from ${this.#table} where parked_at is ${which} limit 10000) c`;
    const { rows } = await ask(
      `select (${counted('null')}) as waiting, (${counted('not null')}) as parked,
        (select ${this.#words.age} from ${this.#table} e where e.parked_at is null order by e.position limit 1) as oldest`,
    );
    const [row = {}] = rows;
    return { waiting: Number(row['waiting']), parked: Number(row['parked']), oldest: Number(row['oldest'] ?? 0) };
  }

  /** Removes numbers of keys that were unused, and events that were parked, for so many milliseconds. */
  public async cleanUp(ask: Ask, keys: number, parked: number | undefined): Promise<void> {
    const { later } = this.#words;
    await ask(
      `delete from ${this.#table}_key where used_at < ${later(String(-keys))}
        and event_key not in (select event_key from ${this.#table} where event_key is not null)`,
    );
    if (parked !== undefined) await ask(`delete from ${this.#table} where parked_at < ${later(String(-parked))}`);
  }

  #mark(position: number): string {
    return this.#dialect === 'postgresql' ? `$${String(position)}` : '?';
  }
}

function eventOf(row: Answer['rows'][number]): WaitingEvent {
  const { position, event_key: key, seq, id, event, attempts, age } = row;
  return {
    position: String(position),
    key: typeof key === 'string' ? key : undefined,
    sequence: seq === null ? undefined : textOf(seq),
    id: String(id),
    event: String(event),
    attempts: Number(attempts),
    age: Number(age),
  };
}

/** A whole number as a driver likes to give it: a string, a number or a bigint. */
function textOf(number: unknown): string {
  return typeof number === 'string' ? number : BigInt(Number(number)).toString();
}
