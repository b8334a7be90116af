import { spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { link, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Clock, LogRecord, WatchContext } from '../../src/core/index.js';
import { systemClock } from '../../src/core/index.js';
import { jsonFile, optional } from '../../src/sources/index.js';
import { ReadRecord } from '../../src/sources/watch/read-record.js';
import type { OpenWatcher } from '../../src/sources/watch/shared-folder.js';
import { isMountPoint } from '../../src/sources/watch/watch-file-system.js';
import { watchReads } from '../../src/sources/watch/watch-reads.js';
import { layersOf, loadContext, temporaryFolder } from './file-fixtures.js';
import { SteppedClock } from './stepped-clock.js';
import type { Watching } from './watching.js';
import { watching } from './watching.js';

/** As a system does that has no watchers left. */
const exhausted: OpenWatcher = () => {
  throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
};

/** Watches a file that was read once, by polling only unless there is a way to open watchers. */
async function polled(path: string, pollInterval = 20, open = exhausted): Promise<Watching> {
  const target = { kind: 'file', path } as const;
  const record = new ReadRecord([target]);
  await record.during(loadContext(), async (reading) => reading.file(path).catch(() => ''));
  const options = { name: path, open };
  return watching({ load: () => ({}), watch: (context) => watchReads(context, record, options) }, { pollInterval });
}

/** The machine's time; says when timers have fired. */
class TickingClock implements Clock {
  #fired: () => void = () => undefined;

  public now(): number {
    return systemClock.now();
  }

  public monotonic(): number {
    return systemClock.monotonic();
  }

  public after(milliseconds: number, callback: () => void): () => void {
    return systemClock.after(
      milliseconds,
      () => {
        callback();
        this.#fired();
      },
      { keepAlive: true },
    );
  }

  public async ticks(count: number): Promise<void> {
    for (let tick = 0; tick < count; tick++) await new Promise<void>((resolve) => (this.#fired = resolve));
  }
}

/** Without emptying it first: whoever pauses after that for longer than `settle` has written two texts. */
async function overwrite(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'r+' });
}

function warnings({ records }: Watching): readonly LogRecord[] {
  return records.filter(({ level }) => level === 'warn');
}

describe('watchReads', () => {
  it('says once that it can only poll, and goes on', async () => {
    const folder = await temporaryFolder({ 'app.json': '1' });
    const path = join(folder, 'app.json');
    const watch = await polled(path);
    await writeFile(path, '2');
    await watch.changed();
    await rm(path);
    await watch.changed();
    expect(warnings(watch)).toEqual([
      {
        level: 'warn',
        event: 'config.watch.polling',
        message: `${path} is watched by polling every 20 ms only: the operating system answers ENOSPC.`,
        fields: { source: path, code: 'ENOSPC', pollInterval: 20 },
      },
    ]);
  });

  it('sees by polling what keeps its size and its time of modification', async () => {
    const path = join(await temporaryFolder({ 'app.json': '1' }), 'app.json');
    await utimes(path, 1, 1);
    const watch = await polled(path);
    await writeFile(path, '2');
    await utimes(path, 1, 1);
    await expect(watch.changed()).resolves.toBeUndefined();
  });

  it('sees by polling that a file is created, deleted and created again', async () => {
    const path = join(await temporaryFolder(), 'app.json');
    const watch = await polled(path);
    await writeFile(path, '1');
    await watch.changed();
    await rm(path);
    await watch.changed();
    await writeFile(path, '1');
    await expect(watch.changed()).resolves.toBeUndefined();
  });

  it('sees by polling that a link leads elsewhere', async () => {
    const folder = await temporaryFolder({ 'v1/a': '1', 'v2/a': '2' });
    const link = join(folder, 'link');
    await symlink('v1', link);
    const watch = await polled(join(link, 'a'));
    await rm(link);
    await symlink('v2', link);
    await expect(watch.changed()).resolves.toBeUndefined();
  });

  it('polls at the default interval soon enough', async () => {
    const path = join(await temporaryFolder({ 'app.json': '1' }), 'app.json');
    const watch = await polled(path, 500);
    await writeFile(path, '2');
    await expect(watch.changed()).resolves.toBeUndefined();
  });

  it('looks at a file that has another name elsewhere at every poll, because nobody tells of that', async () => {
    const folder = await temporaryFolder({ 'here/app.json': '{"a":1}', 'there/x': '' });
    await link(join(folder, 'here/app.json'), join(folder, 'there/app.json'));
    const clock = new SteppedClock();
    const source = jsonFile(join(folder, 'here/app.json'));
    await layersOf(source, { clock });
    // A quiet file is glanced at in every ten thousandth poll only.
    const watch = await watching(source, { clock, pollInterval: 1 });
    await clock.through(new Promise((resolve) => setTimeout(resolve, 50)), 1);
    const started = clock.monotonic();
    await writeFile(join(folder, 'there/app.json'), '{"a":2}');
    await clock.through(watch.changed(), 1);
    expect(clock.monotonic() - started).toBeLessThan(9_000);
  });

  it('says nothing of a file that is written with the text it had', async () => {
    const folder = await temporaryFolder({ a: '1', b: '1' });
    const [same, other] = await Promise.all([polled(join(folder, 'a')), polled(join(folder, 'b'))]);
    await overwrite(join(folder, 'a'), '1');
    await overwrite(join(folder, 'b'), '2');
    await other.changed();
    expect(same.calls()).toBe(0);
  });

  it('costs a hundred sources in one folder no more watchers of the operating system than one', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `${String(index)}.json`);
    const folder = await temporaryFolder(Object.fromEntries(names.map((name) => [name, '1'])));
    const opened: string[] = [];
    const open: OpenWatcher = (path, ...rest) => {
      opened.push(path);
      return watch(path, ...rest);
    };
    const watched = await Promise.all(names.map(async (name) => polled(join(folder, name), 500, open)));
    expect(opened).toEqual([folder]);
    await overwrite(join(folder, '42.json'), '2');
    await watched[42]?.changed();
    expect(watched.map(({ calls }) => calls()).reduce((sum, calls) => sum + calls)).toBe(1);
  });

  it('says nothing of an import that is still not there', async () => {
    const clock = new SteppedClock();
    const folder = await temporaryFolder({ 'app.json': '{"$import": "optional:base.json"}' });
    const source = jsonFile(join(folder, 'app.json'));
    await layersOf(source, { clock });
    const watch = await watching(source, { clock });
    await clock.through(new Promise((resolve) => clock.after(10_000, () => setImmediate(resolve))));
    expect(watch.calls()).toBe(0);
  });

  it('looks at what a load has come to read, however quiet all has been before', async () => {
    const folder = await temporaryFolder({ a: '1', b: '1' });
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const record = new ReadRecord([]);
    const load = async (...paths: readonly string[]): Promise<void> =>
      record.during(loadContext(), async (reading) => {
        for (const path of paths) await reading.file(path);
      });
    await load(a);
    const clock = new TickingClock();
    // Where nothing happens, it would look again after four seconds.
    const source = {
      load: () => ({}),
      watch: async (context: WatchContext) => watchReads(context, record, { name: a }),
    };
    const watch = await watching(source, { clock, pollInterval: 200 });
    await clock.ticks(5);
    await load(a, b);
    await writeFile(b, '2');
    await expect(watch.changed()).resolves.toBeUndefined();
  });

  it('does nothing when it is ended before it begins', async () => {
    const record = new ReadRecord([{ kind: 'file', path: 'app.json' }]);
    const context = {
      environment: 'development',
      signal: AbortSignal.abort(),
      changed: () => undefined,
      pollInterval: 1,
      clock: {
        now: () => 0,
        monotonic: () => 0,
        after: () => {
          throw new Error('a timer was set');
        },
      },
      logger: { log: () => undefined },
    } as const;
    await expect(watchReads(context, record, { name: 'app.json' })).resolves.toBeUndefined();
  });
});

describe('ReadRecord', () => {
  it('tells of every load, also of one that fails, until nobody listens', async () => {
    const record = new ReadRecord([]);
    const versions: number[] = [];
    const stop = record.onLoad(() => versions.push(record.version));
    await record.during(loadContext(), () => Promise.resolve());
    await record.during(loadContext(), () => Promise.reject(new Error('unreadable'))).catch(() => undefined);
    stop();
    await record.during(loadContext(), () => Promise.resolve());
    expect([versions, record.version]).toEqual([[1, 2], 3]);
  });
});

describe('a process that watches', () => {
  const program = (ending: string): string => `
    const { jsonFile, directory, optional } = await import(${JSON.stringify(built)});
    const stop = new AbortController();
    const clock = { now: Date.now, monotonic: () => performance.now(),
      after: (ms, callback) => { const timer = setTimeout(callback, ms).unref(); return () => clearTimeout(timer); } };
    const context = { environment: 'test', signal: stop.signal, changed() {}, pollInterval: 10, clock, logger: { log() {} } };
    for (const source of [jsonFile('app.json'), directory('.'), optional(jsonFile('none.json'))]) await source.watch(context);
    ${ending}`;
  const built = new URL('../../.build/src/sources/index.js', import.meta.url).href;

  async function run(ending: string): Promise<{ readonly status: number | null; readonly stdout: string }> {
    const cwd = await temporaryFolder({ 'app.json': '{}' });
    const args = ['--input-type=module', '--eval', program(ending)];
    return spawnSync(process.execPath, args, { cwd, encoding: 'utf8', timeout: 240_000, env: {} });
  }

  it('ends by itself although nobody ends the watching', async () => {
    expect(await run(`console.log('end')`)).toMatchObject({ status: 0, stdout: 'end\n' });
  });

  it('has nothing left of it when the signal has ended it', async () => {
    const list = `JSON.stringify(process.getActiveResourcesInfo().filter((name) => /FSEvent|Timeout/.test(name)))`;
    const ending = `stop.abort(); await new Promise((resolve) => setImmediate(resolve)); console.log(${list})`;
    expect(await run(ending)).toMatchObject({ status: 0, stdout: '[]\n' });
  });
});

describe('optional', () => {
  it('watches only what its source watches', () => {
    expect(Object.keys(optional({ load: () => ({}) }))).not.toContain('watch');
  });
});

describe('isMountPoint', () => {
  it('tells what is mounted by itself from what lies in a folder', async () => {
    const path = join(await temporaryFolder({ a: '' }), 'a');
    expect(await isMountPoint(path)).toBe(false);
    expect(await isMountPoint(`${path}/nowhere`)).toBe(false);
    expect(await isMountPoint('/proc')).toBe(process.platform === 'linux');
  });
});
