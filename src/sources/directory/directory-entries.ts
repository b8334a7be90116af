import type { Dirent } from 'node:fs';
import { readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../core/index.js';
import type { DirectoryMount } from './directory-mount.js';
import { DATA_LINK } from './directory-mount.js';

/** An entry of a folder. */
export interface DirectoryEntry {
  readonly name: string;
  /** Where it is read. */
  readonly from: string;
  readonly isFolder: boolean;
}

/** Whether a name in a folder is a setting: those that start with a dot are hidden files and links of a mount. */
export function isVisibleName(name: string): boolean {
  return !name.startsWith('.');
}

/** The visible entries of a folder, with links followed. */
export async function entriesOf(folder: string): Promise<readonly DirectoryEntry[]> {
  return Promise.all((await visible(folder)).map((entry) => entryOf(entry, join(folder, entry.name))));
}

/**
 * The visible entries of a folder, those that lead through its `..data` link read where that led when the mount was
 * looked at. While Kubernetes updates a mount, some links are not there yet and others lead nowhere any more: what the
 * data has decides.
 */
export async function mountedEntries({ folder, data }: DirectoryMount): Promise<readonly DirectoryEntry[]> {
  if (data === undefined) return entriesOf(folder);
  const linked = await Promise.all((await visible(folder)).map((entry) => mountedEntry(entry, folder, data)));
  const found = linked.filter((entry) => entry !== undefined);
  const known = new Set(found.flatMap(({ name, from }) => [from, join(data, name)]));
  const unlinked = (await entriesOf(data)).filter(({ from }) => !known.has(from));
  return [...found, ...unlinked];
}

async function mountedEntry(entry: Dirent, folder: string, data: string): Promise<DirectoryEntry | undefined> {
  const path = join(folder, entry.name);
  const link = entry.isSymbolicLink() ? await readlink(path) : '';
  if (!link.startsWith(`${DATA_LINK}/`)) return entryOf(entry, path);
  const from = join(data, link.slice(DATA_LINK.length));
  try {
    return { name: entry.name, from, isFolder: (await stat(from)).isDirectory() };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function visible(folder: string): Promise<readonly Dirent[]> {
  return (await readdir(folder, { withFileTypes: true })).filter(({ name }) => isVisibleName(name));
}

async function entryOf(entry: Dirent, from: string): Promise<DirectoryEntry> {
  const isFolder = entry.isSymbolicLink() ? (await stat(from)).isDirectory() : entry.isDirectory();
  return { name: entry.name, from, isFolder };
}
