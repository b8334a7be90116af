import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { Container, ContainerModule, inject, injectable, preDestroy } from 'inversify';
import {
  ConfigModule,
  InjectMonitor,
  InjectSection,
  monitorIdentifier,
  sectionIdentifier,
} from '../../src/container/index.js';
import { ConfigStore, section, type SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection, TenantScope } from '../../src/sections/index.js';
import { defineTenants, InjectTenant, TenantContainers, type Tenant } from '../../src/tenants/index.js';
import { caught } from '../sources/caught.js';
import { documents, TenantWorld } from './tenant-world.js';

@ConfigSection('database')
class DatabaseSettings {
  @IsString() host: string = 'localhost';
  @IsInt() port: number = 5432;
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() port: number = 80;
}

@TenantScope('system')
@ConfigSection('cluster')
class ClusterSettings {
  @IsString() name: string = 'one';
}

const SECTIONS = [DatabaseSettings, HttpSettings, ClusterSettings];
const BASE = { database: { host: 'base' }, http: { port: 8080 } };
const DOCUMENTS = { acme: { database: { port: 1 } }, beta: { database: { port: 2 } } };

describe('a tenant that is printed', () => {
  it('shows what it is, and outside of any tenant why it is nothing', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, { acme: { $tenant: { attributes: { size: 3 } } } });
    await world.tenants.ready('acme');
    @injectable()
    class Job {
      constructor(@InjectTenant() readonly tenant: Tenant) {}
    }
    world.container.bind(Job).toSelf();
    const { tenant } = world.container.get(Job);
    const shown = world.tenants.run('acme', () => inspect(tenant, { breakLength: Infinity }));
    expect(shown).toBe("{ id: 'acme', identifier: 'acme', state: 'active', plan: undefined, attributes: { size: 3 } }");
    expect(inspect(tenant)).toContain('tenant-not-set');
  });
});

describe('the settings of a tenant', () => {
  it('are those of the base with its document over them, and the base’s own where it says nothing', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, { ...DOCUMENTS, gamma: {} });
    const { tenants } = world;
    await Promise.all([tenants.ready('acme'), tenants.ready('gamma')]);
    expect(tenants.settings('acme', DatabaseSettings)).toMatchObject({ host: 'base', port: 1 });
    const base = world.container.get(ConfigStore);
    expect(tenants.settings('acme', HttpSettings)).toBe(base.get(HttpSettings));
    expect(tenants.settings('gamma', DatabaseSettings)).toBe(base.get(DatabaseSettings));
  });

  it('follow the base and the document while the program runs', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS);
    const { tenants } = world;
    await tenants.ready('acme');
    await world.sayBase({ database: { host: 'moved' } });
    expect(tenants.settings('acme', DatabaseSettings)).toMatchObject({ host: 'moved', port: 1 });
    await world.say('acme', { database: { port: 3 } });
    expect(tenants.settings('acme', DatabaseSettings)).toMatchObject({ host: 'moved', port: 3 });
    await world.say('acme', undefined);
    expect(await caught(() => tenants.ready('acme'))).toMatchObject({ code: 'tenant-unknown' });
    await world.say('acme', {});
    expect(await tenants.ready('acme')).toMatchObject({ id: 'acme' });
  });

  it('stand over variables and the command line: what all sources come to is the base', async () => {
    const env = { load: () => ({ database: { port: 7 } }), name: 'variables' };
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { load: { sources: [env] } });
    await world.tenants.ready('acme');
    expect(world.tenants.settings('acme', DatabaseSettings).port).toBe(1);
  });

  it('are told apart by the name of the use', async () => {
    const replica = section(DatabaseSettings, { path: 'replica', name: 'replica' });
    await using world = await TenantWorld.of([...SECTIONS, replica], BASE, { acme: { replica: { port: 9 } } });
    await world.tenants.ready('acme');
    expect(world.tenants.settings('acme', DatabaseSettings, 'replica').port).toBe(9);
    expect(world.tenants.settings('acme', DatabaseSettings).port).toBe(5432);
  });

  it('hold what modules of the application see, over the base’s and its own', async () => {
    const base = { ...BASE, modules: { billing: { database: { host: 'billing' } } } };
    await using world = await TenantWorld.of(SECTIONS, base, {
      acme: { database: { port: 1 }, modules: { billing: { http: { port: 5 } } } },
    });
    await world.container.loadAsync(ConfigModule.forScope('billing', [DatabaseSettings, HttpSettings]));
    await using lease = await world.tenants.for('acme');
    expect(lease.container.get(sectionIdentifier(DatabaseSettings, 'billing'))).toMatchObject({
      host: 'billing',
      port: 1,
    });
    expect(lease.container.get(sectionIdentifier(HttpSettings, 'billing'))).toMatchObject({ port: 5 });
    expect(lease.container.get(HttpSettings)).toMatchObject({ port: 8080 });
    const live = world.container.get(monitorIdentifier(DatabaseSettings, { scope: 'billing' }));
    expect(world.tenants.run('acme', () => live.current)).toMatchObject({ host: 'billing', port: 1 });
  });
});

describe('tenants.run', () => {
  it('has monitors, the tenant and secrets of the base follow the tenant', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS);
    @injectable()
    class Job {
      constructor(
        @InjectMonitor(DatabaseSettings) readonly database: SectionMonitor<DatabaseSettings>,
        @InjectTenant() readonly tenant: Tenant,
      ) {}
    }
    world.container.bind(Job).toSelf().inSingletonScope();
    const { tenants } = world;
    await Promise.all([tenants.ready('acme'), tenants.ready('beta')]);
    const job = tenants.run('acme', () => world.container.get(Job));
    const seen = (): unknown[] => [job.tenant.id, job.database.current.port, tenants.current().id];
    expect(tenants.run('acme', seen)).toEqual(['acme', 1, 'acme']);
    expect(tenants.run('beta', seen)).toEqual(['beta', 2, 'beta']);
    expect(tenants.run('acme', () => tenants.run('beta', seen))).toEqual(['beta', 2, 'beta']);
  });

  it('reads one generation to its end, whatever is reloaded meanwhile', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS);
    const live = world.container.get(monitorIdentifier(DatabaseSettings));
    await world.tenants.ready('acme');
    const seen = await world.tenants.run('acme', async () => {
      const before = live.current.port;
      await world.say('acme', { database: { port: 10 } });
      return [before, live.current.port, world.tenants.run('acme', () => live.current.port)];
    });
    expect(seen).toEqual([1, 1, 10]);
  });

  it('is kept when a listener to the settings of the tenant fails, which is logged without what it threw', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS);
    await using lease = await world.tenants.for('acme');
    const live = lease.container.get(monitorIdentifier(DatabaseSettings));
    const heard: number[] = [];
    live.onChange(({ port }) => {
      throw new RangeError(`port ${String(port)}`);
    });
    live.onChange(({ port }) => void heard.push(port));
    await world.say('acme', { database: { port: 10 } });
    expect([heard, world.tenants.settings('acme', DatabaseSettings).port]).toEqual([[10], 10]);
    expect(world.logger.of('config.listener.failed')).toEqual([
      {
        level: 'error',
        event: 'config.listener.failed',
        message: 'A listener of the commit of tenant acme failed; the commit is kept: it threw RangeError.',
        fields: { kind: 'RangeError', tenant: 'acme' },
      },
    ]);
  });

  it('needs the settings to be made before, because it cannot wait', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS);
    const error = await caught(() => world.tenants.run('acme', () => 0));
    expect([error.code, error.message]).toEqual([
      'tenant-not-ready',
      expect.stringContaining('await tenants.ready(id)'),
    ]);
  });

  it('is what a callback runs in that was bound, whoever calls it', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS);
    const { tenants } = world;
    await Promise.all([tenants.ready('acme'), tenants.ready('beta')]);
    const live = world.container.get(monitorIdentifier(DatabaseSettings));
    const pooled = tenants.run('acme', () => tenants.bind((add: number) => live.current.port + add));
    expect(tenants.run('beta', () => pooled(100))).toBe(101);
    expect(pooled(100)).toBe(101);
    expect(await caught(() => tenants.bind(() => 0))).toMatchObject({ code: 'tenant-not-set' });
  });
});

describe('outside of any tenant', () => {
  it('live handles of what tenants may set are refused, and those of the system read the base', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS);
    const error = await caught(() => world.container.get(monitorIdentifier(DatabaseSettings)).current);
    expect([error.code, error.message]).toEqual([
      'tenant-not-set',
      expect.stringContaining('The section DatabaseSettings is asked for outside of any tenant.'),
    ]);
    expect(world.container.get(monitorIdentifier(ClusterSettings)).current.name).toBe('one');
    expect(world.container.get(DatabaseSettings).host).toBe('base');
    expect(await caught(() => world.tenants.current())).toMatchObject({ code: 'tenant-not-set' });
  });

  it('they read the base where that is the option', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { outside: 'base' });
    const live = world.container.get(monitorIdentifier(DatabaseSettings));
    expect(live.current.host).toBe('base');
    const heard: string[] = [];
    live.onChange(({ host }) => void heard.push(host));
    await world.sayBase({ database: { host: 'moved' } });
    expect(heard).toEqual(['moved']);
  });
});

@injectable()
class Session {
  static closed: string[] = [];
  constructor(
    @inject(DatabaseSettings) readonly database: DatabaseSettings,
    @InjectMonitor(DatabaseSettings) readonly live: SectionMonitor<DatabaseSettings>,
    @InjectTenant() readonly tenant: Tenant,
  ) {}
  @preDestroy() close(): void {
    Session.closed.push(this.tenant.id);
  }
}

const sessions = (): readonly ContainerModule[] => [
  new ContainerModule(({ bind }) => void bind(Session).toSelf().inSingletonScope()),
];

describe('the container of a tenant', () => {
  it('injects what is the tenant’s, in objects of its own', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { modules: sessions });
    await using acme = await world.tenants.for('acme');
    await using beta = await world.tenants.for('beta');
    const [one, other] = [acme.container.get(Session), beta.container.get(Session)];
    expect([one.tenant.id, one.database.port, one.live.current.port]).toEqual(['acme', 1, 1]);
    expect([other.tenant.id, other.database.port, other.live.current.port]).toEqual(['beta', 2, 2]);
    expect(acme.container.get(Session)).toBe(one);
    expect(acme.container.get(ConfigStore).explain('database.port').winner?.origin.source).toBe('tenants acme');
  });

  it('is made once, however many ask at a time, and has its singletons closed once', async () => {
    Session.closed = [];
    const made = jest.fn(sessions);
    const world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { modules: made });
    const leases = await Promise.all(Array.from({ length: 10 }, async () => world.tenants.for('acme')));
    leases[0]?.container.get(Session);
    expect([made.mock.calls.length, new Set(leases.map(({ container }) => container)).size]).toEqual([1, 1]);
    expect(world.tenants.stats()).toMatchObject({ live: 1, containers: 1, leases: 10 });
    await Promise.all(leases.map(async (lease) => lease.dispose()));
    await world.container.unbindAllAsync();
    expect(Session.closed).toEqual(['acme']);
  });

  it('is closed when there is no room for it and nobody has a lease', async () => {
    Session.closed = [];
    const said = Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`t${String(at)}`, {}]));
    await using world = await TenantWorld.of(SECTIONS, BASE, said, { modules: sessions, limit: { containers: 2 } });
    const kept = await world.tenants.for('t0');
    kept.container.get(Session);
    for (const id of Object.keys(said).slice(1)) {
      await using lease = await world.tenants.for(id);
      lease.container.get(Session);
    }
    expect(world.tenants.stats().containers).toBeLessThanOrEqual(3);
    expect(Session.closed).not.toContain('t0');
    expect(Session.closed.length).toBeGreaterThanOrEqual(3);
    await kept.dispose();
    expect(new Set(Session.closed).size).toBe(Session.closed.length);
  });

  it('stays the tenant’s for whoever still holds it when it has been closed', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS);
    const lease = await world.tenants.for('acme');
    await lease.dispose();
    expect(await world.tenants.evict('acme')).toBe(true);
    expect(lease.container.get(DatabaseSettings).port).toBe(1);
    await using again = await world.tenants.for('acme');
    expect(again.container).not.toBe(lease.container);
  });

  it('is not closed before the last lease ends, and nothing is closed twice', async () => {
    Session.closed = [];
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { modules: sessions });
    const lease = await world.tenants.for('acme');
    lease.container.get(Session);
    await world.tenants.evict('acme');
    expect(Session.closed).toEqual([]);
    await Promise.all([lease.dispose(), lease.dispose()]);
    expect(Session.closed).toEqual(['acme']);
    expect(world.tenants.stats()).toMatchObject({ containers: 0, leases: 0 });
  });

  it('is another one after an eviction, though somebody still has a lease', async () => {
    Session.closed = [];
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { modules: sessions });
    const first = await world.tenants.for('acme');
    first.container.get(Session);
    expect(await world.tenants.evict('acme')).toBe(true);
    await using second = await world.tenants.for('acme');
    expect(second.container).not.toBe(first.container);
    expect(world.tenants.stats()).toMatchObject({ containers: 2, leases: 2 });
    await first.dispose();
    expect(Session.closed).toEqual(['acme']);
    expect(world.tenants.stats()).toMatchObject({ containers: 1, leases: 1 });
  });

  it('is another one for a tenant that was retired and is back, though somebody still has a lease', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { modules: sessions });
    await using before = await world.tenants.for('acme');
    await world.say('acme', { $tenant: { state: 'retired' } });
    await world.say('acme', { database: { port: 10 } });
    await using after = await world.tenants.for('acme');
    expect(before.container.get(DatabaseSettings).port).toBe(1);
    expect(after.container.get(DatabaseSettings).port).toBe(10);
  });

  it('is closed after its last lease where the tenant was retired while it was made', async () => {
    let load: () => void = () => undefined;
    const mayLoad = new Promise<void>((resolve) => (load = resolve));
    let loads: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (loads = resolve));
    const slow = new ContainerModule(async () => {
      loads();
      await mayLoad;
    });
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { modules: () => [slow] });
    const asked = world.tenants.for('acme');
    await begun;
    await world.say('acme', { $tenant: { state: 'retired' } });
    load();
    const lease = await asked;
    expect(world.tenants.stats()).toMatchObject({ containers: 1, leases: 1 });
    await lease.dispose();
    expect(world.tenants.stats()).toMatchObject({ containers: 0, leases: 0 });
  });

  it('refuses its handles to whoever runs for another tenant', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { modules: sessions });
    await using acme = await world.tenants.for('acme');
    await world.tenants.ready('beta');
    const session = acme.container.get(Session);
    const error = await caught(() => world.tenants.run('beta', () => session.live.current));
    expect([error.code, error.message.split('\n', 1)[0]]).toEqual([
      'tenant-mismatch',
      'An object made for tenant "acme" is used for tenant "beta".',
    ]);
    expect(world.tenants.run('acme', () => session.live.current.port)).toBe(1);
  });

  it('needs the ConfigPlugin', async () => {
    const container = new Container();
    const layers = { load: () => new Map([['acme', {}]]) };
    const module = ConfigModule.fromOptions({
      sections: SECTIONS,
      sources: [],
      env: {},
      tenants: defineTenants({ layers }),
    });
    await container.loadAsync(module);
    expect(await caught(() => container.get(TenantContainers).for('acme'))).toMatchObject({ code: 'plugin-needed' });
    await container.unbindAllAsync();
  });

  it('is gone with the tenant, when its last lease ends', async () => {
    Session.closed = [];
    await using world = await TenantWorld.of(SECTIONS, BASE, DOCUMENTS, { modules: sessions });
    const lease = await world.tenants.for('acme');
    const session = lease.container.get(Session);
    await world.say('acme', { $tenant: { state: 'retired' } });
    expect([session.tenant.state, Session.closed]).toEqual(['retired', []]);
    expect(await caught(() => world.tenants.for('acme'))).toMatchObject({ code: 'tenant-inactive' });
    await lease.dispose();
    expect(Session.closed).toEqual(['acme']);
  });
});

describe('who a tenant is', () => {
  it('says its document, and it may be renamed', async () => {
    const said = { acme: { $tenant: { identifier: 'Acme-Shop', attributes: { country: 'de' } } }, beta: {} };
    await using world = await TenantWorld.of(SECTIONS, BASE, said);
    const { tenants } = world;
    const tenant = await tenants.ready(tenants.identify('acme-shop'));
    expect([tenant.id, tenant.identifier, tenant.state, tenant.attributes]).toEqual([
      'acme',
      'Acme-Shop',
      'active',
      { country: 'de' },
    ]);
    expect(tenants.identify('beta')).toBe('beta');
    expect(await caught(() => tenants.identify('acme'))).toMatchObject({ code: 'tenant-unknown' });
    await world.say('acme', { $tenant: { identifier: 'shop' } });
    expect([tenants.identify('SHOP'), tenant.identifier]).toEqual(['acme', 'shop']);
    expect(await caught(() => tenants.identify('acme-shop'))).toMatchObject({ code: 'tenant-unknown' });
  });

  it('is refused where two have one name, for the second of them only', async () => {
    const shop = { $tenant: { identifier: 'shop' } };
    await using world = await TenantWorld.of(SECTIONS, BASE, { acme: shop, beta: shop });
    expect((await world.tenants.ready(world.tenants.identify('shop'))).id).toBe('acme');
    const error = await caught(() => world.tenants.ready('beta'));
    expect([error.code, error.message]).toEqual([
      'tenant-quarantined',
      expect.stringContaining('The identifier "shop" is that of tenant "acme".'),
    ]);
    // The first gives it up, and the second needs no word of its own.
    await world.say('acme', {});
    expect((await world.tenants.ready(world.tenants.identify('shop'))).id).toBe('beta');
  });

  it('may swap names with another one, and no name is nobody’s in between', async () => {
    const named = (identifier: string): object => ({ $tenant: { identifier } });
    await using world = await TenantWorld.of(SECTIONS, BASE, { acme: named('shop'), beta: named('store') });
    const { tenants } = world;
    world.source.set(documents({ acme: named('store'), beta: named('shop') }));
    const work = { isOver: false };
    const swap = tenants.refresh().finally(() => (work.isOver = true));
    const owners = new Set<string>();
    for (let look = 1; !work.isOver; look++) {
      owners.add(`${tenants.identify('shop')} ${tenants.identify('store')}`);
      // Between two pieces of work that wait for nothing, and now and then for a turn.
      await (look % 20 === 0 ? turn() : undefined);
    }
    await swap;
    owners.add(`${tenants.identify('shop')} ${tenants.identify('store')}`);
    expect([...owners]).toEqual(['acme beta', 'beta acme']);
  });

  it('is served while it is active', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, { acme: {} });
    await world.tenants.ready('acme');
    await world.say('acme', { $tenant: { state: 'paused' } });
    const error = await caught(() => world.tenants.run('acme', () => 0));
    expect([error.code, error.message]).toEqual([
      'tenant-inactive',
      expect.stringContaining('Tenant "acme" is paused.'),
    ]);
    await world.say('acme', {});
    expect(world.tenants.run('acme', ({ state }) => state)).toBe('active');
  });

  it.each([
    ['is a list', [], 'must be a map'],
    ['has another state', { state: 'gone' }, 'must be one of active, paused, retired'],
    ['has a misspelled key', { sate: 'active' }, 'has no "sate"'],
    ['has an identifier that leads elsewhere', { identifier: '../x' }, 'must be a name of letters'],
  ])('keeps the tenant out when it %s', async (_, about, words) => {
    await using world = await TenantWorld.of(SECTIONS, BASE, { acme: { $tenant: about } });
    const error = await caught(() => world.tenants.ready('acme'));
    expect([error.code, error.message]).toEqual(['tenant-quarantined', expect.stringContaining(words)]);
  });
});

describe('tenants.each', () => {
  it('runs a job for all that are active, so many at a time, and goes on when one fails', async () => {
    const said = { a: {}, b: {}, c: { $tenant: { state: 'paused' } }, d: { database: { port: 'x' } }, e: {} };
    await using world = await TenantWorld.of(SECTIONS, BASE, said);
    let running = 0;
    let most = 0;
    let meet: () => void = () => undefined;
    const two = new Promise<void>((resolve) => (meet = resolve));
    const outcome = await world.tenants.each(
      async ({ id }) => {
        most = Math.max(most, ++running);
        if (running === 2) meet();
        await two;
        // A third one would be here by now.
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        if (id === 'b') throw new Error('no');
        expect(world.tenants.current().id).toBe(id);
      },
      { concurrency: 2 },
    );
    expect([outcome.done, [...outcome.failed.keys()].sort(), most]).toEqual([['a', 'e'], ['b', 'd'], 2]);
  });

  it('refuses options of a job that it does not know, or that cannot be', async () => {
    await using world = await TenantWorld.of(SECTIONS, BASE, {});
    const job = async (options: object): Promise<unknown> => world.tenants.each(() => undefined, options);
    await expect(job({ concurency: 2 })).rejects.toThrow(
      new TypeError('tenants.each: concurency is not an option; did you mean concurrency?'),
    );
    await expect(job({ concurrency: 0 })).rejects.toThrow(/^tenants\.each: concurrency must be a whole number/);
  });

  it('says why a tenant has no settings: its document, its name, or that all is closed', async () => {
    const said = { acme: { database: { port: 'x' } }, beta: { $tenant: { identifier: 'beta-shop' } } };
    const world = await TenantWorld.of(SECTIONS, BASE, said);
    const { tenants } = world;
    const why = async (id: string): Promise<string> =>
      (await caught(() => tenants.settings(id, DatabaseSettings))).code;
    expect(await why('acme')).toBe('tenant-not-ready');
    await expect(tenants.ready('acme')).rejects.toThrow();
    expect(await why('acme')).toBe('tenant-quarantined');
    expect(await caught(async () => tenants.ready('beta-shop'))).toMatchObject({
      code: 'tenant-unknown',
      recovery: 'It is the identifier of tenant "beta": tenants.identify(identifier) gives the id.',
    });
    await world[Symbol.asyncDispose]();
    expect(await why('beta')).toBe('tenants-closed');
  });
});

describe('an injection by scope', () => {
  it('is the tenant’s as the module sees it, in the container of the tenant', async () => {
    @injectable()
    class Bill {
      constructor(@InjectSection(DatabaseSettings, { scope: 'billing' }) readonly database: DatabaseSettings) {}
    }
    await using world = await TenantWorld.of(SECTIONS, BASE, {
      acme: { modules: { billing: { database: { port: 4 } } } },
    });
    await world.container.loadAsync(ConfigModule.forScope('billing', [DatabaseSettings]));
    world.container.bind(Bill).toSelf();
    await using lease = await world.tenants.for('acme');
    expect([lease.container.get(Bill).database.port, world.container.get(Bill).database.port]).toEqual([4, 5432]);
  });
});

describe('room for tenants', () => {
  it('is made for one more when all others are in use, however many that are', async () => {
    const said = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`t${String(at)}`, {}]));
    const limit = { containers: 2, tenants: 2 };
    await using world = await TenantWorld.of(SECTIONS, BASE, said, { limit });
    const leases = await Promise.all(Object.keys(said).map(async (id) => world.tenants.for(id)));
    expect(leases.map(({ tenant }) => tenant.id)).toEqual(Object.keys(said));
    for (const { tenant } of leases) expect(world.tenants.run(tenant.id, ({ id }) => id)).toBe(tenant.id);
    await Promise.all(leases.map(async (lease) => lease.dispose()));
    // What was waited for in this turn is kept to its end.
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.tenants.stats()).toMatchObject({ containers: 2, live: 2, leases: 0 });
  });

  it('lets everybody else have their turn while many tenants are made', async () => {
    const said = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`t${String(at)}`, { http: { port: at } }]));
    await using world = await TenantWorld.of(SECTIONS, BASE, said);
    let turns = 0;
    const count = (): void => {
      turns++;
      ticking = setImmediate(count);
    };
    let ticking = setImmediate(count);
    await world.tenants.each(() => undefined);
    clearImmediate(ticking);
    expect(turns).toBeGreaterThan(3);
  });
});
