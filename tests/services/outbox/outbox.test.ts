import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventPublisher, OutboxEvent } from '../../../src/factories/outbox/index.js';
import { mysqlIsReachable } from '../databases/mysql-world.js';
import { postgresIsReachable } from '../databases/postgres-world.js';
import { onMariadb, onMysql2, onPostgres, outboxProgram, type OutboxDatabase } from './outbox-world.js';

const [postgres, mysql] = [await postgresIsReachable(), await mysqlIsReachable()];

class OrderPlaced {
  public static readonly type = 'order.placed';

  public constructor(
    public readonly order: string,
    public readonly n: number,
  ) {}
}

/** Keeps what it is given, and refuses what it is told to. */
class Sink extends EventEmitter implements EventPublisher {
  public readonly got: OutboxEvent[] = [];
  public refuse: (event: OutboxEvent) => Error | undefined = () => undefined;
  public status = 'healthy';

  public async publish(event: OutboxEvent): Promise<void> {
    await Promise.resolve();
    const error = this.refuse(event);
    this.emit('offered');
    if (error !== undefined) throw error;
    this.got.push(event);
  }

  public async health() {
    return Promise.resolve({ status: this.status });
  }
}

function numbersOf(events: readonly OutboxEvent[], key: string): readonly unknown[] {
  return events
    .filter(({ partitionkey }) => partitionkey === key)
    .map(({ data }) => Reflect.get(Object(data), 'n') as unknown);
}

function outboxContract<P, K extends object>(
  name: string,
  isReachable: boolean,
  open: () => Promise<OutboxDatabase<P, K>>,
): void {
  (isReachable ? describe : describe.skip)(`an outbox on ${name}`, () => {
    let database: OutboxDatabase<P, K>;
    let program: Awaited<ReturnType<typeof outboxProgram<P, K>>>;
    const sink = new Sink();

    beforeAll(async () => {
      database = await open();
      const retry = { maxAttempts: 3, minDelay: '1ms', maxDelay: '20ms' };
      program = await outboxProgram(database, sink, { poll: '20ms', retry });
    });
    beforeEach(() => {
      sink.got.length = 0;
      sink.refuse = () => undefined;
      sink.status = 'healthy';
      program.logger.records.length = 0;
    });
    afterAll(async () => {
      await program.close();
      await database.close();
    });

    const place = async (key: string, ...numbers: readonly number[]): Promise<void> =>
      program.work.run((tx) => {
        for (const n of numbers) tx.raise(new OrderPlaced(key, n), { key });
      });

    it('publishes what a transaction raised, after its commit, numbered by key', async () => {
      await program.work.run((tx) => {
        tx.raise(new OrderPlaced('a', 1), { key: 'a', id: 'first' });
        tx.raise(new OrderPlaced('b', 1), { key: 'b' });
        tx.raise(new OrderPlaced('a', 2), { key: 'a' });
        expect(sink.got).toEqual([]);
      });
      await place('a', 3);
      await program.outbox.drained();
      expect(numbersOf(sink.got, 'a')).toEqual([1, 2, 3]);
      expect(numbersOf(sink.got, 'b')).toEqual([1]);
      const numbers = sink.got
        .filter(({ partitionkey }) => partitionkey === 'a')
        .map(({ sequence }) => Number(sequence));
      expect(numbers.map((number) => number - (numbers[0] ?? 0))).toEqual([0, 1, 2]);
      expect(sink.got.find(({ id }) => id === 'first')).toMatchObject({
        specversion: '1.0',
        source: '/shop',
        type: 'order.placed',
        partitionkey: 'a',
        sequence: expect.stringMatching(/^\d{16}$/) as unknown,
        data: { order: 'a', n: 1 },
      });
    });

    it('publishes nothing that was rolled back, whole or in part', async () => {
      await expect(
        program.work.run((tx) => {
          tx.raise(new OrderPlaced('r', 1), { key: 'r' });
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      await program.work.run(async (tx) => {
        tx.raise(new OrderPlaced('r', 2), { key: 'r' });
        await tx
          .savepoint((part) => {
            part.raise(new OrderPlaced('r', 3), { key: 'r' });
            throw new Error('not this');
          })
          .catch(() => undefined);
      });
      await program.outbox.drained();
      expect(numbersOf(sink.got, 'r')).toEqual([2]);
    });

    it('keeps the order of a key while its first event is tried again, and lets other keys go on', async () => {
      let refusals = 2;
      sink.refuse = ({ partitionkey }) => (partitionkey === 'slow' && refusals-- > 0 ? new Error('later') : undefined);
      await place('slow', 1, 2, 3);
      await place('fast', 1, 2);
      await program.outbox.drained();
      expect(numbersOf(sink.got, 'slow')).toEqual([1, 2, 3]);
      expect(numbersOf(sink.got, 'fast')).toEqual([1, 2]);
    });

    it('parks what cannot be delivered, says so, and goes on; a retry gives it the next number', async () => {
      sink.refuse = ({ id }) =>
        id === 'poisoned' ? Object.assign(new Error('secret words'), { code: 'E_NO' }) : undefined;
      await program.work.run((tx) => {
        tx.raise(new OrderPlaced('p', 1), { key: 'p', id: 'poisoned' });
        tx.raise(new OrderPlaced('p', 2), { key: 'p' });
      });
      await program.outbox.drained();
      expect(numbersOf(sink.got, 'p')).toEqual([2]);
      const [parked] = program.logger.of('config.outbox.parked');
      expect(parked?.message).toBe(
        'The event poisoned (order.placed) of shop outbox is parked, and those after it of its key go on: Error E_NO.',
      );
      await expect(program.outbox.health()).resolves.toMatchObject({ status: 'degraded', parked: 1, waiting: 0 });
      await expect(program.outbox.parked()).resolves.toMatchObject([{ attempts: 3, event: { id: 'poisoned' } }]);
      sink.refuse = () => undefined;
      await expect(program.outbox.retry('poisoned')).resolves.toBe(true);
      await expect(program.outbox.retry('poisoned')).resolves.toBe(false);
      await program.outbox.drained();
      expect(numbersOf(sink.got, 'p')).toEqual([2, 1]);
      const [second, first] = sink.got.filter(({ partitionkey }) => partitionkey === 'p');
      expect(Number(first?.sequence)).toBe(Number(second?.sequence) + 1);
      await expect(program.outbox.health()).resolves.toMatchObject({ status: 'healthy', parked: 0 });
    });

    it('parks nothing while the broker is down, and says when it is and when it is no more', async () => {
      sink.refuse = () => new Error('down');
      sink.status = 'unhealthy';
      await place('down', 1, 2);
      for (let offers = 0; offers < 6; offers++) await once(sink, 'offered');
      await expect(program.outbox.health()).resolves.toMatchObject({ status: 'unhealthy', parked: 0, waiting: 2 });
      sink.refuse = () => undefined;
      await program.outbox.drained();
      expect(numbersOf(sink.got, 'down')).toEqual([1, 2]);
      expect(program.logger.of('config.outbox.down')).toHaveLength(1);
      expect(program.logger.of('config.outbox.up')).toHaveLength(1);
    });

    it('waits while it is paused, and goes on when it is not', async () => {
      await program.edit({ outbox: { paused: true, poll: '20ms' } });
      await place('paused', 1);
      await expect(program.outbox.health()).resolves.toMatchObject({ relay: 'paused', waiting: 1 });
      await program.edit({ outbox: { poll: '20ms' } });
      await program.outbox.drained();
      expect(numbersOf(sink.got, 'paused')).toEqual([1]);
    });

    it('refuses what is no event, and a transaction without one to write in', async () => {
      const raise = async (event: object, key?: string): Promise<void> =>
        program.work.run((tx) => {
          tx.raise(event, key === undefined ? {} : { key });
        });
      await expect(raise({ n: 1 })).rejects.toThrow('must be an instance of a class of yours, or a CloudEvent 1.0');
      await expect(raise(new OrderPlaced('x', 1), 'k'.repeat(256))).rejects.toThrow(
        'key must have 1 to 255 characters',
      );
      await expect(
        program.work.run({ propagation: 'supports' }, (tx) => {
          tx.raise(new OrderPlaced('x', 1));
        }),
      ).rejects.toMatchObject({ code: 'no-transaction' });
    });

    it('has an inbox that takes each event once, by number or by id', async () => {
      const handled: unknown[] = [];
      const take = async (event: { id: string; partitionkey?: string; sequence?: string }): Promise<boolean> =>
        program.inbox.once({ source: '/shop', ...event }, () => handled.push(event.id));
      await expect(take({ id: '1', partitionkey: 'k', sequence: '0000000000000007' })).resolves.toBe(true);
      await expect(take({ id: '1', partitionkey: 'k', sequence: '0000000000000007' })).resolves.toBe(false);
      await expect(take({ id: '0', partitionkey: 'k', sequence: '0000000000000006' })).resolves.toBe(false);
      await expect(take({ id: '2', partitionkey: 'k', sequence: '0000000000000009' })).resolves.toBe(true);
      await expect(take({ id: 'free' })).resolves.toBe(true);
      await expect(take({ id: 'free' })).resolves.toBe(false);
      const failing = program.inbox.once({ source: '/shop', id: 'again' }, () => {
        throw new Error('not yet');
      });
      await expect(failing).rejects.toThrow('not yet');
      await expect(take({ id: 'again' })).resolves.toBe(true);
      expect(handled).toEqual(['1', '2', 'free', 'again']);
      await expect(take({ id: '' })).rejects.toThrow('event.id must be a string of 1 to 255 characters');
    });

    it('takes the same event once, however many receive it at a time', async () => {
      let handled = 0;
      const event = { id: 'e', source: '/shop', partitionkey: 'storm', sequence: '0000000000000001' };
      const taken = await Promise.all(
        Array.from({ length: 8 }, async () => program.inbox.once(event, () => handled++)),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(handled).toBe(1);
    });

    it('removes the numbers of keys that nobody uses, and goes on higher', async () => {
      await place('old', 1);
      await program.outbox.drained();
      const [before] = sink.got.filter(({ partitionkey }) => partitionkey === 'old');
      const { ask } = database;
      const past = name === 'PostgreSQL' ? "now() - interval '30 days'" : 'utc_timestamp(6) - interval 30 day';
      await ask(`update uno_outbox_key set used_at = ${past} where event_key = 'old'`);
      const isThere = async (): Promise<boolean> =>
        (await ask("select 1 from uno_outbox_key where event_key = 'old'")).length > 0;
      await program.edit({ outbox: { poll: '20ms', cleanUp: '1s' } });
      while (await isThere()) await place('other', 1);
      await place('old', 2);
      await program.outbox.drained();
      const after = sink.got.filter(({ partitionkey }) => partitionkey === 'old').at(-1);
      expect(Number(after?.sequence)).toBeGreaterThan(Number(before?.sequence));
    });

    // The last one: it closes the program of all.
    it('answers a health check when its module has ended, too', async () => {
      await program.close();
      await expect(program.outbox.health()).resolves.toMatchObject({ status: 'unhealthy', relay: 'running' });
    });
  });
}

outboxContract('PostgreSQL', postgres, async () => onPostgres('outbox'));
outboxContract('MySQL by mysql2', mysql, async () => onMysql2('outbox2'));
outboxContract('MySQL by mariadb', mysql, async () => onMariadb('outboxm'));
