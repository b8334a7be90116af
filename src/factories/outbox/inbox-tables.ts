import type { NumberedEvent } from './outbox-event.js';
import type { Ask } from '../tables/index.js';
import type { Dialect } from './outbox-tables.js';

/** The statements that make the tables of an inbox, for a migration. Subpath: `uno-config/outbox`. */
export function inboxStatements(dialect: Dialect, table: string): readonly string[] {
  const isPostgres = dialect === 'postgresql';
  const text = isPostgres ? 'text' : 'varchar(255) character set utf8mb4 collate utf8mb4_bin';
  const time = isPostgres ? 'timestamptz' : 'datetime(6)';
  const engine = isPostgres ? '' : ' engine = innodb';
  const columns = `consumer ${text} not null, source ${text} not null`;
  return [
    `create table if not exists ${table} (${columns}, event_key ${text} not null, seq bigint not null,
      used_at ${time} not null, primary key (consumer, source, event_key))${engine}`,
    `create table if not exists ${table}_id (${columns}, id ${text} not null, used_at ${time} not null,
      primary key (consumer, source, id))${engine}`,
  ];
}

/** How long a part of a key may be, so that every database can index it. */
const LONGEST = 255;

export interface InboxTables {
  /** Remembers an event until the transaction ends, and for good with its commit; false for one that was taken before. */
  take(ask: Ask, event: NumberedEvent): Promise<boolean>;
  /** Removes entries that were unused for so many milliseconds. */
  cleanUp(ask: Ask, age: number): Promise<void>;
}

export function inboxTables(dialect: Dialect, table: string, consumer: string): InboxTables {
  const isPostgres = dialect === 'postgresql';

  async function takeId(ask: Ask, place: readonly string[]): Promise<boolean> {
    const { count } = await ask(
      isPostgres
        ? `insert into ${table}_id (consumer, source, id, used_at) values ($1, $2, $3, now()) on conflict do nothing`
        : `insert ignore into ${table}_id (consumer, source, id, used_at) values (?, ?, ?, utc_timestamp(6))`,
      place,
    );
    return count > 0;
  }

  async function takeNumber(ask: Ask, place: readonly string[], sequence: string): Promise<boolean> {
    if (isPostgres) {
      const { count } = await ask(
        `insert into ${table} as i (consumer, source, event_key, seq, used_at) values ($1, $2, $3, $4, now())
          on conflict (consumer, source, event_key) do update set seq = excluded.seq, used_at = now()
          where i.seq < excluded.seq`,
        [...place, sequence],
      );
      return count > 0;
    }
    const moved = await ask(
      `update ${table} set seq = ?, used_at = utc_timestamp(6)
        where consumer = ? and source = ? and event_key = ? and seq < ?`,
      [sequence, ...place, sequence],
    );
    if (moved.count > 0) return true;
    const made = await ask(
      `insert ignore into ${table} (consumer, source, event_key, seq, used_at) values (?, ?, ?, ?, utc_timestamp(6))`,
      [...place, sequence],
    );
    return made.count > 0;
  }

  return {
    take: async (ask, event) => {
      const { id, source, partitionkey: key, sequence } = event;
      for (const [name, value] of Object.entries({ id, source, partitionkey: key ?? id })) {
        // A caller without types, or a broker that others write to, may have anything.
        if (typeof value === 'string' && value !== '' && value.length <= LONGEST) continue;
        throw new TypeError(`once(event): event.${name} must be a string of 1 to ${String(LONGEST)} characters.`);
      }
      if (key === undefined || typeof sequence !== 'string' || !/^\d{1,18}$/.test(sequence)) {
        return takeId(ask, [consumer, source, id]);
      }
      return takeNumber(ask, [consumer, source, key], BigInt(sequence).toString());
    },
    cleanUp: async (ask, age) => {
      const milliseconds = String(Math.round(age));
      const before = isPostgres
        ? `now() - ${milliseconds} * interval '1 millisecond'`
        : `utc_timestamp(6) - interval ${milliseconds} * 1000 microsecond`;
      const where = `where consumer = ${isPostgres ? '$1' : '?'} and used_at < ${before}`;
      for (const each of [table, `${table}_id`]) await ask(`delete from ${each} ${where}`, [consumer]);
    },
  };
}
