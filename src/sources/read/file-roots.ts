import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, parse, relative, resolve, sep } from 'node:path';
import { systemCode } from '../../core/index.js';
import { fileErrorFromSystem } from './file-error.js';

/** What {@link resolveWithin} found. */
export type ResolvedWithin =
  | { readonly kind: 'within'; /** Without symbolic links; the one to open. */ readonly path: string }
  | { readonly kind: 'outside' }
  | { readonly kind: 'missing' };

/**
 * Follows a path's symbolic links and checks whether the target lies in one of the folders. A path that leads out is
 * `outside` whether or not the target exists, so that it cannot be used to probe for files elsewhere.
 *
 * @param roots folders, relative ones from the working directory; those that do not exist allow nothing
 * @throws ConfigError `source-unreadable` where links form a loop or a folder may not be entered.
 */
export async function resolveWithin(roots: readonly string[], path: string): Promise<ResolvedWithin> {
  const [real, ...allowed] = await Promise.all([resolvePath(path), ...roots.map(resolvePath)]);
  if (!allowed.some((root) => root.exists && isInside(root.path, real.path))) return { kind: 'outside' };
  return real.exists ? { kind: 'within', path: real.path } : { kind: 'missing' };
}

/**
 * The folders that a file's imports and references may reach unless the program names others: the file's own, and the
 * working directory, unless that is the root of the file system, which would allow everything.
 */
export function defaultRoots(folder: string): readonly string[] {
  const workingDirectory = process.cwd();
  const isFileSystemRoot = parse(workingDirectory).root === workingDirectory;
  return isFileSystemRoot ? [resolve(folder)] : [resolve(folder), workingDirectory];
}

interface RealPath {
  readonly path: string;
  readonly exists: boolean;
}

// Of what does not exist, the nearest folder that does is followed.
async function resolvePath(path: string): Promise<RealPath> {
  const absolute = resolve(path);
  try {
    return { path: await realpath(absolute), exists: true };
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fileErrorFromSystem(error, path);
    const parent = dirname(absolute);
    if (parent === absolute) return { path: absolute, exists: false };
    const { path: realParent } = await resolvePath(parent);
    return { path: resolve(realParent, relative(parent, absolute)), exists: false };
  }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
