import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nodeCrypto } from '../cipher/index.js';
import { systemCode } from '../../core/index.js';

const ENDING = '.uno-config.tmp';

/** A new name beside a file, because names move at once only within one file system. It tells the process that took it. */
export function unfinishedFile(target: string): string {
  const unique = `${processMark()}-${nodeCrypto().randomBytes(8).toString('hex')}`;
  return join(dirname(target), `${startOf(target)}${unique}${ENDING}`);
}

/** Removes what processes left beside a file that were killed while they replaced or locked it. */
export async function removeLeftovers(target: string): Promise<void> {
  const [folder, start] = [dirname(target), startOf(target)];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(start) || !name.endsWith(ENDING)) continue;
    const [, mark] = /^(?:lock\.)*(\d+-\d+)-[0-9a-f]{16}$/.exec(name.slice(start.length, -ENDING.length)) ?? [];
    if (mark !== undefined && hasEnded(mark)) await rm(join(folder, name), { force: true });
  }
}

function startOf(target: string): string {
  return `.${basename(target).replace(/^\./, '')}.`;
}

/** Milliseconds. Two processes of one number start further apart than this. */
const SAME_START = 500;

/** Names this process, all its threads included, on its machine. */
export function processMark(): string {
  return `${String(process.pid)}-${String(started())}`;
}

export function hasEnded(mark: string): boolean {
  const [pid, start] = mark.split('-').map(Number);
  if (pid === undefined || start === undefined || !Number.isSafeInteger(pid) || pid < 1) return false;
  // A container that is started again gives its processes the same numbers.
  if (pid === process.pid) return Math.abs(start - started()) > SAME_START;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // With EPERM it is there and belongs to another user.
    return systemCode(error) === 'ESRCH';
  }
}

/** When this process started, in milliseconds of a clock that nobody sets; the same in all its threads. */
function started(): number {
  return Math.max(0, Math.round(Number(process.hrtime.bigint()) / 1e6 - process.uptime() * 1000));
}
