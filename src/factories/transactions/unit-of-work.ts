import { inject } from 'inversify';
import { option, readOptions, type OptionKinds } from '../../core/index.js';
import {
  handleIdentifier,
  type HandleIdentifier,
  ModuleDefinition,
  type ModuleResource,
  type ResourceHost,
} from '../../container/index.js';
import type { SectionTarget } from '../../runtime/index.js';
import { sectionLike, type ManagedResource } from '../resources/index.js';
import type { EntityStrategies } from '../domains/index.js';
import type { EventOutbox, EventStore } from './event-store.js';
import { LiveUnitOfWork } from './live-unit-of-work.js';
import { TransactionSettings } from './transaction-settings.js';
import type { UnitOfWork } from './transaction.js';
import { DatabaseDefinition } from './transactor.js';

/** What {@link unitOfWork} takes. */
export interface UnitOfWorkOptions<P, K, C> {
  /** The database. */
  readonly over: DatabaseDefinition<P, K>;
  /** The section with the settings of its transactions; their defaults when absent. */
  readonly from?: SectionTarget<TransactionSettings>;
  /** The section with the settings of its entities: a class that extends `entitySettings(…)`; none by default. */
  readonly entities?: SectionTarget<EntityStrategies>;
  /** Where events that its transactions raise are kept until they are published: an `outbox` in the same database. */
  readonly outbox?: EventOutbox<K>;
  /** Names it in errors, logs and metrics; default: the name of the database and `transactions`. */
  readonly name?: string;
  /** What {@link Transaction.client} is made into, such as a query builder; default: the connection itself. */
  readonly wrap?: (client: K) => C;
  /** Draws a number from 0 to 1, for the delays of retries; default `Math.random`. */
  readonly random?: () => number;
}

/**
 * What {@link unitOfWork} gives; list it in the `resources` of a module, after its database. Subpath:
 * `uno-config/transactions`.
 */
export class UnitOfWorkDefinition<C> extends ModuleDefinition {
  declare public readonly kind: 'unit of work';
  /** What it gives, for the compiler; not there at run time. */
  declare public readonly client?: C;
  /** The database that its transactions are on. */
  public readonly over: DatabaseDefinition<unknown, unknown>;

  /** Made by `unitOfWork`. */
  public constructor(
    name: string,
    from: readonly SectionTarget[],
    over: DatabaseDefinition<unknown, unknown>,
    outbox: ModuleResource | undefined,
    open: (host: ResourceHost) => UnitOfWork<C>,
  ) {
    super({
      kind: 'unit of work',
      name,
      from,
      needs: outbox === undefined ? [over] : [over, outbox],
      open: (host) => ({ handle: open(host), prepare: async ({ sections }) => Promise.resolve({ value: sections }) }),
    });
    this.over = over;
    Object.freeze(this);
  }
}

/**
 * Transactions over a database, configured by its settings. Subpath: `uno-config/transactions`.
 *
 * @throws TypeError naming an option that cannot be used.
 */
export function unitOfWork<P, K extends object, C = K>(options: UnitOfWorkOptions<P, K, C>): UnitOfWorkDefinition<C> {
  const {
    over,
    from,
    entities,
    outbox,
    name = `${over.name} transactions`,
    wrap,
    random,
  } = readOptions('unitOfWork', options, OPTIONS);
  if (outbox !== undefined && over.isOfTenants) {
    throw new TypeError(
      'unitOfWork: outbox is in one database, and tenants of tenantDatabase(…) may have many: raise events in a unit of work over the database below.',
    );
  }
  if (outbox !== undefined && outbox.over !== over)
    throw new TypeError('unitOfWork: outbox must be in the database that over names.');
  // What a definition of a unit of work is asked for is its transactor, by who has its connections.
  const database = over as unknown as DatabaseDefinition<unknown, unknown>;
  const sections: readonly SectionTarget[] = [from, entities].filter((section) => section !== undefined);
  const defaults = Object.freeze(new TransactionSettings());
  return new UnitOfWorkDefinition<C>(name, sections, database, outbox, (host) => {
    /** A section as it is now: as the tenant has it that the code runs for, where there are tenants. */
    const read = <S extends object>(section: SectionTarget<S>): S | undefined => {
      const instances = host.value() as readonly object[] | undefined;
      // Instances are in the order of the sections, each made from its class; there are none after the end.
      return (host.tenant()?.read(section) ?? instances?.[sections.indexOf(section)]) as S | undefined;
    };
    return new LiveUnitOfWork<C, K>({
      name,
      // The handle of the database, whose pools are handed back to the transactor that came with it.
      database: host.handleOf(over) as ManagedResource<unknown>,
      transactor: over.transactor,
      // Without it a C is a K.
      wrap: wrap ?? ((client) => client as unknown as C),
      // The handle of an outbox keeps events.
      events: outbox && (host.handleOf(outbox) as EventStore<K>),
      settings: () => (from && read(from)) ?? defaults,
      strategy: (entity) => {
        const found = entities && read(entities);
        if (found !== undefined) return found.strategy(entity);
        throw new TypeError(`entity: "${name}" has no entities; give it some: unitOfWork({ over, entities }).`);
      },
      random,
      host,
    });
  });
}

const OPTIONS = {
  over: option.required(option.kind('what pg(…) or mysql(…) gives', (value) => value instanceof DatabaseDefinition)),
  from: sectionLike(TransactionSettings),
  entities: option.section,
  outbox: option.having('what outbox(…) gives', 'open'),
  name: option.name,
  wrap: option.callback,
  random: option.or(option.callback, Math.random),
} satisfies OptionKinds<UnitOfWorkOptions<unknown, object, unknown>>;

/**
 * A typed service identifier: `container.get(identifier)` is a `UnitOfWork<C>`. At run time it is a symbol.
 */
export type UnitOfWorkIdentifier<C> = HandleIdentifier<UnitOfWork<C>>;

/**
 * The service identifier of a unit of work; for `container.get(unitOfWorkIdentifier(definition))`. Subpath:
 * `uno-config/transactions`.
 *
 * @throws TypeError when `definition` is not what `unitOfWork` gives.
 */
export function unitOfWorkIdentifier<C>(definition: UnitOfWorkDefinition<C>): UnitOfWorkIdentifier<C> {
  return handleIdentifier<UnitOfWork<C>>(definition, 'InjectUnitOfWork', 'unitOfWork(…)');
}

/**
 * Injects the {@link UnitOfWork} of a definition into a constructor parameter or property. Subpath:
 * `uno-config/transactions`.
 *
 * @throws TypeError when `definition` is not what `unitOfWork` gives.
 */
export function InjectUnitOfWork(
  definition: UnitOfWorkDefinition<unknown>,
): MethodDecorator & ParameterDecorator & PropertyDecorator {
  return inject(unitOfWorkIdentifier(definition));
}
