import { lstatSync, mkdirSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Node's cache of compiled modules, from 22.1; our types are those of a Node that lacks it. */
interface WithCompileCache {
  readonly enableCompileCache: (folder: string) => unknown;
}

/**
 * Keeps the compiled modules of this process for the next one: half of a command's time is compiling TypeScript's compiler
 * and the validators. Does nothing before Node 22.1. `NODE_COMPILE_CACHE` and `NODE_DISABLE_COMPILE_CACHE` take precedence.
 *
 * @param program the URL of our own program
 */
export function keepCompiledModules(program: string): void {
  if (!hasCompileCache(nodeModule)) return;
  const folder = compileCacheFolder(fileURLToPath(program));
  // Node reports a folder that it cannot use in its answer, and works without.
  if (folder !== undefined) nodeModule.enableCompileCache(folder);
}

function hasCompileCache(registry: object): registry is WithCompileCache {
  return 'enableCompileCache' in registry;
}

/**
 * The folder for compiled modules, `.cache/uno-config` in the `node_modules` that a program is installed in: created for its
 * owner alone. `undefined` where others could write to it, because what is in it is executed, and on Windows.
 */
export function compileCacheFolder(program: string): string | undefined {
  const modules = /^.*[\\/]node_modules(?=[\\/])/.exec(program)?.[0];
  if (modules === undefined) return undefined;
  const caches = join(modules, '.cache');
  const folder = join(caches, 'uno-config');
  try {
    mkdirSync(caches, { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Where a group may write to node_modules, it may replace the packages themselves.
    return isOwn(modules, 0o002) && isOwn(caches, 0o002) && isOwn(folder, 0o022) ? folder : undefined;
  } catch {
    // Read-only, as in many containers.
    return undefined;
  }
}

/** True for a folder, not a link, of this process's user, none of whose `closed` permissions are given. */
function isOwn(folder: string, closed: number): boolean {
  const stats = lstatSync(folder);
  return stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & closed) === 0;
}
