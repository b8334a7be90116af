import type { Clock, ConfigLayer, ConfigLogger, ConfigSource, LoadContext } from '../../core/index.js';
import { createLayer, guardLogger, systemClock } from '../../core/index.js';
import type { FailureKind } from './failure-kind.js';
import { failureKind } from './failure-kind.js';
import type { LastKnownGoodCache } from './last-known-good.js';
import { rebuildLayers } from './rebuild-layers.js';
import { policyOf } from './recovery-policy.js';
import type { CommittedSources, KeptSource } from './snapshot-keeper.js';
import { SnapshotKeeper } from './snapshot-keeper.js';
import type { SourceHealth, SourceStatus } from './source-health.js';
import { sourceKeys } from './source-keys.js';
import { SourceRetry } from './source-retry.js';
import { SourceTrack } from './source-track.js';
import { markStandIn } from './stand-in.js';
import { logStatus } from './log-status.js';

/** What a {@link SourceRecovery} works with. */
export interface SourceRecoveryOptions {
  readonly sources: readonly ConfigSource[];
  readonly logger: ConfigLogger;
  readonly clock?: Clock;
  /** From 0 up to, not including, 1; `Math.random` when absent. */
  readonly random?: () => number;
  /** Must be given when a source declares `lastKnownGood`. */
  readonly lastKnownGood?: LastKnownGoodCache;
  /** Whether it is written, too; true when absent. */
  readonly saves?: boolean;
  /** Asks for a reload of one source; without it no source is asked again in the background. */
  readonly requestReload?: (sourceIndex: number, reason: string) => void;
  /** Told when a source gets into another status, but not of a first `ok`. */
  readonly onStatus?: (health: SourceHealth, before: SourceStatus | undefined) => void;
}

/** What stands in for a source when it cannot be reached. */
interface StandIn {
  readonly status: 'stale' | 'defaults';
  readonly layers: readonly ConfigLayer[];
  /** When the source said so. */
  readonly readAt: number | undefined;
}

/**
 * Carries out what {@link withRecovery} declares, for the sources of one list: decides what stands in for a source that
 * is out of reach, asks it again, and knows how each source does.
 */
export class SourceRecovery {
  readonly #options: SourceRecoveryOptions;
  readonly #logger: Required<ConfigLogger>;
  readonly #clock: Clock;
  readonly #tracks: readonly SourceTrack[];
  readonly #keeper: SnapshotKeeper | undefined;
  /** By layer, because a load that read a source may yet be rejected, and then the layers before stay in use. */
  readonly #history = new WeakMap<ConfigLayer, Omit<StandIn, 'layers'>>();
  #isClosed = false;

  /** @throws TypeError when a source declares `lastKnownGood` and the option is not given. */
  public constructor(options: SourceRecoveryOptions) {
    const { sources, lastKnownGood, clock = systemClock } = options;
    this.#options = options;
    this.#logger = guardLogger(options.logger);
    this.#clock = clock;
    this.#keeper = lastKnownGood && new SnapshotKeeper(lastKnownGood, this.#logger, () => clock.now());
    const keys = sourceKeys(sources);
    this.#tracks = sources.map((source, index) => this.#track(source, index, keys[index] ?? ''));
  }

  /**
   * Reads a source, or finds what stands in for it: what it said before (`context.previous`), the last known good, no
   * values at all.
   *
   * @param attempt reads the source within its time, and gives its layers
   * @throws what `attempt` throws when nothing may stand in.
   */
  public async read(
    index: number,
    context: LoadContext,
    attempt: () => Promise<readonly ConfigLayer[]>,
  ): Promise<readonly ConfigLayer[]> {
    const track = this.#tracks[index];
    if (track === undefined) return attempt();
    try {
      const layers = await attempt();
      for (const layer of layers) this.#history.set(layer, { status: 'stale', readAt: this.#clock.now() });
      track.retry?.stop();
      this.#update(track, () => {
        track.succeeded();
      });
      return layers;
    } catch (error) {
      return await this.#standIn(track, error, context);
    }
  }

  /** Keeps what the sources of a committed generation said. Never fails: a failure is logged. */
  public async save(committed: CommittedSources): Promise<void> {
    if (this.#options.saves === false) return;
    const kept = new Map<number, KeptSource>();
    for (const { index, key, policy, readAt } of this.#tracks) {
      if (policy?.lastKnownGood !== true) continue;
      const [layer] = committed.layersOf(index);
      const known = layer && this.#history.get(layer.layer);
      // Defaults are not what the source said, and must not pass for it at the next start.
      if (known?.status !== 'defaults') kept.set(index, { key, readAt: known?.readAt ?? readAt ?? this.#clock.now() });
    }
    if (kept.size > 0) await this.#keeper?.save(committed, kept);
  }

  /** How the sources do that have been asked so far, in their order. */
  public sourceHealth(): readonly SourceHealth[] {
    return this.#tracks.flatMap((track) => track.health() ?? []);
  }

  /** Asks for no source any more, and lets a write that is under way end. */
  public async close(): Promise<void> {
    this.#isClosed = true;
    for (const { retry } of this.#tracks) retry?.stop();
    await this.#keeper?.settled();
  }

  #track(source: ConfigSource, index: number, key: string): SourceTrack {
    const { random = Math.random, lastKnownGood, requestReload } = this.#options;
    const name = source.name ?? `source ${String(index + 1)}`;
    const policy = policyOf(source);
    if (policy?.lastKnownGood === true && lastKnownGood === undefined) {
      throw new TypeError(
        `lastKnownGood: sources[${String(index)}] wants it; name a folder with lastKnownGood({ folder }).`,
      );
    }
    const backoff = requestReload && policy?.backoff;
    const ask = (): void => {
      this.#guard(() => requestReload?.(index, `retry of ${name}`));
    };
    const retry = backoff && new SourceRetry({ backoff, clock: this.#clock, random, ask });
    return new SourceTrack({ index, name, key, policy, retry }, this.#clock);
  }

  async #standIn(track: SourceTrack, error: unknown, context: LoadContext): Promise<readonly ConfigLayer[]> {
    const kind = failureKind(error);
    const { previous } = context;
    const found = kind === 'broken' || track.policy === undefined ? undefined : await this.#find(track, context);
    // Given up by the caller, which says nothing of the source.
    if (context.signal.aborted) throw error;
    // A start that fails is over; a service that runs wants its source back, whatever is wrong with it.
    if (found !== undefined || previous !== undefined) this.#retry(track, kind);
    this.#update(track, () => {
      if (found !== undefined) track.failed(found.status, error, found.readAt);
      else track.failed('failed', error, previous && this.#saidBefore(track, previous).readAt);
    });
    if (found === undefined) throw error;
    for (const layer of found.layers) this.#history.set(layer, { status: found.status, readAt: found.readAt });
    return found.layers;
  }

  async #find(track: SourceTrack, { previous, ...selectors }: LoadContext): Promise<StandIn | undefined> {
    if (previous !== undefined) return this.#saidBefore(track, previous);
    const { policy, key, name } = track;
    const stored = policy?.lastKnownGood === true ? await this.#keeper?.find(key, selectors) : undefined;
    const nothing = createLayer({ name, tree: {} });
    if (stored !== undefined) {
      const layers = stored.layers.length > 0 ? rebuildLayers(stored) : [nothing];
      markStandIn(layers);
      return { status: 'stale', layers, readAt: stored.readAt };
    }
    if (policy?.defaults !== true) return undefined;
    markStandIn([nothing]);
    return { status: 'defaults', layers: [nothing], readAt: undefined };
  }

  #saidBefore(track: SourceTrack, layers: readonly ConfigLayer[]): StandIn {
    const [layer] = layers;
    const known = layer && this.#history.get(layer);
    return { status: known?.status ?? 'stale', layers, readAt: known === undefined ? track.readAt : known.readAt };
  }

  #retry({ retry }: SourceTrack, kind: FailureKind): void {
    if (!this.#isClosed) retry?.failed(kind);
  }

  #update(track: SourceTrack, change: () => void): void {
    const before = track.status;
    change();
    const health = track.health();
    if (health === undefined || health.status === before || (before === undefined && health.status === 'ok')) return;
    logStatus(this.#logger, health);
    this.#guard(() => this.#options.onStatus?.(health, before));
  }

  /** What others do with the news must stop neither the load nor the retries. */
  #guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      const message = `A listener of the source recovery failed: ${error instanceof Error ? error.message : 'no error'}`;
      this.#logger.log({ level: 'error', event: 'config.source.listener-failed', message, fields: {} });
    }
  }
}
