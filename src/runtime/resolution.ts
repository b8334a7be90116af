import type { ConfigMap, Interpolation, RootReferences } from '../core/index.js';
import type { MergedTree } from './merged-tree.js';
import { fileKey, missingFile, type FileAnswer, type FileName } from './reference-files.js';
import { SharedMap } from './shared-map.js';
import { sharedValue } from './source-reading.js';

/**
 * A tree with its references resolved, and what that depends on, by keys of the root: so that after a change only what is
 * under changed keys, and under those that refer to them, need be resolved again.
 */
export interface Resolution {
  readonly tree: MergedTree;
  readonly references: SharedMap<RootReferences>;
  /** The keys whose references looked under a key. */
  readonly readers: SharedMap<ReadonlySet<string>>;
  /** What references looked at that stands in no tree. */
  readonly outside: SharedMap<OutsideReads>;
  /** See {@link RootReferences.broughtIn}; of all together. */
  readonly broughtIn: number;
}

/** The files and environment variables that the references under one key name, as they were. */
export interface OutsideReads {
  readonly files: readonly NamedFile[];
  readonly environment: RootReferences['environment'];
}

/** A file that a reference names, and what was found there. */
export interface NamedFile extends FileName {
  readonly answer: FileAnswer;
}

/** What {@link resolvedAgain} is told of files. */
export interface FilesFound {
  /** Those that references under a key name. */
  readonly files: (key: string) => readonly FileName[];
  /** By {@link fileKey}. */
  readonly answers: ReadonlyMap<string, FileAnswer>;
}

/** Nothing is under a key. */
export const NO_REFERENCES: RootReferences = Object.freeze({
  spelled: new Map(),
  tainted: new Set<string>(),
  reads: new Set<string>(),
  environment: new Map(),
  broughtIn: 0,
});

/** A tree in which no reference is. */
export function withoutReferences(tree: MergedTree): Resolution {
  const nothing = SharedMap.of<never>([]);
  return { tree, references: nothing, readers: nothing, outside: nothing, broughtIn: 0 };
}

/** The keys, and those that refer to them, and those that refer to those, …. */
export function withReaders({ readers }: Resolution, keys: Iterable<string>): ReadonlySet<string> {
  const reached = new Set(keys);
  // A set that grows is walked to its new end.
  for (const key of reached) for (const reader of readers.get(key) ?? []) reached.add(reader);
  return reached;
}

/** The resolution after what is under some keys has been resolved again. */
export function resolvedAgain(
  before: Resolution,
  keys: ReadonlySet<string>,
  found: Pick<Interpolation, 'tree' | 'references'>,
  { files, answers }: FilesFound,
): Resolution {
  const values = new Map<string, unknown>();
  const references = new Map<string, RootReferences | undefined>();
  const outside = new Map<string, OutsideReads | undefined>();
  let { broughtIn } = before;
  for (const key of keys) {
    const now = found.references.get(key);
    const { environment } = now ?? NO_REFERENCES;
    const named = files(key).map((file) => ({ ...file, answer: answers.get(fileKey(file)) ?? missingFile(file.name) }));
    values.set(key, sharedValue(before.tree.get(key), valueOf(found.tree, key)));
    references.set(key, now);
    outside.set(key, named.length + environment.size > 0 ? { files: named, environment } : undefined);
    broughtIn += (now?.broughtIn ?? 0) - (before.references.get(key)?.broughtIn ?? 0);
  }
  return {
    tree: before.tree.with(values),
    references: before.references.with(references),
    readers: before.readers.with(movedReaders(before, references)),
    outside: before.outside.with(outside),
    broughtIn,
  };
}

function valueOf(tree: ConfigMap, key: string): unknown {
  return Object.hasOwn(tree, key) ? tree[key] : undefined;
}

function movedReaders(
  before: Resolution,
  references: ReadonlyMap<string, RootReferences | undefined>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const moved = new Map<string, Set<string>>();
  const readersOf = (key: string): Set<string> => {
    const readers = moved.get(key) ?? new Set(before.readers.get(key));
    moved.set(key, readers);
    return readers;
  };
  for (const [reader, now = NO_REFERENCES] of references) {
    const { reads } = before.references.get(reader) ?? NO_REFERENCES;
    for (const key of reads) if (!now.reads.has(key)) readersOf(key).delete(reader);
    for (const key of now.reads) if (!reads.has(key)) readersOf(key).add(reader);
  }
  return moved;
}
