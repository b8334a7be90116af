import { option, readOptions, type OptionKinds } from '../../core/index.js';
import type { Deadline } from './deadline.js';
import type { EntityWork } from './entity-work.js';
import type { EventStore, RaiseOptions } from './event-store.js';
import { noTransaction, transactionEnded, transactionRolledBack } from './transaction-errors.js';
import type { Transaction } from './transaction.js';
import type { Answer, TransactionMode, Transactor } from './transactor.js';

type Hook = () => unknown;

const RAISE = { key: option.text, id: option.text } satisfies OptionKinds<RaiseOptions>;

export interface Connection<K> {
  readonly unit: string;
  readonly raw: K;
  readonly transactor: Transactor<unknown, K>;
  readonly mode: TransactionMode;
  readonly attempt: number;
  readonly deadline: Deadline;
  readonly events: EventStore<K> | undefined;
  readonly entity: (name: string) => EntityWork;
  /** Refuses code that runs for another tenant; absent without tenants. */
  readonly guardOwner: (() => void) | undefined;
  /** Runs code with the transaction that it is part of. */
  readonly within: <R>(transaction: OpenTransaction<unknown, K>, act: () => Promise<R>) => Promise<R>;
  readonly innermost: () => OpenTransaction<unknown, K> | undefined;
}

/** A transaction, or a savepoint in one. */
export class OpenTransaction<C, K> implements Transaction<C> {
  public readonly connection: Connection<K>;
  readonly #client: C;
  readonly #outer: OpenTransaction<C, K> | undefined;
  readonly #depth: number;
  #before: Hook[] = [];
  #committed: Hook[] = [];
  #rolledBack: Hook[] = [];
  #raised: unknown[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  public constructor(connection: Connection<K>, wrap: (client: K) => C, outer?: OpenTransaction<C, K>) {
    this.connection = connection;
    this.#outer = outer;
    this.#depth = outer === undefined ? 0 : outer.#depth + 1;
    this.#client =
      outer === undefined
        ? wrap(
            guarded(connection.raw as object, () => {
              this.#alive();
            }) as K,
          )
        : outer.#client;
  }

  public get client(): C {
    this.#alive();
    return this.#client;
  }

  public get attempt(): number {
    return this.connection.attempt;
  }

  public get signal(): AbortSignal {
    return this.connection.deadline.signal;
  }

  public get isOver(): boolean {
    return this.#isOver || this.#outer?.isOver === true;
  }

  public async savepoint<R>(part: (transaction: Transaction<C>) => R | Promise<R>): Promise<R> {
    this.#alive();
    // Code inside of a savepoint that uses the whole transaction would wait for itself.
    const inner = this.connection.innermost();
    // What runs on a connection has the client of that connection.
    if (inner !== undefined && inner !== this && inner.isInside(this))
      return inner.savepoint(part as (transaction: Transaction<unknown>) => R);
    const turn = this.#queue.then(async () => this.#part(part));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  public raise(event: object, options: RaiseOptions = {}): void {
    this.#alive();
    const { events, mode, unit } = this.connection;
    if (events === undefined) {
      throw new TypeError(`raise(event): "${unit}" has no outbox; give it one: unitOfWork({ over, outbox }).`);
    }
    if (!mode.isTransaction) throw noTransaction(unit);
    option.object.read(event, 'raise: event');
    readOptions<RaiseOptions, typeof RAISE>('raise', options, RAISE);
    this.#raised.push(events.accept(event, options));
  }

  public entity(name: string): EntityWork {
    this.#alive();
    return this.connection.entity(name);
  }

  public async ask(statement: string, values: readonly unknown[] = []): Promise<Answer> {
    this.#alive();
    const { transactor, raw } = this.connection;
    return transactor.query(raw, statement, values);
  }

  public beforeCommit(hook: Hook): void {
    this.#alive();
    this.#before.push(hook);
  }

  public afterCommit(hook: Hook): void {
    this.#alive();
    this.#committed.push(hook);
  }

  public afterRollback(hook: Hook): void {
    this.#alive();
    this.#rolledBack.push(hook);
  }

  /** Whether it is a savepoint, of whatever depth, of another one. */
  public isInside(other: OpenTransaction<unknown, K>): boolean {
    return this.#outer === other || this.#outer?.isInside(other) === true;
  }

  /** A part that has joined has failed: the whole must not be committed. */
  public fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /**
   * Does the work, what is in its savepoints, and what comes before the commit.
   *
   * @throws ConfigError `transaction-rolled-back` when a failed part was caught; the errors of work and hooks.
   */
  public async complete<R>(work: (transaction: Transaction<C>) => R | Promise<R>): Promise<R> {
    const result = await work(this);
    await this.#queue;
    for (let hook = this.#before.shift(); hook !== undefined; hook = this.#before.shift()) await hook();
    if (this.#failure !== undefined) throw transactionRolledBack(this.connection.unit, this.#failure.error);
    await this.#keepRaised();
    return result;
  }

  public end(): { readonly committed: readonly Hook[]; readonly rolledBack: readonly Hook[] } {
    this.#isOver = true;
    return { committed: this.#committed, rolledBack: this.#rolledBack };
  }

  /** As late as possible: another event of the same key waits from here to the commit. */
  async #keepRaised(): Promise<void> {
    const { events, raw } = this.connection;
    if (events === undefined || this.#raised.length === 0) return;
    await events.write(raw, this.#raised);
    this.#committed.unshift(() => {
      events.written();
    });
  }

  async #part<R>(part: (transaction: Transaction<C>) => R | Promise<R>): Promise<R> {
    this.#alive();
    const { raw, transactor, within } = this.connection;
    const inner = new OpenTransaction<C, K>(this.connection, () => this.#client, this);
    const name = `uno_${String(inner.#depth)}`;
    await transactor.query(raw, `savepoint ${name}`);
    try {
      const result = await within(inner, async () => part(inner));
      await inner.#settle();
      await transactor.query(raw, `release savepoint ${name}`);
      this.#take(inner);
      return result;
    } catch (error) {
      inner.end();
      this.#rolledBack.push(...inner.#rolledBack);
      if (!this.isOver) await this.#goBack(name, error);
      throw error;
    }
  }

  /** The whole is lost where that is not possible: MySQL ends a transaction at a deadlock, with its savepoints. */
  async #goBack(name: string, error: unknown): Promise<void> {
    const { raw, transactor } = this.connection;
    try {
      await transactor.query(raw, `rollback to savepoint ${name}`);
    } catch {
      // The error of the part has the reason, and decides whether the whole may be retried.
      this.#failWhole(error);
    }
  }

  #failWhole(error: unknown): void {
    this.fail(error);
    if (this.#outer !== undefined) this.#outer.#failWhole(error);
  }

  async #settle(): Promise<void> {
    await this.#queue;
    this.#isOver = true;
    if (this.#failure !== undefined) throw transactionRolledBack(this.connection.unit, this.#failure.error);
  }

  #take(inner: OpenTransaction<C, K>): void {
    this.#raised.push(...inner.#raised);
    this.#before.push(...inner.#before);
    this.#committed.push(...inner.#committed);
    this.#rolledBack.push(...inner.#rolledBack);
  }

  #alive(): void {
    if (this.isOver) throw transactionEnded(this.connection.unit);
    this.connection.guardOwner?.();
  }
}

/** Methods by which a connection would leave the transaction. */
const OWN: readonly PropertyKey[] = ['release', 'end', 'destroy'];

/** A connection that is refused once its transaction is over, by who has kept it as well. */
function guarded(client: object, alive: () => void): object {
  return new Proxy(client, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (OWN.includes(key)) throw new TypeError(`${String(key)}(): the unit of work gives its connection back.`);
        alive();
        return Reflect.apply(value, target, given);
      };
    },
  });
}
