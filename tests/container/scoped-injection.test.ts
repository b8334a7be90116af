import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { Container, injectable, named } from 'inversify';
import {
  ConfigModule,
  ConfigPlugin,
  InjectMonitor,
  InjectSecret,
  InjectSection,
  monitorIdentifier,
  OnConfigChange,
  sectionIdentifier,
  staleSingletons,
  type ConfigModuleOptions,
  type SecretHandle,
} from '../../src/container/index.js';
import { ConfigEvents, ConfigStore, ReloadService, section, type SectionMonitor } from '../../src/runtime/index.js';
import type { LogRecord, SecureValue } from '../../src/core/index.js';
import { ConfigSection, Secure } from '../../src/sections/index.js';
import { caught } from '../sources/caught.js';
import { WatchedValues } from './watched-values.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsString() readonly host: string = 'localhost';
  @IsInt() readonly port: number = 5432;
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() readonly port: number = 80;
}

const replica = section(DatabaseSettings, { path: 'replica', name: 'replica' });

@injectable()
class InvoiceJob {
  constructor(
    @InjectSection(DatabaseSettings, { scope: 'billing' }) readonly billing: DatabaseSettings,
    @InjectSection(DatabaseSettings, { scope: 'billing/invoices' }) readonly invoices: DatabaseSettings,
    @InjectSection(DatabaseSettings) readonly plain: DatabaseSettings,
    @InjectSection(DatabaseSettings, { scope: 'billing' }) @named('replica') readonly replica: DatabaseSettings,
    @InjectMonitor(DatabaseSettings, { scope: 'billing' }) readonly live: SectionMonitor<DatabaseSettings>,
  ) {}
}

const values = {
  database: { host: 'base' },
  replica: { host: 'replica' },
  modules: {
    billing: {
      database: { host: 'billing' },
      replica: { port: 2 },
      components: { invoices: { database: { port: 1 } } },
    },
  },
};

const moduleOf = (source: WatchedValues, options: Partial<ConfigModuleOptions> = {}): ConfigModule =>
  ConfigModule.fromOptions({
    sections: [DatabaseSettings, HttpSettings, replica],
    sources: [source],
    environment: 'test',
    env: {},
    ...options,
  });

const views = (): ReturnType<typeof ConfigModule.forScope>[] => [
  ConfigModule.forScope('billing', [DatabaseSettings, replica, HttpSettings]),
  ConfigModule.forScope('billing/invoices', [DatabaseSettings]),
];

async function world(container = new Container()): Promise<{ container: Container; source: WatchedValues }> {
  const source = new WatchedValues(values);
  // In this order the views are bound first.
  await container.loadAsync(...views(), moduleOf(source));
  container.bind(InvoiceJob).toSelf();
  return { container, source };
}

const look = ({ billing, invoices, plain, replica: second, live }: InvoiceJob): readonly unknown[] => [
  [billing.host, billing.port],
  [invoices.host, invoices.port],
  [plain.host, plain.port],
  [second.host, second.port],
  live.current === billing,
];

describe('a scope that no module provides', () => {
  @ConfigSection('mail')
  class MailSettings {
    @IsString() readonly from: string = 'shop';
  }
  @injectable()
  class Mailer {
    constructor(
      @InjectSection(MailSettings, { scope: 'biling' }) readonly mail: MailSettings,
      @InjectSection(MailSettings, { scope: 'billing' }) readonly right: MailSettings,
      @InjectMonitor(MailSettings, { scope: 'shipping' }) readonly elsewhere: SectionMonitor<MailSettings>,
    ) {}
  }

  it('is reported at the load when it looks like one that is there', async () => {
    const records: LogRecord[] = [];
    const container = new Container();
    container.register(ConfigPlugin);
    const logger = { log: (record: LogRecord) => records.push(record) };
    await container.loadAsync(
      moduleOf(new WatchedValues({}), { sections: [MailSettings], logger }),
      ConfigModule.forScope('billing', [MailSettings]),
    );
    expect(Mailer).toBeDefined();
    expect(records.filter(({ level }) => level === 'warn')).toEqual([
      expect.objectContaining({
        event: 'config.scope.unknown',
        message:
          'An injection of MailSettings names the scope "biling", which no loaded module provides. Did you mean "billing"?',
      }),
    ]);
  });
});

describe('InjectSection', () => {
  it('gives a section as a module, or a component of one, sees it', async () => {
    const { container } = await world();
    expect(look(container.get(InvoiceJob))).toEqual([
      ['billing', 5432],
      ['billing', 1],
      ['base', 5432],
      ['replica', 2],
      true,
    ]);
    expect(container.get(sectionIdentifier(HttpSettings, 'billing'))).toBe(container.get(HttpSettings));
    expect(container.getAll(DatabaseSettings)).toHaveLength(1);
  });

  it('follows reloads, those that only a module sees as well, and tells its monitors', async () => {
    const { container, source } = await world();
    const { live } = container.get(InvoiceJob);
    const other = container.get(monitorIdentifier(HttpSettings, { scope: 'billing' }));
    const told: unknown[] = [];
    const stop = live.onChange((current, previous) => told.push([previous.host, current.host]));
    other.onChange(() => told.push('http'));
    const events: unknown[] = [];
    container.get(ConfigEvents).on('ConfigChanged', ({ sections }) => {
      events.push(sections.map(({ section: path, scope, changes }) => [path, scope, changes.map((one) => one.path)]));
    });
    container.get(ConfigEvents).onSection(DatabaseSettings, () => events.push('everybody'));
    const atPath: string[] = [];
    container.get(ConfigEvents).onPath('modules.billing.database.**', (changes) => {
      atPath.push(...changes.map(({ path }) => path));
    });
    source.set({ ...values, modules: { billing: { ...values.modules.billing, database: { host: 'moved' } } } });
    const outcome = await container.get(ReloadService).reload('a test');
    await container.get(ConfigEvents).drain();
    expect([outcome.status, outcome.generation.number, told]).toEqual(['committed', 2, [['billing', 'moved']]]);
    expect(look(container.get(InvoiceJob)).slice(0, 3)).toEqual([
      ['moved', 5432],
      ['moved', 1],
      ['base', 5432],
    ]);
    expect(events).toEqual([
      [
        ['modules.billing.database', 'billing', ['modules.billing.database.host']],
        [
          'modules.billing.components.invoices.database',
          'billing/invoices',
          ['modules.billing.components.invoices.database.host'],
        ],
      ],
    ]);
    expect(atPath).toEqual(['modules.billing.database.host']);
    await container.get(ReloadService).rollback(1);
    expect([told.at(-1), live.current.host]).toEqual([['moved', 'billing'], 'billing']);
    stop();
    await container.get(ReloadService).reload('a test');
    expect([told.length, live.current.host]).toEqual([2, 'moved']);
  });

  it('explains what a module sees', async () => {
    const { container } = await world();
    const explained = container.get(ConfigStore).current.view('billing').explain('database.host').toString();
    expect(explained.split('\n').slice(0, 3)).toEqual([
      'database.host = "billing"',
      '  from modules.billing.database.host (values)',
      '  over database.host (values): "base"',
    ]);
  });

  it('is served in child containers, and from their own modules where they load them', async () => {
    const { container } = await world();
    const child = new Container({ parent: container });
    expect(look(child.get(InvoiceJob))[0]).toEqual(['billing', 5432]);
    await child.loadAsync(
      moduleOf(new WatchedValues({ modules: { billing: { database: { host: 'child' } } } })),
      ConfigModule.forScope('billing', [DatabaseSettings]),
    );
    expect([
      child.get(sectionIdentifier(DatabaseSettings, 'billing')).host,
      container.get(sectionIdentifier(DatabaseSettings, 'billing')).host,
    ]).toEqual(['child', 'billing']);
    const below = new Container({ parent: child });
    await below.loadAsync(ConfigModule.forScope('other', [DatabaseSettings, HttpSettings]));
    expect(below.get(sectionIdentifier(DatabaseSettings, 'other'))).toBe(child.get(DatabaseSettings));
  });

  it('finds its section again after the module was loaded anew', async () => {
    const container = new Container();
    const source = new WatchedValues(values);
    const module = moduleOf(source);
    await container.loadAsync(module, ...views());
    const identifier = sectionIdentifier(DatabaseSettings, 'billing');
    expect(container.get(identifier).host).toBe('billing');
    await container.unloadAsync(module);
    const error = await caught(() => container.get(identifier));
    expect([error.code, error.message]).toEqual([
      'section-not-bound',
      'No ConfigModule of this container binds DatabaseSettings.\nAdd DatabaseSettings to the sections of the ConfigModule, and load the module with "await container.loadAsync(…)" before the first get.',
    ]);
    source.set({ modules: { billing: { database: { host: 'again' } } } });
    await container.loadAsync(module);
    expect(container.get(identifier).host).toBe('again');
  });

  it('says what to load where nothing binds the section for the module', async () => {
    const { container } = await world();
    container.register(ConfigPlugin);
    @injectable()
    class Mistaken {
      constructor(@InjectSection(DatabaseSettings, { scope: 'biling' }) readonly database: DatabaseSettings) {}
    }
    @injectable()
    class Watcher {
      constructor(@InjectMonitor(HttpSettings, { scope: 'a/b' }) readonly http: SectionMonitor<HttpSettings>) {}
    }
    container.bind(Mistaken).toSelf();
    container.bind(Watcher).toSelf();
    const errors = [await caught(() => container.get(Mistaken)), await caught(() => container.get(Watcher))];
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      [
        'section-not-bound',
        'No module of this container binds DatabaseSettings for the scope "biling". Mistaken needs it.\nLoad ConfigModule.forScope(\'biling\', [DatabaseSettings]) with "await container.loadAsync(…)" before the first get.',
      ],
      [
        'section-not-bound',
        'No module of this container binds HttpSettings for the scope "a/b". Watcher needs it.\nLoad ConfigModule.forScope(\'a/b\', [HttpSettings]) with "await container.loadAsync(…)" before the first get.',
      ],
    ]);
  });

  it('reports a singleton that keeps what a module saw', async () => {
    @injectable()
    class Keeper {
      constructor(@InjectSection(DatabaseSettings, { scope: 'billing' }) readonly database: DatabaseSettings) {}
    }
    const container = new Container();
    container.register(ConfigPlugin);
    const { source } = await world(container);
    container.bind(Keeper).toSelf().inSingletonScope();
    container.get(Keeper);
    const reloads = container.get(ReloadService);
    source.set({ ...values, http: { port: 1 } });
    await reloads.reload('not its section');
    expect(staleSingletons(reloads)).toEqual([]);
    source.set({ ...values, modules: {} });
    await reloads.reload('its section');
    expect(staleSingletons(reloads)).toEqual([
      {
        consumer: 'Keeper',
        section: 'database',
        since: 3,
        fix: "Inject its monitor: @InjectMonitor(DatabaseSettings, { scope: 'billing' }).",
      },
    ]);
  });

  it('refuses what is no class, and what names no module', () => {
    // Callers without types, or in a circle.
    expect(() => InjectSection(undefined as unknown as typeof HttpSettings)).toThrow(
      /^InjectSection\(target\): name a settings class\. If it is declared later/,
    );
    for (const refuse of [
      () => InjectSection(HttpSettings, { scope: 'a/b/c' }),
      () => InjectMonitor(HttpSettings, { scope: 'a/b/c' }),
      () => ConfigModule.forScope('a/b/c', [HttpSettings]),
    ]) {
      expect(refuse).toThrow(
        new TypeError(`"a/b/c" is no scope; write a module's name, or module/component: 'billing/invoices'.`),
      );
    }
  });
});

describe('ConfigModule.forScope', () => {
  it('refuses to bind a section for a scope twice in one container, and binds nothing then', async () => {
    const { container } = await world();
    const error = await caught(() => {
      container.load(ConfigModule.forScope('billing', [section(HttpSettings, { name: 'new' }), DatabaseSettings]));
    });
    expect([error.code, error.message]).toEqual([
      'section-bound-twice',
      'Two modules of one container bind DatabaseSettings for the scope "billing".\nList DatabaseSettings in one ConfigModule.forScope(\'billing\', […]) only.',
    ]);
    expect(container.isBound(sectionIdentifier(HttpSettings, 'billing'), { name: 'new' })).toBe(false);
    container.load(ConfigModule.forScope('billing', [section(DatabaseSettings, { path: 'x', name: 'x' })]));
    expect(container.get(sectionIdentifier(DatabaseSettings, 'billing')).host).toBe('billing');
  });
});

@ConfigSection('payment')
class PaymentSettings {
  @Secure({ readers: 'injected', optional: true }) readonly apiKey?: SecureValue<string>;
}

@injectable()
class Charger {
  constructor(
    @InjectSecret(PaymentSettings, 'apiKey') readonly base: SecretHandle<string>,
    @InjectSecret(PaymentSettings, 'apiKey', { scope: 'billing' }) readonly billing: SecretHandle<string>,
    @InjectSecret(() => PaymentSettings, 'apiKey', { scope: 'shop' }) readonly shop: SecretHandle<string>,
  ) {}
}

@injectable()
class Follower {
  readonly told: string[] = [];

  @OnConfigChange(DatabaseSettings)
  protected base({ host }: DatabaseSettings, previous: DatabaseSettings): void {
    this.told.push(`base ${previous.host} -> ${host}`);
  }

  @OnConfigChange(DatabaseSettings, { scope: 'billing' })
  protected billing({ host, port }: DatabaseSettings, previous: DatabaseSettings): void {
    this.told.push(`billing ${previous.host}:${String(previous.port)} -> ${host}:${String(port)}`);
  }
}

describe('a scope', () => {
  it('of @InjectSecret gives the secret as that module sees it, through reloads', async () => {
    const keys = (base: string, billing?: string): object => ({
      payment: { apiKey: base },
      ...(billing !== undefined && { modules: { billing: { payment: { apiKey: billing } } } }),
    });
    const source = new WatchedValues(keys('b-1', 'm-1'));
    const container = new Container();
    container.bind(Charger).toSelf();
    await container.loadAsync(moduleOf(source, { sections: [PaymentSettings] }));
    const charger = container.get(Charger);
    const open = (): readonly string[] => [charger.base, charger.billing, charger.shop].map((key) => key.use(String));
    expect(open()).toEqual(['b-1', 'm-1', 'b-1']);
    source.set(keys('b-2', 'm-2'));
    await container.get(ReloadService).reload('rotated');
    expect(open()).toEqual(['b-2', 'm-2', 'b-2']);
    source.set(keys('b-3'));
    await container.get(ReloadService).reload('one for all');
    expect(open()).toEqual(['b-3', 'b-3', 'b-3']);
    expect(() => InjectSecret(PaymentSettings, 'apiKey', { scope: '' })).toThrow(TypeError);
  });

  it('of @OnConfigChange calls for what changes for that module, overridden or not', async () => {
    const source = new WatchedValues(values);
    const container = new Container();
    container.bind(Follower).toSelf().inSingletonScope();
    await container.loadAsync(moduleOf(source));
    const { told } = container.get(Follower);
    const change = async (next: object): Promise<readonly string[]> => {
      told.length = 0;
      source.set(next);
      await container.get(ReloadService).reload('a test');
      await container.get(ConfigEvents).drain();
      return [...told];
    };
    const { billing } = values.modules;
    expect(await change({ ...values, database: { host: 'moved' } })).toEqual(['base base -> moved']);
    expect(await change({ ...values, database: { host: 'moved', port: 1 } })).toEqual([
      'base moved -> moved',
      'billing billing:5432 -> billing:1',
    ]);
    expect(
      await change({
        ...values,
        database: { host: 'moved', port: 1 },
        modules: { billing: { ...billing, database: { host: 'own' } } },
      }),
    ).toEqual(['billing billing:1 -> own:1']);
    expect(() => OnConfigChange(DatabaseSettings, { scope: '/' })).toThrow(TypeError);
  });
});
