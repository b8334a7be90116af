import { setMaxListeners } from 'node:events';
import {
  ConfigError,
  formatPath,
  guardLogger,
  silentLogger,
  systemClock,
  type Clock,
  type ConfigLogger,
} from '../../core/index.js';
import { Duration } from '../../sections/index.js';
import type { ConfigStore } from '../config-store.js';
import { diffGenerations } from '../diff-generations.js';
import { ConfigEvents, type SectionChange } from '../events/index.js';
import { Generation } from '../generation.js';
import { loadGeneration } from '../load-generation.js';
import type { RestartWish } from '../hold-restart-fields.js';
import type { LoadOptions } from '../load-options.js';
import { abandonAll, prepareDependants, type ConfigDependant, type Prepared } from './dependant.js';
import { GenerationHistory, type HistoryEntry } from './generation-history.js';
import type { ReloadOptions } from './reload-options.js';
import type { ReloadOutcome, ReloadStatus, SectionStatus, SourceName } from './reload-outcome.js';
import { meterAge, meteredReload, moveMeter } from './reload-meter.js';
import type { SourceHealth, SourceRecovery, SourceStatus } from '../recovery/index.js';
import { ReloadQueue, type QueuedRun } from './reload-queue.js';
import { RestartWishes } from './restart-wishes.js';
import { SectionAges } from './section-ages.js';
import { startTriggers } from './triggers.js';
import { verifyGeneration } from './verify.js';

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
  readonly #options: LoadOptions;
  readonly #reload: ReloadOptions;
  readonly #recovery: SourceRecovery | undefined;
  readonly #clock: Clock;
  readonly #logger: ConfigLogger;
  readonly #queue: ReloadQueue<ReloadOutcome>;
  readonly #history: GenerationHistory;
  readonly #dependants = new Set<ConfigDependant>();
  readonly #wishes: RestartWishes;
  readonly #ages: SectionAges;
  readonly #stopAge: () => void;
  readonly #meter: ReturnType<typeof moveMeter>;
  readonly #life = new AbortController();
  readonly #draining = new Set<Promise<unknown>>();
  /** Sources whose last word is not part of the current generation: they are read again whoever asks next. */
  #unsettled: ReadonlySet<number> | 'all' = new Set();
  readonly #staleSince = new Map<number, number>();
  #bake = new AbortController();
  #rejections = 0;
  #lastRejection: ReloadStatus['lastRejection'];
  #closing: Promise<void> | undefined;

  /** Made by the `ConfigModule`; a program gets it from the container. */
  public constructor(store: ConfigStore, options: LoadOptions, reload: ReloadOptions = {}, recovery?: SourceRecovery) {
    this.#store = store;
    // Every source listens to the end of the service; Node takes more than ten listeners for a mistake.
    setMaxListeners(0, this.#life.signal);
    this.#recovery = recovery;
    this.#options = options;
    this.#reload = reload;
    this.#clock = options.clock ?? systemClock;
    this.#logger = guardLogger(options.logger ?? silentLogger);
    this.#wishes = new RestartWishes(this.#logger);
    this.#ages = new SectionAges(store);
    this.events = new ConfigEvents({ logger: this.#logger, sections: store.current.entries });
    this.#history = new GenerationHistory(historyLimit(reload.history));
    this.#history.add(store.current, store.current.time, 'first load');
    for (const dependant of reload.dependants ?? []) this.#dependants.add(dependant);
    this.#queue = new ReloadQueue({
      clock: this.#clock,
      debounce: milliseconds('debounce', reload.debounce ?? '100ms'),
      run: async (request) => meteredReload(options, async () => this.#run(request)),
      closed: () => this.#rejected(closedError()),
    });
    this.#stopAge = meterAge(store, options);
    this.#meter = moveMeter(options);
  }

  /** Begins to watch sources and to listen to the signal, as the options say. */
  public async start(): Promise<void> {
    this.#keepLastKnownGood(this.#store.current);
    await startTriggers(this.#options.sources, this.#reload, {
      clock: this.#clock,
      logger: this.#logger,
      selectors: this.#store.current.selectors,
      pollInterval: milliseconds('pollInterval', this.#reload.pollInterval ?? '500ms'),
      signal: this.#life.signal,
      request: (reason, only) => void this.#queue.request(reason, only),
    });
  }

  /**
   * Reads all sources again and moves to what they say now. Never rejects: what went wrong is in the outcome. Requests
   * made while a reload runs are joined into one more.
   */
  public async reload(reason: string): Promise<ReloadOutcome> {
    return this.#queue.request(reason, undefined, true);
  }

  /** How the sources do that have been asked so far, in their order; empty where none has a recovery policy. */
  public sourceHealth(): readonly SourceHealth[] {
    return this.#recovery?.sourceHealth() ?? [];
  }

  /**
   * Asks for a reload of one source, for the recovery that retries it.
   *
   * @internal
   */
  public retrySource(index: number, reason: string): void {
    void this.#queue.request(reason, [index]);
  }

  /**
   * Publishes that a source went stale or came back.
   *
   * @internal
   */
  public sourceChanged(health: SourceHealth, before: SourceStatus | undefined): void {
    const facts = { time: this.#clock.now(), generation: this.#store.current.number, source: health.source };
    if (health.status === 'ok') {
      const after = Math.max(0, facts.time - (this.#staleSince.get(health.index) ?? facts.time));
      this.#staleSince.delete(health.index);
      this.events.publish({ type: 'SourceRecovered', ...facts, after });
    } else if (before === undefined || before === 'ok') {
      this.#staleSince.set(health.index, health.since);
      this.events.publish({ type: 'SourceStale', ...facts, since: health.since, error: outOfReach(health) });
    }
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
    return this.#history.entries;
  }

  /**
   * What differs between two kept generations, by their numbers; secrets are masked.
   *
   * @throws ConfigError `unknown-generation`.
   */
  public diff(before: number, after: number): readonly SectionChange[] {
    return diffGenerations(this.#history.find(before).facts, this.#history.find(after).facts);
  }

  /**
   * Makes the settings of a kept generation current again, under a new number. The sources still say what they say: the
   * next reload reads them.
   *
   * @throws ConfigError `unknown-generation`.
   */
  public async rollback(number: number): Promise<ReloadOutcome> {
    const target = this.#history.find(number);
    return this.#queue.exclusive(async () => this.#moveBack(target, `rollback to ${String(number)}`));
  }

  /** Adds a dependant that is asked before every commit from now on; the answer removes it. */
  public register(dependant: ConfigDependant): () => void {
    this.#dependants.add(dependant);
    return () => {
      this.#dependants.delete(dependant);
    };
  }

  public status(): ReloadStatus {
    const last = this.#history.entries.at(-1);
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
      rejections: this.#rejections,
      ...(this.#lastRejection !== undefined && { lastRejection: this.#lastRejection }),
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

  /** Ends watching, waits for what is under way, and closes the sources. The process can end by itself then. */
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
    await this.#queue.close();
    await this.#recovery?.close();
    await Promise.allSettled([...this.#draining]);
    await this.events.drain();
    this.events.close();
    await Promise.allSettled(this.#options.sources.map(async (source) => source.close?.()));
  }

  #state(): ReloadStatus['state'] {
    if (this.#closing !== undefined) return 'closed';
    if (this.#queue.isRunning) return 'reloading';
    return this.#queue.isPaused ? 'paused' : 'idle';
  }

  async #run({ reasons, only }: QueuedRun): Promise<ReloadOutcome> {
    const reason = reasons.join(', ');
    const previous = this.#store.current;
    const unsettled = this.#unsettled;
    const wanted = only === undefined || unsettled === 'all' ? undefined : new Set([...only, ...unsettled]);
    // Until this run has ended well, what it read has not been taken in.
    this.#unsettled = wanted ?? 'all';
    let next: Generation;
    let wishes: readonly RestartWish[] = [];
    let left: ReadonlySet<number> = new Set();
    try {
      const options = { ...this.#options, signal: this.#life.signal };
      next = await loadGeneration(options, {
        previous,
        ...(this.#recovery !== undefined && { recovery: this.#recovery }),
        ...(wanted !== undefined && { only: wanted }),
        wished: (found) => {
          wishes = found;
        },
        left: (sources) => {
          left = sources;
        },
      });
    } catch (error) {
      // Given up because the service closes: nobody's settings were refused.
      if (this.#life.signal.aborted) return this.#rejected(closedError());
      return this.#reject(asConfigError(error), reason);
    }
    if (next === previous) {
      // A wish alone makes no generation, so what was read is not kept, and must be read again to know the wish again.
      this.#unsettled = wishes.length === 0 ? left : (wanted ?? 'all');
      if (!this.#tellWishes(wishes)) return this.#unchanged(reason);
      this.#heal();
      return { status: 'unchanged', generation: previous };
    }
    const outcome = await this.#moveTo(next, reason);
    if (outcome.status !== 'rejected') {
      this.#unsettled = new Set();
      this.#tellWishes(wishes);
    }
    return outcome;
  }

  async #moveTo(next: Generation, reason: string): Promise<ReloadOutcome> {
    const previous = this.#store.current;
    const sections = diffGenerations(previous.facts, next.facts);
    let prepared: readonly Prepared[];
    this.#meter.begin('prepare');
    try {
      prepared = await prepareDependants(this.#dependants, next, previous, { signal: this.#life.signal });
    } catch (error) {
      return this.#reject(asConfigError(error), reason);
    } finally {
      this.#meter.end();
    }
    if (this.#life.signal.aborted) {
      await abandonAll(prepared);
      return this.#rejected(closedError());
    }
    // From here to the last dependant nothing waits: whoever looks sees all of it or nothing.
    this.#bake.abort();
    this.#meter.begin('commit');
    this.#commit(next);
    for (const { dependant, change } of prepared) this.#commitDependant(dependant, change.commit.bind(change));
    this.#meter.end();
    const time = this.#clock.now();
    this.#history.add(next, time, reason);
    this.#heal();
    this.#log('info', 'config.reloaded', `Generation ${String(next.number)} is current: ${reason}.`, {
      generation: next.number,
      reason,
      sections: sections.map(({ section }) => section),
    });
    this.events.publish(
      { type: 'ConfigChanged', time, generation: next.number, previous: previous.number, reason, sections },
      { current: next, previous },
    );
    for (const { dependant, change } of prepared) this.#drain(dependant, change.drain?.bind(change));
    this.#keepLastKnownGood(next);
    this.#startBake(next, previous, reason);
    return { status: 'committed', generation: next, sections };
  }

  /** The sources have said other things since: whoever asks next, all of them are read. */
  async #moveBack(target: Generation, reason: string): Promise<ReloadOutcome> {
    const { current } = this.#store;
    if (diffGenerations(current.facts, target.facts).length === 0) return this.#unchanged(reason);
    const outcome = await this.#moveTo(renumbered(target, current), reason);
    if (outcome.status === 'committed') this.#unsettled = 'all';
    return outcome;
  }

  /** Publishes settings that are wanted otherwise than they stay, each wish once. False when there was nothing to say. */
  #tellWishes(wishes: readonly RestartWish[]): boolean {
    const paths = this.#wishes.update(wishes);
    if (paths.length === 0) return false;
    const { number: generation } = this.#store.current;
    this.events.publish({ type: 'RestartRequired', time: this.#clock.now(), generation, paths });
    return true;
  }

  #heal(): void {
    this.#rejections = 0;
    this.#lastRejection = undefined;
  }

  #keepLastKnownGood(generation: Generation): void {
    const saving = (this.#recovery?.save(generation.facts) ?? Promise.resolve()).finally(() =>
      this.#draining.delete(saving),
    );
    this.#draining.add(saving);
  }

  #unchanged(reason: string): ReloadOutcome {
    const generation = this.#store.current;
    this.#heal();
    this.events.publish({ type: 'ConfigUnchanged', time: this.#clock.now(), generation: generation.number, reason });
    return { status: 'unchanged', generation };
  }

  #reject(error: ConfigError, reason: string): ReloadOutcome {
    const time = this.#clock.now();
    const generation = this.#store.current;
    this.#rejections++;
    this.#lastRejection = { time, reason, error };
    this.#log(
      'error',
      'config.reload.rejected',
      `The reload was rejected, generation ${String(generation.number)} stays: ${error.message}`,
      {
        generation: generation.number,
        reason,
        code: error.code,
        rejections: this.#rejections,
      },
    );
    this.events.publish({
      type: 'ConfigReloadRejected',
      time,
      generation: generation.number,
      reason,
      error,
      attempt: this.#rejections,
    });
    return this.#rejected(error);
  }

  #rejected(error: ConfigError): ReloadOutcome {
    return { status: 'rejected', generation: this.#store.current, error };
  }

  /** The commit stands whatever its listeners throw, and so does the service. */
  #commit(next: Generation): void {
    try {
      this.#store.commit(next);
    } catch (error) {
      const failures: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
      for (const failure of failures) {
        this.#logFailure('config.listener.failed', 'A listener of the commit failed; the commit stands', failure);
      }
    }
  }

  #commitDependant(dependant: ConfigDependant, commit: () => void): void {
    try {
      commit();
    } catch (error) {
      this.#logFailure('config.dependant.failed', `${dependant.name} failed at the commit`, error);
    }
  }

  #drain(dependant: ConfigDependant, drain: (() => Promise<void>) | undefined): void {
    if (drain === undefined) return;
    // In a function of its own, so that one that throws before it waits is no different from one that rejects.
    const draining = (async () => drain())()
      .catch((error: unknown) => {
        this.#logFailure('config.dependant.failed', `${dependant.name} could not let go of the old settings`, error);
      })
      .finally(() => this.#draining.delete(draining));
    this.#draining.add(draining);
  }

  #startBake(current: Generation, previous: Generation, reason: string): void {
    const { verify = [], bake = '0s' } = this.#reload;
    if (verify.length === 0) return;
    const control = (this.#bake = new AbortController());
    const baking = verifyGeneration(verify, current, previous, {
      bake: milliseconds('bake', bake),
      clock: this.#clock,
      signal: control.signal,
    }).then(async (discontent) => {
      if (discontent === undefined || control.signal.aborted) return;
      await this.#queue.exclusive(async () => this.#rollBackFrom(current, previous, discontent, reason));
    });
    const tracked = baking.finally(() => this.#draining.delete(tracked));
    this.#draining.add(tracked);
  }

  async #rollBackFrom(from: Generation, to: Generation, hook: string, reason: string): Promise<ReloadOutcome> {
    if (this.#store.current !== from) return { status: 'unchanged', generation: this.#store.current };
    const outcome = await this.#moveBack(to, `rolled back by ${hook}`);
    const error = new ConfigError({
      code: 'verification-failed',
      category: 'reload',
      message: `Generation ${String(from.number)} was rolled back: "${hook}" was not content with it.`,
    });
    this.#reject(error, reason);
    return outcome;
  }

  #log(level: 'info' | 'error', event: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#logger.log({ level, event, message, fields });
  }

  /** What was thrown may quote settings, so only its kind is told. */
  #logFailure(event: string, what: string, error: unknown): void {
    const kind = error instanceof Error ? error.name : 'something that is no error';
    this.#log('error', event, `${what}: it threw ${kind}.`, { kind });
  }
}

function outOfReach({ source, code = 'source-unreachable', message }: SourceHealth): ConfigError {
  return new ConfigError({ code, category: 'source', message: message ?? `${source} cannot be reached.` });
}

function renumbered(target: Generation, current: Generation): Generation {
  return new Generation({ ...target.facts, number: current.number + 1 });
}

function asConfigError(error: unknown): ConfigError {
  if (ConfigError.is(error)) return error;
  const kind = error instanceof Error ? error.name : 'something that is no error';
  return new ConfigError({
    code: 'reload-failed',
    category: 'reload',
    message: `The reload failed: it threw ${kind}.`,
  });
}

function closedError(): ConfigError {
  return new ConfigError({
    code: 'reload-closed',
    category: 'lifecycle',
    message: 'The reload service has been closed.',
  });
}

function milliseconds(option: string, value: string | Duration): number {
  try {
    return Duration.of(value).milliseconds;
  } catch (cause) {
    throw new TypeError(`reload.${option}: ${cause instanceof Error ? cause.message : 'not a duration'}`, { cause });
  }
}

function historyLimit(limit = 10): number {
  if (Number.isSafeInteger(limit) && limit >= 1) return limit;
  throw new TypeError('reload.history: a whole number from 1 on.');
}
