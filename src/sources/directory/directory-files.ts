import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, systemCode } from '../../core/index.js';
import type { DirectoryEntry } from './directory-entries.js';
import { entriesOf, isVisibleName, mountedEntries } from './directory-entries.js';
import type { DirectoryMount } from './directory-mount.js';
import { fileError, folderErrorFromSystem } from '../read/index.js';
import type { Reading, ReadTarget } from '../watch/index.js';

/** One file of a folder that is read as settings. */
export interface DirectoryFile {
  /** As it is named. */
  readonly path: string;
  /** Where it is read. */
  readonly from: string;
  /** The names of the sub-folders and of the file. */
  readonly names: readonly string[];
}

/** How {@link listDirectoryFiles} lists. */
export interface ListDirectoryOptions {
  readonly mount: DirectoryMount;
  readonly reading: Reading;
}

/**
 * The files of a folder and its sub-folders, sorted by name; without names that start with a dot.
 *
 * @throws ConfigError `source-not-found`, `source-unreadable`.
 */
export async function listDirectoryFiles(
  path: string,
  options: ListDirectoryOptions,
): Promise<readonly DirectoryFile[]> {
  const { mount } = options;
  try {
    return await list({ path, from: mount.folder, names: [], ancestors: [] }, () => mountedEntries(mount), options);
  } catch (error) {
    // Of what vanished after it was listed, the next load knows.
    throw ConfigError.is(error) || systemCode(error) === '' ? error : folderErrorFromSystem(error, path);
  }
}

/** A folder as it is watched. */
export function directoryFolder(path: string): ReadTarget {
  return { kind: 'folder', path, matters: isVisibleName };
}

interface Folder extends DirectoryFile {
  /** The real paths of the folders above. */
  readonly ancestors: readonly string[];
}

async function list(
  folder: Folder,
  read: () => Promise<readonly DirectoryEntry[]>,
  options: ListDirectoryOptions,
): Promise<readonly DirectoryFile[]> {
  const { path, from, names, ancestors } = folder;
  options.reading.signal.throwIfAborted();
  const real = await realpath(from);
  if (ancestors.includes(real)) throw containsItself(path);
  const entries = await readEntries(path, read, options);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const file = { path: join(path, entry.name), from: entry.from, names: [...names, entry.name] };
      if (!entry.isFolder) return [file];
      return list({ ...file, ancestors: [...ancestors, real] }, () => entriesOf(entry.from), options);
    }),
  );
  return found.flat();
}

async function readEntries(
  path: string,
  read: () => Promise<readonly DirectoryEntry[]>,
  { reading, mount }: ListDirectoryOptions,
): Promise<readonly DirectoryEntry[]> {
  const namesOf = (entries: readonly DirectoryEntry[]): readonly string[] => entries.map(({ name }) => name);
  const entries = await reading.folder(directoryFolder(path), read, namesOf, mount.data !== undefined);
  return entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function containsItself(path: string): ConfigError {
  return fileError(
    'source-unreadable',
    `${path} cannot be read: it is a link to a folder that contains it.`,
    'Remove the symbolic link.',
  );
}
