import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, Min, ValidateNested } from 'class-validator';
import { Container, inject, injectable, named } from 'inversify';
import { ConfigModule, ConfigPlugin, InjectMonitor, monitorIdentifier } from '../../src/container/index.js';
import { ConfigStore, section, type SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import { caught } from '../sources/caught.js';
import { loaded } from '../runtime/loading.js';

class PoolSettings {
  @IsInt() @Min(1) max = 10;
}

@ConfigSection('database')
class DatabaseSettings {
  @IsString() host = 'localhost';
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() port = 80;
}

const replica = section(DatabaseSettings, { path: 'replica', name: 'replica' });
const sections = [DatabaseSettings, HttpSettings, replica];

const moduleOf = (values: object, all = sections as Parameters<typeof loaded>[0]): ConfigModule =>
  ConfigModule.fromOptions({ sections: all, sources: [object(values)], environment: 'test', env: {} });

async function containerOf(values: object, container = new Container()): Promise<Container> {
  await container.loadAsync(moduleOf(values));
  return container;
}

@injectable()
class Implicit {
  constructor(
    readonly database: DatabaseSettings,
    readonly http: HttpSettings,
  ) {}
}

@injectable()
class Explicit {
  constructor(
    @inject(DatabaseSettings) readonly primary: DatabaseSettings,
    @inject(DatabaseSettings) @named('replica') readonly replica: DatabaseSettings,
    @InjectMonitor(HttpSettings) readonly http: SectionMonitor<HttpSettings>,
    @InjectMonitor(DatabaseSettings) @named('replica') readonly live: SectionMonitor<DatabaseSettings>,
  ) {}
}

describe('ConfigModule', () => {
  it('injects sections by their classes', async () => {
    const container = await containerOf({ database: { host: 'db' }, http: { port: '8080' } });
    container.bind(Implicit).toSelf();
    const { database, http } = container.get(Implicit);
    expect([database.host, http.port]).toEqual(['db', 8080]);
    expect([database, database.pool, http].map((part) => Object.isFrozen(part))).toEqual([true, true, true]);
  });

  it('injects named sections by class and name, and monitors of both', async () => {
    const container = await containerOf({ database: { host: 'a' }, replica: { host: 'b' } });
    container.bind(Explicit).toSelf();
    const { primary, replica: second, http, live } = container.get(Explicit);
    expect([primary.host, second.host, http.current.port, live.current]).toEqual(['a', 'b', 80, second]);
  });

  it('gives nothing for a name that no section has, rather than the section without a name', async () => {
    const container = new Container();
    await container.loadAsync(moduleOf({ http: { port: 1 } }, [HttpSettings]));
    const asked = { name: 'replcia', optional: true } as const;
    expect([
      container.get(HttpSettings, asked),
      container.get(monitorIdentifier(HttpSettings), asked),
      container.get(HttpSettings).port,
    ]).toEqual([undefined, undefined, 1]);
  });

  it('gives the same instance each time, and the store by its class', async () => {
    const container = await containerOf({});
    const store = container.get(ConfigStore);
    expect(container.get(HttpSettings)).toBe(container.get(HttpSettings));
    expect(store.get(HttpSettings)).toBe(container.get(HttpSettings));
    expect(store.get(DatabaseSettings, 'replica')).toBe(container.get(DatabaseSettings, { name: 'replica' }));
  });

  it('binds nothing at all when anything is wrong', async () => {
    const container = new Container();
    const error = await caught(async () => containerOf({ database: { host: 5 }, http: { port: 'x' } }, container));
    expect(error.issues).toHaveLength(2);
    const bound = [ConfigStore, DatabaseSettings, HttpSettings, monitorIdentifier(HttpSettings)];
    expect(bound.map((identifier) => container.isBound(identifier))).toEqual([false, false, false, false]);
  });

  it('can be loaded once the cause is gone', async () => {
    const container = new Container();
    let port: unknown = 'x';
    const source = { load: () => ({ http: { port } }) };
    const module = ConfigModule.fromOptions({ sections: [HttpSettings], sources: [source], environment: 'test' });
    await caught(async () => container.loadAsync(module));
    port = 1;
    await container.loadAsync(module);
    expect(container.get(HttpSettings).port).toBe(1);
  });

  it('keeps containers apart', async () => {
    const [one, two] = await Promise.all([containerOf({ http: { port: 1 } }), containerOf({ http: { port: 2 } })]);
    expect([one.get(HttpSettings).port, two.get(HttpSettings).port]).toEqual([1, 2]);
    one.get(ConfigStore).commit(await loaded(sections, { http: { port: 3 } }));
    expect([one.get(HttpSettings).port, two.get(HttpSettings).port]).toEqual([3, 2]);
  });

  it('serves child containers', async () => {
    const parent = await containerOf({ http: { port: 1 } });
    const child = new Container({ parent });
    child.bind(Implicit).toSelf();
    expect(child.get(Implicit).http.port).toBe(1);
  });

  it('may be joined by another module with other sections, which has a store of its own', async () => {
    const container = new Container();
    await container.loadAsync(moduleOf({ http: { port: 1 } }, [HttpSettings]));
    await container.loadAsync(moduleOf({ database: { host: 'db' } }, [DatabaseSettings]));
    expect([container.get(HttpSettings).port, container.get(DatabaseSettings).host]).toEqual([1, 'db']);
    const stores = container.getAll(ConfigStore);
    expect(stores.map(({ current }) => current.entries.map(({ target }) => target))).toEqual([
      [HttpSettings],
      [DatabaseSettings],
    ]);
  });

  it.each<['Transient' | 'Singleton' | 'Request']>([['Transient'], ['Singleton'], ['Request']])(
    'moves every section at once with a commit, whatever the container’s default scope: %s',
    async (defaultScope) => {
      const container = await containerOf({}, new Container({ defaultScope }));
      container.bind(Explicit).toSelf().inTransientScope();
      const before = container.get(Explicit);
      const next = await loaded(sections, { database: { host: 'b' }, http: { port: 2 }, replica: { host: 'c' } });
      container.get(ConfigStore).commit(next);
      const after = container.get(Explicit);
      expect([after.primary.host, after.replica.host, container.get(HttpSettings).port]).toEqual(['b', 'c', 2]);
      expect([before.primary.host, before.http.current.port, before.live.current.host]).toEqual(['localhost', 2, 'c']);
    },
  );
});

describe('ConfigModule.fromOptions', () => {
  const options = { sections: [HttpSettings], sources: [], environment: 'test' as const };

  it.each([
    [{ ...options, sections: [] }, 'sections must be a list of one settings class or more; got an empty list.'],
    [{ ...options, sections: undefined }, 'sections must be a list of one settings class or more; got nothing.'],
    [
      { ...options, sources: object({}) },
      'sources must be a list, each item of which is a source with load(); got an object.',
    ],
    [{ ...options, sources: [1] }, 'sources[0] must be a source with load(); got 1.'],
    [{ ...options, timeout: '5' }, /^timeout must be /],
  ])('refuses at once what cannot be used: %#', (bad, message) => {
    // Callers without types may pass anything.
    expect(() => ConfigModule.fromOptions(bad as unknown as typeof options)).toThrow(message);
  });

  it('refuses a class that says no path', () => {
    expect(() => ConfigModule.fromOptions({ ...options, sections: [PoolSettings] })).toThrow(
      new TypeError(
        "PoolSettings has no path: decorate it with @ConfigSection('…'), or place it with section(PoolSettings, { path: '…' }).",
      ),
    );
  });

  it('checks what it reloads with before anything is read', () => {
    const make = (): unknown => ConfigModule.fromOptions({ ...options, reload: { history: 0 } });
    expect(make).toThrow(new TypeError('reload.history must be a whole number from 1 on; got 0.'));
  });

  it.each([
    [[HttpSettings, section(HttpSettings, { path: 'other' })], 'HttpSettings is listed twice without a name.'],
    [
      [section(HttpSettings, { name: 'a' }), section(HttpSettings, { path: 'b', name: 'a' })],
      'HttpSettings is listed twice under the name "a".',
    ],
    [
      [HttpSettings, section(DatabaseSettings, { path: 'http' })],
      'The sections HttpSettings and DatabaseSettings both sit at "http".',
    ],
  ])('refuses sections that cannot be told apart: %#', async (listed, message) => {
    const error = await caught(() => ConfigModule.fromOptions({ ...options, sections: listed }));
    expect([error.code, error.message.split('\n')[0]]).toEqual(['duplicate-section', message]);
  });

  it('says to list a section once that is listed twice', async () => {
    const error = await caught(() => ConfigModule.fromOptions({ ...options, sections: [HttpSettings, HttpSettings] }));
    expect([error.code, error.message]).toEqual([
      'duplicate-section',
      'HttpSettings is listed twice, both times at "http".\nList it once, or give one of the two another path.',
    ]);
  });
});

describe('InjectMonitor', () => {
  it('names a class that is not there yet', () => {
    expect(() => InjectMonitor(undefined as unknown as typeof HttpSettings)).toThrow(
      'InjectMonitor(target): name a settings class. If it is declared later',
    );
  });

  it('gives a handle that tells of changes of its own section', async () => {
    const container = await containerOf({});
    // Without a type argument: the identifier says what it stands for.
    const monitor: SectionMonitor<HttpSettings> = container.get(monitorIdentifier(HttpSettings));
    const store = container.get(ConfigStore);
    const told: number[][] = [];
    const stop = monitor.onChange((current, previous) => told.push([current.port, previous.port]));
    store.commit(await loaded(sections, { http: { port: 2 } }));
    stop();
    store.commit(await loaded(sections, { http: { port: 3 } }));
    expect([told, monitor.current.port]).toEqual([[[2, 80]], 3]);
  });
});

describe('ConfigPlugin', () => {
  @injectable()
  class Service {
    constructor(@inject(DatabaseSettings) readonly settings: DatabaseSettings) {}
  }
  @injectable()
  class Watcher {
    constructor(@InjectMonitor(DatabaseSettings) readonly monitor: SectionMonitor<DatabaseSettings>) {}
  }
  const recovery =
    'Add DatabaseSettings to the sections of the ConfigModule, and load the module with "await container.loadAsync(…)" before the first get.';

  function guarded(options: ConstructorParameters<typeof Container>[0] = {}): Container {
    const container = new Container(options);
    container.register(ConfigPlugin);
    container.bind(Watcher).toSelf();
    return container;
  }

  it('explains a section that no module binds, and who needs it', async () => {
    const container = guarded();
    container.bind(Service).toSelf();
    const error = await caught(() => container.get(Service));
    expect([error.code, error.category]).toEqual(['section-not-bound', 'lifecycle']);
    expect(error.message).toBe(
      `No ConfigModule of this container binds DatabaseSettings, the settings at "database". Service needs it.\n${recovery}`,
    );
  });

  it('explains a name that no section has', async () => {
    @injectable()
    class Replication {
      constructor(@inject(DatabaseSettings) @named('replcia') readonly settings: DatabaseSettings) {}
    }
    const container = guarded();
    container.bind(Replication).toSelf();
    await container.loadAsync(moduleOf({}));
    const error = await caught(() => container.get(Replication));
    expect(error.message).toBe(
      'No ConfigModule of this container binds DatabaseSettings under the name "replcia". Replication needs it.\n' +
        `Add section(DatabaseSettings, { path: '…', name: 'replcia' }) to the sections of the ConfigModule, and load the module with "await container.loadAsync(…)" before the first get.`,
    );
  });

  it('explains it for a monitor', async () => {
    const error = await caught(() => guarded().get(Watcher));
    expect(error.message).toContain('binds DatabaseSettings, the settings at "database". Watcher needs it.');
  });

  it('explains it for the section itself, in every way of asking', async () => {
    const container = guarded();
    const asked = [
      await caught(() => container.get(DatabaseSettings)),
      await caught(async () => container.getAsync(DatabaseSettings)),
    ];
    expect(asked.map(({ message }) => message)).toEqual(
      asked.map(
        () => `No ConfigModule of this container binds DatabaseSettings, the settings at "database".\n${recovery}`,
      ),
    );
  });

  it('refuses to have a section made with its defaults by autobind', async () => {
    const injected = await caught(() => guarded({ autobind: true }).get(Service));
    const asked = await caught(() => guarded({ autobind: true }).get(DatabaseSettings));
    expect(injected.message).toContain('Service needs it.');
    expect(asked.code).toBe('section-not-bound');
  });

  it('leaves everything else alone', async () => {
    const container = guarded({ autobind: true });
    await container.loadAsync(moduleOf({ database: { host: 'db' } }));
    class Unknown {}
    expect(container.get(Service).settings.host).toBe('db');
    expect((await container.getAsync(Service)).settings.host).toBe('db');
    expect(container.getAll(HttpSettings)).toHaveLength(1);
    expect(await container.getAllAsync(HttpSettings)).toHaveLength(1);
    expect(() => guarded().get(Unknown)).toThrow(/No bindings found/);
  });
});
