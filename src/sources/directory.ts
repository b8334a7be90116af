import { resolve } from 'node:path';
import type { ConfigMap, ConfigPath, ConfigSource } from '../core/index.js';
import { createLayer, originAtPath } from '../core/index.js';
import type { DirectoryFile } from './directory-files.js';
import { listDirectoryFiles } from './directory-files.js';
import { directoryKeys, directoryTree } from './directory-tree.js';
import { checkFileOptions, checkPath, sourceId } from './file-source.js';
import { readTextFile } from './file-text.js';

/** What {@link directory} takes besides the path. */
export interface DirectoryOptions {
  /** How errors and logs call the source; the path as given when absent. */
  readonly name?: string;
  /** Whether `${…}` in the files are references; `true` when absent. */
  readonly references?: boolean;
  /** The largest size of each file, in bytes; 16 MiB when absent. */
  readonly maxBytes?: number;
}

/**
 * Settings from a folder in which a file's name is the key and its content the value, as Kubernetes mounts ConfigMaps and
 * Secrets. One line break at the end of a file is dropped. Sub-folders nest, and so do dots and double underscores in a
 * file's name: `database/password`, `database.password` and `database__password` are one key. Names that start with a dot
 * are left out; symbolic links are followed. Subpath: `uno-config`.
 *
 * @param path relative to the working directory
 * @throws ConfigError when it loads: `source-not-found`, `source-unreadable`, `source-too-large`, `invalid-encoding`,
 *   `invalid-key`, `forbidden-key`, `duplicate-key`, `too-deep`.
 * @example
 * ```ts
 * const source = directory('/etc/config');
 * ```
 */
export function directory(path: string, options: DirectoryOptions = {}): ConfigSource {
  checkPath('directory', 'path', path);
  checkFileOptions('directory', options);
  const { name = path, references, maxBytes } = options;
  return Object.freeze({
    name,
    id: sourceId('directory', path, options),
    load: async ({ signal }) => {
      const files = await listDirectoryFiles(path, signal);
      const keyed = directoryKeys(files);
      const texts = await readAll(files, { signal, maxBytes });
      const tree: ConfigMap = directoryTree(
        keyed.map(({ path: key }, index) => ({ path: key, value: texts[index] ?? '' })),
      );
      const shown = new Map(keyed.map(({ path: key, file }) => [key.join('\0'), file]));
      return createLayer({
        name,
        kind: 'directory',
        tree,
        folder: resolve(path),
        locate: (at) => originOf(name, at, shown.get(at.join('\0'))),
        ...(references !== undefined && { references }),
      });
    },
  } satisfies ConfigSource);
}

function originOf(name: string, path: ConfigPath, file: DirectoryFile | undefined): ReturnType<typeof originAtPath> {
  if (file === undefined) return originAtPath('directory', name, path);
  return { kind: 'directory', source: file.path, key: file.names.join('/') };
}

// A few at a time: a folder may hold more files than a process may have open.
const PARALLEL_READS = 32;

async function readAll(
  files: readonly DirectoryFile[],
  options: { readonly signal: AbortSignal; readonly maxBytes?: number | undefined },
): Promise<readonly string[]> {
  const texts: string[] = [];
  let next = 0;
  const read = async (): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      const { path } = files[index] ?? { path: '' };
      texts[index] = (await readTextFile(path, options)).replace(/\r?\n$/, '');
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_READS, files.length) }, read));
  return texts;
}
