import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../security/index.js';
import { systemCode } from '../../core/index.js';

const NAME = /^last-known-good\.([1-9]\d{0,14})\.json$/;
const UNFINISHED = /^\.last-known-good\.[0-9a-f]+\.tmp$/;

// A write takes far less; what is older was left by a process that was killed.
const ABANDONED_AFTER = 60_000;

/** The numbers of the files in the folder, the newest first. Throws the system's errors. */
export async function snapshotNumbers(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  const numbers = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
  return numbers.sort((a, b) => b - a);
}

/** The names of the folders in a folder; none where it is absent. Throws the system's errors. */
export async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Removes a folder with all snapshots in it, if it is there. Throws the system's errors. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

export function snapshotPath(folder: string, number: number): string {
  return join(folder, nameOf(number));
}

function nameOf(number: number): string {
  return `last-known-good.${String(number)}.json`;
}

/**
 * Writes a string into the folder as its newest file, atomically, and flushed to the disk before this resolves; then removes
 * all but the newest `keep`. Throws the system's errors.
 */
export async function writeNewest(folder: string, text: string, keep: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const numbers = await snapshotNumbers(folder);
  const writtenAt = await writeWhole(folder, nameOf((numbers[0] ?? 0) + 1), text);
  for (const number of numbers.slice(keep - 1)) await rm(snapshotPath(folder, number), { force: true });
  await removeAbandoned(folder, writtenAt);
}

/**
 * Writes a file of the folder, whole or not at all, and on the disk before this resolves; makes the folder where it is
 * absent. Throws the system's errors.
 *
 * @returns when it was written, by the clock of the file system
 */
export async function writeWhole(folder: string, name: string, text: string): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Taken when it is needed: loading the cryptography costs every program a few milliseconds at its start.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  // In the same folder, because a rename is only atomic within one file system.
  const unfinished = join(folder, `.last-known-good.${randomBytes(8).toString('hex')}.tmp`);
  let writtenAt: number;
  try {
    writtenAt = await writeThrough(unfinished, text);
    await rename(unfinished, join(folder, name));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(folder);
  return writtenAt;
}

/** Without the sync a machine that loses power may keep the rename and lose the content. */
async function writeThrough(path: string, text: string): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
  }
}

/** Measured by the file system's own clock, which need not be ours. */
async function removeAbandoned(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!UNFINISHED.test(name)) continue;
    const path = join(folder, name);
    try {
      if (now - (await stat(path)).mtimeMs > ABANDONED_AFTER) await rm(path, { force: true });
    } catch (error) {
      // Finished or removed by another process meanwhile.
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
}
