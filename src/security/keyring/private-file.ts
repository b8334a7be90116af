import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { lstat, open, readlink, stat } from 'node:fs/promises';
import { join, parse, resolve, sep } from 'node:path';
import { ConfigError, systemCode } from '../../core/index.js';
import { LARGEST_KEYSET } from './parse-entries.js';

/** Who may read a file with keys: its owner alone, or the owner's group as well. Others never may. */
export type PrivateAccess = 'owner' | 'group';

/**
 * Reads a file that holds keys, at most 1 MiB. Throws a `ConfigError` with code `keyring-unreadable`, or
 * `keyring-exposed` when others could read or replace it. What is checked is the file that is open, not its name.
 */
export async function readPrivateFile(path: string, access: PrivateAccess = 'owner'): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const stats = await file.stat();
    // A pipe could keep the program waiting, and a device could go on forever.
    if (!stats.isFile()) throw unreadable(path, 'it is not a file');
    if (stats.size > LARGEST_KEYSET) throw unreadable(path, 'it is larger than 1 MiB');
    checkOwner(path, stats, access);
    const named = await stat(await throughOwnLinks(path));
    if (named.ino !== stats.ino || named.dev !== stats.dev) throw unreadable(path, 'it was replaced meanwhile');
    const content = Buffer.alloc(stats.size);
    const { bytesRead } = await file.read(content, 0, content.length, 0);
    return content.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** On Windows the file system's own access lists decide, and there is nothing to see of them here. */
function checkOwner(path: string, { uid, mode }: Stats, access: PrivateAccess): void {
  const own = process.geteuid?.();
  if (own === undefined) return;
  if (uid !== own && uid !== 0) throw exposed(path, 'it belongs to another user');
  const forbidden = access === 'group' ? 0o037 : 0o077;
  if ((mode & forbidden) === 0) return;
  throw exposed(path, `its mode is 0${(mode & 0o777).toString(8)}`, access);
}

/** Links that one path may lead through, as for the system. */
const MOST_LINKS = 40;

/**
 * Where a path leads, through links of this user or root alone: whoever owns a link decides what is read. Throws a
 * `ConfigError` with code `keyring-exposed`, and the system's errors.
 */
export async function throughOwnLinks(path: string): Promise<string> {
  const own = process.geteuid?.();
  if (own === undefined) return path;
  let links = 0;
  let done = parse(resolve(path)).root;
  const ahead = stepsOf(path);
  for (let step = ahead.shift(); step !== undefined; step = ahead.shift()) {
    const next = join(done, step);
    const stats = await lstat(next);
    if (!stats.isSymbolicLink()) {
      done = next;
      continue;
    }
    if (stats.uid !== own && stats.uid !== 0) {
      throw exposed(path, `it is ${next === resolve(path) ? '' : 'reached through '}a link of another user`);
    }
    if (++links > MOST_LINKS) throw unreadable(path, 'it leads through too many links');
    const target = resolve(done, await readlink(next));
    ahead.unshift(...stepsOf(target));
    done = parse(target).root;
  }
  return done;
}

function stepsOf(path: string): string[] {
  return resolve(path)
    .split(sep)
    .filter((step) => step !== '');
}

export function unreadable(path: string, reason: unknown): ConfigError {
  const code = systemCode(reason);
  const why = typeof reason === 'string' ? reason : code === 'ENOENT' ? 'it does not exist' : `the system says ${code}`;
  return new ConfigError({
    code: 'keyring-unreadable',
    message: `The keys in ${path} could not be read: ${why}.`,
    recovery: 'Correct the path, or make the file readable for the user that the program runs as.',
  });
}

function exposed(path: string, why: string, access: PrivateAccess = 'owner'): ConfigError {
  return new ConfigError({
    code: 'keyring-exposed',
    message: `The keys in ${path} are not safe: ${why}.`,
    recovery: `Run chown and chmod ${access === 'group' ? '0440' : '0600'} on it, and rotate the keys if anybody could have read them.`,
  });
}
