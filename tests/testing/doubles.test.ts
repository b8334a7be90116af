import { describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { IsInt, IsString, Max } from 'class-validator';
import { ConfigModule } from '../../src/container/index.js';
import { ConfigEvents, loadSettings, ReloadService } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { fakeClock, mockSource, recordEvents, settingsMatchers, testSettings } from '../../src/testing/index.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsString() host: string = 'localhost';
  @IsInt() @Max(65535) port: number = 5432;
}

const sections = [DatabaseSettings];

describe('mockSource', () => {
  it('holds what the test gives it, and knows how it was read', async () => {
    const source = mockSource({ database: { host: 'a' } });
    const options = { sources: [source], environment: 'test', region: 'eu' };
    expect((await loadSettings(DatabaseSettings, options)).host).toBe('a');
    source.set({ database: { host: 'b' } });
    expect((await loadSettings(DatabaseSettings, options)).host).toBe('b');
    expect([source.reads, source.lastRead?.region]).toEqual([2, 'eu']);
  });

  it('cannot be reached when the test says so, until it holds settings again', async () => {
    const source = mockSource({}, { name: 'store' });
    source.fail();
    const load = async (): Promise<unknown> =>
      loadSettings(DatabaseSettings, { sources: [source], environment: 'test' });
    await expect(load()).rejects.toMatchObject({ code: 'source-unreachable' });
    source.set({});
    await expect(load()).resolves.toBeDefined();
  });

  it('tells the running program, whose events are recorded', async () => {
    const source = mockSource({ database: { port: 1 } });
    const container = new Container();
    const reload = { watch: true, debounce: '1ms' };
    await container.loadAsync(ConfigModule.fromOptions({ sections, sources: [source], environment: 'test', reload }));
    using events = recordEvents(container.get(ConfigEvents));
    source.set({ database: { port: 2 } });
    expect((await events.next('ConfigChanged')).sections.map(({ section }) => section)).toEqual(['database']);
    source.set({ database: { port: 99999 } });
    expect((await events.next('ConfigReloadRejected')).error.issues).toHaveLength(1);
    expect([events.of('ConfigChanged').length, events.all.length]).toEqual([1, 2]);
    expect(container.get(DatabaseSettings).port).toBe(2);
    await container.get(ReloadService).close();
  });

  it('refuses what are no settings', () => {
    expect(() => mockSource(1 as never)).toThrow('mockSource: the settings must be an object');
    expect(() => {
      mockSource().set('x' as never);
    }).toThrow('set: the settings must be an object');
  });
});

describe('fakeClock', () => {
  it('stands still, and fires what comes due in its order, and what that starts', () => {
    const clock = fakeClock(1_000);
    const fired: string[] = [];
    clock.after(20, () => fired.push(`b at ${String(clock.now())}`));
    clock.after(10, () => {
      fired.push(`a at ${String(clock.now())}`);
      clock.after(5, () => fired.push(`c at ${String(clock.now())}`));
    });
    const cancel = clock.after(15, () => fired.push('never'));
    cancel();
    expect(clock.waiting).toBe(2);
    clock.advance('30ms');
    expect(fired).toEqual(['a at 1010', 'c at 1015', 'b at 1020']);
    expect([clock.now(), clock.monotonic(), clock.waiting]).toEqual([1_030, 30, 0]);
  });

  it('moves by durations only', () => {
    expect(() => {
      fakeClock().advance('soon');
    }).toThrow('advance: by must be a duration');
  });
});

describe('the matchers', () => {
  it('say what is not valid', async () => {
    const { toBeValidSettings } = settingsMatchers;
    expect(await toBeValidSettings({ port: 1 }, DatabaseSettings)).toMatchObject({ pass: true });
    const { pass, message } = await toBeValidSettings({ port: 99999 }, DatabaseSettings);
    expect([pass, message()]).toEqual([
      false,
      expect.stringContaining('database.port: must not be greater than 65535'),
    ]);
    expect(await toBeValidSettings('x', DatabaseSettings)).toMatchObject({ pass: false });
  });

  it('find an issue by path and code, and list those there are', async () => {
    const error: unknown = await testSettings(DatabaseSettings, { port: 'x' }).catch((thrown: unknown) => thrown);
    const { toHaveIssue } = settingsMatchers;
    expect(toHaveIssue(error, 'database.port', 'not-an-integer').pass).toBe(true);
    expect(toHaveIssue(error, 'database.port').pass).toBe(true);
    const { pass, message } = toHaveIssue(error, 'database.host', 'missing');
    expect([pass, message()]).toEqual([
      false,
      'expected an issue missing at database.host; there are:\n  not-an-integer at database.port',
    ]);
    expect(toHaveIssue(new Error('x'), 'database.port').pass).toBe(false);
  });

  it('extend expect, also behind rejects and not', async () => {
    expect.extend(settingsMatchers);
    // What the guide lets a project declare.
    const extended = expect as unknown as (value: unknown) => Record<string, (...given: unknown[]) => Promise<void>> & {
      readonly rejects: Record<string, (...given: unknown[]) => Promise<void>>;
    };
    await extended({ port: 1 })['toBeValidSettings']?.(DatabaseSettings);
    await extended(testSettings(DatabaseSettings, { port: 'x' })).rejects['toHaveIssue']?.(
      'database.port',
      'not-an-integer',
    );
    await expect(extended({ port: 'x' })['toBeValidSettings']?.(DatabaseSettings)).rejects.toThrow(
      'must be an integer',
    );
  });
});
