import { setImmediate as turn } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { ConfigStore, loadGeneration, type ConfigDependant, type Generation } from '../../../src/runtime/index.js';
import { participantOf, type Participant } from '../../../src/runtime/reload/participant.js';
import { InsideCall } from '../../../src/runtime/reload/inside-call.js';
import { OpenWork } from '../../../src/runtime/reload/open-work.js';
import { Transaction } from '../../../src/runtime/reload/transaction.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { object } from '../../../src/sources/index.js';
import { FakeClock } from '../fake-clock.js';
import { RecordingLogger } from '../loading.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsInt() public port: number = 1;
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 1;
}

/** Three generations: the second changes the database, the third the web server, too. */
let first: Generation, second: Generation, third: Generation;

beforeAll(async () => {
  const next = async (values: object, previous?: Generation): Promise<Generation> =>
    loadGeneration(
      { sections: [DatabaseSettings, HttpSettings], sources: [object(values)], environment: 'test', env: {} },
      previous && { previous },
    );
  first = await next({});
  second = await next({ database: { port: 2 } }, first);
  third = await next({ database: { port: 2 }, http: { port: 3 } }, second);
});

interface World {
  readonly store: ConfigStore;
  readonly transaction: Transaction;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly work: OpenWork;
  readonly move: (next: Generation) => Promise<void>;
  readonly seen: string[];
  readonly close: () => void;
}

function world(participants: (seen: string[]) => Iterable<Participant>): World {
  const seen: string[] = [];
  const store = new ConfigStore(first);
  const [clock, logger, work, life] = [new FakeClock(), new RecordingLogger(), new OpenWork(), new AbortController()];
  const all = participants(seen);
  const transaction = new Transaction({
    store,
    participants: () => all,
    clock,
    logger,
    work,
    signal: life.signal,
    prepareTimeout: 5_000,
    inside: new InsideCall(),
  });
  return {
    store,
    transaction,
    clock,
    logger,
    work,
    seen,
    move: async (next) => {
      transaction.commit(await transaction.prepare(next, next === first ? undefined : store.current));
    },
    close: () => {
      life.abort();
      transaction.close();
    },
  };
}

/** A resource that notes what becomes of it, by its name and the number of its generation. */
function resource(
  seen: string[],
  name: string,
  from: readonly number[],
  needs: readonly Participant[] = [],
  veto: (next: Generation) => boolean = () => false,
): Participant {
  return {
    name,
    kind: 'resource',
    from,
    needs,
    prepare: ({ next, needs: made }) => {
      if (veto(next)) throw Object.assign(new Error('at postgres://app:hunter2@db'), { code: 'ECONNREFUSED' });
      const value = [`${name}${String(next.number)}`, ...made].join(' over ');
      seen.push(`prepare ${value}`);
      return {
        value,
        committed: () => seen.push(`committed ${value}`),
        abandon: () => seen.push(`abandon ${value}`),
        drain: (reason) => seen.push(`drain ${value}, ${reason}`),
      };
    },
  };
}

function valuesIn({ resources }: ConfigStore['pair']): readonly unknown[] {
  return [...resources.values()].map(({ value }) => value);
}

describe('a transaction over settings and resources', () => {
  it('prepares what is needed first, and moves settings and resources together', async () => {
    const { store, move, seen } = world((notes) => {
      const agent = resource(notes, 'agent', [1]);
      return [resource(notes, 'client', [0], [agent]), agent];
    });
    store.onCommit(() => seen.push('listener'));
    await move(first);
    expect(seen).toEqual([
      'prepare agent1',
      'prepare client1 over agent1',
      'committed agent1',
      'committed client1 over agent1',
      'listener',
    ]);
    expect(valuesIn(store.pair)).toEqual(['agent1', 'client1 over agent1']);
  });

  it('neither prepares nor drains what is made from the same, and makes the users of a new one anew', async () => {
    const { store, move, transaction, seen } = world((notes) => {
      const agent = resource(notes, 'agent', [1]);
      return [agent, resource(notes, 'client', [0], [agent])];
    });
    await move(first);
    transaction.trust();
    seen.length = 0;
    await move(second);
    transaction.trust();
    expect(valuesIn(store.pair)).toEqual(['agent1', 'client2 over agent1']);
    expect(seen.splice(0)).toEqual([
      'prepare client2 over agent1',
      'committed client2 over agent1',
      'drain client1 over agent1, superseded',
    ]);
    await move(third);
    transaction.trust();
    await turn();
    expect(valuesIn(store.pair)).toEqual(['agent3', 'client3 over agent3']);
    // What uses the agent is gone before the agent is.
    expect(seen.filter((line) => line.startsWith('drain'))).toEqual([
      'drain client2 over agent1, superseded',
      'drain agent1, superseded',
    ]);
  });

  it('abandons in reverse what was prepared when one vetoes, names all that did, and keeps everything', async () => {
    const isSecond = ({ number }: Generation): boolean => number === 2;
    const { store, move, transaction, seen } = world((notes) => {
      const agent = resource(notes, 'agent', [0]);
      const pool = resource(notes, 'pool', [0], [agent]);
      const [mail, broker] = ['mail', 'broker'].map((name) => resource(notes, name, [0], [pool], isSecond));
      return [agent, pool, mail, broker].filter((one) => one !== undefined);
    });
    await move(first);
    transaction.trust();
    seen.length = 0;
    const { pair } = store;
    await expect(move(second)).rejects.toMatchObject({
      code: 'reload-vetoed',
      message: expect.stringContaining(
        'The new settings cannot be used by mail (Error ECONNREFUSED), broker (Error ECONNREFUSED).',
      ),
    });
    await turn();
    expect(seen).toEqual([
      'prepare agent2',
      'prepare pool2 over agent2',
      'abandon pool2 over agent2',
      'abandon agent2',
    ]);
    expect(store.pair).toBe(pair);
  });

  it('keeps the pair before open until the new one is trusted, and goes back to it without asking anybody', async () => {
    let asked = 0;
    const { store, move, transaction, seen } = world((notes) => [
      resource(notes, 'pool', [0], [], () => ++asked > 2),
      resource(notes, 'cache', [1]),
    ]);
    await move(first);
    transaction.trust();
    await move(second);
    expect([
      transaction.isUnproven,
      transaction.trusted.number,
      seen.filter((line) => line.startsWith('drain')),
    ]).toEqual([true, 1, []]);
    seen.length = 0;
    await transaction.goBack();
    await turn();
    expect([store.current.number, store.get(DatabaseSettings) === first.get(DatabaseSettings)]).toEqual([3, true]);
    expect(valuesIn(store.pair)).toEqual(['pool1', 'cache1']);
    expect(seen).toEqual(['committed pool1', 'drain pool2, refused']);
    expect([asked, transaction.isUnproven]).toEqual([2, false]);
  });

  it('lets go of a generation that is superseded before anybody trusted it, and holds two pairs at most', async () => {
    const { store, move, transaction, seen } = world((notes) => [resource(notes, 'pool', [0, 1])]);
    await move(first);
    transaction.trust();
    await move(second);
    await move(third);
    expect(seen.filter((line) => line.startsWith('drain'))).toEqual(['drain pool2, superseded']);
    await transaction.goBack();
    expect(valuesIn(store.pair)).toEqual(['pool1']);
    expect(seen.filter((line) => line.startsWith('drain'))).toEqual([
      'drain pool2, superseded',
      'drain pool3, refused',
    ]);
  });

  it('lets go of both pairs when it is closed, in reverse order of need', async () => {
    const { move, transaction, close, seen } = world((notes) => {
      const agent = resource(notes, 'agent', [1]);
      return [agent, resource(notes, 'client', [0], [agent])];
    });
    await move(first);
    transaction.trust();
    await move(second);
    close();
    await turn();
    expect(seen.filter((line) => line.startsWith('drain'))).toEqual([
      'drain client1 over agent1, closed',
      'drain client2 over agent1, closed',
      'drain agent1, closed',
    ]);
  });

  it('lets go of what is needed only when what uses it has ended, however long ago that was begun', async () => {
    const ends: (() => void)[] = [];
    const { move, transaction, close, seen } = world((notes) => {
      const agent = resource(notes, 'agent', [1]);
      const slow: Participant = {
        name: 'client',
        kind: 'resource',
        from: [0, 1],
        needs: [agent],
        prepare: () => ({
          drain: async () => {
            await new Promise<void>((end) => ends.push(end));
            notes.push('client gone');
          },
        }),
      };
      return [agent, slow];
    });
    await move(first);
    transaction.trust();
    // The clients of two generations leave one after the other, and both have used the agent.
    await move(second);
    transaction.trust();
    close();
    await turn();
    const isOpen = !seen.some((line) => line.startsWith('drain agent'));
    for (const end of ends) end();
    await turn();
    expect([isOpen, ends.length, seen.slice(-3)]).toEqual([
      true,
      2,
      ['client gone', 'client gone', 'drain agent1, closed'],
    ]);
  });

  it('names what does not let go within half a minute, and leaves it to itself', async () => {
    const { move, transaction, clock, logger, work } = world(() => [
      {
        name: 'pool',
        kind: 'resource',
        from: [0],
        needs: [],
        prepare: () => ({ drain: () => new Promise<never>(() => undefined) }),
      },
    ]);
    await move(first);
    transaction.trust();
    await move(second);
    transaction.trust();
    await turn();
    expect(work.names).toEqual(['resource pool']);
    clock.advance(30_000);
    await turn();
    expect(logger.of('config.drain.abandoned').map(({ message }) => message)).toEqual([
      'resource pool did not release what is no longer in use within 30s; it is not waited for any more.',
    ]);
    expect([work.names, clock.waiting]).toEqual([[], 0]);
  });

  it('refuses participants that need each other, and one that is not given, at the start', () => {
    const [pool, agent, mail] = ['pool', 'agent', 'mail'].map((name) => ({
      ...resource([], name, [0]),
      needs: [] as Participant[],
    }));
    if (pool === undefined || agent === undefined || mail === undefined) throw new Error('three were made');
    pool.needs.push(agent);
    agent.needs.push(mail);
    expect(() => world(() => [pool, agent])).toThrow('resources: pool -> agent -> mail: list mail, too.');
    mail.needs.push(agent);
    expect(() => world(() => [pool, agent, mail])).toThrow('resources: agent -> mail -> agent need each other.');
  });
});

describe('a dependant in a transaction', () => {
  /** One that notes its calls; it has nothing to do where the answer says so. */
  const dependant = (seen: string[], isIdle: (next: Generation) => boolean = () => false): ConfigDependant => ({
    name: 'pool',
    prepare: (next, previous) => {
      const note = (what: string): void => void seen.push(`${what} ${String(next.number)}`);
      seen.push(`prepare ${String(next.number)} after ${String(previous?.number)}`);
      if (isIdle(next)) return undefined;
      return {
        commit: () => {
          note('commit');
        },
        drain: async () => {
          note('drain');
          return Promise.resolve();
        },
        abandon: () => {
          note('abandon');
        },
      };
    },
  });

  it('has nothing to drain for the first generation, and drains later ones once they are trusted', async () => {
    const { move, transaction, seen } = world((notes) => [participantOf(dependant(notes))]);
    await move(first);
    transaction.trust();
    await move(second);
    seen.push('trusted');
    transaction.trust();
    await turn();
    expect(seen).toEqual([
      'prepare 1 after undefined',
      'commit 1',
      'prepare 2 after 1',
      'commit 2',
      'trusted',
      'drain 2',
    ]);
  });

  it('commits once more to what it had when a generation is rolled back, and abandons that', async () => {
    const { move, transaction, seen } = world((notes) => [participantOf(dependant(notes))]);
    await move(first);
    transaction.trust();
    await move(second);
    seen.length = 0;
    await transaction.goBack();
    await turn();
    expect(seen).toEqual(['commit 1', 'abandon 2']);
  });

  it('goes back to what is trusted before it follows a generation that supersedes an untrusted one', async () => {
    const { move, transaction, seen } = world((notes) => [participantOf(dependant(notes))]);
    await move(first);
    transaction.trust();
    await move(second);
    seen.length = 0;
    await move(third);
    transaction.trust();
    await turn();
    expect(seen).toEqual(['prepare 3 after 2', 'commit 1', 'commit 3', 'abandon 2', 'drain 3']);
  });

  it('keeps what it had where it has nothing to do', async () => {
    const { move, transaction, seen } = world((notes) => [participantOf(dependant(notes, (next) => next === second))]);
    await move(first);
    transaction.trust();
    await move(second);
    await transaction.goBack();
    await turn();
    expect(seen).toEqual(['prepare 1 after undefined', 'commit 1', 'prepare 2 after 1']);
  });

  it('that came after the trusted generation is asked for it, and holds nothing up when it cannot', async () => {
    let isDown = false;
    const given: Participant[] = [];
    const { store, move, transaction, seen, logger } = world(() => given);
    const pool = dependant(seen);
    await move(first);
    transaction.trust();
    given.push(
      participantOf({
        name: 'pool',
        prepare: (next, previous, context) => {
          if (isDown) throw new Error('down');
          return pool.prepare(next, previous, context);
        },
      }),
    );
    await move(second);
    isDown = true;
    await transaction.goBack();
    await turn();
    expect([store.current.number, store.get(DatabaseSettings).port]).toEqual([3, 1]);
    expect(seen).toEqual(['prepare 2 after 1', 'commit 2', 'drain 2']);
    expect(logger.of('config.dependant.failed').map(({ message }) => message)).toEqual([
      'pool could not go back, and still works with generation 2: it threw Error.',
    ]);
    expect(transaction.resources).toMatchObject([{ generation: 2 }]);
  });
});
