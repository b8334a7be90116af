import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { ConfigError, createLayer, type ConfigSource } from '../../../src/core/index.js';
import {
  planLoad,
  startReloads,
  type ConfigDependant,
  type ReloadOptions,
  type ReloadOutcome,
  type RunningSettings,
} from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { configFolder } from '../../../src/sources/index.js';
import { addFiles, temporaryFolder } from '../../sources/file-fixtures.js';
import { FakeClock } from '../fake-clock.js';

@ConfigSection('queue')
class QueueSettings {
  @IsString() url = 'none';
  @IsInt() prefetch = 1;
}

const FILES = {
  'app.yaml': 'queue: { prefetch: 5 }',
  'app.production.blue.yaml': 'queue: { url: blue }',
  'app.production.green.yaml': 'queue: { url: green }',
};

interface World extends RunningSettings {
  readonly folder: string;
  readonly queue: () => Readonly<QueueSettings>;
  readonly write: (name: string, text: string) => Promise<void>;
}

async function world(files: Record<string, string> = FILES, reload: ReloadOptions = {}): Promise<World> {
  const folder = await temporaryFolder(files);
  const options = {
    sections: [QueueSettings],
    sources: [configFolder(folder)],
    env: { UNO_ENV: 'production', UNO_DEPLOYMENT: 'blue' },
  };
  const running = await startReloads(options, planLoad(options, false), { settle: '1ms', ...reload });
  return {
    ...running,
    folder,
    queue: () => running.store.current.get(QueueSettings),
    write: async (name, text) => addFiles(folder, { [name]: text }),
  };
}

function paths({ status, ...outcome }: ReloadOutcome): unknown {
  return 'sections' in outcome ? outcome.sections.flatMap(({ changes }) => changes.map(({ path }) => path)) : status;
}

describe('ReloadService.stage', () => {
  it('loads another deployment beside the one in use, which stays', async () => {
    const { reloads, queue, store } = await world();
    const green = await reloads.stage({ deployment: 'green' });
    expect(green.generation.get(QueueSettings)).toEqual({ url: 'green', prefetch: 5 });
    expect(green.generation.selectors).toMatchObject({ environment: 'production', deployment: 'green' });
    expect(green.diff().map(({ changes }) => changes.map(({ before, after }) => [before, after]))).toEqual([
      [['blue', 'green']],
    ]);
    expect([queue().url, store.current.number, reloads.status().wanted]).toEqual(['blue', 1, []]);
    await reloads.close();
  });

  it('rejects with all that is wrong there, and changes nothing', async () => {
    const { reloads, queue } = await world({ ...FILES, 'app.production.green.yaml': 'queue: { url: 1, prefetch: x }' });
    const error = await reloads.stage({ deployment: 'green' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({
      code: 'invalid-settings',
      issues: [{ path: ['queue', 'url'] }, { path: ['queue', 'prefetch'] }],
    });
    expect([queue().url, reloads.status().rejections]).toEqual(['blue', 0]);
    await reloads.close();
  });

  it('switches at the commit, and reads the files of the new deployment from then on', async () => {
    const { reloads, queue, store, write } = await world();
    const reasons: string[] = [];
    reloads.events.on('ConfigChanged', ({ reason }) => reasons.push(reason));
    const green = await reloads.stage({ deployment: 'green' });
    expect(paths(await green.commit())).toEqual(['queue.url']);
    expect([queue().url, store.current.selectors.deployment]).toEqual(['green', 'green']);
    await write('app.production.blue.yaml', 'queue: { url: blue-2 }');
    await write('app.production.green.yaml', 'queue: { url: green-2 }');
    await reloads.reload('both have changed');
    expect([queue().url, store.current.selectors.deployment]).toEqual(['green-2', 'green']);
    expect(reasons[0]).toBe('switch to deployment green');
    await reloads.close();
  });

  it('can be taken back, with the selectors of before', async () => {
    const { reloads, queue, store, write } = await world();
    const green = await reloads.stage({ deployment: 'green' });
    await expect(green.rollback()).rejects.toThrow(
      new TypeError('rollback(): nothing was committed; call commit() first.'),
    );
    await green.commit();
    expect(paths(await green.rollback())).toEqual(['queue.url']);
    expect([queue().url, store.current.selectors.deployment]).toEqual(['blue', 'blue']);
    await write('app.production.blue.yaml', 'queue: { url: blue-2 }');
    await reloads.reload('asked');
    expect([queue().url, reloads.status().wanted]).toEqual(['blue-2', []]);
    await reloads.close();
  });

  it('takes a rollback by number for the same', async () => {
    const { reloads, queue, store } = await world();
    await (await reloads.stage({ deployment: 'green' })).commit();
    await reloads.rollback(1);
    expect([queue().url, store.current.selectors.deployment]).toEqual(['blue', 'blue']);
    await reloads.close();
  });

  it('is built anew on what was reloaded since', async () => {
    const { reloads, queue, write } = await world();
    const green = await reloads.stage({ deployment: 'green' });
    await write('app.production.blue.yaml', 'queue: { url: blue-2 }');
    await reloads.reload('asked');
    expect(queue().url).toBe('blue-2');
    expect(green.diff().flatMap(({ changes }) => changes.map(({ before }) => before))).toEqual(['blue-2']);
    expect((await green.commit()).status).toBe('committed');
    expect(queue()).toEqual({ url: 'green', prefetch: 5 });
    await reloads.close();
  });

  it('follows the files of the new deployment where files are watched, and those of the old no more', async () => {
    const { reloads, queue, store, write } = await world(FILES, { watch: true, pollInterval: '20ms', debounce: '5ms' });
    await (await reloads.stage({ deployment: 'green' })).commit();
    const changed = new Promise<void>((resolve) => {
      reloads.events.on('ConfigChanged', () => {
        if (queue().url === 'green-2') resolve();
      });
    });
    await write('app.production.blue.yaml', 'queue: { url: blue-2 }');
    await write('app.production.green.yaml', 'queue: { url: green-2 }');
    await changed;
    expect(store.current.selectors.deployment).toBe('green');
    await reloads.close();
  });

  it('stays where it is when a dependant objects', async () => {
    const dependant: ConfigDependant = {
      name: 'queue client',
      prepare: (next) => {
        if (next.get(QueueSettings).url === 'green') throw new Error('no route');
        return undefined;
      },
    };
    const { reloads, queue, store } = await world(FILES, { dependants: [dependant] });
    const outcome = await (await reloads.stage({ deployment: 'green' })).commit();
    expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'reload-vetoed' } });
    expect([queue().url, store.current.selectors.deployment, reloads.status().wanted]).toEqual(['blue', 'blue', []]);
    await reloads.close();
  });

  it('goes back by itself when a hook objects, and reads the old deployment again', async () => {
    const clock = new FakeClock();
    const said = new Map([
      ['blue', 1],
      ['green', -1],
    ]);
    const source: ConfigSource = {
      load: ({ deployment = '' }) =>
        createLayer({ name: 'queue service', tree: { queue: { prefetch: said.get(deployment) } } }),
    };
    const options = { sections: [QueueSettings], sources: [source], env: {}, deployment: 'blue', clock };
    const { reloads, store } = await startReloads(options, planLoad(options, false), {
      bake: '60s',
      verify: [{ name: 'probe', check: (current) => current.get(QueueSettings).prefetch > 0 }],
    });
    await reloads.trust();
    const green = await reloads.stage({ deployment: 'green' });
    expect((await green.commit()).status).toBe('committed');
    while (store.current.selectors.deployment !== 'blue') {
      clock.advance(1_000);
      await turn();
    }
    expect([store.current.get(QueueSettings).prefetch, reloads.status().wanted]).toEqual([1, []]);
    said.set('blue', 2);
    await reloads.reload('asked');
    expect(store.current.get(QueueSettings).prefetch).toBe(2);
    await reloads.close();
  });

  it('changes only how files are chosen where all settings are equal', async () => {
    const { reloads, queue, store, write } = await world({
      ...FILES,
      'app.production.green.yaml': 'queue: { url: blue }',
    });
    const outcome = await (await reloads.stage({ deployment: 'green' })).commit();
    expect([outcome.status, store.current.number, store.current.selectors.deployment]).toEqual([
      'unchanged',
      1,
      'green',
    ]);
    await write('app.production.green.yaml', 'queue: { url: green }');
    await reloads.reload('asked');
    expect(queue().url).toBe('green');
    await reloads.close();
  });

  it('refuses what is no selector', async () => {
    const { reloads } = await world();
    // A caller without types.
    const options = { environment: 'test' } as object;
    await expect(reloads.stage(options)).rejects.toThrow(TypeError);
    await reloads.close();
  });
});
