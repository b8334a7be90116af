import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, systemCode } from '../../core/index.js';
import { folderErrorFromSystem } from '../read/index.js';

/** Kubernetes mounts volumes as links through this one, and swaps them all at once by replacing it. */
export const DATA_LINK = '..data';

/** Where a folder's links lead at one moment; what is read below these paths belongs to one version. */
export interface DirectoryMount {
  /** The folder without symbolic links. */
  readonly folder: string;
  /** What its `..data` link leads to, if it has one. */
  readonly data: string | undefined;
}

/** More swaps than this during one load are no accident of timing. */
const MAX_ATTEMPTS = 5;

/**
 * Reads a folder through links that are resolved once. When something vanishes meanwhile because the links were replaced,
 * it is read again.
 *
 * @throws ConfigError `source-not-found`, `source-unreadable`, and what the reading throws.
 */
export async function readMounted<Result>(
  path: string,
  read: (mount: DirectoryMount) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const mount = await mountOf(path);
    try {
      return await read(mount);
    } catch (error) {
      const vanished = ConfigError.is(error) && error.code === 'source-not-found';
      if (!vanished || attempt === MAX_ATTEMPTS || isSame(mount, await mountOf(path))) throw error;
    }
  }
}

async function mountOf(path: string): Promise<DirectoryMount> {
  try {
    const folder = await realpath(path);
    return { folder, data: await dataOf(folder) };
  } catch (error) {
    throw folderErrorFromSystem(error, path);
  }
}

async function dataOf(folder: string): Promise<string | undefined> {
  try {
    return await realpath(join(folder, DATA_LINK));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function isSame(one: DirectoryMount, other: DirectoryMount): boolean {
  return one.folder === other.folder && one.data === other.data;
}
