import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { createLayer, type ConfigSource } from '../../../src/core/index.js';
import { settingsTable } from '../../../src/observability/index.js';
import {
  ConfigStore,
  loadGeneration,
  ReloadService,
  type ConfigEvent,
  type ReloadOutcome,
  type SectionInput,
} from '../../../src/runtime/index.js';
import {
  ConfigSection,
  IsDuration,
  ListOf,
  MapOf,
  RestartRequired,
  Rule,
  type Duration,
} from '../../../src/sections/index.js';
import { FakeClock } from '../fake-clock.js';
import { RecordingLogger } from '../loading.js';

class TlsSettings {
  @RestartRequired() @IsString() public certificate: string = 'a.pem';
  @IsInt() public sessions: number = 10;
}

class PoolSettings {
  @IsInt() public min: number = 1;
  @IsInt() public max: number = 10;
}

class Listener {
  @RestartRequired() @IsInt() public port: number = 80;
  @IsString() public label: string = '';
}

@ConfigSection('http')
class HttpSettings {
  @RestartRequired() @IsInt() public port: number = 3000;
  @IsString() public banner: string = 'hello';
  @IsOptional() @RestartRequired() @IsString() public password?: string;
  @RestartRequired() @IsDuration() public grace!: Duration;
  @ValidateNested() @Type(() => TlsSettings) public tls: TlsSettings = new TlsSettings();
  @RestartRequired() @ValidateNested() @Type(() => PoolSettings) public pool: PoolSettings = new PoolSettings();
  @ListOf(() => Listener) public listeners: Listener[] = [];
  @MapOf(() => Listener) public named: Record<string, Listener> = {};
}

class PlainTlsSettings {
  @IsString() public certificate: string = 'none';
  @IsInt() public sessions: number = 0;
}

@ConfigSection('copy')
class CopySettings {
  @ValidateNested() @Type(() => PlainTlsSettings) public tls: PlainTlsSettings = new PlainTlsSettings();
  @ValidateNested() @Type(() => PlainTlsSettings) public shared: PlainTlsSettings = new PlainTlsSettings();
  @IsInt() public sessions: number = 0;
}

interface World {
  readonly store: ConfigStore;
  readonly reloads: ReloadService;
  readonly logger: RecordingLogger;
  readonly events: ConfigEvent[];
  readonly http: () => HttpSettings;
  /** Lets the first source say something else and reloads. */
  readonly move: (values: Record<string, unknown>) => Promise<ReloadOutcome>;
  /** What the watcher of a source reports. */
  readonly changed: (source: number) => void;
  readonly clock: FakeClock;
  readonly say: (source: number, values: Record<string, unknown>) => void;
}

const grace = '10s';

async function world(first: object | undefined, sections: readonly SectionInput[] = [HttpSettings]): Promise<World> {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const said: Record<string, unknown>[] = [first === undefined ? {} : { http: { grace, ...first } }, {}];
  const watchers: (() => void)[] = [];
  const sources = said.map((_, index): ConfigSource => ({
    name: `file ${String(index)}`,
    load: () => createLayer({ name: `file ${String(index)}`, tree: said[index] ?? {} }),
    watch: ({ changed }) => {
      watchers[index] = changed;
    },
  }));
  const options = { sections, sources, environment: 'test', env: {}, clock, logger } as const;
  const store = new ConfigStore(await loadGeneration(options));
  const reloads = new ReloadService(store, options, { watch: true });
  await reloads.start();
  const events: ConfigEvent[] = [];
  reloads.events.on((event) => {
    events.push(event);
  });
  const say = (source: number, values: Record<string, unknown>): void => {
    said[source] = values;
  };
  return {
    store,
    reloads,
    logger,
    events,
    clock,
    say,
    http: () => store.get(HttpSettings),
    changed: (source) => {
      watchers[source]?.();
    },
    move: async (values) => {
      say(0, { http: { grace, ...values } });
      const outcome = await reloads.reload('asked');
      await reloads.events.drain();
      return outcome;
    },
  };
}

const told = (events: readonly ConfigEvent[]): readonly unknown[] =>
  events.map((event) => (event.type === 'RestartRequired' ? event.paths : event.type));

describe('@RestartRequired', () => {
  it('keeps the value of a field while all others move', async () => {
    const { http, move } = await world({});
    expect((await move({ port: 81, banner: 'hi' })).status).toBe('committed');
    expect([http().port, http().banner]).toEqual([3000, 'hi']);
  });

  it('keeps a value that sources had set before', async () => {
    const { http, move } = await world({ port: 80 });
    await move({ banner: 'hi' });
    expect([http().port, http().banner]).toEqual([80, 'hi']);
  });

  it('makes a frozen instance of the class', async () => {
    const { http, move } = await world({});
    await move({ port: 81, banner: 'hi' });
    expect(http()).toBeInstanceOf(HttpSettings);
    expect([Object.isFrozen(http()), Object.isFrozen(http().tls)]).toEqual([true, true]);
  });

  it('holds a field inside a nested class, and only that', async () => {
    const { http, move } = await world({});
    await move({ tls: { certificate: 'b.pem', sessions: 20 } });
    expect(http().tls).toEqual({ certificate: 'a.pem', sessions: 20 });
  });

  it('holds all of a nested class that it stands on, and names what is wanted', async () => {
    const { http, move, events } = await world({});
    await move({ pool: { max: 20 }, banner: 'hi' });
    expect(http().pool).toEqual({ min: 1, max: 10 });
    expect(told(events)).toEqual(['ConfigChanged', ['http.pool.max']]);
  });

  it('holds a list whose items hold something, because items cannot be told apart', async () => {
    const { http, move } = await world({ listeners: [{ port: 1 }] });
    await move({ listeners: [{ port: 2, label: 'new' }, { port: 1 }] });
    expect(http().listeners).toEqual([{ port: 1, label: '' }]);
  });

  it('holds such a list when an item comes or goes', async () => {
    const { http, move } = await world({ listeners: [{ port: 1 }] });
    await move({ listeners: [{ port: 1 }, { port: 2 }] });
    expect(http().listeners).toEqual([{ port: 1, label: '' }]);
  });

  it('lets such a list move when nothing in it that must stay differs', async () => {
    const { http, move } = await world({ listeners: [{ port: 1 }] });
    await move({ listeners: [{ port: 1, label: 'new' }] });
    expect(http().listeners).toEqual([{ port: 1, label: 'new' }]);
  });

  it('holds entries of a map by their key, and lets entries come and go', async () => {
    const { http, move } = await world({ named: { a: { port: 1 }, b: { port: 2 } } });
    await move({ named: { a: { port: 9, label: 'x' }, c: { port: 3 } } });
    expect(http().named).toEqual({ a: { port: 1, label: 'x' }, c: { port: 3, label: '' } });
  });

  it('commits nothing when only such fields differ', async () => {
    const { store, move, events } = await world({});
    const { number, instances } = store.current;
    expect((await move({ port: 81 })).status).toBe('unchanged');
    expect(store.current.number).toBe(number);
    expect(store.current.instances).toBe(instances);
    expect(told(events)).toEqual([['http.port']]);
  });

  it('tells a wish once, and again when it is another one', async () => {
    const { move, events } = await world({});
    await move({ port: 81 });
    await move({ port: '81' });
    await move({ port: 82 });
    expect(told(events)).toEqual([['http.port'], 'ConfigUnchanged', ['http.port']]);
  });

  it('does not take the same value in other words for a wish', async () => {
    const { reloads, move } = await world({});
    await move({ port: '3000', grace: '10000ms' });
    expect(reloads.status().restartRequired).toEqual([]);
  });

  it('tells the wish in the status and the log', async () => {
    const { reloads, logger, move } = await world({});
    await move({ port: 81 });
    expect(reloads.status().restartRequired).toEqual([
      expect.objectContaining({ path: 'http.port', before: 3000, after: 81 }),
    ]);
    expect(logger.of('config.restart.required')).toEqual([
      expect.objectContaining({ level: 'warn', message: 'Restart to take over: http.port.' }),
    ]);
  });

  it('never shows a secret that is wished for', async () => {
    const { reloads, logger, events, move } = await world({ password: 'hunter1' });
    await move({ password: 'hunter2' });
    const shown = JSON.stringify([reloads.status(), logger.records, events]);
    expect(shown).toContain('http.password');
    expect(shown).not.toMatch(/hunter/);
  });

  it('explains that another value waits for a restart, and where it stands', async () => {
    const { store, move } = await world({ port: 80 });
    await move({ port: '81' });
    const { value, winner, afterRestart } = store.explain('http.port');
    expect([value, winner?.value, afterRestart]).toEqual([80, '81', { value: 81 }]);
    expect(String(store.explain('http.port'))).toBe(`http.port = 80
  until a restart: then 81 from http.port (file 0): "81"
  over http.port (default): 3000`);
    expect(store.explain('http.banner').afterRestart).toBeUndefined();
  });

  it('describes it, and says of the value in use no longer that it stands where another one does', async () => {
    const { store, logger, move } = await world({ port: 80, password: 'hunter1' });
    await move({ port: 81, banner: 'hi' });
    const described = new Map(store.describe().map((setting) => [setting.path, setting]));
    const [port, password] = [described.get('http.port'), described.get('http.password')];
    expect([port?.value, port?.origin, port?.afterRestart]).toEqual([
      80,
      undefined,
      { value: 81, origin: expect.objectContaining({ source: 'file 0', key: 'http.port' }) },
    ]);
    expect([password?.value, password?.origin, password?.afterRestart]).toEqual([
      '[secure]',
      undefined,
      { value: undefined },
    ]);
    expect(described.get('http.banner')).toMatchObject({ value: 'hi', origin: { source: 'file 0' } });
    const table = settingsTable(store.describe()).replaceAll(/ {2,}/g, '  ');
    expect(table).toContain('http.port  80  until a restart, then 81 from http.port (file 0)\n');
    expect(table).toContain('http.password  [secure]  until a restart, then (not set)\n');
    expect(logger.of('config.precedence').map(({ message }) => message)).toContain(
      'http.port = 80 until a restart, then 81 from http.port (file 0), over http.port (default).',
    );
  });

  it('explains it after a commit, a rollback, and no more once the wish is withdrawn', async () => {
    const { store, reloads, move } = await world({ port: 80 });
    const waiting = (): unknown => store.explain('http.port').afterRestart;
    await move({ port: 81, banner: 'hi' });
    expect(waiting()).toEqual({ value: 81 });
    await reloads.rollback(1);
    expect(waiting()).toEqual({ value: 81 });
    await move({ port: 80 });
    expect(waiting()).toBeUndefined();
    expect(String(store.explain('http.port'))).toBe(
      'http.port = 80\n  from http.port (file 0)\n  over http.port (default): 3000',
    );
  });

  it('explains a value that will be gone, and one that will be new', async () => {
    const { store, move } = await world({ password: 'x', pool: { max: 3 }, listeners: [] });
    await move({ pool: { max: 3 }, listeners: [{ port: 1 }] });
    expect(String(store.explain('http.password'))).toBe('http.password = [secure]\n  until a restart: then (not set)');
    expect(String(store.explain('http.listeners[0]'))).toContain(
      'http.listeners.0.port = (not set)\n  until a restart: then 1 from http.listeners.0.port (file 0)',
    );
  });

  it('masks a secret that waits, in data and text', async () => {
    const { store, move } = await world({ password: 'hunter1' });
    await move({ password: 'hunter2' });
    const explained = store.explain('http.password');
    expect(explained.afterRestart).toEqual({ value: '[secure]' });
    expect(String(explained)).toBe(
      'http.password = [secure]\n  until a restart: then [secure] from http.password (file 0)',
    );
    expect(JSON.stringify(explained)).not.toMatch(/hunter/);
  });

  it('withdraws the wish when the source goes back', async () => {
    const { reloads, logger, events, move } = await world({});
    await move({ port: 81 });
    await move({});
    expect(reloads.status().restartRequired).toEqual([]);
    expect(logger.of('config.restart.withdrawn')).toHaveLength(1);
    expect(told(events)).toEqual([['http.port'], 'ConfigUnchanged']);
  });

  it('keeps a wish that has made no generation when another source changes', async () => {
    const { reloads, clock, say, changed, move, http } = await world({});
    await move({ port: 81 });
    say(1, { http: { banner: 'hi' } });
    changed(1);
    clock.advance(100);
    await new Promise<void>((resolve) => {
      reloads.events.on('ConfigChanged', () => {
        resolve();
      });
    });
    await reloads.events.drain();
    expect([http().banner, http().port]).toEqual(['hi', 3000]);
    expect(reloads.status().restartRequired.map(({ path }) => path)).toEqual(['http.port']);
  });

  it('keeps a wish of the generation before when another source changes', async () => {
    const { reloads, say, move, http, events } = await world({});
    await move({ port: 81, banner: 'hi' });
    say(1, { http: { banner: 'ho' } });
    await reloads.reload('asked');
    await reloads.events.drain();
    expect([http().banner, http().port]).toEqual(['ho', 3000]);
    expect(told(events)).toEqual(['ConfigChanged', ['http.port'], 'ConfigChanged']);
  });

  it('rejects a wish that could not be used after the restart either', async () => {
    const { move } = await world({});
    const outcome = await move({ port: 'many' });
    expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'invalid-settings' } });
  });

  it('heals a rejection even when all that is new is a wish', async () => {
    const { reloads, move } = await world({});
    await move({ port: 'many' });
    await move({ port: 81 });
    expect(reloads.status()).toMatchObject({ rejections: 0 });
    expect(reloads.status().lastRejection).toBeUndefined();
  });

  it('checks the rules of a class against what would be in use', async () => {
    @ConfigSection('range')
    class RangeSettings {
      @RestartRequired() @IsInt() public max: number = 10;
      @IsInt() public min: number = 1;

      @Rule('min must not exceed max')
      public ordered(): boolean {
        return this.min <= this.max;
      }
    }
    const { reloads, say, store } = await world(undefined, [RangeSettings]);
    say(0, { range: { max: 20, min: 15 } });
    const outcome = await reloads.reload('asked');
    expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'invalid-settings' } });
    expect(store.get(RangeSettings)).toEqual({ max: 10, min: 1 });
  });

  it('knows in which generation a section changed last', async () => {
    const { reloads, move } = await world({});
    await move({ banner: 'hi' });
    await move({ banner: 'hi', port: 5 });
    expect(reloads.sections()).toEqual([{ section: 'http', target: HttpSettings, changedIn: 2 }]);
  });

  it('stays as it is, with a literal ${, in a group that a reference brings in', async () => {
    const first = { tls: { certificate: '$${a}', sessions: 1 } };
    const { store, reloads, say } = await world(first, [HttpSettings, CopySettings]);
    const tls = { certificate: 'b', sessions: '${copy.sessions}' };
    const copy = { tls: '${http.tls}', sessions: 2 };
    say(0, { http: { grace, tls }, copy });
    await reloads.reload('asked');
    expect([store.get(HttpSettings).tls, store.get(CopySettings).tls]).toEqual([
      { certificate: '${a}', sessions: 2 },
      { certificate: '${a}', sessions: 2 },
    ]);
  });

  it('leaves all else of a group that is brought in as a whole to those that refer to it', async () => {
    const { store, reloads, say } = await world({}, [HttpSettings, CopySettings]);
    const copy = { tls: '${http.tls}', shared: { certificate: 'b', sessions: 3 } };
    say(0, { http: { grace, tls: '${copy.shared}' }, copy });
    await reloads.reload('asked');
    expect([store.get(HttpSettings).tls, store.get(CopySettings).tls]).toEqual([
      { certificate: 'a.pem', sessions: 3 },
      { certificate: 'a.pem', sessions: 3 },
    ]);
  });

  it('stays where it reads another one that stays, though the sources want it as it is', async () => {
    const { store, reloads, say } = await world({ port: 80, pool: { max: 90 }, grace });
    say(0, { http: { port: 90, pool: { max: '${http.port}' }, grace } });
    await reloads.reload('asked');
    const { port, pool } = store.get(HttpSettings);
    expect([port, pool.max]).toEqual([80, 90]);
    expect(reloads.status().restartRequired.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['http.port', 80, 90],
    ]);
  });

  it('belongs on a field of instances', () => {
    expect(() => {
      RestartRequired()(HttpSettings, 'port');
    }).toThrow(new TypeError('A settings field belongs to the instance; HttpSettings.port is static.'));
  });
});
