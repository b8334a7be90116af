import { setMaxListeners } from 'node:events';
import { formatPath, guardLogger, silentLogger, type Clock, type ConfigLogger } from '../../core/index.js';
import type { ConfigStore } from '../config-store.js';
import { diffGenerations, visibleDiff } from '../diff-generations.js';
import { ConfigEvents, type SectionChange } from '../events/index.js';
import { answersOf, factsOf, type Generation } from '../generation.js';
import { loadGeneration } from '../load-generation.js';
import type { RestartWish } from '../restart-wish.js';
import type { LoadOptions } from '../load-options.js';
import { checkReloadOptions, type ReloadAmounts } from './check-reload-options.js';
import { closeReloads } from './close-reloads.js';
import { committedLayers } from '../committed-layers.js';
import { participantOf, type ConfigDependant } from './dependant.js';
import type { HistoryEntry } from './generation-history.js';
import { joinReasons } from './join-reasons.js';
import { guardedOptions } from './guarded-options.js';
import { OpenWork } from './open-work.js';
import { OutcomeBook } from './outcome-book.js';
import type { Participant } from './participant.js';
import { asConfigError, closedError, discontent, unfit } from './reload-errors.js';
import type { ReloadOptions } from './reload-options.js';
import type { ReloadOutcome, ReloadStatus, SectionStatus, SourceName } from './reload-outcome.js';
import { meterAge, meteredReload, moveMeter } from './reload-meter.js';
import { SourceSlots, type SourceHealth } from '../slots/index.js';
import { RefusedSettings } from './refused-settings.js';
import { ReloadQueue, type QueuedRun } from './reload-queue.js';
import { RestartWishes } from './restart-wishes.js';
import { SectionAges } from './section-ages.js';
import { SourceNews } from './source-news.js';
import { renumbered, Transaction, type Preparation } from './transaction.js';
import { startTriggers } from './triggers.js';
import { verifyGeneration, type Objection } from './verify.js';

/**
 * Keeps settings current while the program runs. A reload moves every section to a new, complete generation at once, or
 * changes nothing: whatever is wrong, the generation in use stays. Injectable; subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const reloads = container.get(ReloadService);
 * const outcome = await reloads.reload('asked by an operator');
 * if (outcome.status === 'rejected') process.stderr.write(`${outcome.error.message}\n`);
 * ```
 */
export class ReloadService {
  /** What happens, to subscribe to. */
  public readonly events: ConfigEvents;
  readonly #store: ConfigStore;
  readonly #options: ReturnType<typeof guardedOptions>;
  readonly #reload: ReloadOptions;
  readonly #amounts: ReloadAmounts;
  readonly #slots: SourceSlots;
  readonly #clock: Clock;
  readonly #logger: ConfigLogger;
  readonly #queue: ReloadQueue<ReloadOutcome>;
  readonly #book: OutcomeBook;
  readonly #participants = new Map<ConfigDependant, Participant>();
  readonly #transaction: Transaction;
  readonly #wishes: RestartWishes;
  readonly #ages: SectionAges;
  readonly #stopAge: () => void;
  readonly #meter: ReturnType<typeof moveMeter>;
  readonly #life = new AbortController();
  /** Waited for when the service closes. */
  readonly #work = new OpenWork();
  readonly #news: SourceNews;
  #bake = new AbortController();
  readonly #refused = new RefusedSettings();
  #closing: Promise<void> | undefined;

  /** Made by the `ConfigModule`; a program gets it from the container. */
  public constructor(store: ConfigStore, options: LoadOptions, reload: ReloadOptions = {}, slots?: SourceSlots) {
    this.#store = store;
    // Every watched source and every dependant may listen to it; Node takes more than ten listeners for a leak.
    setMaxListeners(0, this.#life.signal);
    this.#reload = reload;
    this.#amounts = checkReloadOptions(reload);
    this.#options = guardedOptions(options);
    this.#clock = this.#options.clock;
    this.#logger = guardLogger(options.logger ?? silentLogger);
    const { current } = store;
    this.#slots =
      slots ??
      new SourceSlots(this.#options, factsOf(current).plan, {
        ...this.#amounts,
        selectors: current.selectors,
        held: answersOf(current),
      });
    this.#wishes = new RestartWishes(this.#logger);
    this.#ages = new SectionAges(store);
    this.events = new ConfigEvents({ logger: this.#logger, sections: store.current.entries });
    this.#news = new SourceNews(store, this.events, this.#clock);
    const { debounce, prepareTimeout, history } = this.#amounts;
    this.#book = new OutcomeBook({ store, events: this.events, logger: this.#logger, clock: this.#clock, history });
    for (const dependant of reload.dependants ?? []) this.register(dependant);
    this.#transaction = new Transaction({
      store,
      participants: () => this.#participants.values(),
      clock: this.#clock,
      logger: this.#logger,
      signal: this.#life.signal,
      work: this.#work,
      prepareTimeout,
    });
    this.#queue = new ReloadQueue({
      clock: this.#clock,
      debounce,
      run: async (request) => meteredReload(this.#options, async () => this.#run(request)),
      closed: () => this.#book.rejected(closedError()),
    });
    this.#stopAge = meterAge(store, this.#options);
    this.#meter = moveMeter(this.#options);
  }

  /**
   * Asks the dependants and has the hooks look for the first generation; then begins to watch sources and to listen to the
   * signal, as the options say.
   *
   * @throws ConfigError `reload-vetoed` naming all dependants that cannot work with the first generation,
   *   `verification-failed` when a hook objects to it.
   */
  public async start(): Promise<void> {
    await this.#open(this.#store.current);
    for (const health of this.#slots.health()) this.#news.changed(health);
    this.#slots.onStatus((health) => {
      this.#news.changed(health);
    });
    this.#slots.onMoved(({ reasons, indexes }) => {
      this.#queue.notify(reasons, indexes);
    });
    const { watch = false } = this.#reload;
    const { pollInterval } = this.#amounts;
    await Promise.all([
      this.#slots.watch({ pollInterval, watch }),
      startTriggers(this.#options.secrets?.keyring, this.#reload, {
        ...this.#store.current.selectors,
        clock: this.#clock,
        logger: this.#logger,
        pollInterval,
        signal: this.#life.signal,
        signalled: (name) => void this.reload(name),
        keysChanged: (name) => {
          this.#queue.notify([`${name} changed`], [], false);
        },
      }),
    ]);
  }

  /**
   * Reads all sources again and moves to what they say now. Never rejects: what went wrong is in the outcome. Requests
   * made while a reload runs are joined into one more.
   */
  public async reload(reason: string): Promise<ReloadOutcome> {
    // Once reading has ended the queue answers as closed.
    await this.#slots.refresh().catch(() => undefined);
    return this.#queue.request(reason, undefined, true);
  }

  /** How the sources do, in their order. */
  public sourceHealth(): readonly SourceHealth[] {
    return this.#slots.health(answersOf(this.#store.current));
  }

  /** Lets reloads wait until {@link resume}; one under way is carried to its end. */
  public pause(): void {
    this.#queue.pause();
  }

  /** Carries out what has waited. */
  public resume(): void {
    this.#queue.resume();
  }

  /** The generations that are kept, oldest first; the last one became current last. */
  public history(): readonly HistoryEntry[] {
    return this.#book.history;
  }

  /**
   * What differs between two kept generations, by their numbers; secrets are masked, and left out for whoever may not see
   * them masked.
   *
   * @throws ConfigError `unknown-generation`.
   */
  public diff(before: number, after: number): readonly SectionChange[] {
    return visibleDiff(factsOf(this.#book.find(before)), factsOf(this.#book.find(after)));
  }

  /**
   * Makes the settings of a kept generation current again, under a new number. The sources still say what they say: the
   * next reload reads them.
   *
   * @throws ConfigError `unknown-generation`.
   */
  public async rollback(number: number): Promise<ReloadOutcome> {
    const target = this.#book.find(number);
    return this.#queue.exclusive(async () =>
      this.#verified(`rollback to ${String(number)}`, async (reason) => this.#moveBack(target, reason)),
    );
  }

  /** Adds a dependant that is asked before every commit from now on; the answer removes it. */
  public register(dependant: ConfigDependant): () => void {
    this.#participants.set(dependant, participantOf(dependant));
    return () => {
      this.#participants.delete(dependant);
    };
  }

  /**
   * True for one that is asked before every commit.
   *
   * @internal
   */
  public isDependant(value: unknown): boolean {
    return [...this.#participants.keys()].some((dependant) => dependant === value);
  }

  public status(): ReloadStatus {
    const last = this.#book.history.at(-1);
    const { current } = this.#store;
    const since = last?.time ?? current.time;
    return {
      state: this.#state(),
      generation: current.number,
      since,
      // The machine's time may be set back.
      age: Math.max(0, this.#clock.now() - since),
      reason: last?.reason ?? '',
      waiting: this.#queue.waiting,
      restartRequired: this.#wishes.changes,
      ...this.#book.rejections,
    };
  }

  /** The sources, in their order. */
  public sources(): readonly SourceName[] {
    return this.#options.sources.map(({ name }, index) => ({ index, source: name ?? `source ${String(index + 1)}` }));
  }

  /** The sections, in the order of their declaration. */
  public sections(): readonly SectionStatus[] {
    const { entries, number } = this.#store.current;
    return entries.map(({ path, target, name }, index) => ({
      section: formatPath(path),
      target,
      ...(name !== undefined && { name }),
      changedIn: this.#ages.changedIn(index) ?? number,
    }));
  }

  /**
   * Ends watching, waits for what is under way, and closes the sources. The process can end by itself then. What takes
   * longer than the option `closeTimeout` is not waited for any more: the log names it, as `config.close.abandoned`.
   */
  public close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  public async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#life.abort();
    this.#bake.abort();
    this.#stopAge();
    this.#work.add(
      'a reload',
      this.#queue.close().then(() => {
        this.#transaction.close();
      }),
    );
    this.#work.add('the last known good', this.#slots.end());
    await closeReloads({
      work: this.#work,
      events: this.events,
      slots: this.#slots,
      clock: this.#clock,
      timeout: this.#amounts.closeTimeout,
      logger: this.#logger,
    });
  }

  #state(): ReloadStatus['state'] {
    if (this.#closing !== undefined) return 'closed';
    if (this.#queue.isRunning) return 'reloading';
    return this.#queue.isPaused ? 'paused' : 'idle';
  }

  async #run({ reasons, only }: QueuedRun): Promise<ReloadOutcome> {
    const reason = joinReasons(reasons);
    const previous = this.#store.current;
    let next: Generation;
    try {
      const options = { ...this.#options, signal: this.#life.signal };
      next = await loadGeneration(options, { previous, slots: this.#slots });
    } catch (error) {
      // Given up because the service closes: nobody's settings were refused.
      if (this.#life.signal.aborted) return this.#book.rejected(closedError());
      return this.#book.reject(asConfigError(error), reason);
    }
    // Who asks for all sources wants what they say, whatever has become of it before.
    const recurrence = this.#refused.recurrence(next, only === undefined);
    if (recurrence !== undefined) return this.#book.reject(recurrence, reason);
    if (next.number === previous.number) {
      this.#store.refresh(next);
      this.#book.refresh(next);
      if (!this.#tellWishes(factsOf(next).wishes)) return this.#book.unchanged(reason);
      this.#book.heal();
      return { status: 'unchanged', generation: next };
    }
    const outcome = await this.#verified(reason, async () => this.#moveTo(next, reason));
    if (outcome.status !== 'rejected') this.#tellWishes(factsOf(next).wishes);
    return outcome;
  }

  /** The first generation is moved to as every later one is; only that there is nothing to go back to. */
  async #open(first: Generation): Promise<void> {
    const { signal } = this.#life;
    const prepared = await this.#transaction.prepare(first, undefined);
    if (signal.aborted) this.#transaction.abandon(prepared);
    else this.#transaction.commit(prepared);
    const objection = await this.#look(first, undefined, 0, signal);
    if (signal.aborted) throw closedError();
    if (objection !== undefined) throw unfit(objection);
    this.#trust();
  }

  async #moveTo(next: Generation, reason: string): Promise<ReloadOutcome> {
    const previous = this.#store.current;
    const sections = diffGenerations(factsOf(previous), factsOf(next));
    let prepared: Preparation;
    this.#meter.begin('prepare');
    try {
      prepared = await this.#transaction.prepare(next, previous);
    } catch (error) {
      // Given up because the service closes: nobody's settings were refused.
      if (this.#life.signal.aborted) return this.#book.rejected(closedError());
      return this.#book.reject(asConfigError(error), reason);
    } finally {
      this.#meter.end();
    }
    if (this.#life.signal.aborted) {
      this.#transaction.abandon(prepared);
      return this.#book.rejected(closedError());
    }
    this.#bake.abort();
    this.#meter.begin('commit');
    this.#transaction.commit(prepared);
    this.#meter.end();
    return this.#book.committed(next, previous, reason, sections);
  }

  /** Has the hooks look at what a move has made current: until they are content the way back stays open. */
  async #verified(reason: string, move: (reason: string) => Promise<ReloadOutcome>): Promise<ReloadOutcome> {
    const previous = this.#store.current;
    const outcome = await move(reason);
    if (outcome.status !== 'committed') return outcome;
    if ((this.#reload.verify ?? []).length === 0) this.#trust();
    else this.#work.add('the verification', this.#prove(outcome.generation, previous, reason));
    return outcome;
  }

  async #prove(current: Generation, previous: Generation, reason: string): Promise<void> {
    const { signal } = (this.#bake = new AbortController());
    const objection = await this.#look(current, previous, this.#amounts.bake, signal);
    if (signal.aborted) return;
    await this.#queue.exclusive(async () => {
      if (this.#store.current.number !== current.number) return this.#book.stays();
      if (objection !== undefined) return this.#goBack(current, objection, reason);
      this.#trust();
      return this.#book.stays();
    });
  }

  async #look(
    current: Generation,
    previous: Generation | undefined,
    bake: number,
    signal: AbortSignal,
  ): Promise<Objection | undefined> {
    const { verifyTimeout: timeout } = this.#amounts;
    return verifyGeneration(this.#reload.verify ?? [], current, previous, {
      bake,
      timeout,
      clock: this.#clock,
      signal,
    });
  }

  #trust(): void {
    this.#transaction.trust();
    this.#keepLastKnownGood(this.#store.current);
  }

  /** The sources have said other things since: whoever asks next, all of them are read. */
  async #moveBack(target: Generation, reason: string): Promise<ReloadOutcome> {
    const { current } = this.#store;
    if (diffGenerations(factsOf(current), factsOf(target)).length === 0) return this.#book.unchanged(reason);
    return this.#moveTo(renumbered(target, current), reason);
  }

  /** Publishes settings that are wanted otherwise than they stay, each wish once. False when there was nothing to say. */
  #tellWishes(wishes: readonly RestartWish[]): boolean {
    const paths = this.#wishes.update(wishes);
    if (paths.length === 0) return false;
    const { number: generation } = this.#store.current;
    this.events.publish({ type: 'RestartRequired', time: this.#clock.now(), generation, paths });
    return true;
  }

  #keepLastKnownGood(generation: Generation): void {
    this.#work.add('the last known good', this.#slots.save(committedLayers(generation)));
  }

  /** Not verified: these settings were in use before, and hooks that are never content would move to and fro for ever. */
  async #goBack(from: Generation, objection: Objection, reason: string): Promise<ReloadOutcome> {
    const { trusted } = this.#transaction;
    const sections = diffGenerations(factsOf(from), factsOf(trusted));
    await this.#transaction.goBack();
    this.#refused.remember(from, trusted, objection);
    this.#book.committed(this.#store.current, from, `rolled back by ${objection.hook}`, sections);
    return this.#book.reject(discontent(from.number, objection), reason);
  }
}
