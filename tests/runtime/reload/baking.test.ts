import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { createLayer, type ConfigSource } from '../../../src/core/index.js';
import { configHealth } from '../../../src/observability/index.js';
import {
  ConfigStore,
  loadGeneration,
  ReloadService,
  type ConfigDependant,
  type ConfigEvent,
  type Generation,
  type ReloadOptions,
} from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { FakeClock } from '../fake-clock.js';

@ConfigSection('a')
class A {
  @IsInt() public n: number = 0;
}

@ConfigSection('b')
class B {
  @IsInt() public n: number = 0;
}

type Names = 'a' | 'b';

interface World {
  readonly store: ConfigStore;
  readonly reloads: ReloadService;
  readonly events: ConfigEvent[];
  /** What sources say from now on; they tell of it, and all that follows at once is waited for. */
  readonly say: (values: Partial<Record<Names, unknown>>) => Promise<void>;
  /** Time passes. */
  readonly pass: (seconds: number) => Promise<void>;
  readonly values: () => readonly number[];
  /** The reasons of the generations, from the second one on. */
  readonly reasons: () => readonly string[];
}

const isContent = (current: Generation): boolean => current.get(A).n >= 0 && current.get(B).n >= 0;

/** Two sources with a section each. A hook objects to negative numbers. */
async function world(reload: ReloadOptions = {}): Promise<World> {
  const clock = new FakeClock();
  const said: Record<Names, unknown> = { a: 0, b: 0 };
  const told: Partial<Record<Names, () => void>> = {};
  const source = (name: Names): ConfigSource => ({
    name,
    load: ({ previous }) => {
      const [layer] = previous ?? [];
      const tree = { [name]: { n: said[name] } };
      return JSON.stringify(layer?.tree) === JSON.stringify(tree) && layer ? layer : createLayer({ name, tree });
    },
    watch: ({ changed }) => {
      told[name] = changed;
    },
  });
  const options = {
    sections: [A, B],
    sources: [source('a'), source('b')],
    environment: 'test',
    env: {},
    clock,
  } as const;
  const store = new ConfigStore(await loadGeneration(options));
  const reloads = new ReloadService(store, options, {
    watch: true,
    bake: '60s',
    verify: [{ name: 'probe', check: isContent }],
    ...reload,
  });
  await reloads.start();
  const events: ConfigEvent[] = [];
  reloads.events.on((event) => {
    events.push(event);
  });
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns++) await turn();
  };
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      await settle();
    }
  };
  // The first generation is proven.
  await pass(61);
  return {
    store,
    reloads,
    events,
    say: async (values) => {
      Object.assign(said, values);
      for (const name of ['a', 'b'] as const) if (name in values) told[name]?.();
      await settle();
      clock.advance(100);
      await settle();
    },
    pass,
    values: () => [store.get(A).n, store.get(B).n],
    reasons: () =>
      reloads
        .history()
        .slice(1)
        .map(({ reason }) => reason),
  };
}

describe('a generation in its bake', () => {
  it('has the change of another source wait, which goes on alone after an objection', async () => {
    let isLate = false;
    const { reloads, say, pass, values, reasons } = await world({
      verify: [{ name: 'probe', check: (current) => current.get(A).n >= 0 || !isLate }],
    });
    await say({ a: -1 });
    await say({ b: 1 });
    expect([values(), reloads.status()]).toMatchObject([
      [-1, 0],
      { trusted: 1, generation: 2, waiting: ['b changed'], wanted: [{ index: 1, source: 'b', why: 'waits' }] },
    ]);
    expect(configHealth(reloads)).toMatchObject({
      status: 'degraded',
      problems: ['The current values of the source b wait until generation 2 is trusted.'],
      generation: { trusted: false },
    });
    isLate = true;
    await pass(1);
    expect(values()).toEqual([0, 1]);
    await pass(61);
    expect([values(), reasons()]).toEqual([
      [0, 1],
      ['a changed', 'rolled back by probe', 'b changed'],
    ]);
    expect(configHealth(reloads)).toMatchObject({
      status: 'degraded',
      problems: [
        'The last reload was rejected: Generation 2 was rolled back: "probe" was not content with it.',
        'The current values of the source a were refused, and are not tried again before they change.',
      ],
    });
    await reloads.close();
  });

  it('is superseded at once by a newer answer of the source that moved in it', async () => {
    const { reloads, store, say, pass, values } = await world();
    await say({ a: 1 });
    await pass(30);
    await say({ a: 2 });
    expect([values(), reloads.status().trusted]).toEqual([[2, 0], 1]);
    // Its own bake begins anew.
    await pass(59);
    expect(reloads.status().trusted).toBe(1);
    await pass(2);
    expect([reloads.status().trusted, store.current.number]).toEqual([3, 3]);
    await reloads.close();
  });

  it('is left when the source takes its change back, though nobody objects', async () => {
    const { reloads, say, values, reasons } = await world();
    await say({ a: 1 });
    await say({ a: 0 });
    expect([values(), reasons(), configHealth(reloads).status]).toEqual([
      [0, 0],
      ['a changed', 'a changed'],
      'healthy',
    ]);
    await reloads.close();
  });

  it('is not superseded after three in a row that nobody has judged', async () => {
    const { reloads, say, pass, values } = await world();
    for (const n of [1, 2, 3, 4]) await say({ a: n });
    expect([values(), reloads.status().waiting]).toEqual([[3, 0], ['a changed']]);
    await pass(61);
    expect(values()).toEqual([4, 0]);
    await reloads.close();
  });

  it('ends when a person trusts it, and what waits goes on', async () => {
    const { reloads, say, pass, values } = await world();
    await say({ a: 1 });
    await say({ b: 1 });
    expect([values(), await reloads.trust()]).toEqual([[1, 0], true]);
    await pass(1);
    expect([values(), await reloads.trust(), await reloads.trust()]).toEqual([[1, 1], true, false]);
    await reloads.close();
  });

  it('does not hold up a person who asks for a reload', async () => {
    const { reloads, say, values } = await world();
    await say({ a: 1 });
    await say({ b: 1 });
    expect([(await reloads.reload('asked')).status, values()]).toEqual(['committed', [1, 1]]);
    // Nothing is newer than what is in its bake.
    expect((await reloads.reload('again')).status).toBe('unchanged');
    expect(reloads.status().trusted).toBe(1);
    await reloads.close();
  });

  it('gets its verdict while reloads are paused, and what waits goes on when they are resumed', async () => {
    const { reloads, say, pass, values } = await world();
    await say({ a: 1 });
    await say({ b: 1 });
    reloads.pause();
    await pass(61);
    expect([values(), reloads.status().trusted]).toEqual([[1, 0], 2]);
    reloads.resume();
    await turn();
    await turn();
    expect(values()).toEqual([1, 1]);
    await reloads.close();
  });
});

describe('what was refused', () => {
  it('together is tried once more, each alone, when a companion changes', async () => {
    const { reloads, say, pass, values, reasons } = await world();
    await say({ a: -1, b: 1 });
    await pass(1);
    expect([values(), reloads.status().wanted.map(({ why }) => why)]).toEqual([
      [0, 0],
      ['refused', 'refused'],
    ]);
    await say({ a: 2 });
    expect(values()).toEqual([2, 0]);
    await pass(62);
    expect(values()).toEqual([2, 1]);
    await pass(62);
    expect([reasons().at(-1), configHealth(reloads).status]).toEqual(['b once more, alone', 'healthy']);
    await reloads.close();
  });

  it('is tried again when a person asks, and not because a source is read once more', async () => {
    let looks = 0;
    const { reloads, say, values } = await world({
      verify: [
        {
          name: 'probe',
          check: (current) => {
            if (current.get(A).n < 0) looks++;
            return isContent(current);
          },
        },
      ],
    });
    await say({ a: -1 });
    await say({ a: -1 });
    expect([looks, values()]).toEqual([1, [0, 0]]);
    await reloads.reload('asked');
    await turn();
    await turn();
    expect([looks, values()]).toEqual([2, [0, 0]]);
    await reloads.close();
  });

  it('by a dependant holds up no other source', async () => {
    const pool: ConfigDependant = {
      name: 'pool',
      prepare: (next) => {
        if (next.get(A).n === 7) throw new Error('no');
        return undefined;
      },
    };
    const { reloads, say, pass, values } = await world({ dependants: [pool] });
    await say({ a: 7 });
    await say({ b: 1 });
    expect([values(), reloads.status().wanted]).toEqual([[0, 1], [{ index: 0, source: 'a', why: 'refused' }]]);
    await pass(61);
    await say({ a: 8 });
    expect([values(), reloads.status()]).toMatchObject([[8, 1], { rejections: 0, wanted: [] }]);
    await reloads.close();
  });
});

describe('a person who goes back to what is trusted', () => {
  it('while it is still open is vetoed by nobody, and nothing undoes it before a source moves', async () => {
    let isDown = false;
    const pool: ConfigDependant = {
      name: 'pool',
      prepare: () => {
        if (isDown) throw new Error('down');
        return { commit: () => undefined };
      },
    };
    const { reloads, say, pass, values } = await world({ dependants: [pool] });
    await say({ a: 1 });
    await say({ b: 1 });
    isDown = true;
    expect([(await reloads.rollback(1)).status, values()]).toEqual(['committed', [0, 0]]);
    await pass(61);
    expect([values(), reloads.status().wanted.map(({ source, why }) => [source, why])]).toEqual([
      [0, 0],
      [
        ['a', 'rolled-back'],
        ['b', 'rolled-back'],
      ],
    ]);
    isDown = false;
    await say({ b: 2 });
    expect(values()).toEqual([1, 2]);
    await reloads.close();
  });
});

describe('the health after a rollback', () => {
  it('is degraded until the sources agree with what is in use', async () => {
    const { reloads, say, pass, values } = await world({ bake: '0s' });
    await say({ a: 1 });
    await reloads.rollback(1);
    await pass(1);
    expect([values(), configHealth(reloads)]).toMatchObject([
      [0, 0],
      {
        status: 'degraded',
        problems: [
          'A kept generation is in use since a rollback; the current values of the sources are not tried before one of them changes.',
        ],
        wanted: [{ why: 'rolled-back' }, { why: 'rolled-back' }],
      },
    ]);
    // Told of nothing new, it stays where the person has put it.
    await say({ b: 0 });
    expect(values()).toEqual([0, 0]);
    await say({ b: 1 });
    await pass(1);
    expect([values(), configHealth(reloads).status]).toEqual([[1, 1], 'healthy']);
    await reloads.close();
  });

  it('to what is in use heals nothing', async () => {
    const { reloads, say } = await world({ bake: '0s' });
    await say({ a: 'many' });
    expect(reloads.status()).toMatchObject({ rejections: 1, wanted: [{ source: 'a', why: 'rejected' }] });
    await reloads.rollback(1);
    expect([reloads.status().rejections, configHealth(reloads).status]).toEqual([1, 'degraded']);
    await reloads.close();
  });

  it('by a hook does not turn healthy with a reload that changes nothing', async () => {
    const { reloads, say, pass } = await world({ bake: '0s' });
    await say({ a: -1 });
    await pass(1);
    await say({ b: 0 });
    expect(configHealth(reloads)).toMatchObject({ status: 'degraded', lastRejection: { code: 'verification-failed' } });
    await say({ a: 0 });
    await reloads.reload('asked');
    expect(configHealth(reloads)).toMatchObject({ status: 'healthy', problems: [] });
    await reloads.close();
  });
});

describe('requests while reloads are paused', () => {
  it('cost nothing for a source that tells of a change again and again, and make one reload with a short reason', async () => {
    const { reloads, say, values, reasons } = await world({ bake: '0s', verify: [] });
    reloads.pause();
    for (let n = 1; n <= 30; n++) await say({ a: n });
    expect(reloads.status().waiting).toEqual(['a changed']);
    const asked = Array.from({ length: 1_000 }, async (_, n) => reloads.reload(`operator ${String(n)}`));
    await turn();
    reloads.resume();
    const outcomes = new Set((await Promise.all(asked)).map(({ status }) => status));
    expect([values(), [...outcomes], reasons()]).toEqual([
      [30, 0],
      ['committed'],
      ['a changed, operator 0, operator 1, operator 2, operator 3 and 996 more'],
    ]);
    await reloads.close();
  });
});

describe('the first generation in its bake', () => {
  it('stays when a hook comes to object, because there is nothing to go back to: the health says so', async () => {
    const clock = new FakeClock();
    const options = { sections: [A, B], sources: [{ load: () => ({}) }], environment: 'test', env: {}, clock } as const;
    const store = new ConfigStore(await loadGeneration(options));
    let looks = 0;
    const reloads = new ReloadService(store, options, {
      bake: '60s',
      verify: [{ name: 'probe', check: () => ++looks < 3 }],
    });
    await reloads.start();
    expect([configHealth(reloads).status, reloads.status().trusted]).toEqual(['healthy', undefined]);
    for (let second = 0; second < 5; second++) {
      clock.advance(1_000);
      await turn();
    }
    expect(looks).toBe(3);
    await reloads.reload('asked');
    expect(configHealth(reloads)).toMatchObject({
      status: 'degraded',
      problems: [
        'The last reload was rejected: Generation 1 stays, because there is no earlier one: "probe" was not content with it.',
      ],
    });
    await reloads.trust();
    await reloads.reload('asked');
    expect([configHealth(reloads).status, reloads.status().trusted]).toEqual(['healthy', 1]);
    await reloads.close();
  });

  it('is looked at anew when what came over it is refused, and is trusted in the end', async () => {
    const clock = new FakeClock();
    let n = 0;
    const source = { load: () => ({ a: { n } }) };
    const options = { sections: [A, B], sources: [source], environment: 'test', env: {}, clock } as const;
    const store = new ConfigStore(await loadGeneration(options));
    const reloads = new ReloadService(store, options, {
      bake: '60s',
      verify: [{ name: 'probe', check: isContent }],
    });
    await reloads.start();
    const pass = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1_000);
        await turn();
      }
    };
    await pass(30);
    n = -1;
    await reloads.reload('asked');
    await pass(30);
    expect([store.get(A).n, reloads.status().generation, reloads.status().trusted]).toEqual([0, 3, undefined]);
    await pass(61);
    expect([reloads.status().trusted, configHealth(reloads).generation?.trusted]).toEqual([3, true]);
    await reloads.close();
  });
});
