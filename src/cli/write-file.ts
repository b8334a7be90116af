import { chmod, lstat, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemCode } from '../core/index.js';
import { UsageError } from './usage-error.js';

/**
 * Writes a file all at once, because something may be reading it; what a symbolic link leads to is written, and the link
 * stays. A file that is there keeps its mode, but for what `mode` does not allow.
 *
 * @param folder which the name is relative to
 * @throws UsageError that names the file, also for a link that leads nowhere: what is written through it would be somewhere
 *   that nobody named.
 */
export async function writeWhole(folder: string, name: string, text: string, mode = 0o666): Promise<void> {
  try {
    const path = resolve(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const target = await realpath(path).catch((error: unknown) => newAt(path, error));
    if (target === undefined)
      throw new UsageError(`${name} is a symbolic link that leads nowhere.`, 'Remove the link.');
    await replace(target, text, mode);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${name} cannot be written: ${systemCode(error)}.`);
  }
}

async function newAt(path: string, error: unknown): Promise<string | undefined> {
  if (systemCode(error) !== 'ENOENT') throw error;
  return (await isThere(path)) ? undefined : path;
}

async function replace(target: string, text: string, mode: number): Promise<void> {
  const before = await stat(target).catch(() => undefined);
  const beside = `${target}.${String(process.pid)}.new`;
  try {
    await writeFile(beside, text, { mode, flag: 'wx' });
    if (before !== undefined) await chmod(beside, before.mode & 0o777 & mode);
    await rename(beside, target);
  } finally {
    await rm(beside, { force: true });
  }
}

/**
 * Refuses to write where something is. A link that leads nowhere is there as well.
 *
 * @param folder which the names are relative to
 * @throws UsageError that names what is there, and the `option` for another folder.
 */
export async function refuseToOverwrite(folder: string, names: Iterable<string>, option: string): Promise<void> {
  const present: string[] = [];
  for (const name of new Set(names)) if (await isThere(join(folder, name))) present.push(name);
  if (present.length === 0) return;
  throw new UsageError(
    `There is already ${present.join(', ')} in ${folder}; nothing has been written.`,
    `Write ${option} <folder> for another folder, or --force to overwrite.`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
