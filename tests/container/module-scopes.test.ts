import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { Container, inject, injectable, named } from 'inversify';
import {
  ConfigModule,
  ConfigPlugin,
  InjectMonitor,
  InjectSecret,
  monitorIdentifier,
  OnConfigChange,
  staleSingletons,
  type ConfigModuleOptions,
  type SecretHandle,
} from '../../src/container/index.js';
import type { SecureValue } from '../../src/core/index.js';
import { ConfigEvents, ConfigStore, ReloadService, section, type SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection, Secure } from '../../src/sections/index.js';
import { cliArgs, processEnv } from '../../src/sources/index.js';
import { caught } from '../sources/caught.js';
import { WatchedValues } from './watched-values.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() readonly port: number = 80;
}

@ConfigSection('billing')
class BillingSettings {
  @IsString() readonly currency: string = 'EUR';
  @Secure({ optional: true }) readonly apiKey?: SecureValue<string>;
}

@ConfigSection('database')
class DatabaseSettings {
  @IsString() readonly host: string = 'localhost';
  @Secure({ optional: true }) readonly password?: SecureValue<string>;
}

function moduleOf(values: WatchedValues, options: Partial<ConfigModuleOptions> = {}): ConfigModule {
  return ConfigModule.fromOptions({
    sections: [HttpSettings],
    sources: [values],
    environment: 'test',
    env: {},
    ...options,
  });
}

/** Waits until a commit has replaced a section. */
async function committed(container: Container, target: typeof HttpSettings | typeof BillingSettings): Promise<void> {
  const monitor: SectionMonitor<object> = container.get(monitorIdentifier<object>(target));
  await new Promise<void>((resolve) => {
    const stop = monitor.onChange(() => {
      stop();
      resolve();
    });
  });
}

const watching = { reload: { watch: true, debounce: '1ms' } } as const;

describe('Two modules of one container', () => {
  async function both(container = new Container()): Promise<{
    readonly container: Container;
    readonly http: WatchedValues;
    readonly billing: WatchedValues;
  }> {
    const http = new WatchedValues({ http: { port: 1 } });
    const billing = new WatchedValues({ billing: { currency: 'USD', apiKey: 'k-1' } });
    await container.loadAsync(
      moduleOf(http, { ...watching, name: 'web' }),
      moduleOf(billing, { ...watching, name: 'billing', sections: [BillingSettings] }),
    );
    return { container, http, billing };
  }

  it('are both kept current, each by its own service', async () => {
    const { container, http, billing } = await both();
    const moved = Promise.all([committed(container, HttpSettings), committed(container, BillingSettings)]);
    http.set({ http: { port: 2 } });
    billing.set({ billing: { currency: 'CHF' } });
    await moved;
    expect([container.get(HttpSettings).port, container.get(BillingSettings).currency]).toEqual([2, 'CHF']);
    await container.unbindAllAsync();
  });

  it('are told apart by their names, and had together with getAll', async () => {
    const { container } = await both();
    for (const service of [ReloadService, ConfigStore, ConfigEvents]) {
      const all: readonly unknown[] = container.getAll<unknown>(service);
      expect(all).toEqual([
        container.get<unknown>(service, { name: 'web' }),
        container.get<unknown>(service, { name: 'billing' }),
      ]);
      expect(new Set(all).size).toBe(2);
    }
    const stores = container.getAll(ConfigStore).map(({ current }) => current.entries.map(({ target }) => target));
    expect(stores).toEqual([[HttpSettings], [BillingSettings]]);
    await container.unbindAllAsync();
  });

  it('leave it open which service is meant by its class alone, and the plugin says what to write', async () => {
    const { container } = await both();
    expect(() => container.get(ReloadService)).toThrow('Ambiguous bindings found for service: "ReloadService"');
    container.register(ConfigPlugin);
    const error = await caught(() => container.get(ReloadService));
    expect([error.code, error.category, error.message]).toEqual([
      'module-not-named',
      'lifecycle',
      'Several ConfigModules of this container have a ReloadService each.\n' +
        "Give each module a name of its own with ConfigModule.fromOptions({ name: '…' }), and ask for one by its name, get(ReloadService, { name: '…' }) or @inject(ReloadService) @named('…'), or for all of them: getAll(ReloadService).",
    ]);
    await container.unbindAllAsync();
  });

  it('give monitors, secrets and changes of the sections of each to one consumer', async () => {
    @injectable()
    class Shop {
      readonly heard: string[] = [];

      constructor(
        @InjectMonitor(HttpSettings) readonly http: SectionMonitor<HttpSettings>,
        @InjectMonitor(BillingSettings) readonly billing: SectionMonitor<BillingSettings>,
        @InjectSecret(BillingSettings, 'apiKey') readonly key: SecretHandle<string>,
      ) {}

      @OnConfigChange(HttpSettings)
      onHttp({ port }: HttpSettings): void {
        this.heard.push(`port ${String(port)}`);
      }

      @OnConfigChange(BillingSettings)
      onBilling({ currency }: BillingSettings): void {
        this.heard.push(`currency ${currency}`);
      }
    }
    const { container, http, billing } = await both();
    container.bind(Shop).toSelf().inSingletonScope();
    const shop = container.get(Shop);
    expect(shop.key.use((text) => text)).toBe('k-1');
    for (const [values, next, target] of [
      [http, { http: { port: 2 } }, HttpSettings],
      [billing, { billing: { currency: 'CHF', apiKey: 'k-2' } }, BillingSettings],
    ] as const) {
      const moved = committed(container, target);
      values.set(next);
      await moved;
    }
    for (const events of container.getAll(ConfigEvents)) await events.drain();
    expect([shop.http.current.port, shop.billing.current.currency, shop.key.use((text) => text)]).toEqual([
      2,
      'CHF',
      'k-2',
    ]);
    expect(shop.heard).toEqual(['port 2', 'currency CHF']);
    await container.unbindAllAsync();
  });

  it('each report the singletons that keep a section of theirs', async () => {
    @injectable()
    class Keeper {
      constructor(
        @inject(HttpSettings) readonly http: HttpSettings,
        @inject(BillingSettings) readonly billing: BillingSettings,
      ) {}
    }
    const container = new Container();
    container.register(ConfigPlugin);
    const { billing } = await both(container);
    container.bind(Keeper).toSelf().inSingletonScope();
    container.get(Keeper);
    const moved = committed(container, BillingSettings);
    billing.set({ billing: { currency: 'CHF' } });
    await moved;
    const stale = container.getAll(ReloadService).map((reloads) => staleSingletons(reloads));
    expect(stale).toEqual([[], [expect.objectContaining({ consumer: 'Keeper', section: 'billing', since: 2 })]]);
    await container.unbindAllAsync();
  });

  it('are both closed when all is unbound, and one alone when it is unloaded', async () => {
    const { container, http, billing } = await both();
    await container.unbindAllAsync();
    expect([http.closed, billing.closed]).toEqual([1, 1]);

    const [one, other] = [new WatchedValues({}), new WatchedValues({})];
    const module = moduleOf(one, { name: 'web' });
    const again = new Container();
    await again.loadAsync(module, moduleOf(other, { sections: [BillingSettings], name: 'billing' }));
    await again.unloadAsync(module);
    expect([one.closed, other.closed]).toEqual([1, 0]);
    expect([again.isBound(HttpSettings), again.get(BillingSettings).currency]).toEqual([false, 'EUR']);
    expect(again.get(ReloadService).status().state).toBe('idle');
    await again.unbindAllAsync();
    expect([one.closed, other.closed]).toEqual([1, 1]);
  });
});

describe('A module of a child container', () => {
  async function family(): Promise<{
    readonly parent: Container;
    readonly child: Container;
    readonly above: WatchedValues;
    readonly below: WatchedValues;
  }> {
    const parent = new Container();
    const child = new Container({ parent });
    const above = new WatchedValues({ http: { port: 1 } });
    const below = new WatchedValues({ http: { port: 10 } });
    await parent.loadAsync(moduleOf(above, { ...watching, reload: { ...watching.reload, signal: 'SIGHUP' } }));
    await child.loadAsync(moduleOf(below, { ...watching, reload: { ...watching.reload, signal: 'SIGHUP' } }));
    return { parent, child, above, below };
  }

  it('overrides sections of the parent’s module in the child, with services of its own', async () => {
    const { parent, child } = await family();
    expect([parent.get(HttpSettings).port, child.get(HttpSettings).port]).toEqual([1, 10]);
    for (const service of [ReloadService, ConfigStore, ConfigEvents]) {
      expect(child.get<unknown>(service)).not.toBe(parent.get<unknown>(service));
    }
    await child.unbindAllAsync();
    await parent.unbindAllAsync();
  });

  it('is kept current beside the parent’s, for monitors and for changes', async () => {
    @injectable()
    class Server {
      readonly heard: number[] = [];

      @OnConfigChange(HttpSettings)
      follow({ port }: HttpSettings): void {
        this.heard.push(port);
      }
    }
    const { parent, child, above, below } = await family();
    parent.bind('server').to(Server).inSingletonScope();
    child.bind('own server').to(Server).inSingletonScope();
    const servers = [parent.get<Server>('server'), child.get<Server>('own server')];
    const moved = Promise.all([committed(parent, HttpSettings), committed(child, HttpSettings)]);
    above.set({ http: { port: 2 } });
    below.set({ http: { port: 20 } });
    await moved;
    await Promise.all([parent.get(ConfigEvents).drain(), child.get(ConfigEvents).drain()]);
    expect([parent.get(HttpSettings).port, child.get(HttpSettings).port]).toEqual([2, 20]);
    expect(servers.map(({ heard }) => heard)).toEqual([[2], [20]]);
    await child.unbindAllAsync();
    await parent.unbindAllAsync();
  });

  it('hears of sections that only the parent’s module has', async () => {
    @injectable()
    class Biller {
      readonly heard: string[] = [];

      @OnConfigChange(BillingSettings)
      onBilling({ currency }: BillingSettings): void {
        this.heard.push(currency);
      }

      @OnConfigChange(HttpSettings)
      onHttp({ port }: HttpSettings): void {
        this.heard.push(String(port));
      }
    }
    const parent = new Container();
    const child = new Container({ parent });
    const above = new WatchedValues({});
    const below = new WatchedValues({});
    await parent.loadAsync(moduleOf(above, { ...watching, sections: [BillingSettings, HttpSettings] }));
    await child.loadAsync(moduleOf(below, watching));
    child.bind(Biller).toSelf().inSingletonScope();
    const { heard } = child.get(Biller);
    const moved = Promise.all([committed(parent, BillingSettings), committed(child, HttpSettings)]);
    above.set({ billing: { currency: 'CHF' }, http: { port: 5 } });
    below.set({ http: { port: 6 } });
    await moved;
    await Promise.all([parent.get(ConfigEvents).drain(), child.get(ConfigEvents).drain()]);
    expect(heard.toSorted()).toEqual(['6', 'CHF']);
    await child.unbindAllAsync();
    await parent.unbindAllAsync();
  });

  it('is closed with its own container, and not with another', async () => {
    const { parent, child, above, below } = await family();
    await child.unbindAllAsync();
    expect([above.closed, below.closed]).toEqual([0, 1]);
    expect(child.get(HttpSettings).port).toBe(1);
    await parent.unbindAllAsync();
    expect([above.closed, below.closed]).toEqual([1, 1]);
  });

  it('shares one listener of the process for its signal with all others, which goes with the last', async () => {
    const before = process.listenerCount('SIGHUP');
    const { parent, child, above, below } = await family();
    expect(process.listenerCount('SIGHUP')).toBe(before + 1);
    const loads = (): readonly number[] => [above.loads, below.loads];
    expect(loads()).toEqual([1, 1]);
    await child.unbindAllAsync();
    expect(process.listenerCount('SIGHUP')).toBe(before + 1);
    process.emit('SIGHUP');
    await parent.get(ReloadService).reload('after the one of the signal');
    // Each asks for a read that begins after it.
    expect(loads()).toEqual([3, 1]);
    await parent.unbindAllAsync();
    expect(process.listenerCount('SIGHUP')).toBe(before);
  });

  it('does not hide what the parent binds of its classes under other names', async () => {
    const replica = section(DatabaseSettings, { path: 'replica', name: 'replica' });
    const top = new Container();
    const parent = new Container({ parent: top });
    const bottom = new Container({ parent });
    const above = new WatchedValues({ database: { host: 'a' }, replica: { host: 'r', password: 'p-1' } });
    await top.loadAsync(moduleOf(above, { ...watching, sections: [DatabaseSettings, replica] }));
    await parent.loadAsync(moduleOf(new WatchedValues({ database: { host: 'b' } }), { sections: [DatabaseSettings] }));
    await bottom.loadAsync(moduleOf(new WatchedValues({ database: { host: 'c' } }), { sections: [DatabaseSettings] }));
    @injectable()
    class Replication {
      constructor(
        @inject(DatabaseSettings) readonly primary: DatabaseSettings,
        @inject(DatabaseSettings) @named('replica') readonly replica: DatabaseSettings,
        @InjectMonitor(DatabaseSettings) @named('replica') readonly live: SectionMonitor<DatabaseSettings>,
        @InjectSecret(DatabaseSettings, 'password') @named('replica') readonly password: SecretHandle<string>,
      ) {}
    }
    bottom.bind(Replication).toSelf();
    const { primary, replica: second, live, password } = bottom.get(Replication);
    expect([primary.host, second.host, live.current, password.use((text) => text)]).toEqual(['c', 'r', second, 'p-1']);
    for (const container of [bottom, parent, top]) await container.unbindAllAsync();
  });
});

describe('A section that two modules of a container bind', () => {
  it('is refused at load, with both modules named, and nothing of the second is left', async () => {
    const container = new Container();
    const [first, second] = [new WatchedValues({ http: { port: 1 } }), new WatchedValues({})];
    await container.loadAsync(moduleOf(first));
    const module = moduleOf(second, { sections: [BillingSettings, HttpSettings] });
    const error = await caught(async () => container.loadAsync(module));
    expect([error.code, error.category, error.message]).toEqual([
      'section-bound-twice',
      'lifecycle',
      'Two modules of one container bind HttpSettings: the ConfigModule of HttpSettings and the ConfigModule of BillingSettings, HttpSettings.\n' +
        "List HttpSettings in one of them, tell the uses apart with section(HttpSettings, { path: '…', name: '…' }), or load one of the modules in a child container, where its sections take precedence.",
    ]);
    expect([container.isBound(BillingSettings), container.get(HttpSettings).port, second.loads]).toEqual([false, 1, 0]);
    await container.unbindAllAsync();
    expect([first.closed, second.closed]).toEqual([1, 0]);
  });

  it('is refused when both are loaded at once, and the refused one is closed', async () => {
    const container = new Container();
    const [first, second] = [new WatchedValues({ http: { port: 1 } }), new WatchedValues({ http: { port: 2 } })];
    const modules = [moduleOf(first, { name: 'first' }), moduleOf(second, { name: 'second' })];
    const error = await caught(async () => container.loadAsync(...modules));
    expect(error.message).toContain('bind HttpSettings: the ConfigModule "first" and the ConfigModule "second".');
    expect([container.get(HttpSettings).port, first.closed, second.closed]).toEqual([1, 0, 1]);
    await container.unbindAllAsync();
  });

  it('may be bound by each under a name of its own', async () => {
    const container = new Container();
    const eu = section(HttpSettings, { path: 'eu', name: 'eu' });
    await container.loadAsync(moduleOf(new WatchedValues({ http: { port: 1 } })));
    await container.loadAsync(moduleOf(new WatchedValues({ eu: { port: 2 } }), { sections: [eu], name: 'eu' }));
    expect([container.get(HttpSettings).port, container.get(HttpSettings, { name: 'eu' }).port]).toEqual([1, 2]);
    const twice = await caught(async () =>
      container.loadAsync(moduleOf(new WatchedValues({}), { sections: [eu, BillingSettings] })),
    );
    expect(twice.message).toContain('bind HttpSettings under the name "eu": the ConfigModule "eu" and');
    await container.unbindAllAsync();
  });

  it('is refused when one module is loaded twice; not after it was unloaded, nor in another container', async () => {
    const container = new Container();
    const values = new WatchedValues({ http: { port: 1 } });
    const module = moduleOf(values);
    await container.loadAsync(module);
    const error = await caught(async () => container.loadAsync(module));
    expect([error.code, error.message]).toEqual([
      'section-bound-twice',
      'This container has already loaded the ConfigModule of HttpSettings.\n' +
        'Load a module once in a container; its child containers see what it binds.',
    ]);
    await container.unloadAsync(module);
    await container.loadAsync(module);
    const child = new Container({ parent: container });
    await child.loadAsync(module);
    expect([container.get(HttpSettings).port, child.get(HttpSettings).port]).toEqual([1, 1]);
    await child.unbindAllAsync();
    await container.unbindAllAsync();
  });
});

describe('Closing a module', () => {
  const world = async (): Promise<{ container: Container; module: ConfigModule; values: WatchedValues }> => {
    const container = new Container();
    const values = new WatchedValues({ http: { port: 1 } });
    const module = moduleOf(values, watching);
    await container.loadAsync(module);
    return { container, module, values };
  };

  it('ends the watching though nobody has ever got anything of it', async () => {
    const { container, values } = await world();
    await container.unbindAllAsync();
    const { loads } = values;
    values.set({ http: { port: 2 } });
    expect([values.closed, values.loads]).toEqual([1, loads]);
  });

  it.each<[string, (given: { container: Container; module: ConfigModule }) => Promise<unknown>]>([
    ['unloaded', async ({ container, module }) => container.unloadAsync(module)],
    [
      'unbound twice at once',
      async ({ container }) => Promise.all([container.unbindAllAsync(), container.unbindAllAsync()]),
    ],
    [
      'unloaded and unbound at once',
      async ({ container, module }) => Promise.all([container.unloadAsync(module), container.unbindAllAsync()]),
    ],
    [
      'unbound and unbound again',
      async ({ container }) => container.unbindAllAsync().then(async () => container.unbindAllAsync()),
    ],
    [
      'closed by its service and unbound, not async',
      async ({ container }) => {
        await container.get(ReloadService).close();
        container.unbindAll();
      },
    ],
    [
      'closed by its service and unloaded, not async',
      async ({ container, module }) => {
        await container.get(ReloadService).close();
        container.unload(module);
      },
    ],
  ])('happens exactly once: %s', async (_, end) => {
    const { container, module, values } = await world();
    container.get(HttpSettings);
    container.get(ReloadService);
    await end({ container, module });
    expect([values.closed, container.isBound(HttpSettings), container.isBound(ReloadService)]).toEqual([
      1,
      false,
      false,
    ]);
  });

  it('keeps what is unbound together with something that fails from being closed twice', async () => {
    const { container, values } = await world();
    container
      .bind('stubborn')
      .toConstantValue(1)
      .onDeactivation(async () => Promise.reject(new Error('not now')));
    container.get('stubborn');
    const reloads = container.get(ReloadService);
    await expect(container.unbindAllAsync()).rejects.toThrow('not now');
    await expect(container.unbindAllAsync()).rejects.toThrow('not now');
    // What fails first is what unbinding ends with; the module is closed in its own time.
    await reloads.close();
    expect(values.closed).toBe(1);
  });
});

describe('The ConfigPlugin', () => {
  const world = async (): Promise<{ container: Container; module: ConfigModule; values: WatchedValues }> => {
    const container = new Container();
    container.register(ConfigPlugin);
    const values = new WatchedValues({ http: { port: 1 } });
    const module = moduleOf(values, watching);
    await container.loadAsync(module);
    return { container, module, values };
  };

  it.each<[string, string, (given: { container: Container; module: ConfigModule }) => void]>([
    [
      'unload(module)',
      'unloadAsync(module)',
      ({ container, module }) => {
        container.unload(module);
      },
    ],
    [
      'unbindAll()',
      'unbindAllAsync()',
      ({ container }) => {
        container.unbindAll();
      },
    ],
  ])('refuses %s before anything is closed', async (call, instead, end) => {
    const given = await world();
    const error = await caught(() => {
      end(given);
    });
    expect([error.code, error.category, error.message]).toEqual([
      'async-needed',
      'lifecycle',
      `container.${call} cannot wait until the ConfigModule of HttpSettings is closed; nothing has been closed.\nWrite "await container.${instead}".`,
    ]);
    const { container, values } = given;
    expect([values.closed, container.get(ReloadService).status().state]).toEqual([0, 'idle']);
    const moved = committed(container, HttpSettings);
    values.set({ http: { port: 2 } });
    await moved;
    await container.get(ReloadService).close();
    end(given);
    expect([values.closed, container.isBound(HttpSettings)]).toEqual([1, false]);
  });

  it('refuses load(module), which could not wait, before anything is loaded', async () => {
    const container = new Container();
    container.register(ConfigPlugin);
    const values = new WatchedValues({});
    const error = await caught(() => {
      container.load(moduleOf(values));
    });
    expect([error.code, error.message, values.loads]).toEqual([
      'async-needed',
      'container.load(module) cannot wait until settings are loaded; nothing has been loaded.\nWrite "await container.loadAsync(module)".',
      0,
    ]);
  });

  it('refuses to unload a module from a child of the container that loaded it', async () => {
    const { container, module, values } = await world();
    const child = new Container({ parent: new Container({ parent: container }) });
    child.register(ConfigPlugin);
    for (const unload of [
      async () => child.unloadAsync(module),
      () => {
        child.unload(module);
      },
    ]) {
      const error = await caught(unload);
      expect([error.code, error.message, values.closed]).toEqual([
        'module-of-parent',
        'This container has not loaded the ConfigModule of HttpSettings; a parent of it has.\nUnload a module from the container that loaded it.',
        0,
      ]);
    }
    const other = moduleOf(new WatchedValues({}), { sections: [BillingSettings] });
    await child.unloadAsync(other);
    await child.loadAsync(module);
    await child.unloadAsync(module);
    // Both modules read the one source, which is closed with the last of them.
    expect([values.closed, child.get(HttpSettings).port]).toEqual([0, 1]);
    await container.unbindAllAsync();
    expect(values.closed).toBe(1);
  });

  it('refuses a restore that would forget a module, or bring back one that is closed', async () => {
    const { container, module, values } = await world();
    container.snapshot();
    const later = new WatchedValues({});
    const second = moduleOf(later, { sections: [BillingSettings], name: 'billing' });
    await container.loadAsync(second);
    const forgotten = await caught(() => {
      container.restore();
    });
    expect([forgotten.code, forgotten.message]).toEqual([
      'restore-refused',
      'container.restore() would forget the ConfigModule "billing", which was loaded after the snapshot and would go on watching.\nUnload it before: "await container.unloadAsync(module)".',
    ]);
    await container.unloadAsync(second, module);
    const revived = await caught(() => {
      container.restore();
    });
    expect([revived.code, revived.message]).toEqual([
      'restore-refused',
      'container.restore() would bring back the ConfigModule of HttpSettings, which was closed after the snapshot and is not kept current any more.\nLoad the module again instead.',
    ]);
    expect([values.closed, later.closed]).toEqual([1, 1]);
  });

  it('lets everything else be restored, and the module is closed once after it', async () => {
    const { container, values } = await world();
    container.snapshot();
    container.bind('more').toConstantValue(1);
    container.get(HttpSettings);
    container.restore();
    expect([container.isBound('more'), container.get(HttpSettings).port]).toEqual([false, 1]);
    const moved = committed(container, HttpSettings);
    values.set({ http: { port: 2 } });
    await moved;
    expect(container.get(HttpSettings).port).toBe(2);
    await container.unbindAllAsync();
    expect(values.closed).toBe(1);
  });
});

describe('A module that shares its sources', () => {
  const shared = { http: { port: 1 }, billing: { currency: 'USD' }, orders: { db: { host: 'a' }, http: { port: 2 } } };
  const env = { APP_HTTP__PORT: '5', APP_BILLING__CURRENCY: 'CHF', APP_ORDERS__HTTP__PORT: '6' };
  const orders = section(DatabaseSettings, { path: 'orders.db' });
  const sources = (values: object): ConfigModuleOptions['sources'] => [
    new WatchedValues(values),
    processEnv({ prefix: 'APP_', env }),
    cliArgs({ argv: ['--billing.currency=GBP'] }),
  ];
  const partOf = (values: object, sections: ConfigModuleOptions['sections'], partial = true): ConfigModule =>
    ConfigModule.fromOptions({ sections, sources: sources(values), partial, environment: 'test', env: {} });

  it('checks with partial: true only keys below its own sections', async () => {
    const container = new Container();
    await container.loadAsync(
      partOf(shared, [HttpSettings, orders]),
      partOf(shared, [BillingSettings, section(HttpSettings, { path: 'orders.http', name: 'orders' })]),
    );
    expect([
      container.get(HttpSettings).port,
      container.get(DatabaseSettings).host,
      container.get(BillingSettings).currency,
      container.get(HttpSettings, { name: 'orders' }).port,
    ]).toEqual([5, 'a', 'GBP', 6]);
    await container.unbindAllAsync();
  });

  it('shares a source with another module, which is closed with the last of them', async () => {
    const container = new Container();
    const both = new WatchedValues({ http: { port: 1 }, billing: { currency: 'USD' } });
    const web = moduleOf(both, { ...watching, partial: true, name: 'web' });
    const billing = moduleOf(both, { ...watching, partial: true, name: 'billing', sections: [BillingSettings] });
    await container.loadAsync(web, billing);
    await container.unloadAsync(web);
    expect(both.closed).toBe(0);
    const moved = committed(container, BillingSettings);
    both.set({ billing: { currency: 'CHF' } });
    await moved;
    expect(container.get(BillingSettings).currency).toBe('CHF');
    await container.unloadAsync(billing);
    expect(both.closed).toBe(1);
  });

  it('refuses misspelled keys of its own sections all the same', async () => {
    const misspelled = { ...shared, http: { prot: 1 } };
    const error = await caught(async () => new Container().loadAsync(partOf(misspelled, [HttpSettings])));
    expect(error.issues.map(({ code, path }) => [code, path.join('.')])).toEqual([['unknown-key', 'http.prot']]);
  });

  it('refuses without it the keys of others', async () => {
    const error = await caught(async () => new Container().loadAsync(partOf(shared, [HttpSettings], false)));
    expect(error.issues.map(({ path }) => path.join('.'))).toContain('billing');
    expect(() => moduleOf(new WatchedValues({}), { partial: 'yes' as unknown as boolean })).toThrow(
      new TypeError('partial must be true or false; got a string.'),
    );
  });
});
