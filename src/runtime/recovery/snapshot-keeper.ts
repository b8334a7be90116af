import type { ConfigLogger, Selectors } from '../../core/index.js';
import { ConfigError } from '../../core/index.js';
import type { LastKnownGoodCache, LoadedSnapshot } from './last-known-good.js';
import type { SnapshotSource } from './snapshot.js';
import type { CanonicalLayer, SnapshotRules } from './take-snapshot.js';
import { snapshotLayer } from './take-snapshot.js';

/** What was committed; a generation's facts are such. */
export interface CommittedSources {
  /** The layers of a source, by its place among the sources. */
  readonly layersOf: (index: number) => readonly CanonicalLayer[];
  readonly plan: SnapshotRules;
  readonly selectors: Selectors;
}

/** How a source goes into a snapshot. */
export interface KeptSource {
  readonly key: string;
  readonly readAt: number;
}

/** Writes the last known good of the sources that want it, and reads it once for all of them. */
export class SnapshotKeeper {
  readonly #cache: LastKnownGoodCache;
  readonly #logger: ConfigLogger;
  readonly #now: () => number;
  #loaded: Promise<LoadedSnapshot | undefined> | undefined;
  #next: (() => Promise<void>) | undefined;
  #saving: Promise<void> | undefined;

  public constructor(cache: LastKnownGoodCache, logger: ConfigLogger, now: () => number) {
    this.#cache = cache;
    this.#logger = logger;
    this.#now = now;
  }

  /** What a source said last, as far as the disk knows. All sources are answered from one snapshot. */
  public async find(key: string, selectors: Selectors): Promise<SnapshotSource | undefined> {
    this.#loaded ??= this.#load(selectors);
    const loaded = await this.#loaded;
    return loaded?.snapshot.sources.find((source) => source.key === key);
  }

  /**
   * Keeps a committed generation. When several come while one is written, only the last of them is written next.
   *
   * @param kept which source, by its place, goes in, and how
   */
  public async save(committed: CommittedSources, kept: ReadonlyMap<number, KeptSource>): Promise<void> {
    this.#next = async () => this.#write(committed, kept);
    await (this.#saving ??= this.#writeAll());
  }

  /** Resolves when nothing is being written. */
  public async settled(): Promise<void> {
    await this.#saving;
  }

  async #writeAll(): Promise<void> {
    for (let write = this.#next; write !== undefined; write = this.#next) {
      this.#next = undefined;
      await write();
    }
    this.#saving = undefined;
  }

  async #write({ layersOf, plan, selectors }: CommittedSources, kept: ReadonlyMap<number, KeptSource>): Promise<void> {
    const sources = [...kept].map(([index, source]): SnapshotSource => {
      return { ...source, layers: layersOf(index).map((layer) => snapshotLayer(layer, plan)) };
    });
    try {
      await this.#cache.save({ savedAt: this.#now(), selectors, sources });
      this.#loaded = undefined;
    } catch (error) {
      // The generation is committed and serves; only the next start without its sources is at risk.
      this.#warn('config.last-known-good.not-saved', error);
    }
  }

  async #load(selectors: Selectors): Promise<LoadedSnapshot | undefined> {
    try {
      const { found, skipped } = await this.#cache.search(selectors);
      const instead = found === undefined ? 'there is none that can be used' : 'one before it is used';
      for (const file of skipped) {
        const message = `${file} is damaged, or for another environment; ${instead}.`;
        this.#logger.log({ level: 'warn', event: 'config.last-known-good.skipped', message, fields: { file } });
      }
      return found;
    } catch (error) {
      // The source that is out of reach is the error to report, not this.
      this.#warn('config.last-known-good.unreadable', error);
      return undefined;
    }
  }

  #warn(event: string, error: unknown): void {
    const message = error instanceof Error ? error.message : 'The last known good failed.';
    const fields = { folder: this.#cache.folder, ...(ConfigError.is(error) && { code: error.code }) };
    this.#logger.log({ level: 'warn', event, message, fields });
  }
}
