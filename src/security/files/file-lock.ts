import { link, open, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ConfigError, systemClock, systemCode, type Clock } from '../../core/index.js';
import { nodeCrypto } from '../cipher/index.js';
import { hasEnded, processMark, unfinishedFile } from './unfinished-file.js';

export interface LockOptions {
  /** Milliseconds until it gives up; 10,000 when absent. */
  readonly patience?: number;
  readonly clock?: Clock;
  /** What is locked, in errors; the path of the file when absent. */
  readonly name?: string;
}

/** A lock that is held until it is released, or its process ends. */
export interface FileLock {
  /** False when another machine has taken it, because this process stood still for a minute. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

const LOOK_AGAIN = 20;
const BEAT = 10_000;
/** Milliseconds without a beat, after which the holder on another machine is taken for dead. */
const DEAD = 60_000;

/**
 * Runs `work` while nothing else does so for this file, in any process. Rejects with a `ConfigError` with code
 * `file-locked` when the holder of the lock does not release it in time, and with the system's errors.
 */
export async function whileLocked<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const lock = await lockFile(file, options);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/**
 * Locks a file: with a file beside it that names its holder. One whose process was killed is removed by the next who wants
 * it; on another machine, where the process cannot be seen, when it has not been written to for a minute. Rejects like
 * {@link whileLocked}.
 */
export async function lockFile(file: string, options: LockOptions = {}): Promise<FileLock> {
  return acquire(join(dirname(file), `.${basename(file)}.lock`), { name: file, ...options });
}

async function acquire(lock: string, options: LockOptions): Promise<FileLock> {
  const { patience = 10_000, clock = systemClock, name = lock } = options;
  // Linked rather than written in place: there is never a lock whose holder cannot be read yet.
  const path = unfinishedFile(lock);
  const own = await open(path, 'wx', 0o644);
  const holder = newHolder();
  try {
    await own.write(holder, 0);
    // The time of the file system, which is that of all machines.
    const { mtimeMs: now } = await own.stat();
    const began = clock.monotonic();
    while (!(await isFirst(path, lock))) {
      const waited = clock.monotonic() - began;
      const other = await look(lock);
      if (other === undefined) continue;
      if (isGone(other, now + waited)) await remove(lock, other, options);
      else if (waited >= patience) throw stillLocked(name, other);
      else await new Promise<void>((resolve) => clock.after(LOOK_AGAIN, resolve, { keepAlive: true }));
    }
  } catch (error) {
    await own.close();
    throw error;
  } finally {
    await rm(path, { force: true });
  }
  return new HeldLock(lock, own, holder, clock);
}

class HeldLock implements FileLock {
  readonly #path: string;
  readonly #file: FileHandle;
  #cancelBeat: () => void = () => undefined;
  #beats: Promise<unknown> = Promise.resolve();

  public constructor(path: string, file: FileHandle, holder: string, clock: Clock) {
    this.#path = path;
    this.#file = file;
    const beat = (): void => {
      this.#cancelBeat = clock.after(BEAT, () => {
        // A beat that fails is a beat that others miss; whoever holds the lock asks before it counts.
        this.#beats = file.write(holder, 0).then(beat, beat);
      });
    };
    beat();
  }

  public async isHeld(): Promise<boolean> {
    const [own, there] = await Promise.all([this.#file.stat(), stat(this.#path).catch(() => undefined)]);
    return own.ino === there?.ino && own.dev === there.dev;
  }

  public async release(): Promise<void> {
    this.#cancelBeat();
    await this.#beats;
    this.#cancelBeat();
    if (await this.isHeld()) await rm(this.#path, { force: true });
    await this.#file.close();
  }
}

/** One at a time, and after another look: the second would remove the lock that the first has acquired by then. */
async function remove(lock: string, dead: Holder, options: LockOptions): Promise<void> {
  const turn = await acquire(`${lock}.lock`, options);
  try {
    if ((await look(lock))?.text === dead.text) await rm(lock, { force: true });
  } finally {
    await turn.release();
  }
}

async function isFirst(own: string, lock: string): Promise<boolean> {
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

interface Holder {
  readonly text: string;
  /** Of the last beat. */
  readonly time: number;
}

async function look(lock: string): Promise<Holder | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(lock, 'utf8'), stat(lock)]);
    return { text, time: mtimeMs };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function newHolder(): string {
  return [processMark(), nodeCrypto().randomBytes(8).toString('hex'), hostname()].join(' ');
}

function isGone({ text, time }: Holder, now: number): boolean {
  const [mark = '', , host] = text.split(' ');
  return host === hostname() ? hasEnded(mark) : now - time > DEAD;
}

function stillLocked(name: string, { text }: Holder): ConfigError {
  const [, pid = '?', host = '?'] = /^(\d+)-\d+ [0-9a-f]+ ([\w.-]+)$/.exec(text) ?? [];
  return new ConfigError({
    code: 'file-locked',
    message: `${name} is locked: process ${pid} on ${host} is writing it.`,
    recovery:
      'Wait for that process, or end it. The lock of one that was killed is removed, on another machine after a minute.',
  });
}
