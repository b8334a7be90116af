import type { Clock, ConfigMetricsPort, ConfigSource, LoadContext, LoadResult, Revision } from '../../core/index.js';
import { ConfigError, guardMetrics, isConfigLayer, isLoadAnswer } from '../../core/index.js';
import { type CheckedPolicy, layersOf, type SourceAnswer, USUAL_BACKOFF } from '../recovery/index.js';
import { rememberHeld, unlessEqual, type HeldAnswer } from './held-answer.js';
import { type EndOfReads, loadWithin } from './load-within.js';
import { readFailure, type ReadFailure } from './read-failure.js';
import { RevisionFloor } from './revision-floor.js';
import { nextRead, type Pace } from './slot-pace.js';
import type { SourceHealth, SourceStatus } from './source-health.js';

/** What all slots of a list have in common. */
export interface SlotWorld {
  /** Another object once other selectors apply. */
  readonly context: Omit<LoadContext, 'signal'>;
  readonly clock: Clock;
  readonly ending: EndOfReads;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly metrics?: ConfigMetricsPort | undefined;
  /** Milliseconds that a file may be gone before that counts. */
  readonly settle: number;
  /** Whether slots read of their own accord: not at all, those that ask for it, or all that fail. */
  readonly reads: 'told' | 'own' | 'all';
  /** What a start may go on with where the source gives no answer. */
  standIn(slot: SourceSlot): Promise<HeldAnswer | undefined>;
  /** What the slot holds is another, or it has become or ceased to be bad. */
  moved(slot: SourceSlot): void;
  statusChanged(health: SourceHealth, before: SourceStatus | undefined): void;
  /** The time has come for a read of its own. */
  due(slot: SourceSlot, reason: string): void;
}

export interface SlotPlace {
  readonly source: ConfigSource;
  /** The place of the source in the list, from 0. */
  readonly index: number;
  readonly name: string;
  readonly policy: CheckedPolicy | undefined;
  /** Milliseconds that one read may take. */
  readonly timeout: number;
  /** Milliseconds between two reads; read only on notice, when absent. */
  readonly poll: number | undefined;
}

interface NextRead {
  readonly pace: Pace;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly cancel: () => void;
}

/**
 * Holds the last good answer of one source. Reads alone, one read at a time, with its own time limit and its own pace; a
 * source that hangs or fails delays no other.
 */
export class SourceSlot {
  public readonly place: SlotPlace;
  readonly #world: SlotWorld;
  /** Of a source that has told a revision. */
  #floor: RevisionFloor | undefined;
  readonly #problems = new Map<string, string>();
  #held: HeldAnswer | undefined;
  /** What the source answered last, which may be equal to what is held. */
  #said: SourceAnswer | undefined;
  #trouble: ReadFailure | undefined;
  #attempts = 0;
  #goneSince: number | undefined;
  /** The milliseconds after which the server wants to be asked again. */
  #demand: number | undefined;
  #status: SourceStatus | undefined;
  #since = 0;
  #wanted: Set<string> | 'all' | undefined;
  #reading: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  #planned: NextRead | undefined;

  public constructor(place: SlotPlace, world: SlotWorld, held?: HeldAnswer) {
    this.place = place;
    this.#world = world;
    this.#held = held;
    if (held === undefined) return;
    rememberHeld(held);
    this.#status = statusOf(place.source, held, undefined);
    this.#since = world.clock.now();
  }

  /** The latest answer of the source; `undefined` before its first one. */
  public get layers(): SourceAnswer | undefined {
    return this.#held?.layers;
  }

  /** Why its last known good replaces it; `undefined` when that does not. */
  public get outage(): ConfigError | undefined {
    return this.#held?.from === 'last-known-good' ? this.#trouble?.error : undefined;
  }

  /** Why nothing can be built on the source's answer. */
  public get bad(): ConfigError | undefined {
    return this.#trouble?.kind === 'bad' ? this.#trouble.error : undefined;
  }

  /** Why there is nothing to start with. */
  public get missing(): ConfigError | undefined {
    return this.#held === undefined ? this.#trouble?.error : this.bad;
  }

  /**
   * Reads once more; resolves when a read has ended that began after this call. Never rejects. All calls while one read is
   * under way share the next.
   *
   * @param ids for a multi-document source those to read, at least; all when absent
   */
  // Not async: that would make a promise for each of them.
  public read(ids?: WantedIds): Promise<void> {
    this.#wanted = joinIds(this.#wanted, ids ?? 'all');
    if (this.#reading === undefined) return this.#begin();
    return (this.#following ??= this.#reading.then(() => {
      this.#following = undefined;
      return this.#begin();
    }));
  }

  /** The source has given notice of a revision. False when it is known already. */
  public notify(revision: Revision | undefined): boolean {
    if (revision === undefined) return true;
    return (this.#floor ??= new RevisionFloor()).notify(revision, this.#world.clock.monotonic());
  }

  /** Replaces the source's answer, because that cannot be used. */
  public standOn(held: HeldAnswer): void {
    rememberHeld(held);
    this.#update(() => {
      this.#held = held;
    });
    this.#world.moved(this);
  }

  /** Restarts with the source's answer for other selectors; with the one for the former where that is not known. */
  public switchTo(held: HeldAnswer | undefined): void {
    if (held !== undefined) rememberHeld(held);
    this.#update(() => {
      this.#held = held ?? this.#held;
      this.#said = undefined;
      this.#trouble = undefined;
      this.#attempts = 0;
      this.#goneSince = undefined;
    });
    this.#world.moved(this);
  }

  /** Notes what is wrong besides the answers, in a sentence; `undefined` when it no longer is. */
  public note(what: string, sentence: string | undefined): void {
    if (sentence === undefined) this.#problems.delete(what);
    else this.#problems.set(what, sentence);
  }

  public begin(): void {
    this.#plan();
  }

  public stop(): void {
    this.#planned?.cancel();
    this.#planned = undefined;
  }

  /**
   * The health of the source; `undefined` before it has been read.
   *
   * @param inUse its layers in the settings in use
   */
  public health(inUse?: SourceAnswer): SourceHealth | undefined {
    const held = this.#held;
    if (this.#status === undefined) return undefined;
    const { clock } = this.#world;
    const { error } = this.#trouble ?? {};
    const seen = this.#floor?.seen;
    return Object.freeze({
      index: this.place.index,
      source: this.place.name,
      status: this.#status,
      since: this.#since,
      ...(held?.readAt !== undefined && { age: Math.max(0, clock.now() - held.readAt) }),
      ...(seen !== undefined && { revision: String(seen) }),
      ...(inUse !== undefined && held !== undefined && inUse !== held.layers && { inUse: false }),
      ...(error !== undefined && { code: error.code, message: error.message.split('\n', 1)[0] ?? '' }),
      attempts: this.#attempts,
      ...(this.#planned !== undefined && { nextAttempt: this.#planned.at }),
      ...(this.#problems.size > 0 && { problems: Object.freeze([...this.#problems.values()]) }),
    });
  }

  #begin(): Promise<void> {
    return (this.#reading = this.#readOnce().finally(() => {
      this.#reading = undefined;
    }));
  }

  async #readOnce(): Promise<void> {
    const { ending, clock, metrics, context } = this.#world;
    const { source, name, timeout } = this.place;
    const started = clock.monotonic();
    const held = this.#held;
    const wanted = this.#wanted;
    this.#wanted = undefined;
    const floor = this.#floor?.floor;
    try {
      const answer = await loadWithin(
        source,
        name,
        {
          ...context,
          // A source is given its own previous answer, never the replacement of one.
          ...(held?.from === 'source' && { previous: this.#said ?? held.layers }),
          ...(floor !== undefined && { floor }),
          // Without the others, some documents would be all there are; so too where the last read has failed.
          ...(wanted !== 'all' &&
            held?.from === 'source' &&
            this.#trouble === undefined && { ids: [...(wanted ?? [])] }),
          ...(metrics !== undefined && { bytesRead: countBytes(metrics, name) }),
        },
        { clock, timeout, end: ending },
      );
      ending.throwIfReached();
      // A read for other selectors than the current ones; the change of selectors has started another read.
      if (context !== this.#world.context) return;
      this.#take(answer);
      if (context.logger.isEnabled?.('debug') !== false) this.#logRead(clock.monotonic() - started);
    } catch (thrown) {
      // Given up, which means nothing for the source.
      if (ending.isReached || context !== this.#world.context) return;
      await this.#fail(readFailure(name, thrown));
    }
    this.#plan();
  }

  #take(answer: LoadResult): void {
    const { clock } = this.#world;
    const { name } = this.place;
    const about = isLoadAnswer(answer) ? answer : undefined;
    const value = about?.value ?? answer;
    if (about?.revision !== undefined) this.#floor ??= new RevisionFloor();
    const verdict = this.#floor?.take(about?.revision, clock.monotonic());
    if (verdict === 'behind') throw behind(name, this.#floor?.floor);
    if (verdict === 'lapsed') this.#logLapse();
    const layers = layersOf(answer, name);
    const before = this.#held;
    // Only of layers of its own without revisions the places may be others where the values are equal.
    const isPlain = about?.revision !== undefined || (!isConfigLayer(value) && !Array.isArray(value));
    const kept = before?.from === 'source' ? unlessEqual(before.layers, layers, isPlain) : layers;
    const readAt = Math.min(clock.now(), about?.at ?? Infinity);
    const hasMoved = kept !== before?.layers || this.bad !== undefined;
    const held: HeldAnswer = { layers: kept, from: 'source', readAt };
    rememberHeld(held);
    this.#update(() => {
      this.#held = held;
      this.#said = layers;
      this.#trouble = undefined;
      this.#attempts = 0;
      this.#goneSince = undefined;
      this.#demand = about?.next;
    });
    if (hasMoved) this.#world.moved(this);
  }

  async #fail(failure: ReadFailure): Promise<void> {
    const { clock, ending } = this.#world;
    if (failure.error.code === 'source-not-found' && this.#held?.from === 'source') {
      this.#goneSince ??= clock.monotonic();
      // A file that is replaced is gone for a moment.
      if (this.#trouble === undefined && clock.monotonic() - this.#goneSince < this.#world.settle) return;
    }
    const found = failure.kind === 'none' && this.#held === undefined ? await this.#world.standIn(this) : undefined;
    if (ending.isReached) return;
    const before = this.bad;
    // No answer after a bad one changes nothing: half an edit must not slip in.
    const trouble = before !== undefined && failure.kind === 'none' ? this.#trouble : failure;
    if (found !== undefined) rememberHeld(found);
    this.#update(() => {
      this.#held ??= found;
      this.#trouble = trouble;
      this.#attempts++;
      this.#demand = failure.retryAfter;
    });
    if (found !== undefined || this.bad?.message !== before?.message) this.#world.moved(this);
  }

  #update(change: () => void): void {
    change();
    const before = this.#status;
    const status = this.#held && statusOf(this.place.source, this.#held, this.#trouble);
    if (status === before || status === undefined) return;
    this.#status = status;
    this.#since = this.#world.clock.now();
    // A first answer needs no report.
    const health = before === undefined && status === 'ok' ? undefined : this.health();
    if (health !== undefined) this.#world.statusChanged(health, before);
  }

  #plan(): void {
    if (this.#world.reads === 'told' || this.#world.ending.isReached) return;
    const { pace, delay } = this.#pace() ?? {};
    // Other triggers may read the source much more often than its backoff; that must not postpone its own turn forever.
    const isKept = pace === this.#planned?.pace && (pace === 'growing' || pace === 'refused');
    if (isKept) return;
    this.stop();
    if (pace === undefined || delay === undefined) return;
    const { clock } = this.#world;
    const reason = `${pace === 'poll' || pace === 'server' ? 'poll' : 'retry'} of ${this.place.name}`;
    const cancel = clock.after(delay, () => {
      this.#planned = undefined;
      this.#world.due(this, reason);
    });
    this.#planned = { pace, at: clock.now() + delay, cancel };
  }

  #pace(): ReturnType<typeof nextRead> {
    const { poll, policy } = this.place;
    const { clock, random, settle, reads } = this.#world;
    // A good answer, and nobody who wants another one.
    const isAtRest = this.#trouble === undefined && this.#goneSince === undefined && this.#demand === undefined;
    if (isAtRest && poll === undefined) return undefined;
    const usual = poll !== undefined || reads === 'all' ? USUAL_BACKOFF : undefined;
    const now = clock.monotonic();
    return nextRead({
      demand: this.#demand,
      poll,
      backoff: policy === undefined ? usual : policy.backoff,
      trouble: this.#trouble,
      attempts: this.#attempts,
      mayComeBackWithin: this.#goneSince === undefined ? undefined : this.#goneSince + settle - now,
      isUrgent: this.#floor?.isUrgent(now) ?? false,
      random,
    });
  }

  #logRead(milliseconds: number): void {
    const { name } = this.place;
    const layers = (this.layers ?? []).map((layer) => layer.name);
    const { logger } = this.#world.context;
    const fields = { source: name, layers, milliseconds };
    logger.log({ level: 'debug', event: 'config.source.read', message: `Read ${name}.`, fields });
  }

  #logLapse(): void {
    const { name } = this.place;
    this.#world.context.logger.log({
      level: 'warn',
      event: 'config.source.set-back',
      message: `${name} has answered an older revision than before for 5 minutes; it is taken to have been set back.`,
      fields: { source: name, revision: String(this.#floor?.seen) },
    });
  }
}

function statusOf(source: ConfigSource, held: HeldAnswer, trouble: ReadFailure | undefined): SourceStatus {
  if (trouble?.kind === 'bad') return 'bad';
  if (trouble !== undefined) return held.from === 'nobody' ? 'defaults' : 'stale';
  return source.optional === true && held.layers.length === 0 ? 'absent' : 'ok';
}

function behind(name: string, floor: Revision | undefined): ConfigError {
  return new ConfigError({
    code: 'source-behind',
    message: `${name} answers an older revision than ${String(floor)}, which it has notified or answered before.`,
    recovery: 'It is read again. If a backup was restored, the older revision is taken after 5 minutes.',
  });
}

function countBytes(metrics: ConfigMetricsPort, source: string): (count: number) => void {
  const { count } = guardMetrics(metrics);
  return (bytes) => {
    count('config.source.read', bytes, { source });
  };
}

/** The documents that a read is to be of. */
export type WantedIds = ReadonlySet<string> | 'all';

/** What two want together. */
export function joinIds(one: Set<string> | 'all' | undefined, other: WantedIds): Set<string> | 'all' {
  if (one === 'all' || other === 'all') return 'all';
  // In place: there may be thousands of notices in one window.
  const ids = one ?? new Set();
  for (const id of other) ids.add(id);
  return ids;
}
