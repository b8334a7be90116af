import type { EntityWork } from './entity-work.js';
import type { RaiseOptions } from './event-store.js';
import type { Isolation } from './transaction-settings.js';
import type { Answer } from './transactor.js';

/**
 * One transaction, as long as it runs. Subpath: `uno-config/transactions`.
 */
export interface Transaction<C> {
  /**
   * The connection, or what the unit of work makes of it. It is refused after the end of the transaction.
   *
   * @throws ConfigError `transaction-ended`.
   */
  readonly client: C;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** Aborts when the time is over. */
  readonly signal: AbortSignal;
  /**
   * Does a part that may fail by itself: when it throws, the database goes back to where the part began, and the rest can
   * go on. Parts that are started side by side run one after the other.
   *
   * @throws ConfigError `transaction-ended`, and what the part throws.
   */
  savepoint<R>(part: (transaction: Transaction<C>) => R | Promise<R>): Promise<R>;
  /**
   * Raises an event: an instance of a class of yours, or a CloudEvent. It is written into the outbox of the unit of work as
   * the last thing before the commit, and published after it. With a rollback, and with that of a savepoint, it is gone.
   *
   * @throws TypeError for what is no event, and where the unit of work has no outbox.
   * @throws ConfigError `transaction-ended`, `no-transaction` in work that runs without one.
   */
  raise(event: object, options?: RaiseOptions): void;
  /**
   * The settings of a kind of entity, and helpers that follow them.
   *
   * @throws TypeError for an entity that they do not name, and where the unit of work has no `entities`.
   * @throws ConfigError `transaction-ended`.
   */
  entity(name: string): EntityWork;
  /**
   * Runs a statement in it, whatever {@link client} was made into.
   *
   * @internal
   */
  ask(statement: string, values?: readonly unknown[]): Promise<Answer>;
  /** Is called, and waited for, before the commit. What it throws rolls back. */
  beforeCommit(hook: () => unknown): void;
  /** Is called, and waited for, after the commit. What it throws is logged. */
  afterCommit(hook: () => unknown): void;
  /** The same after a rollback. */
  afterRollback(hook: () => unknown): void;
}

/**
 * What happens when there is a transaction already, and when there is none. Subpath: `uno-config/transactions`.
 *
 * | | none | one |
 * |---|---|---|
 * | `required` | begins one | joins it |
 * | `requires-new` | begins one | begins another one, on a second connection |
 * | `nested` | begins one | a savepoint in it |
 * | `mandatory` | `no-transaction` | joins it |
 * | `supports` | runs without | joins it |
 * | `never` | runs without | `transaction-present` |
 */
export type Propagation = 'required' | 'requires-new' | 'nested' | 'mandatory' | 'supports' | 'never';

/** Options of one run, over the settings. */
export interface RunOptions {
  /** Default `required`. */
  readonly propagation?: Propagation;
  readonly isolation?: Isolation;
  readonly accessMode?: 'read-write' | 'read-only';
  /** The entity that is read; its settings decide where, unless `reads` does. */
  readonly entity?: string;
  /** Where a transaction that only reads runs. */
  readonly reads?: 'primary' | 'replica';
  /** A duration with a unit. */
  readonly timeout?: string;
  /** Who it is, for the log; default: the name of the function. */
  readonly as?: string;
}

/**
 * Runs work in transactions. Inject it with `@InjectUnitOfWork`; subpath: `uno-config/transactions`.
 */
export interface UnitOfWork<C> {
  readonly name: string;
  /**
   * Runs work in a transaction: commits when it is done, rolls back when it throws, and tries again when another
   * transaction was in the way. Inside, the transaction is {@link current}, however deep.
   *
   * @throws TypeError that names the option for one that is unknown or not what it must be.
   * @throws ConfigError `transaction-timeout`, `transaction-rolled-back`, `transaction-mismatch`, `no-transaction`,
   *   `transaction-present`, `pool-exhausted`, `resource-closed`; and what the work throws.
   */
  run<R>(work: (transaction: Transaction<C>) => R | Promise<R>): Promise<R>;
  run<R>(options: RunOptions, work: (transaction: Transaction<C>) => R | Promise<R>): Promise<R>;
  /**
   * The transaction that the running code is part of.
   *
   * @throws ConfigError `no-transaction` outside of `run`, `transaction-ended` in work that was not awaited.
   */
  readonly current: Transaction<C>;
}
