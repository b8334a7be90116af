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

/**
 * Where a path stands, every symbolic link on the way there, and its folder: that one may be replaced by another, or its
 * parent, which tells when it is moved itself.
 */
export async function watchPlaces(path: string): Promise<readonly WatchPlace[]> {
  const absolute = resolve(path);
  if ((await orUndefined(realpath(absolute))) === absolute) return ends(absolute);
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
  return [...places, ...ends(at)];
}

function ends(path: string): readonly WatchPlace[] {
  return [path, dirname(path)].map((each) => ({ folder: dirname(each), name: basename(each) }));
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
