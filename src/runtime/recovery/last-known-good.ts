import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ByteSize, Clock, OptionKinds, Selectors, ConfigErrorCode } from '../../core/index.js';
import { ConfigError, isSameSelection, option, readOptions, systemClock, systemCode } from '../../core/index.js';
import type { Snapshot } from './snapshot.js';
import { foldersIn, removeFolder, snapshotNumbers, snapshotPath, writeNewest } from './snapshot-files.js';
import type { SnapshotSeal } from './snapshot-seal.js';
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

const KINDS = {
  folder: option.required(option.path),
  keep: option.or(option.count(), 3),
  maxSize: option.or(option.size, 16 * 1024 * 1024),
  clock: option.clock,
} satisfies OptionKinds<LastKnownGoodOptions>;

export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** Milliseconds since then. */
  readonly age: number;
  /** The newer files that had to be passed over, because they are damaged or for other selectors. */
  readonly skipped: readonly string[];
}

/** A file that cannot be used, and why: `is damaged`. */
export interface SkippedSnapshot {
  readonly file: string;
  readonly why: string;
  readonly fix?: string;
}

type Unusable = Omit<SkippedSnapshot, 'file'>;

const UNSEALED: Unusable = {
  why: 'is not sealed with our keys',
  fix: 'Start with the keyring that it was written with.',
};

export interface SnapshotSearch {
  /** Those that can be used, the newest first. */
  readonly copies: readonly Omit<LoadedSnapshot, 'skipped'>[];
  readonly skipped: readonly SkippedSnapshot[];
}

/**
 * Where snapshots of the sources' answers outlive the process, for a start while a source is unreachable. Every file is mode
 * 0600, checksummed and written atomically; a file that others may write, or that another user owns, is not read, and with a
 * keyring none that was not sealed with its keys. It holds no secret as plain text: with a keyring what is declared
 * `@Secure` is encrypted, everything else that looks secret is left out, and a start that needs it fails unless a source of
 * higher precedence sets it. Subpath: `uno-config`.
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

/** Snapshots in a folder, made with {@link lastKnownGood}. Subpath: `uno-config`. */
export class LastKnownGoodCache {
  public readonly folder: string;
  readonly #options: LastKnownGoodOptions;
  readonly #keep: number;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  #lastSave: Promise<void> = Promise.resolve();

  public constructor(options: LastKnownGoodOptions) {
    const { folder, keep, maxSize, clock = systemClock } = readOptions('lastKnownGood', options, KINDS);
    this.#options = options;
    this.folder = resolve(folder);
    this.#keep = keep;
    this.#maxBytes = maxSize;
    this.#clock = clock;
  }

  /**
   * Snapshots under the same rules in a folder below this one.
   *
   * @internal
   */
  public within(name: string): LastKnownGoodCache {
    return new LastKnownGoodCache({ ...this.#options, folder: join(this.folder, name) });
  }

  /**
   * The names of the folders below this one.
   *
   * @throws ConfigError `last-known-good-unreadable`.
   * @internal
   */
  public async folders(): Promise<readonly string[]> {
    try {
      return await foldersIn(this.folder);
    } catch (error) {
      throw folderError('last-known-good-unreadable', `The folder ${this.folder} cannot be read`, error);
    }
  }

  /**
   * Removes all snapshots, and the folder.
   *
   * @throws ConfigError `last-known-good-not-saved`.
   * @internal
   */
  public async remove(): Promise<void> {
    try {
      await removeFolder(this.folder);
    } catch (error) {
      throw folderError('last-known-good-not-saved', `The folder ${this.folder} cannot be removed`, error);
    }
  }

  /**
   * Writes a snapshot; one after the other.
   *
   * @throws ConfigError `last-known-good-too-large`, `last-known-good-not-saved`.
   * @internal
   */
  public async save(snapshot: Snapshot, seal?: SnapshotSeal): Promise<void> {
    const text = snapshotText(snapshot, seal);
    const size = Buffer.byteLength(text);
    if (size > this.#maxBytes) throw tooLarge(size, this.#maxBytes);
    const write = async (): Promise<void> => writeNewest(this.folder, text, this.#keep);
    // The previous save has reported its result to its own caller.
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
   * @internal
   */
  public async load(selectors?: Selectors): Promise<LoadedSnapshot | undefined> {
    const { copies, skipped } = await this.search(selectors);
    const [found] = copies;
    return found && { ...found, skipped: skipped.map(({ file }) => file) };
  }

  /**
   * What {@link load} gives, with older copies and the reasons for what was passed over.
   *
   * @param most how many copies are wanted
   * @internal
   */
  public async search(selectors?: Selectors, seal?: SnapshotSeal, most = 1): Promise<SnapshotSearch> {
    const skipped: SkippedSnapshot[] = [];
    const copies: Omit<LoadedSnapshot, 'skipped'>[] = [];
    for (const number of await this.#numbers()) {
      if (copies.length === most) break;
      const file = snapshotPath(this.folder, number);
      const read = await this.#read(file, seal);
      if ('why' in read) skipped.push({ file, ...read });
      else if (selectors !== undefined && !isSameSelection(read.selectors, selectors)) {
        skipped.push({ file, why: 'is for another environment, region, zone, deployment or cohort' });
      } else {
        const { savedAt } = read;
        copies.push({ snapshot: read, savedAt, age: Math.max(0, this.#clock.now() - savedAt) });
      }
    }
    return { copies, skipped };
  }

  async #numbers(): Promise<readonly number[]> {
    try {
      return await snapshotNumbers(this.folder);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw folderError('last-known-good-unreadable', `The folder ${this.folder} cannot be read`, error);
    }
  }

  async #read(path: string, seal: SnapshotSeal | undefined): Promise<Snapshot | Unusable> {
    try {
      // Without blocking, and through no link: only what we wrote ourselves is trusted.
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
      try {
        const stats = await file.stat();
        if (!stats.isFile()) return { why: 'is not a file' };
        if (stats.size > this.#maxBytes) return { why: 'is larger than maxSize', fix: 'Raise maxSize.' };
        const foreign = foreignReason(stats);
        if (foreign !== undefined) return foreign;
        const snapshot = parseSnapshot(await file.readFile('utf8'), seal);
        if (snapshot === 'damaged') return { why: 'is damaged' };
        return snapshot === 'forged' ? UNSEALED : snapshot;
      } finally {
        await file.close();
      }
    } catch (error) {
      // Whatever the reason, the one before it is asked instead.
      return { why: `cannot be read (${systemCode(error) || 'an unknown error'})` };
    }
  }
}

/** Why a file need not be what we wrote; Windows has neither modes nor user ids. */
function foreignReason({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): Unusable | undefined {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  const trusted = 'If no other program has written it,';
  if (uid !== own) return { why: 'belongs to another user', fix: `${trusted} give it to the user of this process.` };
  if ((mode & 0o077) === 0) return undefined;
  return {
    why: `is open to other users (mode ${(mode & 0o777).toString(8)})`,
    fix: `${trusted} set its mode to 0600.`,
  };
}

function tooLarge(size: number, maximum: number): ConfigError {
  return new ConfigError({
    code: 'last-known-good-too-large',
    message: `The snapshot of ${String(size)} bytes is larger than the ${String(maximum)} bytes allowed.`,
    recovery: 'Raise the option maxSize of lastKnownGood(…), or declare lastKnownGood for fewer sources.',
  });
}

function folderError(code: ConfigErrorCode, what: string, error: unknown): ConfigError {
  const why = systemCode(error) || 'with an unknown error';
  return new ConfigError({
    code,
    message: `${what}: the operating system answers ${why}.`,
    recovery: 'Check that the folder is on a writable disk and belongs to the user that runs this process.',
  });
}
