import {
  type Clock,
  type ConfigLogger,
  type Selectors,
  ConfigError,
  createLayer,
  sharedSelectors,
} from '../../core/index.js';
import { type SourceAnswer, markStandIn } from './source-answer.js';
import type { LastKnownGoodCache } from './last-known-good.js';
import { copyOf, rebuildLayers } from './rebuild-layers.js';
import { sealOf, type SnapshotSeal } from './snapshot-seal.js';
import type { Snapshot, SnapshotSource } from './snapshot.js';
import { type CanonicalLayer, type SnapshotRules, snapshotLayer } from './take-snapshot.js';

export interface KeeperOptions {
  readonly cache: LastKnownGoodCache;
  readonly logger: ConfigLogger;
  readonly clock: Clock;
  readonly selectors: () => Selectors;
  readonly rules: SnapshotRules;
  /** Whether it is written, too. */
  readonly saves: boolean;
}

export interface KeptAnswer {
  readonly key: string;
  readonly layers: readonly CanonicalLayer[];
  readonly readAt: number;
}

export interface FoundAnswer {
  readonly layers: SourceAnswer;
  readonly readAt: number;
}

/** Writes the last known good of the sources that want it, and reads it once for all of them. */
export class LastKnownGoodKeeper {
  readonly #options: KeeperOptions;
  readonly #seal: SnapshotSeal;
  /** How many usable copies are passed over, from the newest on. */
  #passed = 0;
  /** Why the newest copy is not used. */
  #obstacle: { readonly what: string; readonly fix?: string } | undefined;
  #copy: Promise<Snapshot | undefined> | undefined;
  #next: (() => Promise<string | undefined>) | undefined;
  #saving: Promise<string | undefined> | undefined;

  public constructor(options: KeeperOptions) {
    this.#options = options;
    this.#seal = sealOf(options.rules.secrets);
  }

  /** The last answer of a source. All sources are answered from one copy. */
  public async find(key: string, name: string): Promise<FoundAnswer | undefined> {
    this.#copy ??= this.#load();
    const copy = await this.#copy;
    const source = copy?.sources.find((other) => other.key === key);
    return source && found(source, name);
  }

  /** The error of a source without a usable copy, with what is wrong with the newest one. */
  public explained(error: ConfigError): ConfigError {
    if (this.#obstacle === undefined) return error;
    const { code, category, recovery } = error;
    const { what, fix = '' } = this.#obstacle;
    return new ConfigError({
      code,
      category,
      message: `${withoutRecovery(error)} Its last known good is not used: ${what}`,
      recovery: `${recovery} ${fix}`.trim(),
      cause: error,
    });
  }

  /** Goes on to the copy before, because the one in use no longer fits. False when there is none. */
  public async passOver(): Promise<boolean> {
    this.#passed++;
    this.#copy = this.#load();
    return (await this.#copy) !== undefined;
  }

  /**
   * Keeps the answers of sources. When several come while one is written, only the last of them is written next.
   *
   * @returns why it was not written, in a sentence
   */
  public async save(kept: readonly KeptAnswer[]): Promise<string | undefined> {
    if (!this.#options.saves) return undefined;
    this.#next = async () => this.#write(kept);
    return (this.#saving ??= this.#writeAll());
  }

  public async settled(): Promise<void> {
    await this.#saving;
  }

  async #writeAll(): Promise<string | undefined> {
    let failure: string | undefined;
    for (let write = this.#next; write !== undefined; write = this.#next) {
      this.#next = undefined;
      failure = await write();
    }
    this.#saving = undefined;
    return failure;
  }

  async #write(kept: readonly KeptAnswer[]): Promise<string | undefined> {
    const { cache, clock, selectors, rules } = this.#options;
    const sources = kept.map(({ key, readAt, layers }): SnapshotSource => {
      return { key, readAt, layers: layers.map((layer) => snapshotLayer(layer, rules)) };
    });
    try {
      await cache.save({ savedAt: clock.now(), selectors: sharedSelectors(selectors()), sources }, this.#seal);
      return undefined;
    } catch (error) {
      // The generation is committed and serves; only the next start without its sources is at risk.
      return this.#warn('config.last-known-good.not-saved', error);
    }
  }

  async #load(): Promise<Snapshot | undefined> {
    const { cache, logger, selectors, rules } = this.#options;
    try {
      await rules.secrets?.loaded;
      const { copies, skipped } = await cache.search(selectors(), this.#seal, this.#passed + 1);
      const copy = copies[this.#passed];
      const [newest] = skipped;
      this.#obstacle = newest && { ...newest, what: `${newest.file} ${newest.why}.` };
      const instead = copy === undefined ? 'there is no usable one' : 'one before it is used';
      for (const { file, why } of this.#passed > 0 ? [] : skipped) {
        const message = `${file} ${why}; ${instead}.`;
        logger.log({ level: 'warn', event: 'config.last-known-good.skipped', message, fields: { file, why } });
      }
      return copy?.snapshot;
    } catch (error) {
      // The source that is out of reach is the error to report, not this.
      this.#warn('config.last-known-good.unreadable', error);
      if (ConfigError.is(error)) {
        this.#obstacle = { what: withoutRecovery(error).replace(/^The/, 'the'), fix: error.recovery };
      }
      return undefined;
    }
  }

  #warn(event: string, error: unknown): string {
    const { cache, logger } = this.#options;
    const message = ConfigError.is(error) ? (error.message.split('\n', 1)[0] ?? '') : 'The last known good failed.';
    const fields = { folder: cache.folder, ...(ConfigError.is(error) && { code: error.code }) };
    logger.log({ level: 'warn', event, message, fields });
    return message;
  }
}

/** The recovery is the end of the message. */
function withoutRecovery({ message, recovery }: ConfigError): string {
  return message.slice(0, message.length - recovery.length).trimEnd();
}

function found(source: SnapshotSource, name: string): FoundAnswer {
  const layers = source.layers.length > 0 ? rebuildLayers(source) : [createLayer({ name: copyOf(name), tree: {} })];
  markStandIn(layers);
  return { layers, readAt: source.readAt };
}
