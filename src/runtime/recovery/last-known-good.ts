import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Clock, Selectors } from '../../core/index.js';
import { ConfigError, systemClock, systemCode } from '../../core/index.js';
import { ByteSize } from '../../sections/index.js';
import type { Snapshot } from './snapshot.js';
import { snapshotNumbers, snapshotPath, writeNewest } from './snapshot-files.js';
import { parseSnapshot, snapshotText } from './snapshot-text.js';

/** What {@link lastKnownGood} takes. */
export interface LastKnownGoodOptions {
  /** A folder for nothing else, one for each service; made with mode 0700 when it is absent. */
  readonly folder: string;
  /** How many snapshots are kept, at least 1; 3 when absent. */
  readonly keep?: number;
  /** The largest snapshot that is written or read; `16MiB` when absent. */
  readonly maxSize?: string | ByteSize;
  readonly clock?: Clock;
}

/** What {@link LastKnownGoodCache.load} found. */
export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** Milliseconds since then. */
  readonly age: number;
  /** The newer files that had to be passed over, because they are damaged or for other selectors. */
  readonly skipped: readonly string[];
}

/** How a search for a snapshot ended. */
export interface SnapshotSearch {
  readonly found: LoadedSnapshot | undefined;
  readonly skipped: readonly string[];
}

/**
 * Where snapshots of what the sources said outlive the process, for a start while a source is out of reach. Every file
 * is mode 0600, checksummed and written whole or not at all. No secret is in it as plain text: with a keyring what is
 * declared `@Secure` is encrypted, everything else that seems secret is left out, and a start that needs it fails unless a
 * source that wins over it sets it. Subpath: `uno-config`.
 *
 * @throws TypeError naming the option.
 * @example
 * ```ts
 * const cache = lastKnownGood({ folder: '/var/lib/orders/config' });
 * ```
 */
export function lastKnownGood(options: LastKnownGoodOptions): LastKnownGoodCache {
  return new LastKnownGoodCache(options);
}

/** What {@link lastKnownGood} makes. */
export class LastKnownGoodCache {
  public readonly folder: string;
  readonly #keep: number;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  #lastSave: Promise<void> = Promise.resolve();

  public constructor(options: LastKnownGoodOptions) {
    const { folder, keep = 3, maxSize = '16MiB', clock = systemClock } = options;
    if (typeof folder !== 'string' || folder === '') throw new TypeError('folder: name a folder.');
    if (!Number.isInteger(keep) || keep < 1) throw new TypeError('keep: must be a whole number, at least 1.');
    this.folder = resolve(folder);
    this.#keep = keep;
    this.#maxBytes = bytes(maxSize);
    this.#clock = clock;
  }

  /**
   * Writes a snapshot; one after the other.
   *
   * @throws ConfigError `last-known-good-too-large`, `last-known-good-not-saved`.
   */
  public async save(snapshot: Snapshot): Promise<void> {
    const text = snapshotText(snapshot);
    const size = Buffer.byteLength(text);
    if (size > this.#maxBytes) throw tooLarge(size, this.#maxBytes);
    const write = async (): Promise<void> => writeNewest(this.folder, text, this.#keep);
    // The one before has told its own caller how it ended.
    const saving = this.#lastSave.then(write, write);
    this.#lastSave = saving;
    try {
      await saving;
    } catch (error) {
      throw folderError('last-known-good-not-saved', `No snapshot can be written to ${this.folder}`, error);
    }
  }

  /**
   * The newest snapshot that is whole, and for these selectors if any are given; `undefined` when there is none.
   *
   * @throws ConfigError `last-known-good-unreadable` when the folder is there and cannot be read.
   */
  public async load(selectors?: Selectors): Promise<LoadedSnapshot | undefined> {
    return (await this.search(selectors)).found;
  }

  /**
   * What {@link load} gives, and what was passed over also when nothing is left.
   *
   * @internal
   */
  public async search(selectors?: Selectors): Promise<SnapshotSearch> {
    const skipped: string[] = [];
    for (const number of await this.#numbers()) {
      const path = snapshotPath(this.folder, number);
      const snapshot = await this.#read(path);
      if (snapshot !== undefined && (selectors === undefined || sameSelectors(snapshot.selectors, selectors))) {
        const { savedAt } = snapshot;
        return { found: { snapshot, savedAt, age: Math.max(0, this.#clock.now() - savedAt), skipped }, skipped };
      }
      skipped.push(path);
    }
    return { found: undefined, skipped };
  }

  async #numbers(): Promise<readonly number[]> {
    try {
      return await snapshotNumbers(this.folder);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw folderError('last-known-good-unreadable', `The folder ${this.folder} cannot be read`, error);
    }
  }

  /** A file that cannot be read is as good as a damaged one. */
  async #read(path: string): Promise<Snapshot | undefined> {
    try {
      // Without blocking, and through no link: only what we wrote ourselves is trusted.
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      try {
        const stats = await file.stat();
        if (!stats.isFile() || stats.size > this.#maxBytes) return undefined;
        return parseSnapshot(await file.readFile('utf8'));
      } finally {
        await file.close();
      }
    } catch {
      // Whatever the reason, the one before it is asked instead, and the caller is told that this one was skipped.
      return undefined;
    }
  }
}

function sameSelectors(a: Selectors, b: Selectors): boolean {
  return a.environment === b.environment && a.region === b.region && a.deployment === b.deployment;
}

function bytes(maxSize: string | ByteSize): number {
  try {
    return ByteSize.of(maxSize).bytes;
  } catch (cause) {
    throw new TypeError(`maxSize: ${cause instanceof Error ? cause.message : 'not a size'}`, { cause });
  }
}

function tooLarge(size: number, maximum: number): ConfigError {
  return new ConfigError({
    code: 'last-known-good-too-large',
    category: 'reload',
    message: `The snapshot of ${String(size)} bytes is larger than the ${String(maximum)} bytes allowed.`,
    recovery: 'Raise the option maxSize of lastKnownGood(…), or declare lastKnownGood for fewer sources.',
  });
}

function folderError(code: string, what: string, error: unknown): ConfigError {
  const why = systemCode(error) || 'with an unknown error';
  return new ConfigError({
    code,
    category: 'reload',
    message: `${what}: the operating system answers ${why}.`,
    recovery: 'Check that the folder is on a writable disk and belongs to the user that runs this process.',
  });
}
