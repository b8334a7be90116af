import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ConfigError, systemClock, systemCode, type Clock } from '../../core/index.js';
import { nodeCrypto } from '../cipher/index.js';
import { hasEnded, processMark } from './process-mark.js';
import { unfinishedFile } from './unfinished-file.js';

/** How {@link whileLocked} waits. */
export interface LockOptions {
  /** Milliseconds until it gives up; 10,000 when absent. */
  readonly patience?: number;
  readonly clock?: Clock;
}

const LOOK_AGAIN = 20;

/**
 * Runs `work` while nothing else does so for this file, in any process. The lock is a file beside it that names its
 * holder, so that one whose holder was killed is removed. Rejects with a `ConfigError` with code `file-locked` when
 * the holder does not release it in time, and with the system's errors.
 */
export async function whileLocked<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  return holding(join(dirname(file), `.${basename(file)}.lock`), work, options);
}

async function holding<T>(lock: string, work: () => Promise<T>, options: LockOptions): Promise<T> {
  await acquire(lock, options);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function acquire(lock: string, options: LockOptions): Promise<void> {
  const { patience = 10_000, clock = systemClock } = options;
  const deadline = clock.monotonic() + patience;
  // Linked rather than written in place: there is never a lock whose holder cannot be read yet.
  const own = unfinishedFile(lock);
  await writeFile(own, newHolder(), { flag: 'wx' });
  try {
    while (!(await isFirst(own, lock))) {
      const holder = await holderOf(lock);
      if (holder === undefined) continue;
      if (isGone(holder)) {
        // One at a time, and after another look: the second would remove the lock that the first has acquired by then.
        const remove = async (): Promise<void> => {
          if ((await holderOf(lock)) === holder) await rm(lock, { force: true });
        };
        await holding(`${lock}.lock`, remove, options);
      } else if (clock.monotonic() >= deadline) throw stillLocked(lock, holder);
      else await new Promise<void>((resolve) => clock.after(LOOK_AGAIN, resolve, { keepAlive: true }));
    }
  } finally {
    await rm(own, { force: true });
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

async function holderOf(lock: string): Promise<string | undefined> {
  try {
    return await readFile(lock, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function newHolder(): string {
  return [processMark(), nodeCrypto().randomBytes(8).toString('hex'), hostname()].join(' ');
}

/** Nothing is known of processes on other machines. */
function isGone(holder: string): boolean {
  const [mark = '', , host] = holder.split(' ');
  return host === hostname() && hasEnded(mark);
}

function stillLocked(lock: string, holder: string): ConfigError {
  const [, pid = '?', host = '?'] = /^(\d+)-\d+ [0-9a-f]+ ([\w.-]+)$/.exec(holder) ?? [];
  const file = join(dirname(lock), basename(lock, '.lock').slice(1));
  return new ConfigError({
    code: 'file-locked',
    category: 'security',
    message: `${file} is locked: process ${pid} on ${host} is changing it.`,
    recovery: `Wait for that process, or end it. If it no longer runs there, remove ${lock}.`,
  });
}
