import { realpath, readlink, readdir } from 'node:fs/promises';
import { resolve, basename, dirname, join, parse, sep } from 'node:path';
import { folderErrorFromSystem } from '../read/index.js';
import type { ReadTarget, Reading } from './reading.js';
import type { FolderInterest } from './shared-folder.js';
import type { HintFolders } from './watch-hints.js';

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

/** A name in a folder whose changes may concern a path. */
export interface WatchPlace {
  /** Without symbolic links. */
  readonly folder: string;
  readonly name: string;
}

/** As many as Linux follows. */
const MAX_LINKS = 40;

/** The folder of a path, and every symbolic link on the way there: each of them may be replaced by another. */
async function watchPlaces(path: string): Promise<readonly WatchPlace[]> {
  const absolute = resolve(path);
  if ((await orUndefined(realpath(absolute))) === absolute) return [placeOf(absolute)];
  const places: WatchPlace[] = [];
  let { root: at } = parse(absolute);
  let names = namesOf(absolute);
  for (let [name] = names; name !== undefined; [name] = names) {
    const here = join(at, name);
    const link = places.length < MAX_LINKS ? await orUndefined(readlink(here)) : undefined;
    if (link === undefined) {
      at = here;
      names = names.slice(1);
    } else {
      places.push({ folder: at, name });
      const target = resolve(at, link);
      at = parse(target).root;
      names = [...namesOf(target), ...names.slice(1)];
    }
  }
  return [...places, placeOf(at)];
}

function placeOf(path: string): WatchPlace {
  return { folder: dirname(path), name: basename(path) };
}

function namesOf(path: string): readonly string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((name) => name !== '');
}

// What is absent or no link has nothing to follow.
async function orUndefined(answer: Promise<string>): Promise<string | undefined> {
  try {
    return await answer;
  } catch {
    return undefined;
  }
}

/** The names in a folder that is watched, as one of a reading's reads. */
export async function listFolder(listing: ReadTarget, reading: Reading): Promise<readonly string[]> {
  try {
    return await reading.folder(
      listing,
      () => readdir(listing.path),
      (names) => names,
    );
  } catch (error) {
    throw folderErrorFromSystem(error, listing.path);
  }
}
