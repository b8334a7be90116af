import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nodeCrypto } from '../cipher/index.js';
import { hasEnded, processMark } from './process-mark.js';

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
