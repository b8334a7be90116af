import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { IsOptional, IsString } from 'class-validator';
import { startReloads } from '../../../src/runtime/reload/start-reloads.js';
import type { Clock, ConfigLogger, LogRecord } from '../../../src/core/index.js';
import { startTriggers, type TriggerContext } from '../../../src/runtime/reload/triggers.js';
import { planLoad } from '../../../src/runtime/plan/load-plan.js';
import { ReferenceFiles } from '../../../src/runtime/rows/reference-files.js';
import { factsOf, type LoadOptions } from '../../../src/runtime/index.js';
import { ConfigSection, ListOf, Merge } from '../../../src/sections/index.js';
import { object, yamlFile } from '../../../src/sources/index.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { SteppedClock } from '../../sources/stepped-clock.js';
import { FakeClock } from '../fake-clock.js';
import { loaded, RecordingLogger } from '../loading.js';

@ConfigSection('database')
class Database {
  @IsString() password: string = '';
  @IsOptional() @IsString() certificate?: string;
  @Merge('append') @ListOf(() => String) tags: readonly string[] = [];
}

describe('a file that a reference names', () => {
  it('is watched: what it says is taken when it is replaced, and when it comes to be', async () => {
    const folder = await temporaryFolder();
    const path = (name: string): string => join(folder, name);
    await writeFile(path('password'), 'old\n');
    const database = { password: `\${file:${path('password')}}`, certificate: `\${file:${path('certificate')}:-none}` };
    const options: LoadOptions = {
      sections: [Database],
      sources: [object({ database })],
      environment: 'test',
      env: {},
      fileRoots: [folder],
    };
    const { store, reloads } = await startReloads(options, planLoad(options, false), {
      watch: true,
      pollInterval: '20ms',
      settle: '0ms',
    });
    const settled = async (moved: (settings: Database) => boolean): Promise<void> => {
      if (moved(store.get(Database))) return;
      await new Promise<void>((resolve) => {
        const stop = store.onCommit(() => {
          if (!moved(store.get(Database))) return;
          stop();
          resolve();
        });
      });
    };
    expect(store.get(Database)).toMatchObject({ password: 'old', certificate: 'none' });
    await writeFile(path('next'), 'new\n');
    await rename(path('next'), path('password'));
    await settled(({ password }) => password === 'new');
    await writeFile(path('certificate'), 'PEM');
    await settled(({ certificate }) => certificate === 'PEM');
    expect(reloads.history().at(-1)?.reason).toBe('files that references name changed');
    await reloads.close();
  });

  it('is missed or empty only when it stays so, and an emptied one is refused', async () => {
    const folder = await temporaryFolder({ password: 'old\n' });
    const path = join(folder, 'password');
    const clock = new SteppedClock();
    const options: LoadOptions = {
      sections: [Database],
      sources: [object({ database: { password: `\${file:${path}:-none}` } })],
      environment: 'test',
      env: {},
      fileRoots: [folder],
      clock,
    };
    const { store, reloads } = await clock.through(startReloads(options, planLoad(options, false)));
    const passwordAfter = async (edit: () => Promise<void>): Promise<string> => {
      const reloading = reloads.reload('a test asks');
      await clock.whenAsked();
      await edit();
      const outcome = await clock.through(reloading);
      if (outcome.status !== 'rejected') return store.get(Database).password;
      return outcome.error.issues.map(({ code, message }) => `${code}: ${message}`).join();
    };
    await rm(path);
    expect(await passwordAfter(async () => writeFile(path, 'new\n'))).toBe('new');
    await writeFile(path, '');
    expect(await passwordAfter(async () => Promise.resolve())).toBe(
      'file-empty: holds a reference to a file that is empty and was not before',
    );
    // That it is empty is known by now, so nothing waits for it any more.
    await writeFile(path, '\n');
    expect(await passwordAfter(async () => Promise.resolve())).toBe('');
    await rm(path);
    expect(await passwordAfter(async () => Promise.resolve())).toBe('none');
    await clock.through(reloads.close());
  });

  it('is read once, from the folder of the file that names it, for a module and for everybody', async () => {
    const folder = await temporaryFolder({
      'base/item': 'one',
      'base/password': 'old',
      'module/item': 'two',
      'module/password': 'new',
      'base/settings.yaml': 'database: { password: "${file:password}", tags: ["${file:item}"] }',
      'module/settings.yaml':
        'modules: { billing: { database: { password: "${file:password}", tags: ["${file:item}"] } } }',
    });
    const sources = ['base', 'module'].map((name) => yamlFile(join(folder, name, 'settings.yaml')));
    const generation = await loaded([Database], sources, { fileRoots: [folder] });
    const view = generation.view('billing');
    expect([generation, view].map((each) => each.get(Database))).toMatchObject([
      { password: 'old', tags: ['one'] },
      { password: 'new', tags: ['one', 'two'] },
    ]);
    expect(factsOf(view).files).toBe(factsOf(generation).files);
  });

  const pollInterval = 250;
  const triggers = (clock: Clock, logger: ConfigLogger, signal: AbortSignal): TriggerContext => ({
    ...{ environment: 'test', clock, logger, signal, pollInterval, debounce: 100 },
    ...{ signalled: () => undefined, moved: () => undefined },
  });

  it('is in the log when it cannot be watched, also when only a reload names it', async () => {
    const folder = await temporaryFolder({ password: 'old' });
    class Unwatched extends FakeClock {
      override after(milliseconds: number, callback: () => void): () => void {
        if (milliseconds === pollInterval) throw new RangeError('secret');
        return super.after(milliseconds, callback);
      }
    }
    const files = new ReferenceFiles();
    const life = new AbortController();
    const told = new Promise<LogRecord>((resolve) => {
      const context = triggers(new Unwatched(), { log: resolve }, life.signal);
      const reach = { fileRoots: [folder], signal: life.signal };
      void startTriggers({ keyring: undefined, files }, { watch: true }, context).then(async () =>
        files.read([{ name: 'password', folder }], reach),
      );
    });
    expect(await told).toMatchObject({
      level: 'warn',
      event: 'config.watch.failed',
      message: 'the files that references name cannot be watched: it threw RangeError.',
    });
    life.abort();
  });

  it.each(['before', 'after'])('is not watched when the service ends %s its watches begin', async (when) => {
    const folder = await temporaryFolder({ password: 'old' });
    const [files, clock, life] = [new ReferenceFiles(), new FakeClock(), new AbortController()];
    if (when === 'before') life.abort();
    const context = triggers(clock, new RecordingLogger(), life.signal);
    await startTriggers({ keyring: undefined, files }, { watch: true }, context);
    life.abort();
    const began = jest.spyOn(clock, 'after');
    const reach = { fileRoots: [folder], signal: new AbortController().signal };
    await files.read([{ name: 'password', folder }], reach);
    expect(began).not.toHaveBeenCalled();
  });
});
