import { resolve } from 'node:path';
import {
  type ByteSize,
  type ConfigLayer,
  type ConfigPath,
  type ConfigSource,
  createLayer,
  option,
  type OptionKinds,
  originAtPath,
  readOptions,
} from '../../core/index.js';
import type { DirectoryFile } from './directory-files.js';
import { directoryFolder, listDirectoryFiles } from './directory-files.js';
import { readMounted } from './directory-mount.js';
import { readDirectoryFiles } from './directory-read.js';
import type { KeyedFile } from './directory-tree.js';
import { directoryKeys, directoryTree } from './directory-tree.js';
import { sourceId, KeptLayers } from '../file/index.js';
import { type EmptiedWords, ReadRecord, watchReads } from '../watch/index.js';

/** What {@link directory} takes besides the path. */
export interface DirectoryOptions {
  /** How errors and logs call the source; the path as given when absent. */
  readonly name?: string;
  /** Whether `${…}` in the files are references; `true` when absent. */
  readonly references?: boolean;
  /** The largest size of each file; `16MiB` when absent. */
  readonly maxSize?: string | ByteSize;
}

/**
 * Settings from a folder in which a file's name is the key and its content the value, as Kubernetes mounts ConfigMaps and
 * Secrets. One line break at the end of a file is dropped. Sub-folders nest, and so do dots and double underscores in a
 * file's name: `database/password`, `database.password` and `database__password` are one key, and so is Docker's
 * `database_password` where no other field can be meant. Names that start with a dot are left out; symbolic links are followed, and a mount that is replaced meanwhile is read in one version. Subpath: `uno-config`.
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
  option.path.read(path, 'directory: path');
  const { name = path, references, maxSize: maxBytes } = readOptions('directory', options, OPTIONS);
  const record = new ReadRecord([directoryFolder(path)]);
  return Object.freeze({
    name,
    id: sourceId('directory', path, { name, references, maxBytes }),
    load: (context) =>
      record.during(context, (reading) =>
        readMounted(path, async (mount) => {
          const files = await listDirectoryFiles(path, { mount, reading });
          const keyed = directoryKeys(files, context.schema);
          const texts = await readDirectoryFiles(files, { reading, maxBytes, whole: mount.data !== undefined });
          const hasSettings = texts.some((text) => text !== undefined);
          reading.refuseEmptied(directoryFolder(path), { isVoid: !hasSettings, hasSettings }, emptiedWords(path));
          const key = [name, resolve(path), String(references ?? true)].join('\0');
          const before = kept.byKey(context.previous).get(key);
          if (before !== undefined && isSame(before.facts, { files, texts })) return before.layer;
          const layer = layerOf(keyed, texts, { name, folder: resolve(path), references });
          return kept.keep(layer, key, { files, texts });
        }),
      ),
    watch: (context) => watchReads(context, record, { name, maxBytes }),
  } satisfies ConfigSource);
}

const OPTIONS = {
  name: option.name,
  references: option.flag,
  maxSize: option.size,
} satisfies OptionKinds<DirectoryOptions>;

interface DirectoryFacts {
  readonly files: readonly DirectoryFile[];
  readonly texts: readonly (string | undefined)[];
}

const kept = new KeptLayers<DirectoryFacts>();

function emptiedWords(path: string): EmptiedWords {
  return { shown: path, onPurpose: 'To remove all of its settings on purpose, restart, or remove the source.' };
}

function isSame(one: DirectoryFacts, other: DirectoryFacts): boolean {
  const { files, texts } = other;
  if (one.files.length !== files.length) return false;
  return one.files.every(({ path }, index) => path === files[index]?.path && one.texts[index] === texts[index]);
}

function layerOf(
  keyed: readonly KeyedFile[],
  texts: readonly (string | undefined)[],
  options: { readonly name: string; readonly folder: string; readonly references: boolean | undefined },
): ConfigLayer {
  const { name, folder, references } = options;
  const shown = new Map(keyed.map(({ path: key, file }) => [key.join('\0'), file]));
  return createLayer({
    name,
    kind: 'directory',
    tree: directoryTree(keyed.map(({ path: key }, index) => ({ path: key, value: texts[index] }))),
    folder,
    locate: (at) => originOf(name, at, shown.get(at.join('\0'))),
    ...(references !== undefined && { references }),
  });
}

function originOf(name: string, path: ConfigPath, file: DirectoryFile | undefined): ReturnType<typeof originAtPath> {
  if (file === undefined) return originAtPath('directory', name, path);
  return { kind: 'directory', source: file.path, key: file.names.join('/') };
}
