import {
  type Formula,
  type ConfigMap,
  isConfigMap,
  formatPath,
  traceMerge,
  type ConfigPath,
} from '../../core/index.js';
import type { FileName } from './reference-files.js';
import type { Part } from './part.js';
import type { Segment } from './segment.js';

/**
 * What a generation knows of one segment, stage by stage. A stage whose inputs are what they were gives what it gave, the
 * very same object; a row is never written again.
 */
export interface Row {
  readonly segment: Segment;
  /** The values of the layers, low to high. */
  readonly parts: readonly Part[];
  /** All parts in one map; a string where a reference above brings the map in, `undefined` without any values. */
  readonly merged: unknown;
  /** With what is encrypted opened. */
  readonly opened: unknown;
  /** The files that its references name. */
  readonly files: readonly FileName[];
  /** Its strings with references, and their results, by their paths. */
  readonly formulas: ReadonlyMap<string, Formula>;
  /** The paths whose values were built from a secret. */
  readonly tainted: ReadonlySet<string>;
  /** With references resolved. */
  readonly resolved: unknown;
  /** Of a section: its frozen instance. */
  readonly instance: object | undefined;
}

/** One row for each segment. */
export type Rows = readonly Row[];

/** The same where rows are made when they are asked for. */
export type RowLookup = Rows | ((segment: Segment) => Row);

/** A segment without values. */
export function emptyRow(segment: Segment): Row {
  return {
    segment,
    parts: NO_PARTS,
    merged: undefined,
    opened: undefined,
    files: NO_FILES,
    formulas: NO_FORMULAS,
    tainted: NO_PATHS,
    resolved: undefined,
    instance: undefined,
  };
}

const NO_PARTS: readonly Part[] = Object.freeze([]);
export const NO_FILES: readonly FileName[] = Object.freeze([]);
export const NO_FORMULAS: ReadonlyMap<string, Formula> = new Map();
const NO_PATHS: ReadonlySet<string> = new Set();

/** The row of a segment. */
export function rowOf(rows: RowLookup, segment: Segment): Row {
  if (typeof rows === 'function') return rows(segment);
  const { index, path } = segment;
  const row = rows[index];
  if (row === undefined) throw new RangeError(`There is no row for ${path.join('.')}.`);
  return row;
}

/** Rows of which some may be others now; the very same where none is. */
export function withRows(rows: Rows, segments: Iterable<Segment>, make: (row: Row) => Row): Rows {
  let copy: Row[] | undefined;
  for (const segment of segments) {
    const row = rowOf(rows, segment);
    const made = make(row);
    if (made !== row) (copy ??= [...rows])[segment.index] = made;
  }
  return copy ?? rows;
}

/** What a stage came to for a segment and for segments below it, in one value. */
export function wholeValue(
  rows: RowLookup,
  segment: Segment,
  stage: 'merged' | 'opened' | 'resolved',
  below: Iterable<Segment> = segment.children.values(),
): unknown {
  const own = rowOf(rows, segment)[stage];
  if (own !== undefined && !isConfigMap(own)) return own;
  let whole: Record<string, unknown> | undefined;
  for (const child of below) {
    const value = wholeValue(rows, child, stage);
    if (value !== undefined) (whole ??= { ...own })[child.path.at(-1) ?? ''] = value;
  }
  return whole ?? own;
}

/** What a section is made from: its own values, and those of the sections that lie in its fields. */
export function sectionValue(rows: RowLookup, segment: Segment, stage: 'merged' | 'resolved'): unknown {
  return wholeValue(rows, segment, stage, segment.declared);
}

/** What a map itself has at some keys; `undefined` where it has nothing. */
export function picked(map: ConfigMap, keys: readonly string[]): ConfigMap {
  const found: Record<string, unknown> = {};
  for (const key of keys) if (key !== '__proto__') found[key] = Object.hasOwn(map, key) ? map[key] : undefined;
  return found;
}

const known = new WeakMap<readonly Part[], ReadonlySet<string>>();

/** The paths of values in use from a folder of mounted secrets: secrets, however their fields are declared. */
export function mountedValues({ parts, segment }: Pick<Row, 'parts' | 'segment'>): ReadonlySet<string> {
  const mounted = parts.filter(({ seat }) => seat.isMounted);
  if (mounted.length === 0) return NO_PATHS;
  let found = known.get(parts);
  if (found === undefined) known.set(parts, (found = pathsInUse(mounted, parts, segment)));
  return found;
}

function pathsInUse(mounted: readonly Part[], parts: readonly Part[], { path: at, schema }: Segment): Set<string> {
  const trees = parts.map((part) => ({ by: part, value: part.tree }));
  const isUsed = (path: ConfigPath): boolean =>
    traceMerge(trees, path.slice(at.length), schema).some(({ by, takesPart }) => takesPart && by.seat.isMounted);
  const paths = mounted.flatMap(({ tree, path }) => leavesOf(tree, path)).filter(isUsed);
  return new Set(paths.map(formatPath));
}

/** Single values, lists and what determines a whole map. */
function leavesOf(tree: unknown, path: ConfigPath): readonly ConfigPath[] {
  if (!isConfigMap(tree)) return [path];
  return Object.entries(tree).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}
