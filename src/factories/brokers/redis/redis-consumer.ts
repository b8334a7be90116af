import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../core/index.js';
import {
  deadLetterOf,
  pause,
  pullConsumer,
  type ConsumeRequest,
  type LinkConsumer,
  type Settlement,
} from '../port/index.js';
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

export class RedisConsumer {
  readonly #parts: RedisConsumerParts;
  readonly #me = randomUUID();
  /** Stream, what waits for its time, and who owns it. */
  readonly #keys: readonly [stream: string, delayed: string, owner: string];
  readonly #running = new Set<string>();
  /** The number that the reading connection has at the server. */
  #reading: unknown;
  #tendAt = 0;
  /** Where to go on with what others had; empty when there is nothing. */
  #from = '';
  #isFirst = true;
  #isOwner = false;
  #cancelDue: () => void = () => undefined;
  #dueAt = Infinity;

  public constructor(parts: RedisConsumerParts) {
    const { stream, reader } = parts;
    this.#parts = parts;
    this.#keys = [stream, `${stream}:delayed`, `${stream}:owner`];
    reader.onClose(() => {
      this.#begun();
    });
  }

  /** @throws RedisError `NOGROUP` when there is no such queue. */
  public async start(): Promise<LinkConsumer> {
    const { client, request, ackWait, clock, stream } = this.#parts;
    await client.call('XPENDING', stream, GROUP);
    return pullConsumer<Entry>({
      maxInFlight: request.maxInFlight,
      fetch: async (count, take, signal) => this.#fetch(count, take, signal),
      handle: async (entry) => this.#handle(entry),
      keep: (running) => {
        this.#keep(running).catch(() => undefined);
      },
      keepEvery: ackWait / 3,
      isEnd: (error) => {
        this.#begun();
        return error instanceof RedisError && error.code === 'NOGROUP';
      },
      pause: PAUSE,
      lost: request.lost,
      interrupt: () => {
        this.#unblock('UNBLOCK');
      },
      stopped: async () => this.#leave(),
      clock,
    });
  }

  /** What was sent to a connection that is lost may have come here, or not: before anything new, it is asked for again. */
  #begun(): void {
    this.#unblock('KILL', 'ID');
    this.#reading = undefined;
    this.#tendAt = 0;
    this.#from = '0-0';
  }

  #unblock(...how: string[]): void {
    const { client } = this.#parts;
    // Without the right to do it, a request ends by itself.
    if (typeof this.#reading === 'number') client.call('CLIENT', ...how, this.#reading).catch(() => undefined);
  }

  async #fetch(count: number, take: (entry: Entry) => void, signal: AbortSignal): Promise<void> {
    const { reader, request, ackWait, clock } = this.#parts;
    let free = count;
    if (clock.monotonic() >= this.#tendAt) {
      const taken = await this.#tend(count);
      free -= taken.length;
      for (const entry of taken) this.#take(entry, take);
    }
    if (request.ordered && !this.#isOwner) {
      await pause(clock, Math.min(WAITING, ackWait / 3), signal);
      return;
    }
    // All that others had comes first.
    if (free === 0 || (request.ordered && this.#from !== '')) return;
    this.#reading ??= await reader.call('CLIENT', 'ID').catch(() => 'unknown');
    const block = Math.max(1, Math.ceil(Math.min(READING, this.#tendAt - clock.monotonic())));
    if (signal.aborted) return;
    const [stream] = this.#keys;
    const of = ['GROUP', GROUP, this.#me, 'COUNT', free, 'BLOCK', block, 'STREAMS', stream, '>'];
    const answer = await reader.call('XREADGROUP', ...of);
    for (const [id, fields] of entriesOf(answer)) this.#take(entryOf(id, fields, 1), take);
  }

  #take(entry: Entry, take: (entry: Entry) => void): void {
    if (this.#running.has(entry.id)) return;
    this.#running.add(entry.id);
    take(entry);
  }

  async #tend(count: number): Promise<readonly Entry[]> {
    const { client, request, ackWait, clock } = this.#parts;
    const [ordered, forgets] = [request.ordered ? 1 : 0, this.#isFirst ? 1 : 0];
    const given = [this.#me, GROUP, ackWait, ordered, count, this.#from, forgets];
    // As the script answers.
    const [due, owner, from, taken] = (await client.run(TEND, [...this.#keys], given)) as [
      number,
      string,
      string,
      (readonly [id: string, fields: string[], deliveries: number])[],
    ];
    this.#isFirst = false;
    this.#isOwner = owner !== 'other';
    this.#from = this.#isOwner ? from : '';
    this.#tendAt = from === '' ? clock.monotonic() + Math.min(READING, ackWait / 3) : 0;
    if (!this.#isOwner) this.#tendAt = 0;
    this.#due(due);
    return taken.map(([id, fields, deliveries]) => entryOf(id, fields, deliveries));
  }

  /** Gives back what waits for its time when the first of it is due. */
  #due(milliseconds: number): void {
    const { client, clock } = this.#parts;
    const at = clock.monotonic() + milliseconds;
    if (milliseconds < 0 || at >= this.#dueAt) return;
    this.#cancelDue();
    this.#dueAt = at;
    this.#cancelDue = clock.after(milliseconds, () => {
      this.#dueAt = Infinity;
      const [stream, delayed] = this.#keys;
      client.run(PROMOTE, [stream, delayed], []).then(
        (next) => {
          this.#due(Number(next));
        },
        // The next look finds it.
        () => undefined,
      );
    });
  }

  async #keep(running: readonly Entry[]): Promise<void> {
    const { client, request, ackWait } = this.#parts;
    const [stream, , owner] = this.#keys;
    const given = [this.#me, GROUP, ackWait, request.ordered ? 1 : 0, ...running.map(({ id }) => id)];
    const isMine = await client.run(KEEP, [stream, owner], given);
    if (isMine !== 1) this.#begun();
  }

  async #handle(entry: Entry): Promise<void> {
    const { topic, body, attempt } = entry;
    const settlement = await this.#parts.request.receive({ topic, body, attempt });
    try {
      await this.#settle(entry, settlement);
    } catch {
      // It stays where it is, and comes again.
    }
    this.#running.delete(entry.id);
  }

  async #settle({ id, topic, body, attempt }: Entry, settlement: Settlement): Promise<void> {
    const { client, queue, ackWait, clock } = this.#parts;
    const [stream, delayed] = this.#keys;
    const { kind } = settlement;
    const given: (string | number)[] = [this.#me, GROUP, id, kind];
    if (kind === 'retry') given.push(Math.round(settlement.delay), attempt + 1, topic, body);
    if (kind === 'dead') given.push(topic, deadLetterOf(body, queue, settlement.reason, clock.now()));
    if (kind === 'release') given.push(ackWait);
    await client.run(SETTLE, [stream, delayed, `${stream}.dead`], given);
    if (kind === 'retry') this.#due(Math.round(settlement.delay));
  }

  async #leave(): Promise<void> {
    const { client, reader, ackWait } = this.#parts;
    const [stream, , owner] = this.#keys;
    this.#cancelDue();
    this.#dueAt = -Infinity;
    reader.disconnect();
    // What it had comes again when it has been silent for long enough.
    await client.run(LEAVE, [stream, owner], [this.#me, GROUP, ackWait]).catch(() => undefined);
  }
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
