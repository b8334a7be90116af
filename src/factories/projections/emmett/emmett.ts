import { randomUUID } from 'node:crypto';
import type { Newable } from 'inversify';
import { option, type OptionKinds, readOptions, systemCode } from '../../../core/index.js';
import type { ResourceHost } from '../../../container/index.js';
import type { SectionTarget } from '../../../runtime/index.js';
import { loadDriver } from '../../drivers/index.js';
import {
  ContainerMaker,
  defineResource,
  orDefaults,
  readWhenNeeded,
  type RecipeInside,
  type ServiceLife,
} from '../../resources/index.js';
import { makeTables } from '../../tables/index.js';
import { UnitOfWorkDefinition, type Transactor, type UnitOfWork } from '../../transactions/index.js';
import {
  projectionPlan,
  ProjectionsDefinition,
  projectionShapes,
  ProjectionsSettings,
  type ProjectionHandler,
  type StoredEvent,
} from '../port/index.js';
import type { EmmettDriver, EmmettStore, StoreOf } from './emmett-types.js';
import { EventStoreOnWork } from './event-store.js';
import { LiveProjections } from './live-projections.js';
import { projectionStatements, ProjectionTables } from './projection-tables.js';

/** What {@link emmett} takes. */
export interface EmmettOptions<C, D extends EmmettDriver> {
  /** Names the projections in errors, logs, health and metrics; default: the name of the database and `projections`. */
  readonly name?: string;
  /** A unit of work over PostgreSQL: events are appended and projected in its transactions. */
  readonly over: UnitOfWorkDefinition<C>;
  /** The section with the settings; their defaults when absent. */
  readonly from?: SectionTarget<ProjectionsSettings>;
  /** The classes with `@Projection`. */
  readonly projections: readonly Newable<ProjectionHandler<never, C>>[];
  /** Gives the package `@event-driven-io/emmett-postgresql`; default: it is imported by its name. With it, the store has the types of the package. */
  readonly driver?: () => D | Promise<D>;
}

const OPTIONS = {
  name: option.name,
  over: option.required(option.kind('what unitOfWork(…) gives', (value) => value instanceof UnitOfWorkDefinition)),
  from: option.section,
  projections: option.required(option.list),
  driver: option.callback,
} satisfies OptionKinds<EmmettOptions<unknown, EmmettDriver>>;

/** What PostgreSQL says of a table that is not there. */
const UNDEFINED_TABLE = '42P01';

interface EmmettClient {
  readonly tables: ProjectionTables;
  readonly store: EmmettStore;
}

/**
 * An event store of Emmett in PostgreSQL, and projections of its events: inline, by the transaction that appends, or async,
 * after it, by one process at a time. Subpath: `uno-config/projections/emmett`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { pg, PostgresSettings, type PgClient } from 'uno-config/databases/pg';
 * import { Projection, type ProjectionHandler, type StoredEvent } from 'uno-config/projections';
 * import { unitOfWork, type Transaction } from 'uno-config/transactions';
 *
 * @Projection('orders-placed', { types: ['OrderPlaced'] })
 * class OrdersPlaced implements ProjectionHandler<StoredEvent, PgClient> {
 *   public async create({ client }: Transaction<PgClient>): Promise<void> {
 *     await client.query('create table orders_placed (stream text primary key)');
 *   }
 *
 *   public async project(events: readonly StoredEvent[], { client }: Transaction<PgClient>): Promise<void> {
 *     for (const { metadata } of events) await client.query('insert into orders_placed values ($1)', [metadata.streamName]);
 *   }
 * }
 *
 * const work = unitOfWork({ over: pg({ name: 'shop', from: PostgresSettings }) });
 * const shop = emmett({ over: work, projections: [OrdersPlaced] });
 * ```
 */
export function emmett<C, D extends EmmettDriver = EmmettDriver>(
  options: EmmettOptions<C, D>,
): ProjectionsDefinition<StoreOf<D>> {
  // The classes are read by what @Projection has noted of them.
  const read = readOptions('emmett', options as EmmettOptions<unknown, EmmettDriver>, OPTIONS);
  const { from, projections, driver, name = `${read.over.over.name} projections` } = read;
  // Read as an unknown C, given as ours.
  const work = read.over as UnitOfWorkDefinition<C>;
  const { over } = work;
  const transactor: Transactor<unknown, unknown> = over.transactor;
  if (transactor.dialect !== 'postgresql') throw new TypeError('emmett: over must be a unit of work over PostgreSQL.');
  if (over.isOfTenants) {
    throw new TypeError('emmett: over must be a unit of work over one database, not one for each tenant.');
  }
  const shapes = projectionShapes(projections);
  // What is appended to the store of a module is kept up by its projections.
  const services = new WeakMap<ResourceHost, LiveProjections<C, unknown>>();
  const load = driver ?? (async () => loadDriver<EmmettDriver>('@event-driven-io/emmett-postgresql'));
  const client = defineResource<EmmettClient, ProjectionsSettings, { over: typeof over }>({
    name,
    ...(from !== undefined && { from }),
    needs: { over },
    probeTimeout: '1m',
    create: async ({ settings, needs }, inside?: RecipeInside) => {
      const { table, createTables } = orDefaults(settings, DEFAULTS);
      // Handed to the recipes of this package.
      const { host } = inside as Pick<RecipeInside, 'host'>;
      // What the definition of a unit of work gives.
      const unit = host.handleOf(work) as UnitOfWork<C>;
      const made = new EventStoreOnWork(await load(), unit, async (events, transaction) =>
        services.get(host)?.appended(events, transaction),
      );
      const tables = ['emt_messages', table, `${table}_at`, `${table}_parked`];
      await makeTables(transactor, needs.over, [], tables).catch(async (error: unknown) => {
        if (!createTables || systemCode(error) !== UNDEFINED_TABLE) throw error;
        // Only then: what makes an index waits for everybody who appends, whether it is there or not.
        await makeTables(transactor, needs.over, [made.schema, ...projectionStatements(table)], tables);
      });
      return { tables: new ProjectionTables(table), store: made.store };
    },
    hot: readWhenNeeded('default', 'named', 'lease'),
  });
  return new ProjectionsDefinition<StoreOf<D>>({
    client,
    beside: [work],
    open: ({ host, client: resource, settings: given }: ServiceLife<EmmettClient, ProjectionsSettings>, runs) => {
      const maker = ContainerMaker.in(host);
      const makers = new Map([...shapes.values()].map((shape) => [shape.name, maker.of(shape.made)]));
      const live = new LiveProjections<C, StoreOf<D>>(
        {
          name,
          // What the definition of a unit of work gives.
          work: host.handleOf(work) as UnitOfWork<C>,
          transactor,
          host,
          holder: randomUUID(),
          tables: () => resource.current.tables,
          lease: () => (given() ?? DEFAULTS).lease.milliseconds,
          plan: (projection) => projectionPlan(given() ?? DEFAULTS, projection),
          // The container has made it of the class of the shape, whose methods take a C.
          handler: async ({ name: of }) => (await makers.get(of)?.()) as ProjectionHandler<StoredEvent, C>,
        },
        shapes,
        // What the driver made, by its own types.
        () => resource.current.store as unknown as StoreOf<D>,
      );
      services.set(host, live);
      return {
        handle: live,
        seen: (context) => {
          maker.seen(context);
          if (runs) live.start();
        },
        committed: () => {
          live.wake();
        },
        stop: async () => live.stop(),
      };
    },
  });
}

const DEFAULTS = Object.freeze(new ProjectionsSettings());
