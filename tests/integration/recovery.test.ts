import { describe, expect, it } from '@jest/globals';
import { IsIn, IsString } from 'class-validator';
import { Container } from 'inversify';
import type { ConfigSource } from '../../src/core/index.js';
import { ConfigModule } from '../../src/container/index.js';
import { lastKnownGood, ReloadService, withRecovery, type ConfigEvent } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import { ConfigSandbox } from '../../src/testing/index.js';

@ConfigSection('service')
class ServiceSettings {
  @IsString() public greeting: string = 'default';
}

class Unreachable extends Error {
  public readonly code = 'ECONNREFUSED';
}

/** A remote source that a test can take away and bring back. */
class Remote implements ConfigSource {
  public readonly name = 'remote';
  public readonly id = 'remote';
  public reachable = true;
  public greeting = 'hello';

  public load(): object {
    if (!this.reachable) throw new Unreachable('connect failed');
    return { service: { greeting: this.greeting } };
  }
}

async function start(
  remote: Remote,
  folder: string,
  ...above: readonly ConfigSource[]
): Promise<{ container: Container; reloads: ReloadService }> {
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [ServiceSettings],
      sources: [withRecovery(remote, { lastKnownGood: true, retry: false }), ...above],
      lastKnownGood: lastKnownGood({ folder }),
      environment: 'test',
    }),
  );
  return { container, reloads: container.get(ReloadService) };
}

describe('a source that cannot be reached', () => {
  it('is replaced on a cold start by what it said last, with its age in the health of the sources', async () => {
    await using sandbox = await ConfigSandbox.create();
    const folder = sandbox.path('kept');
    const remote = new Remote();
    const first = await start(remote, folder);
    await first.reloads.close();

    remote.reachable = false;
    const { container, reloads } = await start(remote, folder);
    expect(container.get(ServiceSettings).greeting).toBe('hello');
    expect(reloads.sourceHealth()).toEqual([
      expect.objectContaining({ source: 'remote', status: 'stale', age: expect.any(Number) as unknown }),
    ]);
    await reloads.close();
  });

  it('keeps what it said while the program runs, and says so when it goes and when it is back', async () => {
    await using sandbox = await ConfigSandbox.create();
    const remote = new Remote();
    const { container, reloads } = await start(remote, sandbox.path('kept'));
    const events: ConfigEvent[] = [];
    reloads.events.on((event) => {
      events.push(event);
    });
    remote.reachable = false;
    await reloads.reload('look');
    expect(container.get(ServiceSettings).greeting).toBe('hello');
    remote.reachable = true;
    remote.greeting = 'welcome back';
    await reloads.reload('look again');
    expect(container.get(ServiceSettings).greeting).toBe('welcome back');
    await reloads.close();
    expect(events.map(({ type }) => type)).toEqual([
      'SourceStale',
      'ConfigUnchanged',
      'SourceRecovered',
      'ConfigChanged',
    ]);
  });

  it('is replaced by what it said last, even where that changed nothing then', async () => {
    await using sandbox = await ConfigSandbox.create();
    const folder = sandbox.path('kept');
    const remote = new Remote();
    const first = await start(remote, folder, object({ service: { greeting: 'above' } }));
    remote.greeting = 'welcome';
    expect(await first.reloads.reload('look')).toMatchObject({ status: 'unchanged' });
    await first.reloads.close();

    remote.reachable = false;
    const { container, reloads } = await start(remote, folder);
    expect(container.get(ServiceSettings).greeting).toBe('welcome');
    await reloads.close();
  });

  it('fails the start when nothing was ever kept', async () => {
    await using sandbox = await ConfigSandbox.create();
    const remote = new Remote();
    remote.reachable = false;
    await expect(start(remote, sandbox.path('kept'))).rejects.toMatchObject({ category: 'source' });
  });
});

describe('a last known good that no longer fits the settings classes', () => {
  @ConfigSection('service')
  class NewerSettings {
    @IsIn(['hello', 'default']) public greeting: string = 'default';
  }

  /** Starts with the classes of the next release; what is in use then, and how the source does. */
  async function startNewer(remote: Remote, folder: string, defaults: boolean): Promise<readonly unknown[]> {
    const container = new Container();
    await container.loadAsync(
      ConfigModule.fromOptions({
        sections: [NewerSettings],
        sources: [withRecovery(remote, { lastKnownGood: true, defaults, retry: false })],
        lastKnownGood: lastKnownGood({ folder }),
        environment: 'test',
      }),
    );
    const reloads = container.get(ReloadService);
    await reloads.close();
    return [container.get(NewerSettings).greeting, ...reloads.sourceHealth().map(({ status }) => status)];
  }

  /** What two starts have left behind. */
  async function left(remote: Remote, folder: string, greetings: readonly string[]): Promise<void> {
    for (const greeting of greetings) {
      remote.greeting = greeting;
      await (await start(remote, folder)).reloads.close();
    }
    remote.reachable = false;
  }

  it('is passed over for an older copy that does', async () => {
    await using sandbox = await ConfigSandbox.create();
    const remote = new Remote();
    await left(remote, sandbox.path('kept'), ['hello', 'bonjour']);
    expect(await startNewer(remote, sandbox.path('kept'), false)).toEqual(['hello', 'stale']);
  });

  it('is passed over for the defaults where no copy does', async () => {
    await using sandbox = await ConfigSandbox.create();
    const remote = new Remote();
    await left(remote, sandbox.path('kept'), ['bonjour', 'salut']);
    expect(await startNewer(remote, sandbox.path('kept'), true)).toEqual(['default', 'defaults']);
  });

  it('fails the start with both: that the source is out of reach, and what is wrong in its copy', async () => {
    await using sandbox = await ConfigSandbox.create();
    const remote = new Remote();
    await left(remote, sandbox.path('kept'), ['bonjour', 'salut']);
    const error = await startNewer(remote, sandbox.path('kept'), false).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'invalid-settings' });
    expect(String(error)).toBe(
      'ConfigError: 1 setting is not valid (test):\n' +
        '  - remote cannot be reached: it threw Error ECONNREFUSED.\n' +
        '    Its last known good is used instead, and no longer fits the settings classes; nor does an older one.\n' +
        '  - service.greeting: must be one of the following values: hello, default, got "salut"\n' +
        '    from service.greeting (last known good of remote)',
    );
  });

  it('is not blamed for what is wrong elsewhere', async () => {
    await using sandbox = await ConfigSandbox.create();
    const remote = new Remote();
    await left(remote, sandbox.path('kept'), ['hello']);
    const file = object({ service: { greetings: 'hi' } }, { name: 'file' });
    const error = await start(remote, sandbox.path('kept'), file).catch((reason: unknown) => reason);
    expect(String(error)).toBe(
      'ConfigError: 1 setting is not valid (test):\n' +
        '  - remote cannot be reached: it threw Error ECONNREFUSED.\n' +
        '    Its last known good is used instead; with an older one the settings are not valid, either.\n' +
        '  - service.greetings: is not a known key\n' +
        '    from service.greetings (file)\n' +
        '    Did you mean service.greeting?',
    );
  });
});
