import {
  type Clock,
  type ConfigLogger,
  type ConfigSource,
  type LoadContext,
  type Revision,
  type Selectors,
  kindOfThrown,
  abortController,
  ConfigError,
  guardLogger,
  onAbort,
  OptionMistake,
  silentLogger,
  systemClock,
} from '../../core/index.js';
import { type LoadOptions, type LoadPlan, spanOf } from '../plan/index.js';
import { LastKnownGoodKeeper, policyOf, type CanonicalLayer, type SourceAnswer } from '../recovery/index.js';
import { EndOfReads } from './load-within.js';
import { heldOf, type HeldAnswer } from './held-answer.js';
import { joinFailures } from './read-failure.js';
import { logStatus, type SourceHealth, type SourceStatus } from './source-health.js';
import { isUsed, releaseSource, useSource } from './shared-source.js';
import { SourceSlot, type SlotPlace, type SlotWorld } from './source-slot.js';
import { isKept, nothingFor, SlotCopies } from './slot-copies.js';
import { beginWatch } from './begin-watch.js';
import { ChangeWindow, type MovedSlots } from './change-window.js';

/** What {@link SourceSlots} works with besides the options of the load. */
export interface SlotsOptions {
  readonly selectors: Selectors;
  /** Milliseconds for which a changed file must have been still, and an absent one gone; 500 when absent. */
  readonly settle?: number;
  /** Milliseconds in which changes are joined; 100 when absent. */
  readonly debounce?: number;
  /** Answers that the sources have given already, in their order: they are not read at the start. */
  readonly held?: readonly SourceAnswer[];
  /** What a start goes on with where a source gives no answer, after its last known good. */
  readonly standIn?: () => Promise<HeldAnswer | undefined>;
  /** Whether the last known good is written; true when absent. */
  readonly saves?: boolean;
  /** Whether it reads beside the slots that keep the settings current; false when absent. */
  readonly isStaged?: boolean;
  /** From 0 up to, not including, 1; `Math.random` when absent. */
  readonly random?: () => number;
}

/** Told of slots that have moved; it may go on with that for a while. */
export type MovedListener = (moved: MovedSlots) => void | Promise<void>;

export interface SlotWatchOptions {
  /** Milliseconds between two looks, for a source that has to look. */
  readonly pollInterval: number;
  /** Whether sources are watched; those with a `poll` or a recovery policy are read again in any case. */
  readonly watch: boolean;
}

/**
 * One slot for each source, each with the source's last good answer. Reading and committing are independent: a slot reads on
 * notice, on schedule, or on request, and a build takes the current answers of all slots.
 */
export class SourceSlots implements SlotWorld {
  public readonly clock: Clock;
  public readonly ending = new EndOfReads();
  public readonly random: () => number;
  public readonly metrics: LoadOptions['metrics'];
  public readonly settle: number;
  readonly #slots: readonly SourceSlot[];
  readonly #logger: Required<ConfigLogger>;
  /** What is the same for all selectors. */
  readonly #common: Omit<LoadContext, 'signal' | keyof Selectors>;
  #context: Omit<LoadContext, 'signal'>;
  /** Made when watching begins. */
  #watching: AbortController | undefined;
  /** Where there is a folder for the last known good. */
  readonly #copies: SlotCopies | undefined;
  readonly #extraStandIn: SlotsOptions['standIn'];
  #selectors: Selectors;
  readonly #bad = new Map<number, ConfigError>();
  #reads: 'told' | 'own' | 'all' = 'told';
  /** Of a watch that has begun, in milliseconds. */
  #pollInterval: number | undefined;
  #answers: SourceAnswer[];
  /** Slots that have moved since the answers were taken last. */
  readonly #moved = new Set<number>();
  readonly #debounce: number;
  /** Made at the first change. */
  #window: ChangeWindow | undefined;
  /** Whether it keeps the sources open. */
  #isUser = false;
  #movedListeners: MovedListener[] = [];
  #statusListeners: ((health: SourceHealth, before: SourceStatus | undefined) => void)[] = [];

  /** @throws TypeError naming the option. */
  public constructor(options: LoadOptions, plan: LoadPlan, extra: SlotsOptions) {
    const { sources, lastKnownGood, clock = systemClock, logger = silentLogger, metrics } = options;
    const { selectors, settle = 500, debounce = 100, held, saves = true, isStaged, random = Math.random } = extra;
    this.clock = clock;
    this.random = random;
    this.metrics = metrics;
    this.settle = settle;
    this.#logger = guardLogger(logger);
    this.#debounce = debounce;
    this.#extraStandIn = extra.standIn;
    this.#selectors = selectors;
    this.#common = {
      environments: plan.environments,
      schema: plan.schema,
      ...(plan.params !== undefined && { params: plan.params }),
      logger: this.#logger,
      clock,
      settle,
      ...(isStaged === true && { isStaged }),
    };
    this.#context = { ...selectors, ...this.#common };
    this.#slots = sources.map((source, index) => {
      const place = placeOf(source, index, plan.timeout);
      if (isKept(place) && lastKnownGood === undefined) {
        throw new OptionMistake(
          `lastKnownGood: sources[${String(index)}] needs it; name a folder with lastKnownGood({ folder }).`,
        );
      }
      const layers = held?.[index];
      const known = layers && (heldOf(layers) ?? { layers, from: 'source', readAt: clock.now() });
      return new SourceSlot(place, this, known);
    });
    if (lastKnownGood !== undefined) {
      const kept = { cache: lastKnownGood, logger: this.#logger, clock, rules: plan, saves };
      const keeper = new LastKnownGoodKeeper({ ...kept, selectors: () => this.#selectors });
      this.#copies = new SlotCopies({ keeper, slots: this.#slots, logger: this.#logger, now: () => clock.now() });
    }
    this.#answers = this.#slots.map(({ layers }) => layers ?? []);
  }

  public get context(): Omit<LoadContext, 'signal'> {
    return this.#context;
  }

  public get reads(): 'told' | 'own' | 'all' {
    return this.#reads;
  }

  /**
   * Reads all sources that have not been read, in parallel. Ends when each has answered or has a replacement.
   *
   * @throws ConfigError of the source when one fails, `sources-failed` when several do, `load-aborted`.
   */
  public async start(signal?: AbortSignal): Promise<void> {
    const giveUp = (): void => {
      this.ending.reach(() => aborted(signal?.reason));
    };
    if (signal?.aborted === true) giveUp();
    const release = signal === undefined || signal.aborted ? undefined : onAbort(signal, giveUp);
    try {
      this.ending.throwIfReached();
      await this.#readAll(this.#slots.filter(({ layers }) => layers === undefined));
      const failure = joinFailures(this.#slots.flatMap((slot) => this.#missing(slot) ?? []));
      if (failure !== undefined) throw failure;
    } finally {
      release?.();
    }
  }

  /**
   * Reads the sources at these places once more, all when absent. Ends when they have answered or failed, and throws only
   * when reading has ended for good. A late one does not delay the others: after 5 seconds they are reported.
   *
   * @param reason the reason in that report
   * @throws ConfigError the reason of the end.
   */
  public async refresh(which?: Iterable<number>, reason = 'asked'): Promise<void> {
    const slots = which === undefined ? this.#slots : [...which].flatMap((index) => this.#slots[index] ?? []);
    await this.#changes().during(this.#readAll(slots), reason);
  }

  /**
   * The current answers of all slots, in the order of the sources. A layer that is the same object as before is unchanged.
   *
   * @throws ConfigError of the source whose answer cannot be used, `sources-failed` of several.
   */
  public answers(): readonly SourceAnswer[] {
    const held = this.held();
    const bad = joinFailures([...this.#bad.values()]);
    if (bad !== undefined) throw bad;
    return held;
  }

  /** What {@link answers} gives, with the last good answer of a source whose answer cannot be used. */
  public held(): readonly SourceAnswer[] {
    // A list of its own for each state; of thousands of slots only those that have moved are looked at.
    if (this.#moved.size > 0) this.#answers = [...this.#answers];
    for (const index of this.#moved) this.#answers[index] = this.#slots[index]?.layers ?? [];
    this.#moved.clear();
    return this.#answers;
  }

  /** What the slot at a place holds, be it bad or good; `undefined` before its first answer. */
  public layersOf(index: number): SourceAnswer | undefined {
    return this.#slots[index]?.layers;
  }

  /** Why sources are unreachable whose last known good replaces them. */
  public outages(): readonly ConfigError[] {
    return this.#slots.flatMap(({ outage }) => outage ?? []);
  }

  /**
   * Goes on with older copies of the last known good, and with defaults after the oldest, because those in use no longer
   * fit the settings classes. False when there is nothing else to go on with.
   */
  public async standOnOlder(): Promise<boolean> {
    return (await this.#copies?.standOnOlder()) === true;
  }

  /**
   * Continues with the last known good of all sources that have one, whatever their answers. False when none has. Their own
   * answers are used after the next read.
   */
  public async standOnCopies(): Promise<boolean> {
    return (await this.#copies?.standOnAll()) === true;
  }

  public get selectors(): Selectors {
    return this.#selectors;
  }

  /** Calls back when slots have moved without a request; the result removes the listener. */
  public onMoved(listener: MovedListener): () => void {
    this.#movedListeners.push(listener);
    return () => {
      this.#movedListeners = this.#movedListeners.filter((other) => other !== listener);
    };
  }

  /** Calls back when a source gets into another status, but not of a first `ok`; the answer takes the listener away. */
  public onStatus(listener: (health: SourceHealth, before: SourceStatus | undefined) => void): () => void {
    this.#statusListeners.push(listener);
    return () => {
      this.#statusListeners = this.#statusListeners.filter((other) => other !== listener);
    };
  }

  /** Begins to watch the sources and to read them of its own accord. Waits no longer than 5 seconds for a source. */
  public async watch({ pollInterval, watch }: SlotWatchOptions): Promise<void> {
    this.#reads = watch ? 'all' : 'own';
    this.#isUser = true;
    for (const slot of this.#slots) {
      useSource(slot.place.source);
      slot.begin();
    }
    if (!watch || this.ending.isReached) return;
    this.#pollInterval = pollInterval;
    await this.#beginWatching(pollInterval);
  }

  /**
   * Reads for other selectors from now on.
   *
   * @param held the sources' answers for them, in their order; unknown ones are read again
   */
  public select(selectors: Selectors, held: readonly SourceAnswer[]): void {
    this.#selectors = selectors;
    this.#context = { ...selectors, ...this.#common };
    for (const slot of this.#slots) {
      const layers = held[slot.place.index];
      slot.switchTo(layers && (heldOf(layers) ?? { layers, from: 'source', readAt: this.clock.now() }));
    }
    if (this.#pollInterval === undefined) return;
    this.#watching?.abort();
    this.#watching = undefined;
    void this.#beginWatching(this.#pollInterval);
  }

  async #beginWatching(pollInterval: number): Promise<void> {
    const { signal } = (this.#watching ??= abortController());
    await Promise.all(
      this.#slots.map(async (slot) =>
        beginWatch(slot.place.source, slot.place.name, {
          ...this.#selectors,
          signal,
          pollInterval,
          settle: this.settle,
          clock: this.clock,
          logger: this.#logger,
          changed: (revision?: Revision, ids?: readonly string[]) => {
            this.#hear(slot, revision, ids);
          },
          failed: (sentence) => {
            slot.note('watch', sentence);
          },
        }),
      ),
    );
  }

  /**
   * The health of the sources that have been read, in their order.
   *
   * @param inUse what the settings in use were made from, in the order of the sources
   */
  public health(inUse?: readonly SourceAnswer[]): readonly SourceHealth[] {
    return this.#slots.flatMap((slot) => slot.health(inUse?.[slot.place.index]) ?? []);
  }

  public get keepsCopies(): boolean {
    return this.#copies?.areKept === true;
  }

  /**
   * Keeps the answers of a trusted generation's sources, by their places. Never fails: a failure is logged, and shows in the
   * health.
   */
  public async save(committed: (index: number) => readonly CanonicalLayer[]): Promise<void> {
    await this.#copies?.save(committed);
  }

  public moved(slot: SourceSlot): void {
    const { index } = slot.place;
    this.#moved.add(index);
    if (slot.bad === undefined) this.#bad.delete(index);
    else this.#bad.set(index, slot.bad);
  }

  public async standIn(slot: SourceSlot): Promise<HeldAnswer | undefined> {
    const copy = isKept(slot.place) ? await this.#copies?.find(slot) : undefined;
    return copy ?? (await this.#extraStandIn?.()) ?? nothingFor(slot.place);
  }

  public statusChanged(health: SourceHealth, before: SourceStatus | undefined): void {
    logStatus(this.#logger, health);
    for (const listener of this.#statusListeners)
      this.#guard(() => {
        listener(health, before);
      });
  }

  public due(slot: SourceSlot, reason: string): void {
    this.#changes().read(slot, reason, 'all');
  }

  /** Ends all reading and watching, and lets a write that is under way end. */
  public async end(): Promise<void> {
    this.ending.reach(closed);
    this.#watching?.abort();
    this.#window?.close();
    for (const slot of this.#slots) slot.stop();
    await this.#copies?.settled();
  }

  /** Closes the sources that no other list of slots uses. By name, because they may hang. */
  public closeSources(): readonly { readonly name: string; readonly closed: Promise<void> }[] {
    const isUser = this.#isUser;
    this.#isUser = false;
    return this.#slots.flatMap(({ place: { source, name } }) => {
      // One whose start has failed has not come to use it.
      const isLast = isUser ? releaseSource(source) : !isUsed(source);
      if (!isLast || source.close === undefined) return [];
      // In a function of its own, so that one that throws before it waits is no different from one that rejects.
      return [{ name, closed: (async () => source.close?.())() }];
    });
  }

  async #readAll(slots: readonly SourceSlot[]): Promise<void> {
    await Promise.all(slots.map(async (slot) => slot.read()));
    this.ending.throwIfReached();
  }

  #hear(slot: SourceSlot, revision: Revision | undefined, ids: readonly string[] | undefined): void {
    if (this.ending.isReached || !slot.notify(revision)) return;
    this.#changes().read(slot, `${slot.place.name} changed`, ids === undefined ? 'all' : new Set(ids));
  }

  #changes(): ChangeWindow {
    return (this.#window ??= new ChangeWindow(this.clock, this.#debounce, this.#moved, (moved) => {
      for (const listener of this.#movedListeners) this.#guard(() => listener(moved));
    }));
  }

  #missing(slot: SourceSlot): ConfigError | undefined {
    const { missing, bad } = slot;
    return missing === undefined || bad !== undefined ? missing : (this.#copies?.explained(slot, missing) ?? missing);
  }

  /** What others do with the news must stop neither the reads nor the retries. */
  #guard(tell: () => void | Promise<void>): void {
    const failed = (error: unknown): void => {
      const kind = kindOfThrown(error);
      const message = `A listener of the sources failed: it threw ${kind}.`;
      this.#logger.log({ level: 'error', event: 'config.source.listener-failed', message, fields: { kind } });
    };
    try {
      void tell()?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

function placeOf(source: ConfigSource, index: number, timeout: number): SlotPlace {
  return {
    source,
    index,
    name: source.name ?? `source ${String(index + 1)}`,
    policy: policyOf(source),
    timeout: spanOf(source, index, 'timeout') ?? timeout,
    poll: spanOf(source, index, 'poll'),
  };
}

function aborted(reason: unknown): ConfigError {
  if (ConfigError.is(reason)) return reason;
  return new ConfigError({ code: 'load-aborted', message: 'The load was given up by its caller.' });
}

function closed(): ConfigError {
  return new ConfigError({ code: 'load-aborted', message: 'Reading has ended.' });
}
