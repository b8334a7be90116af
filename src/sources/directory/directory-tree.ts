import {
  type ConfigMap,
  type ConfigPath,
  type SectionNode,
  ConfigError,
  foldKey,
  formatPath,
  isForbiddenKey,
  MAX_DEPTH,
  onlySeparatedKeys,
  type ConfigErrorCode,
} from '../../core/index.js';
import type { DirectoryFile } from './directory-files.js';

/** A file and the key that its name spells. */
export interface KeyedFile {
  readonly path: ConfigPath;
  readonly file: DirectoryFile;
}

/**
 * The keys that files' names spell: `.` and `__` nest, as sub-folders do, and so does the `_` of Docker's names where one
 * field alone can be meant.
 *
 * @throws ConfigError `invalid-key` for an empty part, `forbidden-key`, `too-deep`, `duplicate-key` for two files of one
 *   key or for a value where another file needs a map.
 */
export function directoryKeys(files: readonly DirectoryFile[], schema: SectionNode): readonly KeyedFile[] {
  const taken = new Map<string, DirectoryFile>();
  const keyed = files.map((file) => ({ file, path: dockerKeys(file, schema) ?? keyOf(file) }));
  for (const { file, path } of keyed) {
    const other = taken.get(path.join('\0'));
    if (other !== undefined)
      throw nameError('duplicate-key', file, `the key ${formatPath(path)} is also set by ${other.path}`);
    taken.set(path.join('\0'), file);
  }
  for (const { file, path } of keyed) {
    for (let depth = 1; depth < path.length; depth++) {
      const other = taken.get(path.slice(0, depth).join('\0'));
      if (other !== undefined)
        throw nameError('duplicate-key', file, `${other.path} already is a value where this needs a map`);
    }
  }
  return keyed;
}

/** The tree of values by path, without those that are not set; the paths must not overlap. */
export function directoryTree(values: readonly KeyedValue[]): ConfigMap {
  const root: Branch = new Map();
  for (const { path, value } of values) {
    if (value === undefined) continue;
    let branch = root;
    for (const key of path.slice(0, -1)) {
      const next = branch.get(key);
      const child: Branch = typeof next === 'object' ? next : new Map<string, string | Branch>();
      branch.set(key, child);
      branch = child;
    }
    branch.set(path.at(-1) ?? '', value);
  }
  return toMap(root);
}

interface KeyedValue {
  readonly path: ConfigPath;
  readonly value: string | undefined;
}

type Branch = Map<string, string | Branch>;

function toMap(branch: Branch): ConfigMap {
  return Object.fromEntries([...branch].map(([key, value]) => [key, typeof value === 'string' ? value : toMap(value)]));
}

/** `db_password` for `db.password`: Docker gives all secrets of a service one folder, and their names as few characters. */
function dockerKeys({ names }: DirectoryFile, schema: SectionNode): ConfigPath | undefined {
  const [name = ''] = names;
  if (names.length > 1 || schema.open === true || !/^[a-z0-9]+(?:[_-][a-z0-9]+)+$/i.test(name)) return undefined;
  const folded = foldKey(name);
  return schema.spellings.has(folded) ? undefined : onlySeparatedKeys(folded, schema);
}

function keyOf(file: DirectoryFile): ConfigPath {
  const dotted = file.names.flatMap((name) => name.split('.'));
  // Before the underscores are split, because __proto__ would then be only proto.
  const path = dotted.flatMap((part) => (isForbiddenKey(part) ? [part] : part.split('__')));
  if (path.some(isForbiddenKey)) throw nameError('forbidden-key', file, 'its name contains a reserved key');
  if (path.includes(''))
    throw nameError('invalid-key', file, 'a part of its name between dots or double underscores is empty');
  if (path.length > MAX_DEPTH)
    throw nameError('too-deep', file, `keys may be nested ${String(MAX_DEPTH)} levels deep at most`);
  return path;
}

function nameError(code: ConfigErrorCode, file: DirectoryFile, problem: string): ConfigError {
  return new ConfigError({
    code,
    category: 'parse',
    message: `The file ${file.path} cannot be a setting: ${problem}.`,
    recovery: 'Rename the file, or move it out of the folder.',
  });
}
