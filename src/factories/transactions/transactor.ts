import type { ResourceDefinition as Definition } from '../resources/index.js';
import { recipeOf, ResourceDefinition } from '../resources/index.js';
import type { Isolation } from './transaction-settings.js';

/** How a transaction begins. Times are in milliseconds. */
export interface TransactionMode {
  readonly isolation: Isolation | undefined;
  readonly isReadOnly: boolean;
  readonly statementTimeout: number | undefined;
  readonly lockTimeout: number | undefined;
  /** When the whole is given up: the database should not continue work whose caller has left. */
  readonly timeout: number;
  /** False for work that runs without a transaction: it is begun nowhere. */
  readonly isTransaction: boolean;
  /** Where one that only reads runs. */
  readonly reads: 'primary' | 'replica';
  /** Statements of this transaction alone, which come before all others; none when absent. */
  readonly setup?: readonly string[];
}

/** A connection that is taken out of a pool. */
export interface Lease<C> {
  readonly client: C;
  /** Statements that a transaction on it begins with; none when absent. */
  readonly setup?: readonly string[];
  /** Its transaction has begun. */
  readonly isBegun?: boolean;
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
  /** @param mode what is to run on it; absent for a connection of which nothing is known */
  acquire(pool: P, mode?: TransactionMode): Promise<Lease<C>>;
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
  /** The tenant that a transaction would begin for: no other tenant joins it. */
  ownerOf?(pool: P): string | undefined;
  /** What of a database does not work, though it answers. */
  noteOf?(pool: P): string | undefined;
  /** Opens as many connections as a pool has whose place this one takes, as far as there may be more. */
  warm?(pool: P, inUse: P, signal: AbortSignal): Promise<void>;
  /** How it keeps tenants apart; only a database for each when absent. */
  readonly tenancy?: TenancyDialect<P>;
}

/** Where the rows of a tenant are: in a database or schema of its own, or in tables that it shares. */
export type TenantPlace =
  | { readonly strategy: 'database'; readonly tenant: string; readonly database: string }
  | { readonly strategy: 'schema'; readonly tenant: string; readonly schema: string }
  | { readonly strategy: 'shared'; readonly tenant: string };

/** The isolation of tenants, as set for all of them. */
export interface TenancyRules {
  /** The setting of a transaction that holds the id of its tenant. */
  readonly setting: string;
  /** The column of shared tables that holds the id. */
  readonly column: string;
  /** The role whose rights transactions have; that of the connection when absent. */
  readonly role?: string;
  /** Schemas that are searched after that of the tenant. */
  readonly commonSchemas: readonly string[];
}

/** How a database with more than a database for each tenant keeps them apart. */
export interface TenancyDialect<P> {
  /** Statements of a transaction of a tenant. */
  setup(place: TenantPlace, rules: TenancyRules): readonly string[];
  /** Why rows of shared tables may be seen by other tenants; nothing when the database itself prevents it. */
  objections(pool: P, rules: TenancyRules): Promise<readonly string[]>;
}

/** A database as a resource, over which transactions run. Subpath: `uno-config/transactions`. */
export class DatabaseDefinition<P, C> extends ResourceDefinition<P> {
  /** @internal */
  public readonly transactor: Transactor<P, C>;

  /** Made by `pg`, `mysql` and their like. */
  public constructor(pool: Definition<P>, transactor: Transactor<P, C>) {
    // What it makes is a P.
    const note = (made: unknown): string | undefined => transactor.noteOf?.(made as P);
    const warm = async (made: unknown, inUse: unknown, signal: AbortSignal): Promise<void> =>
      transactor.warm?.(made as P, inUse as P, signal);
    super({ ...recipeOf(pool), note, warm }, pool.from, pool.needs);
    this.transactor = transactor;
    Object.freeze(this);
  }
}
