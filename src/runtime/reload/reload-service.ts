import {
  abortController,
  ConfigError,
  formatPath,
  option,
  type OptionKinds,
  readOptions,
  guardLogger,
  guardMetrics,
  silentLogger,
} from '../../core/index.js';
import { type ConfigStore, visibleDiff, answersOf, factsOf, sourcesOf, type Generation } from '../generation/index.js';
import { checkDomain, ConfigEvents, type SectionChange } from '../events/index.js';
import { rebuildGeneration } from '../load/index.js';
import type { LoadOptions } from '../plan/index.js';
import { closeReloads } from './close-reloads.js';
import { participantOf, type ConfigDependant, type Participant } from './participant.js';
import { type HistoryEntry, SectionAges } from './generation-history.js';
import { guardedOptions, readReloadOptions, type ReloadOptions } from './reload-options.js';
import { InsideCall } from './inside-call.js';
import { OpenWork } from './open-work.js';
import { OutcomeBook } from './outcome-book.js';
import { Pump } from './pump.js';
import { insideError } from './reload-errors.js';
import type { ReloadOutcome, ReloadStatus, SectionStatus, SourceName } from './reload-outcome.js';
import { meterAge } from './reload-meter.js';
import type { ReloadParts } from './reload-parts.js';
import { SourceSlots, type SourceHealth } from '../slots/index.js';
import { RestartWishes, SourceNews } from './reload-news.js';
import { StagedSettings, stagedSelectors, type StageOptions } from './staged-settings.js';
import { Transaction } from './transaction.js';
import type { Trial } from './trial.js';
import { startTriggers } from './triggers.js';
import { editedAnswers, feedsSecret, type Preview, type UnsavedEdit } from './unsaved-edit.js';

/** What {@link ReloadService.reload} reads. */
export interface ReloadRequest {
  /** Reads only the sources that provide settings to the sections of this domain. Default: reads all sources. */
  readonly domain?: string;
}

const REQUEST = { domain: option.name } satisfies OptionKinds<ReloadRequest>;

/**
 * Keeps settings current while the program runs. A reload moves every section to a new, complete generation at once, or
 * changes nothing: whatever is wrong, the generation in use stays. Injectable. Subpath: `uno-config`.
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
  readonly #parts: ReloadParts;
  readonly #participants = new Map<ConfigDependant | Participant, Participant>();
  readonly #transaction: Transaction;
  readonly #book: OutcomeBook;
  readonly #pump: Pump;
  readonly #wishes: RestartWishes;
  readonly #news: SourceNews;
  readonly #ages: SectionAges;
  readonly #stopAge: () => void;
  readonly #life = abortController();
  #closing: Promise<void> | undefined;

  /** Made by the `ConfigModule`; a program gets it from the container. */
  public constructor(
    store: ConfigStore,
    options: LoadOptions,
    reload: ReloadOptions = {},
    slots?: SourceSlots,
    trial?: Trial,
    participants: readonly Participant[] = [],
  ) {
    const amounts = readReloadOptions(reload);
    const guarded = guardedOptions(options);
    const logger = guardLogger(options.logger);
    const { current } = store;
    const inside = new InsideCall();
    this.events = new ConfigEvents({
      logger,
      sections: current.entries,
      within: (name, call) => inside.within(name, call),
    });
    const held = { selectors: current.selectors, held: answersOf(current) };
    const parts: ReloadParts = {
      store,
      options: guarded,
      amounts,
      hooks: reload.verify ?? [],
      clock: guarded.clock,
      logger,
      slots: slots ?? new SourceSlots(guarded, factsOf(current).plan, { ...amounts, ...held }),
      events: this.events,
      trial,
      signal: this.#life.signal,
      work: new OpenWork(),
      inside,
    };
    this.#parts = parts;
    this.#wishes = new RestartWishes(logger);
    this.#ages = new SectionAges(store);
    this.#news = new SourceNews(parts);
    this.#book = new OutcomeBook(parts, () => this.#pump.agrees);
    for (const participant of participants) this.#participants.set(participant, participant);
    for (const dependant of reload.dependants ?? []) this.register(dependant);
    const { prepareTimeout } = amounts;
    const asked = (): Iterable<Participant> => this.#participants.values();
    this.#transaction = new Transaction({ ...parts, participants: asked, prepareTimeout });
    const tellWishes = (generation: Generation): boolean => this.#tellWishes(generation);
    this.#pump = new Pump({ ...parts, transaction: this.#transaction, book: this.#book, tellWishes });
    this.#stopAge = meterAge(store, guarded);
  }

  /**
   * Prepares the dependants and runs the verify hooks for the first generation; then begins to watch sources and to listen
   * to the signal, as the options define.
   *
   * @param onTrial why the first generation is not the latest of the sources, which is tried next
   * @throws ConfigError `reload-vetoed` naming all dependants that cannot work with the first generation,
   *   `verification-failed` when a hook objects to it.
   */
  public async start(onTrial?: ConfigError): Promise<void> {
    const { slots, store, amounts, options, trial, work, clock, logger, signal } = this.#parts;
    await this.#pump.mover.open();
    const isHeld = trial?.isHeld === true;
    if (isHeld) await this.#hold();
    for (const health of slots.health()) this.#news.changed(health);
    slots.onStatus((health) => {
      this.#news.changed(health);
    });
    slots.onMoved(({ reasons }) => {
      this.#pump.queue.notify(reasons);
    });
    const { pollInterval, settle, debounce, watch } = amounts;
    const { selectors } = store.current;
    const { files } = factsOf(store.current).plan;
    await Promise.all([
      slots.watch({ pollInterval, watch }),
      startTriggers({ keyring: options.secrets?.keyring, files }, amounts, {
        ...{ ...selectors, clock, logger, pollInterval, settle, debounce, signal },
        signalled: (name) => void this.reload(name),
        moved: (what) => {
          this.#pump.outsideChanged(`${what} changed`);
        },
      }),
    ]);
    if (onTrial === undefined) return;
    this.#book.reject(onTrial, 'first load');
    if (isHeld) return;
    const tried = slots.refresh().then(() => {
      this.#pump.queue.notify(['settings on trial']);
    });
    work.add('the settings on trial', tried);
  }

  /**
   * Reads all sources again and moves to their current settings, also to those that were rejected before, without waiting
   * for the hooks. Never rejects: errors are in the outcome. Requests made while a reload runs are joined into one more.
   * From within `prepare` of a dependant or a listener it is refused (`reload-inside`).
   *
   * With `domain`, only the sources are read that provide settings to the sections of the domain in use; the outcome names
   * them. All other sources keep their last answer, and all sections move together as always. A domain without sections is
   * refused (`section-not-loaded`).
   *
   * @throws TypeError naming an option that cannot be used.
   *
   * @example
   * ```ts
   * async function reloadSales(reloads: ReloadService): Promise<string> {
   *   const { status, read = [] } = await reloads.reload('new prices', { domain: 'sales' });
   *   return `${status}: ${read.map(({ source }) => source).join(', ')}`;
   * }
   * ```
   */
  public async reload(reason: string, request: ReloadRequest = {}): Promise<ReloadOutcome> {
    const { domain } = readOptions('reload(reason, options)', request, REQUEST);
    const refusal = this.#refuse('reload()') ?? (domain === undefined ? undefined : this.#refuseDomain(domain));
    if (refusal !== undefined) return refusal;
    const read = domain === undefined ? undefined : this.#sourcesOf(domain, reason);
    // Once reading has ended the queue answers as closed.
    await this.#parts.slots
      .refresh(
        read?.map(({ index }) => index),
        reason,
      )
      .catch(() => undefined);
    const outcome = await this.#pump.queue.request(reason);
    return read === undefined ? outcome : { ...outcome, read };
  }

  /**
   * Trusts the generation in use at once, whatever the verdict of the `verify` hooks: what it replaced is drained, and what
   * has waited for the verdict goes on. The answer is false when it was trusted already.
   *
   * @throws ConfigError `reload-inside` from within `prepare` of a dependant or a listener.
   *
   * @example
   * ```ts
   * const reloads = container.get(ReloadService);
   * if (reloads.status().trusted !== reloads.status().generation) await reloads.trust();
   * ```
   */
  public async trust(): Promise<boolean> {
    const { caller } = this.#parts.inside;
    if (caller !== undefined) throw insideError('trust()', caller);
    return this.#pump.trust();
  }

  /** The health of the sources, in their order. */
  public sourceHealth(): readonly SourceHealth[] {
    return this.#parts.slots.health(answersOf(this.#parts.store.current));
  }

  /** What is wrong with the log of who used which secret, in a sentence; `undefined` while it works, or there is none. */
  public get auditProblem(): string | undefined {
    return this.#parts.options.secrets?.audit?.problem;
  }

  /** Lets reloads wait until {@link resume}; one under way is carried to its end. */
  public pause(): void {
    this.#pump.queue.pause();
  }

  /** Carries out what has waited. */
  public resume(): void {
    this.#pump.queue.resume();
  }

  /** The generations that are kept, oldest first; the last one became current last. */
  public history(): readonly HistoryEntry[] {
    return this.#book.history;
  }

  /**
   * The difference between two kept generations, by their numbers; secrets are masked, and left out for a caller who may not
   * see them masked.
   *
   * @throws ConfigError `unknown-generation`.
   */
  public diff(before: number, after: number): readonly SectionChange[] {
    return visibleDiff(factsOf(this.#book.find(before)), factsOf(this.#book.find(after)));
  }

  /**
   * Makes the settings of a kept generation current again, under a new number. The sources are unchanged, and the health
   * report shows the difference: they are tried again once one of them changes, or with {@link reload}.
   *
   * @throws ConfigError `unknown-generation`.
   */
  public async rollback(number: number): Promise<ReloadOutcome> {
    const target = this.#book.find(number);
    return this.#refuse('rollback()') ?? this.#pump.rollback(target);
  }

  /**
   * Loads and validates the settings for other selectors, such as `{ deployment: 'green' }`, beside those in use. They
   * replace these with `commit()`.
   *
   * @throws TypeError naming an option that cannot be used.
   * @throws ConfigError `reload-inside`, and what a load throws: of a source, or `invalid-settings` with all issues.
   */
  public async stage(options: StageOptions): Promise<StagedSettings> {
    const { caller } = this.#parts.inside;
    if (caller !== undefined) throw insideError('stage()', caller);
    const over = this.#parts.store.current;
    const { plan } = factsOf(over);
    const selectors = stagedSelectors(over.selectors, options);
    const { settle } = this.#parts.amounts;
    const { signal } = this.#life;
    const slots = new SourceSlots(this.#parts.options, plan, { selectors, settle, saves: false, isStaged: true });
    try {
      await slots.start(signal);
      // A last known good is no answer to switch to.
      const [outage] = slots.outages();
      if (outage !== undefined) throw outage;
      const answers = slots.answers();
      const request = { previous: over, answers, keysMoved: false, settle, selectors };
      const generation = await rebuildGeneration({ ...this.#parts.options, signal }, request);
      return new StagedSettings({
        staged: { generation, selectors, answers, over },
        store: this.#parts.store,
        pump: this.#pump,
        refuse: (what) => this.#refuse(what),
      });
    } finally {
      await slots.end();
    }
  }

  /**
   * What would become of the settings in use with an edit that nobody has saved: read, merged and validated as a reload
   * would, and then forgotten. Nothing is logged, prepared or committed.
   *
   * @param layer the layer that would hold the edit; above all others when absent
   * @internal
   */
  public async preview(edits: readonly UnsavedEdit[], layer?: string): Promise<Preview> {
    const previous = this.#parts.store.current;
    const answers = editedAnswers(previous, edits, layer);
    if (typeof answers === 'string') return { status: 'refused', why: answers };
    const silent = { logger: silentLogger, metrics: guardMetrics(undefined), tracer: undefined };
    const quiet = { ...this.#parts.options, ...silent, signal: this.#life.signal };
    try {
      const request = { previous, answers, keysMoved: false, settle: this.#parts.amounts.settle };
      const generation = await rebuildGeneration(quiet, request);
      // Whether a guess changes anything would give the secret away.
      if (feedsSecret(generation)) return { status: 'refused', why: 'A secret cannot be edited here.' };
      return { status: 'accepted', generation, previous };
    } catch (error) {
      if (ConfigError.is(error)) return { status: 'rejected', error };
      throw error;
    }
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

  /**
   * The generation in use.
   *
   * @internal
   */
  public get current(): Generation {
    return this.#parts.store.current;
  }

  public status(): ReloadStatus {
    const last = this.#book.history.at(-1);
    const { current } = this.#parts.store;
    const since = last?.time ?? current.time;
    const { trusted } = this.#pump.mover;
    return {
      state: this.#state(),
      generation: current.number,
      since,
      // The machine's time may be set back.
      age: Math.max(0, this.#parts.clock.now() - since),
      reason: last?.reason ?? '',
      waiting: this.#pump.waiting,
      ...(trusted !== undefined && { trusted }),
      wanted: this.#pump.wanted,
      participants: this.#transaction.resources.map(({ participant, generation, lags = false }) => {
        return { name: participant.name, kind: participant.kind, generation, lags };
      }),
      restartRequired: this.#wishes.changes,
      ...this.#book.rejections,
    };
  }

  /** The sources, in their order. */
  public sources(): readonly SourceName[] {
    return this.#parts.options.sources.map(({ name }, index) => ({
      index,
      source: name ?? `source ${String(index + 1)}`,
    }));
  }

  /** The sections, in the order of their declaration. */
  public sections(): readonly SectionStatus[] {
    const { entries, number } = this.#parts.store.current;
    return entries.map(({ path, target, name, domain }, index) => ({
      section: formatPath(path),
      target,
      ...(name !== undefined && { name }),
      ...(domain !== undefined && { domain }),
      changedIn: this.#ages.changedIn(index) ?? number,
    }));
  }

  /**
   * Ends watching, waits for what is under way, and closes the sources. The process can end by itself then. What takes
   * longer than the option `closeTimeout` is not waited for any more: the log names it, as `config.close.abandoned`. From
   * within `prepare` of a dependant or a listener it begins, and does not wait.
   */
  public async close(): Promise<void> {
    this.#closing ??= this.#close();
    // A call that the closing waits for must not wait for the closing.
    if (this.#parts.inside.caller === undefined) await this.#closing;
  }

  public async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#life.abort();
    this.#stopAge();
    this.#parts.work.add(
      'a reload',
      this.#pump.close().then(() => {
        this.#transaction.close();
      }),
    );
    this.#parts.work.add('the last known good', this.#parts.slots.end());
    await closeReloads(this.#parts);
  }

  /** Before anything listens: a refused answer must not be tried by accident. */
  async #hold(): Promise<void> {
    await this.#parts.slots.refresh();
    // A source that cannot be used now is looked at as ever.
    await this.#pump.hold().catch(() => undefined);
  }

  #state(): ReloadStatus['state'] {
    if (this.#closing !== undefined) return 'closed';
    if (this.#pump.queue.isRunning) return 'reloading';
    return this.#pump.queue.isPaused ? 'paused' : 'idle';
  }

  /** The refusal of a call that would wait for itself. */
  #refuse(what: string): ReloadOutcome | undefined {
    const { caller } = this.#parts.inside;
    return caller === undefined ? undefined : this.#book.rejected(insideError(what, caller));
  }

  #refuseDomain(domain: string): ReloadOutcome | undefined {
    try {
      checkDomain(this.#parts.store.current.entries, domain);
      return undefined;
    } catch (error) {
      if (ConfigError.is(error)) return this.#book.rejected(error);
      throw error;
    }
  }

  /** What a reload of a domain reads; it is logged, because what else has changed stays unread. */
  #sourcesOf(domain: string, reason: string): readonly SourceName[] {
    const places = new Set(sourcesOf(factsOf(this.#parts.store.current), (entry) => entry.domain === domain));
    const all = this.sources();
    const read = all.filter(({ index }) => places.has(index));
    const names = read.map(({ source }) => source);
    this.#parts.logger.log({
      level: 'info',
      event: 'config.reload.domain',
      message: `The domain ${domain} is reloaded: ${names.length === 0 ? 'no source provides' : `${names.join(', ')} of ${String(all.length)} sources ${names.length === 1 ? 'provides' : 'provide'}`} settings to it.`,
      fields: { domain, reason, sources: names },
    });
    return read;
  }

  /** Publishes changes that wait for a restart, each once. False when there was nothing to publish. */
  #tellWishes(generation: Generation): boolean {
    const paths = this.#wishes.update(factsOf(generation).wishes);
    if (paths.length === 0) return false;
    const { number } = this.#parts.store.current;
    this.events.publish({ type: 'RestartRequired', time: this.#parts.clock.now(), generation: number, paths });
    return true;
  }
}
