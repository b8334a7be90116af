import { option, readOptions, type OptionKinds } from '../../../core/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import type { Duration } from '../../../sections/index.js';
import {
  recipeOf,
  ResourceDefinition,
  sectionLike,
  type HotFields,
  type Recipe,
  type RecipeContext,
  type RecipeInside,
} from '../../resources/index.js';
import { DatabaseDefinition, type Transactor } from '../../transactions/index.js';
import { TenancySettings } from './tenancy-settings.js';
import type { DatabaseSettings } from './tenant-pool.js';
import { LiveTenantPools, type TenantPools } from './tenant-pools.js';

/** What {@link tenantDatabase} takes. */
export interface TenantDatabaseOptions<P, K> {
  /** The database that the application has: what `pg(…)` or `mysql(…)` gives. */
  readonly over: DatabaseDefinition<P, K>;
  /** The section with the isolation of tenants. */
  readonly from: SectionTarget<TenancySettings>;
  /** Names it in errors, logs, health and metrics; default: the name of the database and `by tenant`. */
  readonly name?: string;
  /** How long pools that were replaced wait for their users before they are closed; default `30s`. */
  readonly drainTimeout?: string | Duration;
}

const OPTIONS = {
  over: option.required(option.kind('what pg(…) or mysql(…) gives', (value) => value instanceof DatabaseDefinition)),
  from: option.required(sectionLike(TenancySettings)),
  name: option.name,
  drainTimeout: option.or(option.span, 30_000),
} satisfies OptionKinds<TenantDatabaseOptions<unknown, object>>;

/**
 * A database in which each tenant finds its own rows and no others: hand it to `unitOfWork` as `over`. A transaction that
 * begins within `tenants.run(id, …)` is that tenant's, in a database or schema of its own, or in tables that tenants share.
 * List it in the `resources` of a module with tenants, after its database. Subpath: `uno-config/databases/tenants`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError from `container.loadAsync`: `reload-vetoed` with `tenant-rows-unprotected` when tenants share tables
 *   in which PostgreSQL would show rows of others, `tenant-strategy-unsupported`, `tenant-place-taken`.
 *
 * @example
 * ```ts
 * import { pg, PostgresSettings } from 'uno-config/databases/pg';
 * import { unitOfWork } from 'uno-config/transactions';
 *
 * const orders = pg({ name: 'orders', from: PostgresSettings });
 * const ordersByTenant = tenantDatabase({ over: orders, from: TenancySettings });
 * const ordersWork = unitOfWork({ over: ordersByTenant });
 * ```
 */
export function tenantDatabase<P, K extends object>(
  options: TenantDatabaseOptions<P, K>,
): DatabaseDefinition<TenantPools, K> {
  const read = readOptions('tenantDatabase', options, OPTIONS);
  const { over, from } = options;
  const { name = `${over.name} by tenant`, drainTimeout } = read;
  const recipe = poolsRecipe({ name, over, from, drainTimeout });
  const pools = new ResourceDefinition<LiveTenantPools<P, K>>(recipe, [from], [over, ...over.needs]);
  // The pools show what they count, and their transactor the rest.
  return new DatabaseDefinition(pools, transactorOver(over.transactor));
}

interface PoolsRecipe<P, K> {
  readonly name: string;
  readonly over: DatabaseDefinition<P, K>;
  readonly from: SectionTarget<TenancySettings>;
  readonly drainTimeout: number;
}

function poolsRecipe<P, K>({ name, over, from, drainTimeout }: PoolsRecipe<P, K>): Recipe {
  const recipe = recipeOf(over);
  const [database] = over.from;
  if (database === undefined) throw new TypeError(`tenantDatabase: "${over.name}" is made from no section.`);
  const hot: HotFields<LiveTenantPools<P, K>, TenancySettings> = {
    maxConnections: (pools, limit) => {
      pools.maxConnections = limit;
    },
  };
  const made = {
    name,
    needs: ['base', ...recipe.needs],
    create: ({ settings, needs }: RecipeContext, { host, needs: [base, ...others] }: RecipeInside) => {
      return new LiveTenantPools<P, K>({
        name: over.name,
        base: needs['base'] as P,
        transactor: over.transactor,
        recipe,
        needs: others,
        host,
        settings: settings as TenancySettings,
        // Guaranteed by the types of `from` and `over`.
        read: (tenant) => ({
          tenancy: tenant.read(from) as TenancySettings,
          database: tenant.read(database) as DatabaseSettings,
        }),
        database: () => base?.settings as DatabaseSettings,
      });
    },
    probe: async (pools: LiveTenantPools<P, K>) => pools.probe(),
    hot,
    close: async (pools: LiveTenantPools<P, K>) => pools.close(),
    lazy: recipe.lazy,
    isOfTenants: true,
    overlap: () => 'full' as const,
    probeTimeout: recipe.probeTimeout,
    drainTimeout,
  };
  // What it makes is handed to the functions beside it only, whose types go together.
  return made as unknown as Recipe;
}

/** Transactions of tenants, each on the pool where its rows are. */
function transactorOver<P, K>(base: Transactor<P, K>): Transactor<LiveTenantPools<P, K>, K> {
  return {
    acquire: async (pools, mode) => pools.acquire(mode),
    exhausted: (pools) => pools.exhausted(),
    ownerOf: (pools) => pools.owner,
    begin: async (client, mode) => base.begin(client, mode),
    commit: async (client) => base.commit(client),
    rollback: async (client) => base.rollback(client),
    dialect: base.dialect,
    query: async (client, statement, values) => base.query(client, statement, values),
    isConflict: (error) => base.isConflict(error),
  };
}
