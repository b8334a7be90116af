import { type BigIntStats, statSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { systemCode, type Clock } from '../../core/index.js';

// ext, xfs, btrfs, tmpfs, overlay, zfs, f2fs, ramfs: every change goes through this machine's kernel.
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010, 0x858458f6,
]);

/**
 * Whether a path lies on a file system of this machine, whose kernel knows of every change and lets nobody wait for another
 * machine; where it cannot be known, no is the safe answer.
 */
export async function isLocal(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    return LOCAL_TYPES.has((await statfs(path)).type);
  } catch {
    return false;
  }
}

/** Files that lay on local file systems when they were read last, with their devices. */
const near = new Map<string, bigint>();
/** Whether their file systems are local, by device. */
const devices = new Map<bigint, Promise<boolean>>();
const MOST_NEAR = 10_000;

/** True for a file that lies on this machine: to look at it takes microseconds, and another thread would only make it dearer. */
export function isNear(path: string): boolean {
  return near.has(path);
}

/** Notes on which device a file lies that has just been read. */
export async function learnDevice(path: string, device: bigint): Promise<void> {
  if (near.get(path) === device) return;
  let local = devices.get(device);
  if (local === undefined) devices.set(device, (local = isLocal(path)));
  if (near.size >= MOST_NEAR) near.clear();
  if (await local) near.set(path, device);
  else near.delete(path);
}

/** Looks at a path, links followed; without its content, which may have to come from a drive that hangs. */
export function statsOf(path: string): BigIntStats | Promise<BigIntStats> {
  return near.has(path) ? statSync(path, { bigint: true }) : stat(path, { bigint: true });
}

/** What the operating system knows of a path without reading it. */
export interface PathStatus {
  /** Equal for as long as nothing has happened there, as far as the file system's clock shows. */
  readonly text: string;
  /** Another one when the path was replaced, not written; empty where nothing is. */
  readonly inode: string;
  /** When it was last written, in milliseconds since 1970; `NaN` where nothing is. */
  readonly written: number;
  /** How many names it has. */
  readonly links: number;
}

/** Looks at a path, links followed. */
export async function statusOf(path: string): Promise<PathStatus> {
  try {
    return fromStats(await statsOf(path));
  } catch (error) {
    return { text: `!${systemCode(error)}`, inode: '', written: Number.NaN, links: 0 };
  }
}

/** The status of a path as a string, synchronously; `undefined` where nothing is. */
export function glanceAt(path: string): string | undefined {
  try {
    return textOf(statSync(path, { bigint: true }));
  } catch {
    // The look that follows finds out what is the matter.
    return undefined;
  }
}

/** Names a file, whatever its name. */
export function inodeOf({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string {
  return `${String(dev)}:${String(ino)}`;
}

function fromStats(stats: BigIntStats): PathStatus {
  const written = Number(stats.mtimeNs / 1_000_000n);
  return { text: textOf(stats), inode: inodeOf(stats), written, links: Number(stats.nlink) };
}

function textOf(stats: BigIntStats): string {
  const { size, mtimeNs, ctimeNs } = stats;
  return [inodeOf(stats), size, mtimeNs, ctimeNs].join(':');
}

/** What {@link Stillness} measures with. */
export interface StillnessOptions {
  readonly clock: Clock;
  /** Milliseconds for which what is written in place, or was absent, must be still. */
  readonly settle: number;
}

/** 500 ms. */
export const DEFAULT_SETTLE = 500;

/** A file that replaced another was complete when it came, unless it is still being written: one more look shows that. */
const CONFIRM_MILLISECONDS = 20;

/** Follows a path through its changes, and reports when it has stopped changing. */
export class Stillness {
  readonly #options: StillnessOptions;
  #inode: string;
  #text: string | undefined;
  #since = 0;
  #needed = 0;

  /** @param inode that of what was taken last; empty when nothing was there */
  public constructor(inode: string, options: StillnessOptions) {
    this.#inode = inode;
    this.#options = options;
  }

  /**
   * Milliseconds until what is there may be taken, if nothing happens to it; 0 when it may be now.
   *
   * @param dated whether the time of its last change can be compared with the clock
   * @param whole whether what is there always comes at once
   */
  public remaining(status: PathStatus, dated: boolean, whole = false): number {
    const { clock, settle } = this.#options;
    const now = clock.monotonic();
    if (status.text !== this.#text) {
      const replaced = status.inode !== '' && this.#inode !== '' && status.inode !== this.#inode;
      this.#needed = replaced || whole ? Math.min(CONFIRM_MILLISECONDS, settle) : settle;
      this.#since = now;
      this.#text = status.text;
      this.#inode = status.inode;
    }
    const age = dated ? clock.now() - status.written : 0;
    return Math.max(0, this.#needed - Math.max(now - this.#since, age >= 0 ? age : 0));
  }
}
