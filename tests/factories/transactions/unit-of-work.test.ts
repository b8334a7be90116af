import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { injectable } from 'inversify';
import { ConfigSection } from '../../../src/index.js';
import {
  InjectUnitOfWork,
  TransactionSettings,
  unitOfWork,
  unitOfWorkIdentifier,
  type DatabaseDefinition,
  type EventOutbox,
  type UnitOfWork,
} from '../../../src/factories/transactions/index.js';
import { caught } from '../../sources/caught.js';
import { world } from '../resources/world.js';
import { Conflict, pretendDatabase, PretendConnection } from './pretend-database.js';

@ConfigSection('transactions')
class OrdersTransactions extends TransactionSettings {}

async function orders(first: object = {}, max = 1, drawn: () => number = () => 0.5) {
  const { database, pools } = pretendDatabase('orders', max);
  const definition = unitOfWork({ over: database, from: OrdersTransactions, random: drawn });
  const made = await world(
    { sections: [OrdersTransactions], resources: [definition, database] },
    { transactions: first },
  );
  return { ...made, pools, definition, work: made.container.get(unitOfWorkIdentifier(definition)) };
}

describe('a unit of work', () => {
  it('is injected with its type, and closed with its database', async () => {
    const { container, definition, pools } = await orders();

    @injectable()
    class Orders {
      public constructor(@InjectUnitOfWork(definition) public readonly work: UnitOfWork<PretendConnection>) {}
    }

    const service = container.get(Orders, { autobind: true });
    await service.work.run(async ({ client }) => client.query('insert'));
    expect(pools[0]?.connections.map(({ said }) => said)).toEqual([['begin', 'insert', 'commit']]);
    await container.unbindAllAsync();
    await expect(caught(async () => service.work.run(() => 1))).resolves.toMatchObject({ code: 'resource-closed' });
  });

  it('refuses options that it does not know, before anything of them becomes part of a statement', async () => {
    const { work, pools, container } = await orders();
    const run = async (options: object): Promise<unknown> => work.run(options, () => 1);
    await expect(run({ isolatoin: 'serializable' })).rejects.toThrow(
      new TypeError('run: isolatoin is not an option; did you mean isolation?'),
    );
    await expect(run({ isolation: 'serializable; drop table orders' })).rejects.toThrow(
      /^run: isolation must be one of/,
    );
    await expect(run({ propagation: 'new' })).rejects.toThrow(/^run: propagation must be one of/);
    expect(pools[0]?.connections ?? []).toEqual([]);
    await container.unbindAllAsync();
  });

  it('refuses to raise what is no event, and an option that is misspelled, before anything is written', async () => {
    const { database } = pretendDatabase('orders', 1);
    const raised: unknown[] = [];
    const handle = {
      accept: (event: object) => raised.push(event),
      write: async () => Promise.resolve(),
      written: () => undefined,
    };
    const outbox: EventOutbox<PretendConnection> = {
      ...{ kind: 'outbox', name: 'events', identifier: Symbol('events'), from: [], needs: [], over: database },
      open: () => ({ handle, prepare: async () => Promise.resolve({}) }),
    };
    const definition = unitOfWork({ over: database, outbox });
    const { container } = await world({ sections: [OrdersTransactions], resources: [database, outbox, definition] });
    const work = container.get(unitOfWorkIdentifier(definition));
    // Callers without types.
    const raise = async (event: unknown, options?: object): Promise<void> =>
      work.run((tx) => {
        tx.raise(event as object, options);
      });
    await expect(raise('order.placed')).rejects.toThrow('raise: event must be an object; got a string.');
    await expect(raise(new Conflict(), { kye: '4711' })).rejects.toThrow(
      'raise: kye is not an option; did you mean key?',
    );
    expect(raised).toEqual([]);
    await raise(new Conflict(), { key: '4711' });
    expect(raised).toHaveLength(1);
    await container.unbindAllAsync();
  });

  it('does not wait for the connection that it holds, whatever it began as', async () => {
    const { work, container } = await orders();
    for (const outer of ['supports', 'never'] as const) {
      for (const propagation of ['required', 'nested', 'requires-new', 'supports', 'never'] as const) {
        const inner = async (): Promise<unknown> => work.run({ propagation }, () => 1);
        const error = await caught(async () => work.run({ propagation: outer }, inner));
        expect([outer, propagation, error.code]).toEqual([outer, propagation, 'pool-exhausted']);
      }
    }
    await expect(work.run(() => 'free again')).resolves.toBe('free again');
    await container.unbindAllAsync();
  });

  it('commits nothing after a savepoint that could not go back, and says why', async () => {
    const { work, pools, container } = await orders({ retry: { maxAttempts: 1 } });
    // As MySQL does at a deadlock: the transaction has ended, and the next statement would be one by itself.
    const deadlock = async (client: PretendConnection): Promise<never> => {
      const query = client.query.bind(client);
      const [connection] = pools[0]?.connections ?? [];
      if (connection === undefined) throw new Error('no connection');
      connection.query = async (text) => {
        if (!text.startsWith('rollback to')) return query(text);
        connection.query = PretendConnection.prototype.query.bind(connection);
        throw new Error('SAVEPOINT uno_1 does not exist');
      };
      return Promise.reject(new Conflict('deadlock'));
    };
    const careless = caught(async () =>
      work.run(async (tx) => {
        await tx.savepoint(async ({ client }) => deadlock(client)).catch(() => undefined);
        await tx.client.query('insert');
      }),
    );
    expect((await careless).code).toBe('transaction-rolled-back');
    const savepoint = async (): Promise<unknown> =>
      work.run(async (tx) => tx.savepoint(async ({ client }) => deadlock(client)));
    await expect(savepoint()).rejects.toBeInstanceOf(Conflict);
    await container.unbindAllAsync();
  });

  it('draws each delay between nothing and a limit that doubles', async () => {
    const { work, clock, metrics, container } = await orders({
      retry: { maxAttempts: 5, minDelay: '100ms', maxDelay: '300ms' },
      timeout: '1h',
    });
    const began: number[] = [];
    const running = work.run(({ attempt }) => {
      began.push(clock.monotonic());
      if (attempt < 5) throw new Conflict();
      return 'done';
    });
    // Half of 100, 200, 300 and 300 milliseconds.
    for (const delay of [50, 100, 150, 150]) {
      const before = began.length;
      await turn();
      clock.advance(delay - 1);
      await turn();
      expect(began).toHaveLength(before === 0 ? 1 : before);
      clock.advance(1);
      await turn();
    }
    await expect(running).resolves.toBe('done');
    expect(began).toEqual([0, 50, 150, 300, 450]);
    expect(JSON.stringify(metrics.snapshot())).toContain('config.transaction.retries');
    await container.unbindAllAsync();
  });

  it('has a budget of retries over all runs: a storm of conflicts is not multiplied', async () => {
    const { work, clock, container } = await orders({ retry: { maxAttempts: 2, budget: 0.1 } }, 1, () => 0);
    let attempts = 0;
    for (let run = 0; run < 30; run++) {
      const running = work
        .run(() => {
          attempts++;
          throw new Conflict();
        })
        .catch(() => undefined);
      await turn();
      clock.advance(0);
      await running;
    }
    // 30 first attempts, the ten retries that were saved up, and those that 30 runs have earned.
    expect(attempts).toBeGreaterThanOrEqual(40);
    expect(attempts).toBeLessThanOrEqual(43);
    await container.unbindAllAsync();
  });

  it('gives its connection back whatever the work does, and closes it when its time is over', async () => {
    const { work, clock, pools, container } = await orders({ timeout: '2s' });
    await work.run(() => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(pools[0]?.free).toHaveLength(1);
    const hanging = caught(async () => work.run(async () => new Promise(() => undefined)));
    await turn();
    clock.advance(2_000);
    await expect(hanging).resolves.toMatchObject({ code: 'transaction-timeout' });
    expect([pools[0]?.broken, pools[0]?.free.length]).toEqual([1, 0]);
    await container.unbindAllAsync();
  });

  it('refuses to hand over what would take the connection away', async () => {
    const { work, container } = await orders();
    await expect(
      work.run(({ client }) => {
        (client as unknown as { release(): void }).release();
      }),
    ).rejects.toThrow(TypeError);
    await container.unbindAllAsync();
  });

  it('says what is wrong with a definition', () => {
    expect(() => unitOfWork({ over: {} as unknown as DatabaseDefinition<object, object> })).toThrow(
      'unitOfWork: over must be what pg(…) or mysql(…) gives; got an object.',
    );
    // Callers without types.
    expect(() => unitOfWork({} as never)).toThrow(
      'unitOfWork: over must be what pg(…) or mysql(…) gives; got nothing.',
    );
    expect(() => unitOfWork({ over: pretendDatabase('orders', 1).database, from: 'orders' as never })).toThrow(
      'unitOfWork: from must be TransactionSettings, or a class that extends it; got a string.',
    );
    expect(() => InjectUnitOfWork(undefined as unknown as ReturnType<typeof unitOfWork<object, object>>)).toThrow(
      'InjectUnitOfWork(definition): give what unitOfWork(…) gives.',
    );
  });
});
