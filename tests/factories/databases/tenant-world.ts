import { IsInt, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { tenantDatabase, TenancySettings } from '../../../src/factories/databases/tenants/index.js';
import { defineResource, resourceIdentifier } from '../../../src/factories/resources/index.js';
import {
  DatabaseDefinition,
  unitOfWork,
  unitOfWorkIdentifier,
  type TenancyDialect,
  type Transactor,
} from '../../../src/factories/transactions/index.js';
import { ConfigSection } from '../../../src/index.js';
import type { TenantsOptions } from '../../../src/tenants/index.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { TenantWorld } from '../../tenants/tenant-world.js';

class PoolOfOrders {
  @IsInt() max: number = 10;
  @IsInt() min: number = 0;
}

@ConfigSection('orders.db')
class OrdersDb {
  @IsString() host: string = 'shared-host';
  @IsString() database: string = 'orders';
  @ValidateNested() @Type(() => PoolOfOrders) pool: PoolOfOrders = new PoolOfOrders();
}

@ConfigSection('orders.tenancy')
export class OrdersTenancy extends TenancySettings {}

/** A pool of connections to nothing, and where they would lead. */
export class PretendTenantPool {
  readonly said: string[] = [];
  isClosed = false;
  constructor(
    readonly at: string,
    readonly max: number,
  ) {}
}

export interface PretendTenantConnection {
  readonly pool: PretendTenantPool;
  query(text: string): Promise<void>;
}

const dialect: TenancyDialect<PretendTenantPool> = {
  setup: (place, { setting }) => [
    `${setting} = ${place.tenant}`,
    ...(place.strategy === 'schema' ? [`schema ${place.schema}`] : []),
  ],
  objections: async ({ at }) => Promise.resolve(at.includes('open') ? ['orders has no policy.'] : []),
};

function transactor(
  tenancy?: TenancyDialect<PretendTenantPool>,
): Transactor<PretendTenantPool, PretendTenantConnection> {
  return {
    acquire: async (pool) => {
      await Promise.resolve();
      if (pool.isClosed) throw new Error('a closed pool was asked');
      const query = async (text: string): Promise<void> => {
        await Promise.resolve();
        pool.said.push(text);
      };
      return { client: { pool, query }, release: () => undefined };
    },
    exhausted: () => undefined,
    begin: async (client, { setup = [] }) => client.query(['begin', ...setup].join('; ')),
    commit: async (client) => {
      await client.query('commit');
      return true;
    },
    rollback: async (client) => client.query('rollback'),
    dialect: 'postgresql',
    query: async (client, statement) => {
      await client.query(statement);
      return { rows: [], count: 0 };
    },
    isConflict: () => false,
    ...(tenancy !== undefined && { tenancy }),
  };
}

/** An application with tenants over a database that is not there, which notes its pools. */
export async function tenantDatabaseWorld(
  base: object,
  documents: Readonly<Record<string, object>>,
  options: Partial<TenantsOptions> & { readonly noDialect?: boolean; readonly failing?: Set<string> } = {},
) {
  const { noDialect = false, failing = new Set<string>(), ...tenants } = options;
  const pools: PretendTenantPool[] = [];
  const pool = defineResource({
    name: 'orders',
    from: OrdersDb,
    create: ({
      settings: {
        host,
        database,
        pool: { max },
      },
    }) => {
      if (failing.has(database)) throw new Error('it is down');
      const made = new PretendTenantPool(`${host}/${database}`, max);
      pools.push(made);
      return made;
    },
    hot: { 'pool.max': () => undefined },
    close: async (made) => {
      await Promise.resolve();
      made.isClosed = true;
    },
  });
  const over = new DatabaseDefinition(pool, transactor(noDialect ? undefined : dialect));
  const byTenant = tenantDatabase({ over, from: OrdersTenancy });
  const definition = unitOfWork({ over: byTenant });
  const clock = new FakeClock();
  const world = await TenantWorld.of([OrdersDb, OrdersTenancy], { orders: base }, wrapped(documents), {
    ...tenants,
    load: { resources: [over, byTenant, definition], clock },
  });
  const work = world.container.get(unitOfWorkIdentifier(definition));
  return {
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
    world,
    clock,
    pools,
    work,
    resource: world.container.get(resourceIdentifier(byTenant)),
    open: () => pools.filter(({ isClosed, at }) => !isClosed && at !== 'shared-host/orders').map(({ at }) => at),
    /** Runs for a tenant, as a request would. */
    as: async <R>(id: string, job: () => Promise<R>): Promise<R> => {
      await world.tenants.ready(id);
      return world.tenants.run(id, job);
    },
    /** The pool that a transaction of a tenant gets, and what is said on it. */
    where: async (id: string): Promise<string> => {
      await world.tenants.ready(id);
      return world.tenants.run(id, async () => work.run(({ client }) => client.pool.at));
    },
  };
}

/** Documents of which only what is below `orders` matters. */
function wrapped(documents: Readonly<Record<string, object>>): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(documents).map(([id, orders]) => [id, { orders }]));
}
