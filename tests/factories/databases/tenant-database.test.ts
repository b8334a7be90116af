import { describe, expect, it } from '@jest/globals';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { tenantDatabase } from '../../../src/factories/databases/tenants/index.js';
import { ConfigModule, section } from '../../../src/index.js';
import { caught } from '../../sources/caught.js';
import { pretendDatabase } from '../transactions/pretend-database.js';
import { OrdersTenancy, tenantDatabaseWorld } from './tenant-world.js';

/** Until nothing happens any more that needs neither time nor a message from outside. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const everyTenant = (count: number, document: object = {}): Readonly<Record<string, object>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${String(index)}`, document]));

describe('A database by tenant', () => {
  it('finds the rows of a tenant where its settings say', async () => {
    await using made = await tenantDatabaseWorld(
      {},
      {
        acme: {},
        beta: { tenancy: { strategy: 'schema' } },
        gamma: { tenancy: { strategy: 'database' } },
        delta: { tenancy: { strategy: 'database' }, db: { host: 'delta-host', database: 'delta_prod' } },
      },
    );
    const { as, work, pools, where } = made;
    for (const id of ['acme', 'beta']) await as(id, async () => work.run(() => undefined));
    expect(pools.flatMap(({ said }) => said)).toEqual([
      'begin; app.tenant = acme',
      'commit',
      'begin; app.tenant = beta; schema tenant_beta',
      'commit',
    ]);
    await expect(where('gamma')).resolves.toBe('shared-host/tenant_gamma');
    await expect(where('delta')).resolves.toBe('delta-host/delta_prod');
  });

  it('refuses work outside of any tenant, and work without the transaction that keeps tenants apart', async () => {
    await using made = await tenantDatabaseWorld({}, { acme: {}, beta: { tenancy: { strategy: 'database' } } });
    const { as, work } = made;
    expect((await caught(async () => work.run(() => undefined))).code).toBe('tenant-not-set');
    const without = { propagation: 'supports' } as const;
    const error = await caught(async () => as('acme', async () => work.run(without, () => undefined)));
    expect(error.code).toBe('tenant-needs-transaction');
    expect(error.message).toContain('"shared", which holds for a transaction only');
    await expect(as('beta', async () => work.run(without, ({ client }) => client.pool.at))).resolves.toContain('beta');
  });

  it('lets nobody work for another tenant in a transaction that is open', async () => {
    await using made = await tenantDatabaseWorld({}, { acme: {}, beta: {} });
    const { world, as, work } = made;
    await world.tenants.ready('beta');
    await as('acme', async () =>
      work.run(async (tx) => {
        const { client } = tx;
        for (const use of [
          async () => work.run(() => undefined),
          async () => work.run({ propagation: 'nested' }, () => undefined),
          async () => work.current.client.query('select'),
          async () => tx.client.query('select'),
          async () => client.query('select'),
          async () => tx.savepoint(() => undefined),
        ]) {
          const error = await caught(async () => world.tenants.run('beta', use));
          expect(error.code).toBe('tenant-mismatch');
          expect(error.message).toContain('began for tenant "acme" is used for tenant "beta"');
        }
        await world.tenants.run('beta', async () => work.run({ propagation: 'requires-new' }, () => undefined));
      }),
    );
  });

  it('vetoes the start when tenants share tables that the database does not keep apart', async () => {
    const error = await caught(async () => tenantDatabaseWorld({ db: { host: 'open-host' } }, {}));
    expect(error.code).toBe('reload-vetoed');
    expect(error.message).toBe(
      [
        'The settings cannot be used by orders by tenant (tenant-rows-unprotected).',
        '"orders" does not keep the rows of tenants apart:',
        '  - orders has no policy.',
        'Connect as a role that owns no table, and give each table what tenantPolicy(…) says.',
      ].join('\n'),
    );
  });

  it('refuses a tenant that is to share them, where the others do not', async () => {
    const base = { db: { host: 'open-host' }, tenancy: { strategy: 'schema' } };
    await using made = await tenantDatabaseWorld(base, { acme: {}, beta: { tenancy: { strategy: 'shared' } } });
    const { where } = made;
    await expect(where('acme')).resolves.toBe('open-host/orders');
    const error = await caught(async () => where('beta'));
    expect(error.code).toBe('tenant-rows-unprotected');
    expect(error.message).toContain('  - orders has no policy.');
  });

  it('gives no two tenants one place, and none that of the application', async () => {
    await using made = await tenantDatabaseWorld(
      { tenancy: { strategy: 'database' } },
      {
        acme: {},
        thief: { tenancy: { database: 'tenant_acme' } },
        guest: { tenancy: { database: 'orders' } },
        mover: { tenancy: { database: 'old' } },
        next: { tenancy: { database: 'old' } },
      },
    );
    const { world, where } = made;
    await where('acme');
    const error = await caught(async () => where('thief'));
    expect(error.code).toBe('tenant-place-taken');
    expect(error.message).toContain('database "tenant_acme" of tenant "thief" is that of tenant "acme"');
    expect((await caught(async () => where('guest'))).message).toContain('is that of the application');
    await where('mover');
    expect((await caught(async () => where('next'))).code).toBe('tenant-place-taken');
    await world.say('mover', { orders: { tenancy: { database: 'new' } } });
    await expect(where('mover')).resolves.toBe('shared-host/new');
    await expect(where('next')).resolves.toBe('shared-host/old');
  });

  it('keeps the names that the settings give for those whose they are, whoever comes first', async () => {
    await using made = await tenantDatabaseWorld(
      { tenancy: { strategy: 'database' } },
      {
        acme: {},
        thief: { tenancy: { database: 'tenant_acme' } },
        folded: { tenancy: { database: 'Tenant_Acme' } },
        pointing: { db: { host: 'SHARED-HOST', database: 'tenant_acme' } },
        a: { tenancy: { database: 'tenant_{tenant}cme' } },
        schema: { tenancy: { strategy: 'schema', schema: 'tenant_acme' } },
      },
    );
    const { where } = made;
    for (const id of ['thief', 'folded', 'pointing', 'a', 'schema']) {
      const error = await caught(async () => where(id));
      expect([id, error.code]).toEqual([id, 'tenant-place-taken']);
      expect(error.message).toContain('is kept for another tenant by the settings of the application');
    }
    await expect(where('acme')).resolves.toBe('shared-host/tenant_acme');
  });

  it('refuses settings that give all tenants one place, and strategies that the database has not', async () => {
    const one = await caught(async () => tenantDatabaseWorld({ tenancy: { strategy: 'schema', schema: 'ours' } }, {}));
    expect(one.message).toContain('tenant-place-taken');
    const shared = await caught(async () => tenantDatabaseWorld({}, {}, { noDialect: true }));
    expect(shared.message).toContain('tenant-strategy-unsupported');
    const base = { tenancy: { strategy: 'database' } };
    const documents = { acme: {}, beta: { tenancy: { strategy: 'schema' } } };
    await using made = await tenantDatabaseWorld(base, documents, { noDialect: true });
    const { where } = made;
    await expect(where('acme')).resolves.toBe('shared-host/tenant_acme');
    expect((await caught(async () => where('beta'))).code).toBe('tenant-strategy-unsupported');
  });

  it('needs a module with tenants, and a database that is made from settings', () => {
    const over = pg({ name: 'orders', from: PostgresSettings });
    const byTenant = tenantDatabase({ over, from: OrdersTenancy });
    const sections = [section(PostgresSettings, { path: 'orders.db' }), OrdersTenancy];
    expect(() => ConfigModule.fromOptions({ sections, sources: [], resources: [over, byTenant] })).toThrow(
      new TypeError(
        'resources: "orders by tenant" is of tenants; give the module the option tenants: defineTenants({ … }).',
      ),
    );
    const { database } = pretendDatabase();
    expect(() => tenantDatabase({ over: database, from: OrdersTenancy })).toThrow('"orders" is made from no section.');
    expect(() => tenantDatabase({ over: {} as never, from: OrdersTenancy })).toThrow('over must be what pg(…)');
  });
});

describe('Pools of tenants with a database of their own', () => {
  const base = { tenancy: { strategy: 'database', connections: 2, maxConnections: 6 } };

  it('lose no transaction when old and new settings of a tenant meet', async () => {
    await using made = await tenantDatabaseWorld(
      { tenancy: { strategy: 'database' } },
      { acme: { db: { host: 'old-host' } } },
    );
    const { world, work, where } = made;
    await where('acme');
    const at = async (): Promise<string> => work.run(({ client }) => client.pool.at);
    // What runs goes on with the settings that it began with.
    const places = await world.tenants.run('acme', async () => {
      await world.say('acme', { orders: { db: { host: 'new-host' } } });
      return Promise.all([at(), world.tenants.run('acme', at)]);
    });
    expect(places).toEqual(['old-host/tenant_acme', 'new-host/tenant_acme']);
  });

  it('are never more than there is room for, and make room for others, least lately used first', async () => {
    await using made = await tenantDatabaseWorld(base, everyTenant(1_000));
    const { where, open, resource } = made;
    for (let index = 0; index < 1_000; index++) {
      await where(`t${String(index)}`);
      expect(open().length).toBeLessThanOrEqual(3);
    }
    await where('t997');
    await where('t5');
    expect(open().sort()).toEqual(['shared-host/tenant_t5', 'shared-host/tenant_t997', 'shared-host/tenant_t999']);
    expect(resource.current.stats).toEqual({ pools: 3, connections: 6, waiting: 0 });
  });

  it('are shared by all transactions of the tenant, and made once', async () => {
    await using made = await tenantDatabaseWorld(base, everyTenant(3));
    const { where, pools } = made;
    await Promise.all(Array.from({ length: 30 }, async (_none, index) => where(`t${String(index % 3)}`)));
    expect(pools).toHaveLength(4);
    expect(pools.slice(1).map(({ max }) => max)).toEqual([2, 2, 2]);
  });

  it('wait for room in the order of their coming, and say who has it when the time is over', async () => {
    await using made = await tenantDatabaseWorld(base, everyTenant(6));
    const { as, where, work, clock } = made;
    const ends: (() => void)[] = [];
    const busy = ['t0', 't1', 't2'].map(async (id) =>
      as(id, async () => work.run(async () => new Promise<void>((resolve) => ends.push(resolve)))),
    );
    await settled();
    const order: string[] = [];
    const waiting = ['t3', 't4'].map(async (id) => where(id).then(() => order.push(id)));
    await settled();
    expect(order).toEqual([]);
    ends[0]?.();
    ends[1]?.();
    await Promise.all(waiting);
    expect(order).toEqual(['t3', 't4']);
    const late = as('t4', async () => work.run(async () => new Promise<void>((resolve) => ends.push(resolve))));
    const later = as('t3', async () => work.run(async () => new Promise<void>((resolve) => ends.push(resolve))));
    await settled();
    const refused = caught(async () => where('t5'));
    await settled();
    clock.advance(10_000);
    const error = await refused;
    expect(error.code).toBe('tenant-connections-exhausted');
    expect(error.message).toContain('tenant "t5" of "orders" within 10s: others use all 6 connections');
    for (const end of ends) end();
    await Promise.all([...busy, late, later]);
  });

  it('are closed when nobody has used them for a while', async () => {
    await using made = await tenantDatabaseWorld(base, everyTenant(2));
    const { where, open, clock } = made;
    await where('t0');
    clock.advance(40_000);
    await settled();
    await where('t1');
    clock.advance(40_000);
    await settled();
    expect(open()).toEqual(['shared-host/tenant_t1']);
    clock.advance(40_000);
    await settled();
    expect(open()).toEqual([]);
    await expect(where('t0')).resolves.toBe('shared-host/tenant_t0');
  });

  it('do not fail for other tenants, nor for ever', async () => {
    const failing = new Set(['tenant_t0']);
    await using made = await tenantDatabaseWorld(base, everyTenant(2), { failing });
    const { where, resource } = made;
    await expect(where('t0')).rejects.toThrow('it is down');
    await expect(where('t1')).resolves.toBe('shared-host/tenant_t1');
    expect(resource.current.stats.connections).toBe(2);
    failing.clear();
    await expect(where('t0')).resolves.toBe('shared-host/tenant_t0');
  });

  it('are replaced when the settings of the tenant change, and its transactions end where they began', async () => {
    await using made = await tenantDatabaseWorld(base, everyTenant(1));
    const { world, as, where, work, open } = made;
    let end = (): void => undefined;
    const old = as('t0', async () =>
      work.run(async ({ client }) => {
        await new Promise<void>((resolve) => (end = resolve));
        await client.query('late');
        return client.pool;
      }),
    );
    await world.tenants.refresh();
    await where('t0');
    await world.say('t0', { orders: { db: { host: 'new-host' } } });
    await expect(where('t0')).resolves.toBe('new-host/tenant_t0');
    expect(open()).toEqual(['shared-host/tenant_t0', 'new-host/tenant_t0']);
    end();
    const { said } = await old;
    expect(said.slice(-2)).toEqual(['late', 'commit']);
    await where('t0');
    expect(open()).toEqual(['new-host/tenant_t0']);
  });

  it('are all closed with the module, after those who use them', async () => {
    const { world, where, pools, work, as } = await tenantDatabaseWorld(base, everyTenant(3));
    for (const id of ['t0', 't1', 't2']) await where(id);
    await world[Symbol.asyncDispose]();
    expect(pools.filter(({ isClosed }) => !isClosed)).toEqual([]);
    await expect(as('t0', async () => work.run(() => undefined))).rejects.toThrow();
  });

  it('follow a change of the limit without being made anew', async () => {
    await using made = await tenantDatabaseWorld(base, everyTenant(5));
    const { world, where, open, resource } = made;
    await where('t0');
    const { current } = resource;
    await world.sayBase({ orders: { tenancy: { ...base.tenancy, maxConnections: 10 } } });
    expect(resource.current).toBe(current);
    for (const id of ['t1', 't2', 't3', 't4']) await where(id);
    expect(open()).toHaveLength(5);
  });
});
