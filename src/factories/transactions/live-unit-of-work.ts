import { AsyncLocalStorage } from 'node:async_hooks';
import { kindOfThrown, option, type OptionKinds, type OptionValues, readOptions } from '../../core/index.js';
import type { ResourceHost } from '../../container/index.js';
import type { ManagedResource } from '../resources/index.js';
import type { PersistenceStrategy } from '../domains/index.js';
import { Deadline } from './deadline.js';
import type { EventStore } from './event-store.js';
import { entityWork } from './entity-work.js';
import { OpenTransaction } from './open-transaction.js';
import { RetryBudget, retryDelay } from './retry-budget.js';
import {
  noTransaction,
  poolExhausted,
  transactionEnded,
  transactionMismatch,
  transactionOfAnother,
  transactionPresent,
  transactionRolledBack,
  transactionTimeout,
} from './transaction-errors.js';
import { ISOLATIONS, type TransactionSettings } from './transaction-settings.js';
import type { RunOptions, Transaction, UnitOfWork } from './transaction.js';
import type { Lease, Transactor, TransactionMode } from './transactor.js';

export interface UnitOfWorkParts<C, K> {
  readonly name: string;
  readonly database: ManagedResource<unknown>;
  readonly transactor: Transactor<unknown, K>;
  readonly wrap: (client: K) => C;
  readonly events: EventStore<K> | undefined;
  readonly settings: () => TransactionSettings;
  readonly strategy: (entity: string) => PersistenceStrategy;
  readonly random: () => number;
  readonly host: Pick<ResourceHost, 'clock' | 'logger' | 'metrics'>;
}

/** Read, and never handed on as given: the isolation becomes part of a statement. */
const RUN = {
  propagation: option.or(
    option.oneOf('required', 'requires-new', 'nested', 'mandatory', 'supports', 'never'),
    'required',
  ),
  isolation: option.oneOf(...ISOLATIONS),
  accessMode: option.oneOf('read-write', 'read-only'),
  entity: option.name,
  reads: option.oneOf('primary', 'replica'),
  timeout: option.positiveSpan,
  as: option.name,
} satisfies OptionKinds<RunOptions>;

type RunValues = OptionValues<RunOptions, typeof RUN>;

type Work<C, R> = (transaction: Transaction<C>) => R | Promise<R>;

interface Run<C, R> {
  readonly options: RunValues;
  readonly work: Work<C, R>;
  readonly settings: TransactionSettings;
  readonly mode: TransactionMode;
  readonly deadline: Deadline;
  /** A connection is held already by who begins. */
  readonly isSecond: boolean;
}

/** What is called when a transaction is over. */
interface Ending {
  readonly run: readonly (() => unknown)[];
  readonly when: string;
}

/** Transactions over a database that may be replaced between two of them. */
export class LiveUnitOfWork<C, K> implements UnitOfWork<C> {
  public readonly name: string;
  readonly #parts: UnitOfWorkParts<C, K>;
  readonly #ambient = new AsyncLocalStorage<OpenTransaction<C, K> | undefined>();
  readonly #budget = new RetryBudget();

  public constructor(parts: UnitOfWorkParts<C, K>) {
    this.name = parts.name;
    this.#parts = parts;
    Object.freeze(this);
  }

  public get current(): Transaction<C> {
    const open = this.#ambient.getStore();
    if (open === undefined) throw noTransaction(this.name);
    if (open.isOver) throw transactionEnded(this.name);
    open.connection.guardOwner?.();
    return open;
  }

  public async run<R>(first: RunOptions | Work<C, R>, second?: Work<C, R>): Promise<R> {
    const [given, work] = typeof first === 'function' ? [{}, first] : [first, second];
    if (typeof work !== 'function') throw new TypeError('run(options, work): work must be a function.');
    const options = readOptions('run', given, RUN);
    const open = this.#ambient.getStore();
    if (open?.isOver === true) throw transactionEnded(this.name);
    const around = open?.connection.mode.isTransaction === true ? open : undefined;
    // Work without a transaction holds a connection, too.
    const isSecond = open !== undefined;
    switch (options.propagation) {
      case 'required':
        return around === undefined ? this.#begin(options, work, true, isSecond) : this.#join(around, options, work);
      case 'requires-new':
        return this.#begin(options, work, true, isSecond);
      case 'nested':
        if (around === undefined) return this.#begin(options, work, true, isSecond);
        this.#check(around, options);
        return around.savepoint(work);
      case 'mandatory':
        if (around === undefined) throw noTransaction(this.name);
        return this.#join(around, options, work);
      case 'supports':
        return around === undefined ? this.#begin(options, work, false, isSecond) : this.#join(around, options, work);
      case 'never':
        if (around !== undefined) throw transactionPresent(this.name);
        return this.#begin(options, work, false, isSecond);
    }
  }

  async #join<R>(around: OpenTransaction<C, K>, options: RunValues, work: Work<C, R>): Promise<R> {
    this.#check(around, options);
    try {
      return await work(around);
    } catch (error) {
      // Half of it may have been done: the rest must not be committed as if all had been.
      around.fail(error);
      throw error;
    }
  }

  #check(around: OpenTransaction<C, K>, { isolation, accessMode }: RunValues): void {
    const { mode, guardOwner } = around.connection;
    guardOwner?.();
    if (isolation !== undefined && isolation !== mode.isolation) {
      throw transactionMismatch(this.name, isolation, mode.isolation ?? 'of the default isolation');
    }
    if (accessMode === 'read-write' && mode.isReadOnly) throw transactionMismatch(this.name, accessMode, 'read-only');
  }

  async #begin<R>(options: RunValues, work: Work<C, R>, isTransaction: boolean, isSecond: boolean): Promise<R> {
    const { host, settings: read, strategy } = this.#parts;
    const settings = read();
    const timeout = options.timeout ?? settings.timeout.milliseconds;
    const isolation = options.isolation ?? settings.isolation;
    const isReadOnly = (options.accessMode ?? settings.accessMode) === 'read-only';
    const mode: TransactionMode = {
      isolation,
      isReadOnly,
      statementTimeout: settings.statementTimeout?.milliseconds,
      lockTimeout: settings.lockTimeout?.milliseconds,
      timeout,
      isTransaction,
      reads: options.reads ?? (options.entity === undefined ? settings : strategy(options.entity)).reads,
    };
    const deadline = new Deadline(host.clock, timeout, () => transactionTimeout(this.name, timeout));
    const begun = host.clock.monotonic();
    let result = 'failed';
    try {
      this.#budget.earn(settings.retry);
      const run = { options, work, settings, mode, deadline, isSecond };
      const done = await this.#attempts(run);
      result = 'committed';
      return done;
    } finally {
      deadline.cancel();
      const seconds = (host.clock.monotonic() - begun) / 1_000;
      host.metrics.record('config.transaction.duration', seconds, { unit: this.name, result });
    }
  }

  async #attempts<R>(run: Run<C, R>): Promise<R> {
    const { transactor, host, random, name } = this.#parts;
    const { retry } = run.settings;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(run, attempt);
      } catch (error) {
        const isLast = attempt >= retry.maxAttempts || !run.mode.isTransaction || run.deadline.isOver;
        if (isLast || !transactor.isConflict(error) || !this.#budget.spend()) throw error;
        host.metrics.count('config.transaction.retries', 1, { unit: name });
        await this.#pause(retryDelay(retry, attempt, random), run.deadline);
      }
    }
  }

  async #pause(milliseconds: number, deadline: Deadline): Promise<void> {
    let cancel = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      cancel = this.#parts.host.clock.after(milliseconds, resolve);
    });
    await deadline.before(over).finally(cancel);
  }

  async #attempt<R>(run: Run<C, R>, attempt: number): Promise<R> {
    const { database, transactor } = this.#parts;
    const { options, work, isSecond, deadline, mode } = run;
    const as = options.as ?? (work.name === '' ? `a transaction of ${this.name}` : work.name);
    return database.use(
      async (pool) => {
        const max = isSecond ? transactor.exhausted(pool) : undefined;
        if (max !== undefined) throw poolExhausted(this.name, max);
        const lease = await deadline.before(transactor.acquire(pool, mode), (late) => {
          late.release(false);
        });
        let isGiven = false;
        const giveBack = (isBroken: boolean): void => {
          if (isGiven) return;
          isGiven = true;
          lease.release(isBroken);
        };
        // Whatever the work does, or never does: the database is not kept waiting.
        deadline.onPass = () => {
          giveBack(true);
        };
        const { setup = [] } = lease;
        const begun = setup.length === 0 ? run : { ...run, mode: { ...mode, setup } };
        return this.#onConnection(begun, attempt, lease, giveBack, this.#ownerGuard(pool));
      },
      { as },
    );
  }

  /** Refuses code that runs for another tenant than the one the transaction began for. */
  #ownerGuard(pool: unknown): (() => void) | undefined {
    const { transactor, name } = this.#parts;
    const owner = transactor.ownerOf?.(pool);
    if (owner === undefined) return undefined;
    return () => {
      const now = transactor.ownerOf?.(pool);
      if (now !== undefined && now !== owner) throw transactionOfAnother(name, owner, now);
    };
  }

  async #onConnection<R>(
    run: Run<C, R>,
    attempt: number,
    { client: raw, isBegun = false }: Lease<K>,
    giveBack: (isBroken: boolean) => void,
    guardOwner: (() => void) | undefined,
  ): Promise<R> {
    const { transactor, wrap, events } = this.#parts;
    const { mode, deadline, work } = run;
    const { isTransaction } = mode;
    const transaction = new OpenTransaction<C, K>(
      {
        unit: this.name,
        raw,
        mode,
        transactor,
        attempt,
        deadline,
        guardOwner,
        entity: (name) => entityWork(name, this.#parts.strategy(name), () => this.#parts.host.clock.now()),
        events,
        within: async (inner, act) => this.#ambient.run(inner as OpenTransaction<C, K>, act),
        innermost: () => this.#ambient.getStore(),
      },
      wrap,
    );
    let isSound = false;
    let hooks: Ending = { run: [], when: '' };
    try {
      if (isTransaction && !isBegun) await deadline.before(transactor.begin(raw, mode));
      const result = await deadline.before(this.#ambient.run(transaction, async () => transaction.complete(work)));
      const { committed } = transaction.end();
      if (isTransaction && !(await deadline.before(transactor.commit(raw)))) throw transactionRolledBack(this.name);
      isSound = true;
      hooks = { run: committed, when: 'after the commit' };
      return result;
    } catch (error) {
      hooks = { run: transaction.end().rolledBack, when: 'after the rollback' };
      isSound = !deadline.isOver && (!isTransaction || (await hasRolledBack(transactor, raw)));
      throw error;
    } finally {
      giveBack(!isSound);
      await this.#call(hooks);
    }
  }

  /** Outside of any transaction, and whatever becomes of one stops no other. */
  async #call({ run, when }: Ending): Promise<void> {
    const { host } = this.#parts;
    for (const hook of run) {
      try {
        await this.#ambient.run(undefined, hook);
      } catch (error) {
        const kind = kindOfThrown(error);
        const message = `A hook of "${this.name}" failed ${when}: it threw ${kind}.`;
        host.logger.log({
          level: 'error',
          event: 'config.transaction.hook-failed',
          message,
          fields: { unit: this.name, kind },
        });
      }
    }
  }
}

/** False for a connection that cannot even do that. */
async function hasRolledBack<K>(transactor: Transactor<unknown, K>, raw: K): Promise<boolean> {
  try {
    await transactor.rollback(raw);
    return true;
  } catch {
    // The error before this one has the reason.
    return false;
  }
}
