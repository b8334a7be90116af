import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { ConfigModule, ConfigSection, ReloadService } from '../../../src/index.js';
import {
  TransactionSettings,
  unitOfWork,
  unitOfWorkIdentifier,
  type Isolation,
  type Propagation,
  type Transaction,
  type UnitOfWork,
} from '../../../src/factories/transactions/index.js';
import { configMetrics } from '../../../src/observability.js';
import { caught } from '../../sources/caught.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { embeddedTransactions } from './embedded-transaction-world.js';
import { mariadbTransactions, mysql2Transactions } from './mysql-transaction-world.js';
import { mysqlIsReachable } from './mysql-world.js';
import { postgresTransactions } from './pg-transaction-world.js';
import { postgresIsReachable } from './postgres-world.js';
import { ANOMALIES, type Anomaly, type TransactionWorld } from './transaction-world.js';

const [postgres, mysql] = [await postgresIsReachable(), await mysqlIsReachable()];

const ISOLATIONS = ['read-uncommitted', 'read-committed', 'repeatable-read', 'serializable'] as const;

@ConfigSection('transactions')
class NotesTransactions extends TransactionSettings {}

@ConfigSection('impatient')
class ImpatientTransactions extends TransactionSettings {}

/** Where two attempts that ran at the same time meet. */
interface MeetingPoint {
  /** Waits until both have come. */
  readonly met: () => Promise<void>;
  /** Before whatever an attempt does. One after the first waits until the other run is over, or it may meet it again. */
  readonly again: (attempt: number) => Promise<void>;
}

function meetingPoint(oneIsOver: Promise<unknown> = Promise.resolve()): MeetingPoint {
  let arrived = 0;
  let meet: () => void = () => undefined;
  const both = new Promise<void>((resolve) => (meet = resolve));
  return {
    met: async () => {
      if (++arrived === 2) meet();
      return both;
    },
    again: async (attempt) => {
      if (attempt > 1) await oneIsOver;
    },
  };
}

/** Has two runs get in each other's way once. */
async function meeting(two: (meet: MeetingPoint) => readonly Promise<unknown>[]): Promise<void> {
  let over: (value: unknown) => void = () => undefined;
  const runs = two(meetingPoint(new Promise((resolve) => (over = resolve))));
  over(Promise.race(runs));
  await Promise.all(runs);
}

/** What transactions are, whatever the database. */
function transactionContract<P, C extends object>(
  name: string,
  isReachable: boolean,
  open: () => Promise<TransactionWorld<P, C>>,
): void {
  (isReachable ? describe : describe.skip)(`transactions on ${name}`, () => {
    let world: TransactionWorld<P, C>;
    let container: Container;
    let work: UnitOfWork<C>;
    /** One that does not wait for locks. */
    let impatient: UnitOfWork<C>;
    const logger = new RecordingLogger();
    const metrics = configMetrics();
    let settings: object = {};
    const drawn: number[] = [];

    beforeAll(async () => {
      world = await open();
      container = new Container();
      const notes = unitOfWork({
        over: world.database,
        from: NotesTransactions,
        random: () => {
          drawn.push(1);
          return 0;
        },
      });
      const briefly = unitOfWork({ over: world.database, from: ImpatientTransactions, name: 'impatient' });
      await container.loadAsync(
        ConfigModule.fromOptions({
          environment: 'test',
          env: {},
          logger,
          metrics,
          sections: [world.section, NotesTransactions, ImpatientTransactions],
          sources: [
            {
              name: 'values',
              load: () => ({
                database: world.settings,
                transactions: settings,
                impatient: { lockTimeout: '1s' },
              }),
            },
          ],
          resources: [world.database, notes, briefly],
        }),
      );
      work = container.get(unitOfWorkIdentifier(notes));
      impatient = container.get(unitOfWorkIdentifier(briefly));
    });
    beforeEach(async () => world.empty());
    afterAll(async () => {
      await container.unbindAllAsync();
      while ((await world.sessions()) > 0) await turn();
      await world.close();
    });

    const codeOf = async (act: () => Promise<unknown>): Promise<string> => (await caught(act)).code;

    it('commits what is done, and gives the connection back', async () => {
      await expect(
        work.run(async ({ client }) => {
          await world.insert(client, 1);
          return 'done';
        }),
      ).resolves.toBe('done');
      await expect(world.seen()).resolves.toEqual([1]);
      await expect(world.inTransaction()).resolves.toBe(0);
    });

    it('rolls back when the work throws, and throws what it threw', async () => {
      const wrong = new Error('wrong');
      await expect(
        work.run(async ({ client }) => {
          await world.insert(client, 1);
          throw wrong;
        }),
      ).rejects.toBe(wrong);
      await expect(world.seen()).resolves.toEqual([]);
      await expect(world.inTransaction()).resolves.toBe(0);
    });

    it('travels to whatever the work calls, and no further', async () => {
      const deep = async (): Promise<void> => {
        await turn();
        await world.insert(work.current.client, 1);
      };
      await work.run(async () => deep());
      await expect(world.seen()).resolves.toEqual([1]);
      await expect(codeOf(async () => Promise.resolve(work.current))).resolves.toBe('no-transaction');
    });

    it('is refused after its end, by whatever was kept of it', async () => {
      let kept: Transaction<C> | undefined;
      let client: C | undefined;
      let late: Promise<string> = Promise.resolve('');
      let go: () => void = () => undefined;
      const passed = new Promise<void>((resolve) => (go = resolve));
      await work.run(async (transaction) => {
        kept = transaction;
        ({ client } = transaction);
        late = passed.then(async () => codeOf(async () => Promise.resolve(work.current)));
        await turn();
      });
      go();
      await expect(late).resolves.toBe('transaction-ended');
      const [open, connection] = [kept, client];
      if (open === undefined || connection === undefined) throw new Error('nothing was kept');
      await expect(codeOf(async () => Promise.resolve(open.client))).resolves.toBe('transaction-ended');
      await expect(codeOf(async () => world.insert(connection, 1))).resolves.toBe('transaction-ended');
      await expect(codeOf(async () => open.savepoint(() => undefined))).resolves.toBe('transaction-ended');
      await expect(world.seen()).resolves.toEqual([]);
    });

    it('goes back to a savepoint alone', async () => {
      await work.run(async (transaction) => {
        await world.insert(transaction.client, 1);
        await expect(
          transaction.savepoint(async (inner) => {
            await world.insert(inner.client, 2);
            throw new Error('not this');
          }),
        ).rejects.toThrow('not this');
        await transaction.savepoint(async ({ client }) => world.insert(client, 3));
      });
      await expect(world.seen()).resolves.toEqual([1, 3]);
    });

    it('runs savepoints that are started side by side one after the other, and nested ones inside', async () => {
      const seen: string[] = [];
      await work.run(async (transaction) => {
        await Promise.all(
          [1, 2].map(async (n) =>
            transaction.savepoint(async () => {
              seen.push(`begin ${String(n)}`);
              // By the outer one, from the inside.
              await transaction.savepoint(async ({ client }) => world.insert(client, n));
              seen.push(`end ${String(n)}`);
            }),
          ),
        );
      });
      expect(seen).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
      await expect(world.seen()).resolves.toEqual([1, 2]);
    });

    it('calls hooks in their time, and none of a part that was rolled back', async () => {
      const seen: string[] = [];
      await work.run(async (transaction) => {
        transaction.beforeCommit(async () => {
          await world.insert(work.current.client, 1);
          seen.push('before');
        });
        transaction.afterCommit(async () => {
          seen.push(`after, with ${String(await world.seen())}`);
          throw new Error('nobody minds');
        });
        transaction.afterCommit(() => seen.push('after all'));
        transaction.afterRollback(() => seen.push('rolled back'));
        await transaction
          .savepoint((inner) => {
            inner.afterCommit(() => seen.push('never'));
            inner.beforeCommit(() => seen.push('never'));
            throw new Error('back');
          })
          .catch(() => undefined);
      });
      expect(seen).toEqual(['before', 'after, with 1', 'after all']);
      expect(logger.of('config.transaction.hook-failed').map(({ message }) => message)).toEqual([
        'A hook of "database transactions" failed after the commit: it threw Error.',
      ]);
    });

    it('rolls back when a hook before the commit throws, and tells the hooks of that', async () => {
      const seen: string[] = [];
      await expect(
        work.run(async (transaction) => {
          await world.insert(transaction.client, 1);
          transaction.beforeCommit(() => {
            throw new Error('not so');
          });
          transaction.afterRollback(() => seen.push('rolled back'));
        }),
      ).rejects.toThrow('not so');
      expect(seen).toEqual(['rolled back']);
      await expect(world.seen()).resolves.toEqual([]);
    });

    it('does not commit when a part that joined has failed, even if that was caught', async () => {
      const error = await caught(async () =>
        work.run(async ({ client }) => {
          await world.insert(client, 1);
          await work
            .run(() => {
              throw new Error('half of it');
            })
            .catch(() => undefined);
        }),
      );
      expect(error.code).toBe('transaction-rolled-back');
      expect(error.cause).toEqual(new Error('half of it'));
      await expect(world.seen()).resolves.toEqual([]);
    });

    it('ends when its time is over, whatever the work does, and closes its connection', async () => {
      const error = await caught(async () => work.run({ timeout: '100ms' }, async () => new Promise(() => undefined)));
      expect(error.code).toBe('transaction-timeout');
      expect(error.message).toContain('was not done within 100ms');
      while ((await world.inTransaction()) > 0) await turn();
      const busy = await caught(async () =>
        work.run({ timeout: '100ms' }, async ({ client }) => world.sleep(client, 30)),
      );
      expect(busy.code).toBe('transaction-timeout');
      await expect(work.run(async ({ client }) => world.ids(client))).resolves.toEqual([]);
    });

    it('has the isolation and the access mode that are asked for', async () => {
      for (const isolation of ['read-committed', 'repeatable-read', 'serializable'] as const) {
        const mode = await work.run({ isolation, accessMode: 'read-only' }, async ({ client }) => world.mode(client));
        expect(mode).toEqual({ isolation, isReadOnly: true });
      }
      const usual = await work.run({ isolation: 'serializable' }, async ({ client }) => world.mode(client));
      expect(usual.isReadOnly).toBe(false);
      await expect(
        work.run({ accessMode: 'read-only' }, async ({ client }) => world.insert(client, 1)),
      ).rejects.toThrow(/read.only/i);
    });

    it('refuses to join a transaction that is not what is asked for', async () => {
      const join = async (): Promise<unknown> =>
        work.run({ isolation: 'read-committed' }, async () => work.run({ isolation: 'serializable' }, () => 1));
      await expect(codeOf(join)).resolves.toBe('transaction-mismatch');
    });

    it.each<[Propagation, string, string]>([
      ['required', 'another', 'the same'],
      ['requires-new', 'another', 'another'],
      ['nested', 'another', 'the same'],
      ['mandatory', 'no-transaction', 'the same'],
      ['supports', 'none', 'the same'],
      ['never', 'none', 'transaction-present'],
    ])('propagates as %s: %s outside, %s inside', async (propagation, outside, inside) => {
      const look = async (around?: number): Promise<string> => {
        try {
          return await work.run({ propagation }, async ({ client }) => {
            const session = await world.session(client);
            if (session === around) return 'the same';
            return (await world.isOpen(client)) ? 'another' : 'none';
          });
        } catch (error) {
          return (error as { code: string }).code;
        }
      };
      await expect(look()).resolves.toBe(outside);
      let found = '';
      await work
        .run(async ({ client }) => {
          found = await look(await world.session(client));
        })
        .catch(() => undefined);
      expect(found).toBe(inside);
    });

    it('commits what requires-new did, whatever becomes of the outer one; a nested one goes back with it', async () => {
      await work
        .run(async () => {
          await work.run({ propagation: 'requires-new' }, async ({ client }) => world.insert(client, 1));
          await work.run({ propagation: 'nested' }, async ({ client }) => world.insert(client, 2));
          throw new Error('all the same');
        })
        .catch(() => undefined);
      await expect(world.seen()).resolves.toEqual([1]);
    });

    it('fails at once when requires-new would wait for itself, and names the limit', async () => {
      const error = await caught(async () =>
        work.run(async () => {
          await work.run({ propagation: 'requires-new' }, async () => {
            await work.run({ propagation: 'requires-new' }, () => undefined);
          });
        }),
      );
      expect(error.code).toBe('pool-exhausted');
      expect(error.message).toContain('needs a second connection, and all 2 of the pool are in use');
      expect(error.message).toContain('Raise pool.max');
    });

    it('tries again after a deadlock, and both come to their end', async () => {
      await work.run(async ({ client }) => {
        await world.insert(client, 1);
        await world.insert(client, 2);
      });
      drawn.length = 0;
      const attempts: number[] = [];
      await meeting((meet) => {
        const cross = async (first: number, second: number): Promise<void> =>
          work.run(async ({ client, attempt }) => {
            attempts.push(attempt);
            await meet.again(attempt);
            await world.raise(client, first);
            await meet.met();
            await world.raise(client, second);
          });
        return [cross(1, 2), cross(2, 1)];
      });
      expect(attempts.toSorted()).toEqual([1, 1, 2]);
      expect(drawn).toEqual([1]);
    });

    describe('at each isolation', () => {
      /** Runs something in a second transaction, which may have to wait for the first: then it does not count. */
      const meanwhile = async (other: (client: C) => Promise<unknown>): Promise<void> => {
        await impatient.run(async ({ client }) => other(client)).catch(() => undefined);
      };

      /** Has two do the same at once: both have read before one of them writes. */
      const both = async (
        isolation: Isolation,
        read: (client: C) => Promise<number>,
        write: (client: C, seen: number, which: number) => Promise<unknown>,
      ): Promise<void> => {
        await meeting((meet) => {
          const one = async (which: number): Promise<void> =>
            work.run({ isolation }, async ({ client, attempt }) => {
              tries = Math.max(tries, attempt);
              await meet.again(attempt);
              const seen = await read(client);
              await meet.met();
              await write(client, seen, which);
            });
          return [one(1), one(2)];
        });
      };

      /** How often the one was tried that was tried most. */
      let tries = 0;

      /** Whether each of them happens. */
      const happens: Readonly<Record<Anomaly, (isolation: Isolation) => Promise<boolean>>> = {
        'dirty read': async (isolation) => {
          return work.run(async ({ client }) => {
            await world.insert(client, 9);
            const seen = impatient.run({ isolation }, async (other) => (await world.ids(other.client)).includes(9));
            return seen.catch(() => false);
          });
        },
        'non-repeatable read': async (isolation) =>
          work.run({ isolation }, async ({ client }) => {
            const before = await world.number(client, 1);
            await meanwhile(async (other) => world.raise(other, 1));
            return (await world.number(client, 1)) !== before;
          }),
        'phantom read': async (isolation) =>
          work.run({ isolation }, async ({ client }) => {
            const before = await world.ids(client);
            await meanwhile(async (other) => world.insert(other, 9));
            return (await world.ids(client)).length !== before.length;
          }),
        'lost update': async (isolation) => {
          await both(
            isolation,
            async (client) => world.number(client, 1),
            async (client, seen) => world.set(client, 1, seen + 1),
          );
          return (await work.run(async ({ client }) => world.number(client, 1))) === 1;
        },
        'write skew': async (isolation) => {
          const saw: number[] = [];
          await both(
            isolation,
            async (client) => (await world.ids(client)).length,
            async (client, seen, which) => {
              saw[which] = seen;
              await world.insert(client, 10 + which);
            },
          );
          // Each believes that it was alone.
          return saw[1] === saw[2];
        },
      };

      it.each(ISOLATIONS.flatMap((isolation) => ANOMALIES.map((anomaly) => [isolation, anomaly] as const)))(
        '%s has a %s just where the database says so, and else tries one of the two again',
        async (isolation, anomaly) => {
          await work.run(async ({ client }) => world.insert(client, 1));
          tries = 0;
          const isThere = world.anomalies[isolation].includes(anomaly);
          await expect(happens[anomaly](isolation)).resolves.toBe(isThere);
          const isOfTwo = anomaly === 'lost update' || anomaly === 'write skew';
          expect(tries > 1).toBe(isOfTwo && !isThere);
        },
      );
    });

    it('tries no more often than the settings say, and follows them when they change', async () => {
      settings = { retry: { maxAttempts: 1 } };
      await container.get(ReloadService).reload('edited');
      await work.run(async ({ client }) => {
        await world.insert(client, 1);
        await world.insert(client, 2);
      });
      const { met } = meetingPoint();
      const cross = async (first: number, second: number): Promise<void> =>
        work.run(async ({ client }) => {
          await world.raise(client, first);
          await met();
          await world.raise(client, second);
        });
      const outcomes = await Promise.allSettled([cross(1, 2), cross(2, 1)]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      settings = {};
      await container.get(ReloadService).reload('edited');
    });
  });
}

transactionContract('PostgreSQL that comes with the program', true, embeddedTransactions);
transactionContract('PostgreSQL, by pg', postgres, postgresTransactions);
transactionContract('MySQL, by mysql2', mysql, mysql2Transactions);
transactionContract('MySQL, by mariadb', mysql, mariadbTransactions);
