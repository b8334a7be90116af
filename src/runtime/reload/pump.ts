import { guardLogger, isSameSelection, type Selectors, selectorText, silentLogger } from '../../core/index.js';
import { diffGenerations, answersOf, factsOf, type Generation } from '../generation/index.js';
import { rebuildGeneration } from '../load/index.js';
import type { SourceAnswer } from '../recovery/index.js';
import { Mover, type Look, type MoverParts } from './mover.js';
import { RefusedSettings } from './refused-settings.js';
import { discontent } from './reload-errors.js';
import { meteredReload } from './reload-meter.js';
import type { ReloadOutcome, WantedChange } from './reload-outcome.js';
import { ReloadQueue, type QueuedRun } from './reload-queue.js';
import { renumbered } from './transaction.js';
import * as trust from './trust-state.js';

export interface PumpParts extends Omit<MoverParts, 'trusted' | 'judged'> {
  /** Reports settings of a generation that need a restart; false when there is nothing new. */
  readonly tellWishes: (generation: Generation) => boolean;
}

export interface Staged {
  readonly generation: Generation;
  readonly selectors: Selectors;
  readonly answers: readonly SourceAnswer[];
  readonly over: Generation;
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
 * The only code that makes generations current. Whatever moved a source, it takes the current answers of all, tries what may
 * be tried, and carries out the verdicts of the hooks between two of its runs.
 */
export class Pump {
  /** Whatever is to be tried waits here for its turn; while it is paused verdicts are carried out all the same. */
  public readonly queue: ReloadQueue<ReloadOutcome>;
  public readonly mover: Mover;
  readonly #given: PumpParts;
  readonly #refused = new RefusedSettings();
  readonly #waiting = new Set<string>();
  #state: State;
  /** A placeholder for keys, environment variables and files that references name: compared by identity, not by content. */
  #outside: SourceAnswer = [];
  /** Whether the keys may be others than those that the settings in use were opened with. */
  #keysMoved = false;
  /** An answer of a source cannot be used: nothing is tried before it can. */
  #isBlocked = false;

  public constructor(given: PumpParts) {
    const { store, options, book } = given;
    this.#given = given;
    this.mover = new Mover({
      ...given,
      trusted: () => {
        this.#state = trust.trusted(this.#state);
        // Settings that no source gave are not saved as the answer of one.
        return trust.inUse(this.#state) !== 'kept';
      },
      judged: async (look) => this.#judge(look),
    });
    this.#state = trust.trustStateOf([...answersOf(store.current), this.#outside]);
    this.queue = new ReloadQueue({
      run: async (request) => meteredReload(options, async () => this.#run(request)),
      closed: () => book.closed(),
    });
  }

  /** The reasons of what waits: for its turn, or for a verdict. */
  public get waiting(): readonly string[] {
    return [...new Set([...this.#waiting, ...this.queue.waiting])];
  }

  /** Whether the settings in use are those that the sources want, without any objection. */
  public get agrees(): boolean {
    return !this.mover.isDoubted && !this.#isBlocked && trust.unmet(this.#state).length === 0;
  }

  public get wanted(): readonly WantedChange[] {
    const { sources } = this.#given.options;
    const unmet = trust.unmet(this.#state).filter((index) => index < sources.length);
    return unmet.map((index) => ({
      index,
      source: this.#nameOf(index),
      why: trust.whyUnmet(this.#state, index, this.#isBlocked),
    }));
  }

  /** Keys, or files that references name, are others: what could not be made before is tried again. */
  public outsideChanged(reason: string): void {
    this.#state = trust.outsideChanged(this.#state);
    this.queue.notify([reason]);
  }

  /** Makes a kept generation current again. The sources are unchanged; they are tried once one of them moves. */
  public async rollback(target: Generation): Promise<ReloadOutcome> {
    return this.queue.exclusive(async () => {
      const { store, book, transaction } = this.#given;
      const previous = store.current;
      const reason = `rollback to ${String(target.number)}`;
      if (diffGenerations(factsOf(previous), factsOf(target)).length === 0) return book.unchanged(reason);
      if (transaction.isUnproven && target.number === transaction.trusted.number) {
        // Still open: no dependant has to agree.
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

  /** Moves to a generation of other answers for other selectors; the sources are read for these from then on. */
  public async switchTo({ generation, selectors, answers, over }: Staged, reason: string): Promise<ReloadOutcome> {
    return this.queue.exclusive(async () => {
      const { store, slots } = this.#given;
      const all = [...answers, this.#outside];
      let next = generation;
      try {
        if (store.current !== over) next = await this.#build(all, selectors);
      } catch (error) {
        return this.#given.book.failed(error, reason);
      }
      if (next.number === store.current.number) {
        slots.select(selectors, answers);
        this.#state = trust.absorbed(trust.heard(this.#state, all), all);
        return this.#unchanged(next, reason);
      }
      const outcome = await this.#moveTo(next, reason, {
        moved: (state) => trust.committed(trust.heard(state, all), all),
        vetoed: (state) => state,
      });
      this.#goOn();
      return outcome;
    });
  }

  /** Trusts the generation in use, whatever the hooks' verdict. False when it is trusted already. */
  public async trust(): Promise<boolean> {
    let isNew = false;
    await this.queue.exclusive(async () => {
      isNew = this.mover.isUnproven;
      if (isNew) this.mover.trust();
      this.#goOn();
      return Promise.resolve(this.#given.book.stays());
    });
    return isNew;
  }

  /** Begins nothing more; resolves when what is under way has ended. */
  public async close(): Promise<void> {
    this.mover.stop();
    await this.queue.close();
    await this.#given.trial?.leave();
  }

  /** The sources' current answers are refused, without having been tried. */
  public async hold(): Promise<void> {
    const { slots, book } = this.#given;
    await this.queue.exclusive(async () => {
      const newest = [...slots.answers(), this.#outside];
      this.#state = trust.refused(trust.heard(this.#state, newest), newest);
      return Promise.resolve(book.stays());
    });
  }

  async #run({ reasons, isAsked }: QueuedRun): Promise<ReloadOutcome> {
    const { slots, book } = this.#given;
    const all = [...new Set([...this.#waiting, ...reasons])];
    const reason = joinReasons(all);
    try {
      // First, so that the answers taken then are those of the time when the generation is made.
      if (await this.#loadKeys()) this.#keysMoved = true;
      this.#isBlocked = true;
      this.#hear(slots.answers());
      this.#isBlocked = false;
    } catch (error) {
      // Nothing is tried; what the other sources want is known all the same.
      this.#hear(slots.held());
      return this.#given.book.failed(error, reason);
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

  #hear(answers: Answers): void {
    this.#state = trust.heard(this.#state, [...answers, this.#outside]);
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
      return this.#given.book.failed(error, reason);
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

  /** No source has changed; but keys, environment variables and files that references name may have. */
  async #stay(reason: string, isAsked: boolean): Promise<ReloadOutcome> {
    const { store, book } = this.#given;
    const answers = trust.inUse(this.#state);
    if (answers === 'kept') return book.unchanged(reason);
    try {
      const made = await this.#build(answers);
      if (made.number === store.current.number) return this.#unchanged(made, reason);
    } catch (error) {
      return this.#given.book.failed(error, reason);
    }
    this.#outside = [];
    this.#state = trust.heard(this.#state, this.#state.newest.with(-1, this.#outside));
    const step = trust.nextStep(this.#state, isAsked);
    if (step.does === 'try') return this.#try(step, reason, isAsked);
    this.#waiting.add(reason);
    return book.stays();
  }

  async #build(answers: Answers, selectors?: Selectors): Promise<Generation> {
    const { store, options, signal, amounts } = this.#given;
    const previous = store.current;
    return rebuildGeneration(
      { ...options, signal },
      {
        previous,
        answers: answers.slice(0, -1),
        keysMoved: this.#keysMoved,
        settle: amounts.settle,
        ...(selectors !== undefined && { selectors }),
      },
    );
  }

  #unchanged(made: Generation, reason: string): ReloadOutcome {
    const { book, store, tellWishes, transaction } = this.#given;
    this.#keysMoved = false;
    if (made !== store.current) {
      // The same values; but lines may have moved, and what a later source hides may be other.
      transaction.refresh(made);
      book.refresh(made);
      this.mover.absorb();
    }
    if (!tellWishes(made)) return book.unchanged(reason);
    book.heal();
    return book.stays();
  }

  async #moveTo(next: Generation, reason: string, { moved, vetoed }: Transition): Promise<ReloadOutcome> {
    return this.mover.moveTo(next, reason, {
      moved: () => {
        this.#keysMoved = false;
        this.#state = moved(this.#state);
        this.#followSelectors();
      },
      vetoed: () => {
        this.#state = vetoed(this.#state);
      },
    });
  }

  async #goBack(reason: string, then: (state: State) => State, isWanted = false): Promise<ReloadOutcome> {
    this.#keysMoved = true;
    this.#state = then(this.#state);
    const outcome = await this.mover.goBack(reason, isWanted);
    this.#followSelectors();
    return outcome;
  }

  /** The sources are read for the selectors of the settings in use, which a switch or a rollback may have changed. */
  #followSelectors(): void {
    const { store, slots, work } = this.#given;
    const { current } = store;
    if (isSameSelection(slots.selectors, current.selectors)) return;
    slots.select(current.selectors, answersOf(current));
    const held = slots.held();
    this.#hear(held);
    // Files may have changed since they were staged, or before a rollback.
    const read = slots.refresh().then(() => {
      if (slots.held() !== held) this.queue.notify([`sources read for ${selectorText(current.selectors)}`]);
    });
    // Rejected only once all reading has ended.
    work.add(
      'the sources for other selectors',
      read.catch(() => undefined),
    );
  }

  /** A verdict passes all that waits for its turn. */
  async #judge({ current, previous, reason, objection, isOver }: Look): Promise<void> {
    const { store, book, transaction } = this.#given;
    await this.queue.exclusive(async () => {
      if (store.current.number !== current.number || isOver()) return book.stays();
      let outcome: ReloadOutcome = book.stays();
      if (objection === undefined) this.mover.trust();
      else if (previous === undefined) outcome = this.mover.doubt(objection, reason);
      else {
        const { trusted } = transaction;
        await this.#goBack(`rolled back by ${objection.hook}`, trust.objected);
        this.#refused.remember(current, trusted, objection);
        outcome = book.reject(discontent(current.number, objection), reason);
      }
      this.#goOn();
      return outcome;
    });
  }

  /** What has waited for what has just been done. */
  #goOn(): void {
    // What is blocked goes on with the news that it is not.
    if (this.#given.signal.aborted || this.#isBlocked) return;
    const step = trust.nextStep(this.#state);
    if (step.does === 'return') this.queue.notify([]);
    if (step.does !== 'try') return;
    const { again } = step;
    const isHeld = again === undefined || this.#waiting.size > 0;
    this.queue.notify(isHeld ? [] : [`${this.#nameOf(again)} once more, alone`]);
  }

  #nameOf(index: number): string {
    return this.#given.options.sources[index]?.name ?? `source ${String(index + 1)}`;
  }
}

/** More reasons than these are counted: thousands of sources may change at once. */
const MOST_TOLD = 5;

function joinReasons(reasons: readonly string[]): string {
  const told = reasons.slice(0, MOST_TOLD).join(', ');
  const more = reasons.length - MOST_TOLD;
  return more > 0 ? `${told} and ${String(more)} more` : told;
}
