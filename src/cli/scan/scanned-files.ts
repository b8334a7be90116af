import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { UsageError } from '../usage-error.js';
import { isConfigName } from './config-names.js';
import { git, gitNames } from './git.js';

export interface ScannedFile {
  /** As it is shown. */
  readonly file: string;
  /** Nothing for one that is not text, or that is larger than 16 MiB. */
  read(): Promise<string | undefined>;
}

const MOST_BYTES = 16 * 1024 * 1024;

/** What programs made, or fetched. */
const SKIPPED_FOLDERS: readonly string[] = ['.git', 'node_modules', 'dist', 'coverage'];

/**
 * The files that are named, and the configuration files of the folders that are: in a git work tree those that git does
 * not ignore.
 *
 * @throws UsageError for what is not there.
 */
export async function namedFiles(folder: string, words: readonly string[]): Promise<readonly ScannedFile[]> {
  const lists = await Promise.all(
    words.map(async (word) => {
      const path = resolve(folder, word);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) throw new UsageError(`There is no ${word}.`, `It was looked for at ${path}.`);
      return found.isDirectory() ? configFilesIn(path) : [path];
    }),
  );
  return [...new Set(lists.flat())]
    .sort()
    .map((path) => ({ file: relative(folder, path), read: () => fileText(path) }));
}

/**
 * The configuration files that are staged, as they would be committed; of the files and folders that are named.
 *
 * @throws UsageError without a git work tree.
 */
export async function stagedFiles(folder: string, words: readonly string[]): Promise<readonly ScannedFile[]> {
  const top = await git(folder, 'rev-parse', '--show-toplevel');
  const paths = words.length === 0 ? [] : ['--', ...words];
  const names = await git(
    folder,
    'diff',
    '--cached',
    '--name-only',
    '--no-relative',
    '--diff-filter=ACMRT',
    '-z',
    ...paths,
  );
  if (top === undefined || names === undefined) {
    throw new UsageError('--staged needs git and a work tree.', `None was found at ${folder}.`);
  }
  const root = top.toString('utf8').trimEnd();
  return gitNames(names)
    .filter(isConfigName)
    .sort()
    .map((name) => ({
      file: relative(folder, join(root, name)),
      read: async () => asText((await git(root, 'show', `:${name}`)) ?? Buffer.alloc(0)),
    }));
}

async function configFilesIn(folder: string): Promise<readonly string[]> {
  const listed = await git(folder, 'ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', '.');
  const names = listed === undefined ? await walk(folder) : gitNames(listed);
  const paths = names.filter(isConfigName).map((name) => join(folder, name));
  // What git lists may be deleted, or a link to elsewhere.
  const kinds = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_, index) => kinds[index]?.isFile() === true);
}

async function walk(folder: string, below = ''): Promise<readonly string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const name = join(below, entry.name);
      if (!entry.isDirectory()) return entry.isFile() ? [name] : [];
      return SKIPPED_FOLDERS.includes(entry.name) ? [] : walk(folder, name);
    }),
  );
  return lists.flat();
}

async function fileText(path: string): Promise<string | undefined> {
  const { size } = await stat(path);
  return size > MOST_BYTES ? undefined : asText(await readFile(path));
}

function asText(bytes: Buffer): string | undefined {
  return bytes.length > MOST_BYTES || bytes.includes(0) ? undefined : bytes.toString('utf8').replace(/^\uFEFF/, '');
}
