import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';

/** A name in a folder that tells of a path when something happens to it. */
export interface WatchPlace {
  /** Without symbolic links. */
  readonly folder: string;
  readonly name: string;
}

/** As many as Linux follows. */
const MAX_LINKS = 40;

/** Where a path stands, and every symbolic link on the way there: each of them may be replaced by another. */
export async function watchPlaces(path: string): Promise<readonly WatchPlace[]> {
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
