import type { ResourceDefinition as Definition } from '../resources/index.js';
import { recipeOf, ResourceDefinition } from '../resources/index.js';
import type { Isolation } from './transaction-settings.js';

/** How a transaction begins. Times are in milliseconds. */
export interface TransactionMode {
  readonly isolation: Isolation | undefined;
  readonly isReadOnly: boolean;
  readonly statementTimeout: number | undefined;
  readonly lockTimeout: number | undefined;
  /** When the whole is given up: the database should not go on with what nobody waits for. */
  readonly timeout: number;
}

/** A connection that is taken out of a pool. */
export interface Lease<C> {
  readonly client: C;
  /** Gives it back; closes it when it cannot be used any more. */
  release(isBroken: boolean): void;
}

/** What a statement answers with. */
export interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** How many rows it has changed, or found. */
  readonly count: number;
}

/** What transactions ask of a database: `pg` and `mysql` bring theirs. Subpath: `uno-config/transactions`. */
export interface Transactor<P, C> {
  acquire(pool: P): Promise<Lease<C>>;
  /** How many connections a pool may have, when it has them all and all are in use. */
  exhausted(pool: P): number | undefined;
  begin(client: C, mode: TransactionMode): Promise<void>;
  /** @returns false when the database has rolled back instead */
  commit(client: C): Promise<boolean>;
  rollback(client: C): Promise<void>;
  /** Which SQL it takes; values are written `$1` in PostgreSQL, and `?` in MySQL. */
  readonly dialect: 'postgresql' | 'mysql';
  query(client: C, statement: string, values?: readonly unknown[]): Promise<Answer>;
  /** True for an error after which the same work may succeed. */
  isConflict(error: unknown): boolean;
}

/** A database as a resource, over which transactions run. Subpath: `uno-config/transactions`. */
export class DatabaseDefinition<P, C> extends ResourceDefinition<P> {
  /** @internal */
  public readonly transactor: Transactor<P, C>;

  /** Made by `pg`, `mysql` and their like. */
  public constructor(pool: Definition<P>, transactor: Transactor<P, C>) {
    super(recipeOf(pool), pool.from, pool.needs);
    this.transactor = transactor;
    Object.freeze(this);
  }
}
