import { abortController, guardLogger, silentLogger, type ConfigError } from '../../core/index.js';
import { committedLayers } from '../committed-layers.js';
import { diffGenerations } from '../diff-generations.js';
import { answersOf, factsOf, type Generation } from '../generation.js';
import { rebuildGeneration } from '../load-generation.js';
import type { SourceSlots } from '../slots/index.js';
import type { SourceAnswer } from '../source-answer.js';
import type { ConfigStore } from '../config-store.js';
import type { ReloadAmounts } from './check-reload-options.js';
import type { guardedOptions } from './guarded-options.js';
import { joinReasons } from './join-reasons.js';
import type { OpenWork } from './open-work.js';
import type { OutcomeBook } from './outcome-book.js';
import { RefusedSettings } from './refused-settings.js';
import { asConfigError, closedError, discontent, doubted, unfit } from './reload-errors.js';
import { meteredReload, moveMeter } from './reload-meter.js';
import type { ReloadOutcome, WantedChange } from './reload-outcome.js';
import { ReloadQueue, type QueuedRun } from './reload-queue.js';
import { renumbered, type Preparation, type Transaction } from './transaction.js';
import * as trust from './trust-state.js';
import type { Trial } from './trial.js';
import { verifyGeneration, type Objection, type VerifyHook } from './verify.js';

/** What a {@link Pump} works with. */
export interface PumpOptions {
  readonly store: ConfigStore;
  readonly options: ReturnType<typeof guardedOptions>;
  readonly amounts: ReloadAmounts;
  readonly hooks: readonly VerifyHook[];
  readonly slots: SourceSlots;
  readonly transaction: Transaction;
  readonly book: OutcomeBook;
  readonly trial: Trial | undefined;
  /** Ends everything. */
  readonly signal: AbortSignal;
  readonly work: OpenWork;
  /** Tells what a generation wants that needs a restart; false when there is nothing new. */
  readonly tellWishes: (generation: Generation) => boolean;
}

type State = trust.TrustState<SourceAnswer>;
type Answers = readonly SourceAnswer[];
type Attempt = Extract<trust.TrustStep<SourceAnswer>, { readonly does: 'try' }>;

/** What becomes of the state when a generation becomes current, and when it is vetoed. */
interface Transition {
  readonly moved: (state: State) => State;
  readonly vetoed: (state: State) => State;
}

/**
 * The only one who makes generations current. Whatever moved a source, it takes what all of them say now, tries what may
 * be tried, and carries the verdicts of the hooks out between two of its runs.
 */
export class Pump {
  readonly #given: PumpOptions;
  readonly #queue: ReloadQueue<ReloadOutcome>;
  readonly #refused = new RefusedSettings();
  readonly #meter: ReturnType<typeof moveMeter>;
  readonly #waiting = new Set<string>();
  #state: State;
  /** Stands for keys, environment variables and files that references name: not what it holds counts, but which it is. */
  #outside: SourceAnswer = [];
  /** Whether the keys may be others than those that the settings in use were opened with. */
  #keysMoved = false;
  #bake = abortController();
  /** What a hook has against the first generation. */
  #doubt: ConfigError | undefined;
  #isProven = false;
  /** A source says what cannot be used: nothing is tried before it can. */
  #isBlocked = false;

  public constructor(given: PumpOptions) {
    const { store, options, book } = given;
    this.#given = given;
    this.#meter = moveMeter(options);
    this.#state = trust.trustStateOf([...answersOf(store.current), this.#outside]);
    this.#queue = new ReloadQueue({
      run: async (request) => meteredReload(options, async () => this.#run(request)),
      closed: () => book.rejected(closedError()),
    });
  }

  public get isRunning(): boolean {
    return this.#queue.isRunning;
  }

  public get isPaused(): boolean {
    return this.#queue.isPaused;
  }

  /** The reasons of what waits: for its turn, or for a verdict. */
  public get waiting(): readonly string[] {
    return [...new Set([...this.#waiting, ...this.#queue.waiting])];
  }

  /** Whether the settings in use are those that the sources want, and nobody has anything against them. */
  public get agrees(): boolean {
    return this.#doubt === undefined && !this.#isBlocked && trust.unmet(this.#state).length === 0;
  }

  /** What the sources say and is not in use. */
  public get wanted(): readonly WantedChange[] {
    const { sources } = this.#given.options;
    const unmet = trust.unmet(this.#state).filter((index) => index < sources.length);
    return unmet.map((index) => ({ index, source: this.#nameOf(index), why: trust.whyUnmet(this.#state, index) }));
  }

  /** The number of the generation that a rollback goes back to; none before the first one has proved good. */
  public get trusted(): number | undefined {
    return this.#isProven ? this.#given.transaction.trusted.number : undefined;
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
    if (hooks.length === 0 || amounts.bake === 0) this.#trust();
    else work.add('the verification', this.#prove(first, undefined, 'first load'));
  }

  /** Slots hold something else than before. */
  public moved(reasons: readonly string[]): void {
    this.#queue.notify(reasons);
  }

  /** The keyring holds other keys: what could not be opened may open now. */
  public keysChanged(reason: string): void {
    this.#state = trust.withOtherKeys(this.#state);
    this.#queue.notify([reason]);
  }

  /** Tries all that the sources say now, whatever became of it before. */
  public async reload(reason: string): Promise<ReloadOutcome> {
    return this.#queue.request(reason);
  }

  /** Makes a kept generation current again. The sources still say what they say; it is tried once one of them moves. */
  public async rollback(target: Generation): Promise<ReloadOutcome> {
    return this.#queue.exclusive(async () => {
      const { store, book, transaction } = this.#given;
      const previous = store.current;
      const reason = `rollback to ${String(target.number)}`;
      if (diffGenerations(factsOf(previous), factsOf(target)).length === 0) return book.unchanged(reason);
      if (transaction.isUnproven && target.number === transaction.trusted.number) {
        // Still open: nobody need be asked.
        const back = await this.#goBack(reason, trust.withdrawn);
        this.#goOn();
        return back;
      }
      const outcome = await this.#moveTo(renumbered(target, previous), reason, {
        moved: trust.rolledBack,
        vetoed: (state) => state,
      });
      this.#goOn();
      return outcome;
    });
  }

  /** Trusts the generation in use, whatever the hooks will say. False when it is trusted already. */
  public async trust(): Promise<boolean> {
    let isNew = false;
    await this.#queue.exclusive(async () => {
      isNew = this.#isUnproven;
      if (isNew) this.#trust();
      this.#goOn();
      return Promise.resolve(this.#given.book.stays());
    });
    return isNew;
  }

  /** Lets what is asked for wait until {@link resume}. Verdicts are carried out all the same. */
  public pause(): void {
    this.#queue.pause();
  }

  public resume(): void {
    this.#queue.resume();
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  public async close(): Promise<void> {
    this.#bake.abort();
    await this.#queue.close();
  }

  get #isUnproven(): boolean {
    return !this.#isProven || this.#given.transaction.isUnproven;
  }

  async #run({ reasons, isAsked }: QueuedRun): Promise<ReloadOutcome> {
    const { slots, book } = this.#given;
    const all = [...new Set([...this.#waiting, ...reasons])];
    const reason = joinReasons(all);
    try {
      // First, so that what is taken then is what the sources say when the generation is made.
      if (await this.#loadKeys()) this.#keysMoved = true;
      this.#isBlocked = true;
      this.#state = trust.heard(this.#state, [...slots.answers(), this.#outside]);
      this.#isBlocked = false;
    } catch (error) {
      return this.#reject(error, reason);
    }
    if (isAsked) this.#state = trust.asked(this.#state);
    const step = trust.nextStep(this.#state, isAsked);
    if (step.does === 'wait') {
      for (const one of all) this.#waiting.add(one);
      return book.stays();
    }
    this.#waiting.clear();
    const outcome = await this.#carryOut(step, reason, isAsked);
    this.#goOn();
    return outcome;
  }

  async #loadKeys(): Promise<boolean> {
    const { store, options, signal } = this.#given;
    const { plan, selectors } = factsOf(store.current);
    const { env = process.env, logger = silentLogger } = options;
    return plan.secrets.load({ ...selectors, env, signal, logger: guardLogger(logger) });
  }

  async #carryOut(step: trust.TrustStep<SourceAnswer>, reason: string, isAsked: boolean): Promise<ReloadOutcome> {
    if (step.does === 'try') return this.#try(step, reason, isAsked);
    if (step.does !== 'return') return this.#stay(reason, isAsked);
    const outcome = await this.#goBack(reason, trust.returned, true);
    this.#given.tellWishes(this.#given.store.current);
    return outcome;
  }

  async #try({ answers, again }: Attempt, reason: string, isAsked: boolean): Promise<ReloadOutcome> {
    const { store, book } = this.#given;
    let made: Generation;
    try {
      made = await this.#build(answers);
    } catch (error) {
      this.#state = trust.rejected(this.#state, answers, again);
      return this.#reject(error, reason);
    }
    if (made.number === store.current.number) {
      this.#state = trust.absorbed(this.#state, answers);
      return this.#unchanged(made, reason);
    }
    const vetoed = (state: State): State => trust.refused(state, answers);
    // Other answers may come to the same settings in all that was refused.
    const recurrence = this.#refused.recurrence(made, isAsked);
    if (recurrence !== undefined) {
      this.#state = vetoed(this.#state);
      return book.reject(recurrence, reason);
    }
    const moved = (state: State): State => trust.committed(state, answers);
    const outcome = await this.#moveTo(made, reason, { moved, vetoed });
    if (outcome.status === 'committed') this.#given.tellWishes(made);
    return outcome;
  }

  /** No source says anything new; but keys, environment variables and files that references name may be others. */
  async #stay(reason: string, isAsked: boolean): Promise<ReloadOutcome> {
    const { store, book } = this.#given;
    const answers = trust.inUse(this.#state);
    if (answers === 'kept') return book.unchanged(reason);
    try {
      const made = await this.#build(answers);
      if (made.number === store.current.number) return this.#unchanged(made, reason);
    } catch (error) {
      return this.#reject(error, reason);
    }
    this.#outside = [];
    this.#state = trust.heard(this.#state, this.#state.newest.with(-1, this.#outside));
    const step = trust.nextStep(this.#state, isAsked);
    if (step.does === 'try') return this.#try(step, reason, isAsked);
    this.#waiting.add(reason);
    return book.stays();
  }

  async #build(answers: Answers): Promise<Generation> {
    const { store, options, signal, amounts } = this.#given;
    const previous = store.current;
    return rebuildGeneration(
      { ...options, signal },
      { previous, answers: answers.slice(0, -1), keysMoved: this.#keysMoved, settle: amounts.settle },
    );
  }

  #unchanged(made: Generation, reason: string): ReloadOutcome {
    const { book, tellWishes, transaction } = this.#given;
    this.#keysMoved = false;
    // The same values; but lines may have moved, and what a later source hides may be other.
    transaction.refresh(made);
    book.refresh(made);
    if (!tellWishes(made)) return book.unchanged(reason);
    book.heal();
    return book.stays();
  }

  async #moveTo(next: Generation, reason: string, then: Transition): Promise<ReloadOutcome> {
    const { store, transaction, signal, book, hooks, work } = this.#given;
    const previous = store.current;
    const sections = diffGenerations(factsOf(previous), factsOf(next));
    let prepared: Preparation;
    this.#meter.begin('prepare');
    try {
      prepared = await transaction.prepare(next, previous);
    } catch (error) {
      this.#state = then.vetoed(this.#state);
      return this.#reject(error, reason);
    } finally {
      this.#meter.end();
    }
    await this.#mark(next);
    // In the same turn as the commit: nothing becomes current once the service closes.
    if (signal.aborted) {
      transaction.abandon(prepared);
      return book.rejected(closedError());
    }
    this.#bake.abort();
    this.#meter.begin('commit');
    transaction.commit(prepared);
    this.#meter.end();
    this.#keysMoved = false;
    this.#doubt = undefined;
    this.#state = then.moved(this.#state);
    const outcome = book.committed(next, previous, reason, sections);
    if (hooks.length === 0) this.#trust();
    else work.add('the verification', this.#prove(next, previous, reason));
    return outcome;
  }

  /** Has it on disk before it is used that these settings are: they may end the process. */
  async #mark(next: Generation): Promise<void> {
    const { trial, hooks } = this.#given;
    if (hooks.length > 0) await trial?.begin(next);
  }

  /** Makes the trusted pair current again. Not verified: hooks that are never content would move to and fro for ever. */
  async #goBack(reason: string, then: (state: State) => State, isWanted = false): Promise<ReloadOutcome> {
    const { store, transaction, book } = this.#given;
    const from = store.current;
    const sections = diffGenerations(factsOf(from), factsOf(transaction.trusted));
    this.#bake.abort();
    this.#keysMoved = true;
    this.#state = then(this.#state);
    await transaction.goBack(isWanted);
    return book.committed(store.current, from, reason, sections);
  }

  /** Has the hooks look at what is in use: until they are content the way back stays open. */
  async #prove(current: Generation, previous: Generation | undefined, reason: string): Promise<void> {
    const { store, book, amounts } = this.#given;
    const { signal } = (this.#bake = abortController());
    const objection = await this.#look(current, previous, { bake: amounts.bake, signal });
    if (signal.aborted) return;
    await this.#queue.exclusive(async () => {
      if (store.current.number !== current.number || signal.aborted) return book.stays();
      const outcome =
        objection === undefined ? this.#trust() : await this.#object(current, previous, objection, reason);
      this.#goOn();
      return outcome;
    });
  }

  async #object(
    from: Generation,
    previous: Generation | undefined,
    objection: Objection,
    reason: string,
  ): Promise<ReloadOutcome> {
    const { transaction, book } = this.#given;
    // There is nothing to go back to from the first one.
    if (previous === undefined) return book.reject((this.#doubt = doubted(objection)), reason);
    const { trusted } = transaction;
    await this.#goBack(`rolled back by ${objection.hook}`, trust.objected);
    this.#refused.remember(from, trusted, objection);
    return book.reject(discontent(from.number, objection), reason);
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

  #trust(): ReloadOutcome {
    const { transaction, slots, store, work, book, trial, hooks } = this.#given;
    this.#bake.abort();
    this.#doubt = undefined;
    this.#isProven = true;
    transaction.trust();
    this.#state = trust.trusted(this.#state);
    // What no source said is not kept as what one said.
    if (trust.inUse(this.#state) !== 'kept') {
      const { current } = store;
      const saved = slots.save(committedLayers(current));
      work.add('the last known good', hooks.length > 0 ? saved.then(async () => trial?.end(current)) : saved);
    }
    return book.stays();
  }

  /** What has waited for what has just been done. */
  #goOn(): void {
    if (this.#given.signal.aborted) return;
    const step = trust.nextStep(this.#state);
    if (step.does === 'return') this.#queue.notify([]);
    if (step.does !== 'try') return;
    const { again } = step;
    const isHeld = again === undefined || this.#waiting.size > 0;
    this.#queue.notify(isHeld ? [] : [`${this.#nameOf(again)} once more, alone`]);
  }

  #reject(error: unknown, reason: string): ReloadOutcome {
    const { book, signal } = this.#given;
    // Given up because the service closes: nobody's settings were refused.
    return signal.aborted ? book.rejected(closedError()) : book.reject(asConfigError(error), reason);
  }

  #nameOf(index: number): string {
    return this.#given.options.sources[index]?.name ?? `source ${String(index + 1)}`;
  }
}
