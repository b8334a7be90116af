import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule, monitorIdentifier } from '../../../src/container/index.js';
import type { ConfigSource } from '../../../src/core/index.js';
import {
  ConfigStore,
  ReloadService,
  type ConfigDependant,
  type Generation,
  type ReloadOptions,
  type SectionMonitor,
} from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { caught } from '../../sources/caught.js';
import { FakeClock } from '../fake-clock.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsInt() public port: number = 1;
}

interface World {
  readonly container: Container;
  readonly reloads: ReloadService;
  readonly store: ConfigStore;
  readonly clock: FakeClock;
  readonly say: (port: number) => void;
}

async function world(reload: ReloadOptions): Promise<World> {
  const container = new Container();
  const clock = new FakeClock();
  let port = 1;
  const source: ConfigSource = { name: 'file', load: () => ({ database: { port } }) };
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [DatabaseSettings],
      sources: [source],
      environment: 'test',
      env: {},
      clock,
      reload,
    }),
  );
  return {
    container,
    reloads: container.get(ReloadService),
    store: container.get(ConfigStore),
    clock,
    say: (next) => {
      port = next;
    },
  };
}

/** A pool that cannot be opened any more once somebody says so, and that can be used only while it is open. */
class Pool implements ConfigDependant {
  public readonly name = 'pool';
  public isDown = false;
  public readonly open = new Set<number>();
  public port = 0;

  public prepare(next: Generation): ReturnType<ConfigDependant['prepare']> {
    const { port } = next.get(DatabaseSettings);
    if (this.isDown) throw new Error('down');
    this.open.add(port);
    let before = 0;
    return {
      commit: () => {
        if (this.port !== port) before = this.port;
        this.port = port;
      },
      drain: async () => Promise.resolve(void this.open.delete(before)),
      abandon: () => void this.open.delete(port),
    };
  }
}

describe('a generation that a hook refuses', () => {
  it('is rolled back though nobody could open the old pool again, because it is still open', async () => {
    const pool = new Pool();
    const { reloads, store, say } = await world({
      dependants: [pool],
      verify: [{ name: 'probe', check: (current) => current.get(DatabaseSettings).port !== 2 }],
    });
    const rejected = reloads.events.stream({ types: ['ConfigReloadRejected'] }).next();
    say(2);
    await reloads.reload('asked');
    pool.isDown = true;
    expect((await rejected).value).toMatchObject({
      error: {
        code: 'verification-failed',
        message: expect.stringContaining('Generation 2 was rolled back: "probe" was not content with it.'),
      },
    });
    await turn();
    expect([store.get(DatabaseSettings).port, pool.port, [...pool.open]]).toEqual([1, 1, [1]]);
    await reloads.close();
  });

  it('leaves the old pool open until the hooks are content', async () => {
    const pool = new Pool();
    const { reloads, say, clock } = await world({
      dependants: [pool],
      bake: '10s',
      verify: [{ name: 'probe', check: () => true }],
    });
    say(2);
    await reloads.reload('asked');
    const during = [...pool.open];
    for (let second = 0; second < 10; second++) {
      await turn();
      clock.advance(1_000);
    }
    await turn();
    expect([during, [...pool.open]]).toEqual([[1, 2], [2]]);
    await reloads.close();
  });
});

describe('listeners of a commit', () => {
  it('of every kind hear of new settings when the pool has moved, too', async () => {
    const pool = new Pool();
    const { container, reloads, store, say } = await world({ dependants: [pool] });
    const heard: string[] = [];
    const note = (who: string): void => void heard.push(`${who} with pool ${String(pool.port)}`);
    store.onCommit(() => {
      note('store');
    });
    container.get<SectionMonitor<DatabaseSettings>>(monitorIdentifier(DatabaseSettings)).onChange(() => {
      note('monitor');
    });
    reloads.events.on('ConfigChanged', () => {
      note('event');
    });
    say(2);
    await reloads.reload('asked');
    await reloads.events.drain();
    expect(heard).toEqual(['store with pool 2', 'monitor with pool 2', 'event with pool 2']);
    await reloads.close();
  });
});

describe('the first generation', () => {
  it('is asked for of the dependants in the options, before anything is bound', async () => {
    const asked: unknown[] = [];
    const pool: ConfigDependant = {
      name: 'pool',
      prepare: (next, previous) => {
        asked.push([next.number, previous]);
        return { commit: () => asked.push('commit'), drain: async () => Promise.resolve(void asked.push('drain')) };
      },
    };
    const { reloads } = await world({ dependants: [pool] });
    expect(asked).toEqual([[1, undefined], 'commit']);
    await reloads.close();
  });

  it('fails the load when dependants veto it: all are named, and what the others prepared is abandoned', async () => {
    const pool = new Pool();
    const veto = (name: string): ConfigDependant => ({
      name,
      prepare: () => {
        throw Object.assign(new Error('postgres://app:hunter2@db'), { code: 'ECONNREFUSED' });
      },
    });
    const error = await caught(async () => world({ dependants: [pool, veto('broker'), veto('mail')] }));
    expect([error.code, error.message]).toEqual([
      'reload-vetoed',
      'The settings cannot be used by broker (Error ECONNREFUSED), mail (Error ECONNREFUSED).\nCorrect the settings, or what they point to, and start again.',
    ]);
    expect([...pool.open]).toEqual([]);
  });

  it('is looked at once by the hooks, and fails the load when one objects', async () => {
    const pool = new Pool();
    const looks: unknown[] = [];
    const error = await caught(async () =>
      world({
        dependants: [pool],
        bake: '1h',
        verify: [
          {
            name: 'probe',
            check: (current, previous) => {
              looks.push([current.number, previous]);
              return false;
            },
          },
        ],
      }),
    );
    expect([error.code, error.message, looks]).toEqual([
      'verification-failed',
      'The settings cannot be used: "probe" was not content with them.\nCorrect the settings, or what the hook found wrong, and start again.',
      [[1, undefined]],
    ]);
    // What had been prepared is let go of.
    expect([...pool.open]).toEqual([]);
  });
});
