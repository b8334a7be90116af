import { randomUUID } from 'node:crypto';
import { pause, type Clock } from '../../../core/index.js';
import { deadLetterOf, pullConsumer, type ConsumeRequest, type LinkConsumer, type Settlement } from '../port/index.js';
import { RedisError, type RedisClient } from '../../drivers/index.js';
import { GROUP, KEEP, LEAVE, PROMOTE, SETTLE, TEND } from './redis-scripts.js';

/** Milliseconds that one request for events waits, and between looks at what others have left. */
const READING = 1_000;
/** Milliseconds between looks whether an ordered queue is free. */
const WAITING = 250;
/** Milliseconds before a request that failed is made again. */
const PAUSE = 100;

interface Entry {
  readonly id: string;
  readonly topic: string;
  readonly body: string;
  readonly attempt: number;
}

export interface RedisConsumerParts {
  /** A connection of its own, which may wait. */
  readonly reader: RedisClient;
  readonly client: RedisClient;
  readonly stream: string;
  /** The name of the queue, without `.dead`. */
  readonly queue: string;
  readonly request: ConsumeRequest;
  /** Milliseconds. */
  readonly ackWait: number;
  readonly clock: Clock;
}

/** @throws RedisError `NOGROUP` when there is no such queue. */
export async function redisConsumer(parts: RedisConsumerParts): Promise<LinkConsumer> {
  const { reader, client, stream, queue, request, ackWait, clock } = parts;
  const me = randomUUID();
  const [delayed, owner, deadLetters] = [`${stream}:delayed`, `${stream}:owner`, `${stream}.dead`];
  const ordered = request.ordered ? 1 : 0;
  const running = new Set<string>();
  /** The number that the reading connection has at the server. */
  let reading: unknown;
  let tendAt = 0;
  /** Where to go on with what others had; empty when there is nothing. */
  let from = '';
  let isFirst = true;
  let isOwner = false;
  let cancelDue: () => void = () => undefined;
  let dueAt = Infinity;

  /** What was sent to a connection that is lost may have come here, or not: before anything new, it is asked for again. */
  function begun(): void {
    unblock('KILL', 'ID');
    reading = undefined;
    tendAt = 0;
    from = '0-0';
  }

  function unblock(...how: string[]): void {
    // Without the right to do it, a request ends by itself.
    if (typeof reading === 'number') client.call('CLIENT', ...how, reading).catch(() => undefined);
  }

  async function fetch(count: number, take: (entry: Entry) => void, signal: AbortSignal): Promise<void> {
    let free = count;
    const taking = (entry: Entry): void => {
      if (running.has(entry.id)) return;
      running.add(entry.id);
      take(entry);
    };
    if (clock.monotonic() >= tendAt) {
      const taken = await tend(count);
      free -= taken.length;
      taken.forEach(taking);
    }
    if (request.ordered && !isOwner) {
      await pause(clock, Math.min(WAITING, ackWait / 3), signal);
      return;
    }
    // All that others had comes first.
    if (free === 0 || (request.ordered && from !== '')) return;
    reading ??= await reader.call('CLIENT', 'ID').catch(() => 'unknown');
    const block = Math.max(1, Math.ceil(Math.min(READING, tendAt - clock.monotonic())));
    if (signal.aborted) return;
    const of = ['GROUP', GROUP, me, 'COUNT', free, 'BLOCK', block, 'STREAMS', stream, '>'];
    const answer = await reader.call('XREADGROUP', ...of);
    for (const [id, fields] of entriesOf(answer)) taking(entryOf(id, fields, 1));
  }

  async function tend(count: number): Promise<readonly Entry[]> {
    const given = [me, GROUP, ackWait, ordered, count, from, isFirst ? 1 : 0];
    // As the script answers.
    const [next, whose, rest, taken] = (await client.run(TEND, [stream, delayed, owner], given)) as [
      number,
      string,
      string,
      (readonly [id: string, fields: string[], deliveries: number])[],
    ];
    isFirst = false;
    isOwner = whose !== 'other';
    from = isOwner ? rest : '';
    tendAt = isOwner && rest === '' ? clock.monotonic() + Math.min(READING, ackWait / 3) : 0;
    due(next);
    return taken.map(([id, fields, deliveries]) => entryOf(id, fields, deliveries));
  }

  /** Gives back what waits for its time when the first of it is due. */
  function due(milliseconds: number): void {
    const at = clock.monotonic() + milliseconds;
    if (milliseconds < 0 || at >= dueAt) return;
    cancelDue();
    dueAt = at;
    cancelDue = clock.after(milliseconds, () => {
      dueAt = Infinity;
      client.run(PROMOTE, [stream, delayed], []).then(
        (next) => {
          due(Number(next));
        },
        // The next look finds it.
        () => undefined,
      );
    });
  }

  async function keep(entries: readonly Entry[]): Promise<void> {
    const given = [me, GROUP, ackWait, ordered, ...entries.map(({ id }) => id)];
    const isMine = await client.run(KEEP, [stream, owner], given);
    if (isMine !== 1) begun();
  }

  async function handle(entry: Entry): Promise<void> {
    const { topic, body, attempt } = entry;
    const settlement = await request.receive({ topic, body, attempt });
    try {
      await settle(entry, settlement);
    } catch {
      // It stays where it is, and comes again.
    }
    running.delete(entry.id);
  }

  async function settle({ id, topic, body, attempt }: Entry, settlement: Settlement): Promise<void> {
    const { kind } = settlement;
    const given: (string | number)[] = [me, GROUP, id, kind];
    if (kind === 'retry') given.push(Math.round(settlement.delay), attempt + 1, topic, body);
    if (kind === 'dead') given.push(topic, deadLetterOf(body, queue, settlement.reason, clock.now()));
    if (kind === 'release') given.push(ackWait);
    await client.run(SETTLE, [stream, delayed, deadLetters], given);
    if (kind === 'retry') due(Math.round(settlement.delay));
  }

  reader.onClose(begun);
  await client.call('XPENDING', stream, GROUP);
  return pullConsumer<Entry>({
    maxInFlight: request.maxInFlight,
    fetch,
    handle,
    keep: (entries) => {
      keep(entries).catch(() => undefined);
    },
    keepEvery: ackWait / 3,
    isEnd: (error) => {
      begun();
      return error instanceof RedisError && error.code === 'NOGROUP';
    },
    pause: PAUSE,
    lost: request.lost,
    interrupt: () => {
      unblock('UNBLOCK');
    },
    stopped: async () => {
      cancelDue();
      dueAt = -Infinity;
      reader.disconnect();
      // What it had comes again when it has been silent for long enough.
      await client.run(LEAVE, [stream, owner], [me, GROUP, ackWait]).catch(() => undefined);
    },
    clock,
  });
}

/** The entries of the one stream that was read; none when there was nothing. */
function entriesOf(answer: unknown): readonly (readonly [id: string, fields: string[]])[] {
  if (!Array.isArray(answer)) return [];
  // RESP 2: [[stream, entries]]; RESP 3, of which the driver makes one list: [stream, entries].
  const all: unknown = typeof answer[0] === 'string' ? answer[1] : (answer[0] as unknown[])[1];
  // As Redis answers.
  return all as (readonly [id: string, fields: string[]])[];
}

function entryOf(id: string, fields: readonly string[], deliveries: number): Entry {
  const of = (name: string): string | undefined => {
    const at = fields.findIndex((field, index) => index % 2 === 0 && field === name);
    return at < 0 ? undefined : fields[at + 1];
  };
  // What somebody else has put there may have no topic; without a body it is no event.
  const before = Number(of('attempt') ?? 1);
  return { id, topic: of('topic') ?? 'unknown', body: of('body') ?? '', attempt: before + deliveries - 1 };
}
