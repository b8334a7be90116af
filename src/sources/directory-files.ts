import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../core/index.js';
import { fileError, folderErrorFromSystem, systemCode } from './file-error.js';

/** One file of a folder that is read as settings. */
export interface DirectoryFile {
  readonly path: string;
  /** The names of the sub-folders and of the file. */
  readonly names: readonly string[];
}

/**
 * The files of a folder and its sub-folders, sorted by name; without names that start with a dot, which are hidden files
 * and the `..data` links of a Kubernetes mount.
 *
 * @throws ConfigError `source-not-found`, `source-unreadable`.
 */
export async function listDirectoryFiles(path: string, signal: AbortSignal): Promise<readonly DirectoryFile[]> {
  try {
    return await list({ path, names: [], ancestors: [], signal });
  } catch (error) {
    // Of what vanished after it was listed, the next load knows.
    throw ConfigError.is(error) || systemCode(error) === '' ? error : folderErrorFromSystem(error, path);
  }
}

interface Folder extends DirectoryFile {
  /** The real paths of the folders above. */
  readonly ancestors: readonly string[];
  readonly signal: AbortSignal;
}

async function list(folder: Folder): Promise<readonly DirectoryFile[]> {
  const { path, names, ancestors, signal } = folder;
  signal.throwIfAborted();
  const real = await realpath(path);
  if (ancestors.includes(real)) {
    throw fileError(
      'source-unreadable',
      `${path} cannot be read: it is a link to a folder that contains it.`,
      'Remove the symbolic link.',
    );
  }
  const entries = await readdir(path, { withFileTypes: true });
  const visible = entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const found = await Promise.all(
    visible.map(async (entry) => {
      const file = { path: join(path, entry.name), names: [...names, entry.name] };
      const isFolder = entry.isSymbolicLink() ? (await stat(file.path)).isDirectory() : entry.isDirectory();
      return isFolder ? list({ ...file, ancestors: [...ancestors, real], signal }) : [file];
    }),
  );
  return found.flat();
}
