import { abortController, type ConfigError } from '../../core/index.js';
import { committedLayers, diffGenerations, factsOf, type Generation } from '../generation/index.js';
import type { OutcomeBook } from './outcome-book.js';
import { closedError, doubted, unfit } from './reload-errors.js';
import { moveMeter } from './reload-meter.js';
import type { ReloadOutcome } from './reload-outcome.js';
import type { ReloadParts } from './reload-parts.js';
import type { Preparation, Transaction } from './transaction.js';
import { verifyGeneration, type Objection } from './verify.js';

export interface MoverParts extends ReloadParts {
  readonly transaction: Transaction;
  readonly book: OutcomeBook;
  /** The generation in use is trusted; false when it is not made from the sources' answers. */
  readonly trusted: () => boolean;
  /** The hooks have looked for as long as they had to. */
  readonly judged: (look: Look) => Promise<unknown>;
}

export interface Look {
  readonly current: Generation;
  /** None at the first one. */
  readonly previous: Generation | undefined;
  readonly reason: string;
  readonly objection: Objection | undefined;
  /** Whether another generation has become current since, or the verdict is no longer needed. */
  readonly isOver: () => boolean;
}

/** What else happens in the moment of a commit or a veto. */
export interface MoveSteps {
  readonly moved: () => void;
  readonly vetoed: () => void;
}

/** Moves to a generation and back: prepare, mark, commit, tell, and trust it once the hooks accept it. */
export class Mover {
  readonly #given: MoverParts;
  readonly #meter: ReturnType<typeof moveMeter>;
  #bake: AbortController | undefined;
  #doubt: ConfigError | undefined;
  #isProven = false;

  public constructor(given: MoverParts) {
    this.#given = given;
    this.#meter = moveMeter(given.options);
  }

  /** The number of the generation that a rollback goes back to; none before the first one has proved good. */
  public get trusted(): number | undefined {
    return this.#isProven ? this.#given.transaction.trusted.number : undefined;
  }

  public get isUnproven(): boolean {
    return !this.#isProven || this.#given.transaction.isUnproven;
  }

  public get isDoubted(): boolean {
    return this.#doubt !== undefined;
  }

  /**
   * Moves to the first generation, as to every later one; only that there is nothing to go back to.
   *
   * @throws ConfigError `reload-vetoed`, `verification-failed`, `reload-closed`.
   */
  public async open(): Promise<void> {
    const { store, transaction, signal, amounts, hooks, work } = this.#given;
    const first = store.current;
    const prepared = await transaction.prepare(first, undefined);
    await this.#mark(first);
    if (signal.aborted) transaction.abandon(prepared);
    else transaction.commit(prepared);
    const objection = await this.#look(first, undefined, { bake: 0, signal });
    if (signal.aborted) throw closedError();
    if (objection !== undefined) throw unfit(objection);
    transaction.trust();
    if (hooks.length === 0 || amounts.bake === 0) this.trust();
    else work.add('the verification', this.#prove(first, undefined, 'first load'));
  }

  public async moveTo(next: Generation, reason: string, then: MoveSteps): Promise<ReloadOutcome> {
    const { store, transaction, signal, book, hooks, work } = this.#given;
    const previous = store.current;
    const sections = diffGenerations(factsOf(previous), factsOf(next));
    let prepared: Preparation;
    this.#meter.begin('prepare');
    try {
      prepared = await transaction.prepare(next, previous);
    } catch (error) {
      then.vetoed();
      return book.failed(error, reason);
    } finally {
      this.#meter.end();
    }
    await this.#mark(next);
    // In the same turn as the commit: nothing becomes current once the service closes.
    if (signal.aborted) {
      transaction.abandon(prepared);
      return book.closed();
    }
    this.stop();
    this.#meter.begin('commit');
    transaction.commit(prepared);
    this.#meter.end();
    this.#doubt = undefined;
    then.moved();
    const outcome = book.committed(next, previous, reason, sections);
    if (hooks.length === 0) this.trust();
    else work.add('the verification', this.#prove(next, previous, reason));
    return outcome;
  }

  /** Makes the trusted pair current again. Not verified: a hook that always objects would loop. */
  public async goBack(reason: string, isWanted: boolean): Promise<ReloadOutcome> {
    const { store, transaction, book, trial, work } = this.#given;
    const from = store.current;
    const sections = diffGenerations(factsOf(from), factsOf(transaction.trusted));
    this.stop();
    await transaction.goBack(isWanted);
    if (trial !== undefined) work.add('the trial marker', trial.leave());
    // The hooks had not looked at it for as long as they had to when the one that it is back from came.
    if (!this.#isProven) work.add('the verification', this.#prove(store.current, undefined, reason));
    return book.committed(store.current, from, reason, sections);
  }

  /** There is nothing to go back to from the first generation. */
  public doubt(objection: Objection, reason: string): ReloadOutcome {
    return this.#given.book.reject((this.#doubt = doubted(objection)), reason);
  }

  public stop(): void {
    this.#bake?.abort();
    this.#bake = undefined;
  }

  /** There is no way back from the generation in use. */
  public trust(): void {
    const { transaction, slots, store, work, trial, trusted } = this.#given;
    const { current } = store;
    // What was gone back from stays marked: this says nothing about it.
    const isBack = current.number > 1 && !transaction.isUnproven;
    this.stop();
    this.#doubt = undefined;
    this.#isProven = true;
    transaction.trust();
    if (!trusted() || (trial === undefined && !slots.keepsCopies)) return;
    const saved = slots.save(committedLayers(current));
    work.add('the last known good', trial === undefined || isBack ? saved : saved.then(async () => trial.end(current)));
  }

  /** The sources say something else that changes no setting: it is as good as the settings in use. */
  public absorb(): void {
    const { slots, store, work } = this.#given;
    if (this.isUnproven || !slots.keepsCopies) return;
    work.add('the last known good', slots.save(committedLayers(store.current)));
  }

  /** Has it on disk before it is used that these settings are: they may end the process. */
  async #mark(next: Generation): Promise<void> {
    const { trial, hooks } = this.#given;
    if (hooks.length > 0) await trial?.begin(next);
  }

  /** Has the hooks look at what is in use: until they are content the way back stays open. */
  async #prove(current: Generation, previous: Generation | undefined, reason: string): Promise<void> {
    const { signal } = (this.#bake = abortController());
    const objection = await this.#look(current, previous, { bake: this.#given.amounts.bake, signal });
    if (signal.aborted) return;
    await this.#given.judged({ current, previous, reason, objection, isOver: () => signal.aborted });
  }

  async #look(
    current: Generation,
    previous: Generation | undefined,
    limits: { readonly bake: number; readonly signal: AbortSignal },
  ): Promise<Objection | undefined> {
    const { hooks, options, amounts } = this.#given;
    const { clock } = options;
    return verifyGeneration(hooks, current, previous, { ...limits, timeout: amounts.verifyTimeout, clock });
  }
}
