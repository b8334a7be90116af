import type { Ask } from '../../tables/index.js';
import type { Answer } from '../../transactions/index.js';
import type { StoredEvent } from '../port/index.js';

/** After which event a build is: numbers of 64 bits, in decimal. */
export interface Cursor {
  readonly transaction: string;
  readonly position: string;
}

export interface Page {
  readonly events: readonly StoredEvent[];
  readonly cursors: readonly Cursor[];
  /** The end of the page, past events of other types; `undefined` when there is nothing. */
  readonly end: Cursor | undefined;
  readonly isLast: boolean;
}

/** How many events are looked at for a page at least, whatever their types. */
const SCANNED = 1_000;

/**
 * The events after a place.
 *
 * @param isWhole whether those are read, too, beside which older ones may come still; nothing may append them then
 */
export async function readPage(
  ask: Ask,
  from: Cursor,
  done: string | undefined,
  types: readonly string[],
  limit: number,
  isWhole = false,
): Promise<Page> {
  const most = Math.max(SCANNED, limit);
  const { rows } = await ask(
    `select * from (
      select e.*, count(*) filter (where mine) over o as nth, count(*) over () as scanned, lead(1) over o is null as is_end
      from (select transaction_id, global_position, stream_id, stream_position, message_id, message_type, message_data,
          message_metadata, message_type = any($3) as mine
        from emt_messages
        where partition = 'emt:default' and is_archived = false
          and (transaction_id, global_position) > ($1::xid8, $2::bigint)
          and ($5::pg_snapshot is null or not pg_visible_in_snapshot(transaction_id, $5::pg_snapshot))
          ${isWhole ? '' : 'and transaction_id < pg_snapshot_xmin(pg_current_snapshot())'}
        order by transaction_id, global_position limit ${String(most)}) e
      window o as (order by transaction_id, global_position)) p
    where nth <= $4 and (mine or is_end) order by transaction_id, global_position`,
    [from.transaction, from.position, types, limit, done ?? null],
  );
  const mine = rows.filter(({ mine }) => mine === true);
  const last = rows.at(-1);
  return {
    events: mine.map(eventOf),
    cursors: mine.map(cursorOf),
    end: last && cursorOf(last),
    isLast: last === undefined || (last['is_end'] === true && Number(last['scanned']) < most),
  };
}

type Row = Answer['rows'][number];

function cursorOf(row: Row): Cursor {
  return { transaction: String(row['transaction_id']), position: String(row['global_position']) };
}

export function eventOf(row: Row): StoredEvent {
  return {
    kind: 'Event',
    type: String(row['message_type']),
    data: row['message_data'],
    // Emmett writes an object there.
    metadata: {
      ...(row['message_metadata'] as Readonly<Record<string, unknown>> | null),
      messageId: String(row['message_id']),
      streamName: String(row['stream_id']),
      streamPosition: BigInt(String(row['stream_position'])),
      globalPosition: BigInt(String(row['global_position'])),
    },
  };
}
