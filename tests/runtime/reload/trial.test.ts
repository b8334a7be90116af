import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule } from '../../../src/container/index.js';
import { configHealth } from '../../../src/observability/index.js';
import {
  ConfigStore,
  lastKnownGood,
  ReloadService,
  withRecovery,
  type ReloadOptions,
} from '../../../src/runtime/index.js';
import { ConfigSection, Secure, type SecureValue } from '../../../src/sections/index.js';
import { RecordingLogger } from '../loading.js';

@ConfigSection('limits')
class LimitSettings {
  @IsInt() public perMinute: number = 0;
  @IsString() @Secure() public token!: SecureValue<string>;
}

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uno-config-trial-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Process {
  readonly reloads: ReloadService;
  readonly perMinute: () => number;
  readonly logger: RecordingLogger;
  readonly say: (perMinute: number) => void;
}

/** Starts a process whose source says this, and whose hooks look for a long time unless told otherwise. */
async function start(said: number, reload: ReloadOptions = {}): Promise<Process> {
  const container = new Container();
  const logger = new RecordingLogger();
  let perMinute = said;
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [LimitSettings],
      sources: [
        withRecovery({ name: 'service', load: () => ({ limits: { perMinute } }) }, { lastKnownGood: true }),
        { name: 'secrets', load: () => ({ limits: { token: `hunter${String(perMinute)}` } }) },
      ],
      environment: 'test',
      env: {},
      logger,
      lastKnownGood: lastKnownGood({ folder }),
      reload: { verify: [{ name: 'probe', check: () => true }], bake: '1h', ...reload },
    }),
  );
  const reloads = container.get(ReloadService);
  return {
    reloads,
    logger,
    perMinute: () => container.get(ConfigStore).get(LimitSettings).perMinute,
    say: (next) => {
      perMinute = next;
    },
  };
}

const marker = async (): Promise<string | undefined> =>
  readFile(join(folder, 'trial.json'), 'utf8').catch(() => undefined);

/** A process that trusts what its source says at once. */
async function trusted(said: number): Promise<void> {
  const { reloads } = await start(said, { bake: '0s' });
  await reloads.close();
}

/** A process that ends while its hooks still look: for the next one, as if it had been killed. */
async function killed(said: number): Promise<void> {
  const { reloads, perMinute } = await start(said);
  if (perMinute() !== said) await reloads.events.stream({ types: ['ConfigChanged'] }).next();
  const left = await marker();
  await reloads.close();
  await writeFile(join(folder, 'trial.json'), left ?? '', { mode: 0o600 });
}

/** Fails by the time limit of the test. */
async function turns(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await turn();
}

describe('settings that a process had in use when it ended, and had not trusted', () => {
  it('are marked on disk from before they are used until they are trusted, without secrets', async () => {
    let atCommit: string | undefined;
    const { reloads, say } = await start(1, {
      dependants: [{ name: 'pool', prepare: () => ({ commit: () => undefined }) }],
    });
    expect(await marker()).toMatch(/^\{"version":1,"settings":"[0-9a-f]{64}","ends":1\}\n$/);
    expect((await stat(join(folder, 'trial.json'))).mode & 0o777).toBe(0o600);
    reloads.events.on('ConfigChanged', async () => {
      atCommit = await marker();
    });
    const before = await marker();
    say(2);
    await reloads.reload('asked');
    await reloads.events.drain();
    expect([atCommit === undefined, atCommit === before]).toEqual([false, false]);
    await reloads.trust();
    await reloads.close();
    expect(await readdir(folder)).toEqual(['last-known-good.1.json']);
  });

  it('are used only after the last known good, when the next process starts with them', async () => {
    await trusted(1);
    await killed(2);
    const { reloads, perMinute, logger } = await start(2);
    const changed = reloads.events.stream({ types: ['ConfigChanged'] }).next();
    expect(perMinute()).toBe(1);
    expect(configHealth(reloads)).toMatchObject({
      status: 'degraded',
      lastRejection: {
        code: 'settings-on-trial',
        message:
          'The process ended before it trusted the settings that its sources still have; the last known good is used.',
      },
    });
    await changed;
    expect([perMinute(), reloads.status().reason, reloads.status().generation]).toEqual([2, 'settings on trial', 2]);
    expect([await reloads.trust(), configHealth(reloads).problems]).toEqual([true, []]);
    await reloads.close();
    expect([await marker(), JSON.stringify(logger.records).includes('hunter')]).toEqual([undefined, false]);
    const next = await start(2);
    expect(next.perMinute()).toBe(2);
    await next.reloads.close();
  });

  it('come after the last known good again, when the process ends once more', async () => {
    await trusted(1);
    await killed(2);
    const { reloads, perMinute } = await start(2);
    await reloads.events.stream({ types: ['ConfigChanged'] }).next();
    expect(perMinute()).toBe(2);
    await reloads.close();
    const again = await start(2);
    expect(again.perMinute()).toBe(1);
    await again.reloads.close();
  });

  it('are not tried again by themselves once a second process has ended with them, but when somebody asks', async () => {
    await trusted(1);
    await killed(2);
    await killed(2);
    const { reloads, perMinute } = await start(2);
    const { wanted, lastRejection } = configHealth(reloads);
    expect([perMinute(), wanted, lastRejection?.code, lastRejection?.message]).toEqual([
      1,
      [{ index: 0, source: 'service', why: 'refused' }],
      'settings-on-trial',
      'More than one process ended before it trusted the settings that its sources still have; the last known good is used.',
    ]);
    await reloads.close();
    const again = await start(2);
    expect(again.perMinute()).toBe(1);
    expect([(await again.reloads.reload('asked')).status, again.perMinute()]).toEqual(['committed', 2]);
    await again.reloads.trust();
    await again.reloads.close();
    expect(await marker()).toBeUndefined();
  });

  it('are tried as soon as they are others', async () => {
    await trusted(1);
    await killed(2);
    await killed(2);
    const { reloads, perMinute } = await start(3);
    expect(perMinute()).toBe(3);
    await reloads.close();
  });

  it('have not ended the process when that was told to end', async () => {
    await trusted(1);
    for (let restart = 0; restart < 3; restart++) {
      const { reloads, perMinute } = await start(2);
      if (perMinute() !== 2) await reloads.events.stream({ types: ['ConfigChanged'] }).next();
      expect(perMinute()).toBe(2);
      await reloads.close();
    }
  });

  it('have not ended a process that went back from them, however it ends', async () => {
    await trusted(1);
    await killed(2);
    const { reloads, perMinute } = await start(2);
    await reloads.events.stream({ types: ['ConfigChanged'] }).next();
    expect(await marker()).toContain('"ends":2');
    await reloads.rollback(1);
    await turns(async () => (await marker())?.includes('"ends":1') === true);
    expect(perMinute()).toBe(1);
    await reloads.close();
  });

  it('stay marked when the last known good, which a process went back to, has proved good', async () => {
    await trusted(1);
    await killed(2);
    const { reloads, perMinute } = await start(2, {
      verify: [{ name: 'probe', check: (next) => next.get(LimitSettings).perMinute === 1 }],
    });
    await turns(async () => (await marker())?.includes('"ends":1') === true && reloads.status().generation === 3);
    await reloads.trust();
    await reloads.close();
    expect([perMinute(), reloads.status().trusted, await marker()]).toEqual([1, 3, expect.any(String)]);
  });

  it('are forgotten once they are trusted by a process without hooks', async () => {
    await trusted(1);
    await killed(2);
    await killed(2);
    const { reloads, perMinute } = await start(2, { verify: [] });
    expect(perMinute()).toBe(1);
    await reloads.reload('asked');
    await reloads.close();
    expect([await marker(), perMinute()]).toEqual([undefined, 2]);
  });

  it('are not the last known good before they are trusted', async () => {
    await trusted(1);
    await killed(2);
    expect(await readdir(folder)).toEqual(['last-known-good.1.json', 'trial.json']);
    const { reloads, perMinute } = await start(3);
    await reloads.trust();
    await reloads.close();
    expect([perMinute(), await readdir(folder)]).toEqual([3, ['last-known-good.1.json', 'last-known-good.2.json']]);
  });

  it('are no matter when the sources say something else now', async () => {
    await trusted(1);
    await killed(2);
    const { reloads, perMinute } = await start(3);
    expect([perMinute(), configHealth(reloads).status]).toEqual([3, 'healthy']);
    await reloads.close();
  });

  it('are used where there is no last known good, and where the marker is not one', async () => {
    await killed(2);
    const first = await start(2);
    expect(first.perMinute()).toBe(2);
    await first.reloads.close();
    await trusted(1);
    for (const text of ['', '{"version":1,"settings":"no"}\n', 'x'.repeat(10_000)]) {
      await writeFile(join(folder, 'trial.json'), text);
      const { reloads, perMinute } = await start(2, { bake: '0s' });
      expect(perMinute()).toBe(2);
      await reloads.close();
    }
  });

  it('are not marked where no hooks look, and a folder that cannot be written stops nothing', async () => {
    const { reloads } = await start(1, { verify: [] });
    expect(await marker()).toBeUndefined();
    await reloads.close();
    await writeFile(join(folder, 'file'), '');
    folder = join(folder, 'file');
    const stubborn = await start(2);
    expect([stubborn.perMinute(), stubborn.logger.of('config.trial.failed').map(({ message }) => message)]).toEqual([
      2,
      [
        `The trial marker in ${folder} cannot be read: the operating system answers ENOTDIR.`,
        expect.stringContaining(`The trial marker in ${folder} cannot be written: the operating system answers E`),
      ],
    ]);
    await stubborn.reloads.close();
    folder = join(folder, '..');
  });
});
