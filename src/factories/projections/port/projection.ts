import { injectable, type Newable } from 'inversify';
import { option, type OptionKinds, readOptions } from '../../../core/index.js';
import type { Transaction } from '../../transactions/index.js';

/** An event as it was stored: what Emmett gives for one that is recorded. Subpath: `uno-config/projections`. */
export interface StoredEvent<T extends string = string, D = unknown> {
  readonly kind: 'Event';
  readonly type: T;
  readonly data: D;
  readonly metadata: StoredEventMetadata;
}

/** Where an event is stored, with whatever else its writer has noted. Subpath: `uno-config/projections`. */
export interface StoredEventMetadata {
  readonly messageId: string;
  readonly streamName: string;
  /** From 1. */
  readonly streamPosition: bigint;
  /** Its number in the store; not the order in which events are projected. */
  readonly globalPosition: bigint;
  readonly [more: string]: unknown;
}

/**
 * What a class with `@Projection` does. Name tables without a schema: while a projection is rebuilt, the same statements
 * go to tables beside those in use. Subpath: `uno-config/projections`.
 */
export interface ProjectionHandler<E extends StoredEvent, C> {
  /** Makes the tables, in the transaction; once for each build. Grants and policies belong here, too. */
  create(transaction: Transaction<C>): unknown;
  /** Writes what events mean, in their order, in the transaction that notes that they are done. */
  project(events: readonly E[], transaction: Transaction<C>): unknown;
}

/** What {@link Projection} takes besides the name. */
export interface ProjectionOptions {
  /** Raise it when what `create` or `project` do has changed: it is rebuilt. A whole number from 1 on; default 1. */
  readonly version?: number;
  /** The types of the events that it is made from; others are passed over. */
  readonly types: readonly string[];
}

export interface ProjectionShape {
  readonly name: string;
  readonly version: number;
  readonly types: readonly string[];
  readonly made: Newable<ProjectionHandler<StoredEvent, unknown>>;
}

const shapes = new WeakMap<object, ProjectionShape>();

const OPTIONS = {
  version: option.or(option.count(), 1),
  types: option.required(option.list),
} satisfies OptionKinds<ProjectionOptions>;

/** Names of projections, which become part of names of schemas. */
const NAME = /^[a-z][a-z0-9_-]{0,39}$/;

/**
 * Declares a class as a projection: a read model in tables of its own that is kept up with events. The container makes it,
 * once, so it is injectable by this. It implements {@link ProjectionHandler}. Subpath: `uno-config/projections`.
 *
 * @throws TypeError for a name, a version or types that cannot be used, and a class without `create` and `project`.
 *
 * @example
 * ```ts
 * import type { PgClient } from 'uno-config/databases/pg';
 * import type { Transaction } from 'uno-config/transactions';
 *
 * type OrderPlaced = StoredEvent<'OrderPlaced', { product: string; total: number }>;
 *
 * @Projection('product-totals', { version: 1, types: ['OrderPlaced'] })
 * class ProductTotals implements ProjectionHandler<OrderPlaced, PgClient> {
 *   public async create({ client }: Transaction<PgClient>): Promise<void> {
 *     await client.query('create table product_totals (product text primary key, total bigint not null)');
 *   }
 *
 *   public async project(events: readonly OrderPlaced[], { client }: Transaction<PgClient>): Promise<void> {
 *     for (const { data } of events) {
 *       await client.query(
 *         `insert into product_totals values ($1, $2)
 *           on conflict (product) do update set total = product_totals.total + excluded.total`,
 *         [data.product, data.total],
 *       );
 *     }
 *   }
 * }
 * ```
 */
export function Projection(name: string, options: ProjectionOptions): ClassDecorator {
  const { version, types } = readOptions('Projection', options, OPTIONS);
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(
      'Projection(name): name must be 1 to 40 lower-case letters, digits, "_" and "-", and begin with a letter.',
    );
  }
  if (types.length === 0 || !types.every((type) => typeof type === 'string' && type !== '')) {
    throw new TypeError(`Projection("${name}"): types must be the types of events, one or more strings.`);
  }
  return (target) => {
    for (const method of ['create', 'project']) {
      if (typeof Reflect.get(target.prototype as object, method) === 'function') continue;
      throw new TypeError(`${target.name} has no method ${method}(…); a projection needs create and project.`);
    }
    injectable()(target);
    shapes.set(target, {
      name,
      version,
      types: Object.freeze([...types] as string[]),
      // What a class decorator is given can be made, and it has the two methods.
      made: target as unknown as ProjectionShape['made'],
    });
  };
}

export function projectionShapes(classes: readonly unknown[]): ReadonlyMap<string, ProjectionShape> {
  const found = new Map<string, ProjectionShape>();
  for (const one of classes) {
    const shape = typeof one === 'function' ? shapes.get(one) : undefined;
    if (shape === undefined) {
      throw new TypeError(
        `projections: ${typeof one === 'function' ? one.name : 'an item'} is not a class with @Projection(…).`,
      );
    }
    if (found.has(shape.name)) throw new TypeError(`projections: two are named "${shape.name}".`);
    found.set(shape.name, shape);
  }
  return found;
}
