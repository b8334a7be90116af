import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ReadTarget } from './reading.js';
import type { FolderInterest } from './shared-folder.js';
import type { HintFolders } from './watch-hints.js';
import { watchPlaces } from './watch-places.js';

/** The folders in which something happens when a target changes, and the names to which it happens. */
export async function hintFolders(targets: readonly ReadTarget[]): Promise<HintFolders> {
  const folders = new Map<string, Interest>();
  const wanted = (folder: string): Interest => {
    const known = folders.get(folder) ?? { names: new Set(), tests: [] };
    folders.set(folder, known);
    return known;
  };
  const placed = await Promise.all(targets.map(async ({ path }) => watchPlaces(path)));
  for (const { folder, name } of placed.flat()) wanted(folder).names.add(name);
  await Promise.all(
    targets.map(async ({ kind, path, matters = () => true }) => {
      if (kind === 'folder') wanted(await realOrNamed(path)).tests.push(matters);
    }),
  );
  return folders;
}

interface Interest extends FolderInterest {
  readonly names: Set<string>;
  readonly tests: ((name: string) => boolean)[];
}

async function realOrNamed(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    // It is not there now; when it is, it has moved and is asked for again.
    return resolve(path);
  }
}
