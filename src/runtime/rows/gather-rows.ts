import { type ConfigMap, isConfigMap, mergeValues, sharing, UNSET } from '../../core/index.js';
import type { Part } from './part.js';
import type { MovedReading } from './reading.js';
import { emptyRow, picked, rowOf, type Row, type Rows } from './row.js';
import type { Segment } from './segment.js';

/** Rows with their parts merged. */
export interface GatheredRows {
  readonly rows: Rows;
  /** Those with values that differ from before. */
  readonly touched: readonly Segment[];
}

/**
 * The rows after some sources have moved; rows without changes in the moved sources are the same objects.
 *
 * @param before the rows before; empty ones at a first load
 */
export function gatherRows(segments: readonly Segment[], moved: readonly MovedReading[], before?: Rows): GatheredRows {
  const rows: Row[] = before === undefined ? segments.map(emptyRow) : [...before];
  const sources = new Set(moved.map(({ source }) => source));
  const touched = new Set<Segment>();
  for (const segment of sayingElse(moved, rows)) {
    const old = rowOf(rows, segment);
    const parts = spliced(old.parts, partsIn(moved, segment), sources);
    if (isSameList(parts, old.parts)) continue;
    rows[segment.index] = mergedRow(old, parts);
    touched.add(segment);
  }
  for (const segment of [...touched]) settle(rows, segment, touched);
  return { rows, touched: [...touched] };
}

function partsIn(moved: readonly MovedReading[], segment: Segment): readonly Part[] {
  const found: Part[] = [];
  for (const { after } of moved) {
    for (const { parts } of after.layers) {
      const part = parts.get(segment);
      if (part !== undefined) found.push(part);
    }
  }
  return found;
}

/** The segments for which moved sources have other values, or none any more. */
function sayingElse(moved: readonly MovedReading[], rows: Rows): ReadonlySet<Segment> {
  const found = new Set<Segment>();
  // Of a generation without its layers, only the rows know the source of each value.
  const unknown = new Set(moved.flatMap(({ source, before }) => (before === undefined ? [source] : [])));
  for (const { segment, parts } of unknown.size === 0 ? [] : rows) {
    if (parts.some(({ seat }) => unknown.has(seat.source))) found.add(segment);
  }
  for (const { before, after } of moved) {
    const layers = Math.max(before?.layers.length ?? 0, after.layers.length);
    for (let at = 0; at < layers; at++) {
      const [was, is] = [before?.layers[at]?.parts ?? NO_PARTS, after.layers[at]?.parts ?? NO_PARTS];
      for (const [segment, part] of is) if (was.get(segment) !== part) found.add(segment);
      for (const segment of was.keys()) if (!is.has(segment)) found.add(segment);
    }
  }
  return found;
}

const NO_PARTS: ReadonlyMap<Segment, Part> = new Map();

/** A row with other parts; what they come to is the old value, or has old values in it, where that is equal. */
export function mergedRow(old: Row, parts: readonly Part[]): Row {
  const { segment, merged } = old;
  if (merged === undefined) return { ...old, parts, merged: merge(segment, parts) };
  const added = old.parts.every((part, at) => part === parts[at]) ? parts.slice(old.parts.length) : undefined;
  // What only lies above all that there was goes onto what that came to; but what is unset is not in there any more.
  const over = added === undefined || parts.some(holdsUnset) ? undefined : added.map(treeOf);
  const value =
    over === undefined ? sharing(merged, merge(segment, parts)) : mergeValues([merged, ...over], segment.schema, false);
  return { ...old, parts, merged: value };
}

/**
 * What parts over a row say otherwise than it, with all that it comes to at their keys: `undefined` where they lie below some
 * part of it, or what the row comes to hangs on more than parts that are merged key by key.
 */
export function saidOver({ segment, parts, merged, resolved }: Row, over: readonly Part[]): ConfigMap | undefined {
  const { path, schema, declared } = segment;
  const isPlain = (part: Part): boolean =>
    part.path === path && isConfigMap(part.tree) && !part.holdsUnset && !hangsOnMore(part);
  const top = parts.at(-1)?.seat.source ?? -Infinity;
  if (!isConfigMap(merged) || resolved !== merged || declared.length > 0) return undefined;
  if (!parts.every(isPlain) || !over.every((part) => isPlain(part) && part.seat.source > top)) return undefined;
  const trees = over.map(({ tree }) => tree).filter(isConfigMap);
  const before = picked(merged, trees.flatMap(Object.keys));
  const after = mergeValues([before, ...trees], schema, false);
  return after === before || !isConfigMap(after) ? NOTHING_ELSE : after;
}

const NOTHING_ELSE: ConfigMap = Object.freeze({});

/** True for what comes to another thing when keys, variables or files are others. */
export function hangsOnMore({ holdsReferences, holdsSecrets, seat }: Part): boolean {
  return holdsReferences || holdsSecrets || seat.isMounted;
}

function holdsUnset(part: Part): boolean {
  return part.holdsUnset;
}

function treeOf(part: Part): unknown {
  return part.tree;
}

function merge({ schema }: Segment, parts: readonly Part[]): unknown {
  const isUnset = parts.some(holdsUnset);
  const [first] = parts;
  if (first === undefined) return undefined;
  if (parts.length === 1 && !isUnset) return first.tree;
  const merged = mergeValues(parts.map(treeOf), schema, isUnset);
  return merged === UNSET ? undefined : merged;
}

/** Parts with those of some sources replaced. */
export function spliced(parts: readonly Part[], fresh: readonly Part[], sources: ReadonlySet<number>): readonly Part[] {
  if (parts.length === 0) return fresh;
  const all: Part[] = [];
  let next = 0;
  for (const part of parts) {
    const { source } = part.seat;
    if (sources.has(source)) continue;
    for (let at = fresh[next]; at !== undefined && at.seat.source < source; at = fresh[++next]) all.push(at);
    all.push(part);
  }
  return [...all, ...fresh.slice(next)];
}

/** True for two lists of the same objects. */
export function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/**
 * A map in an upper layer replaces a string with a reference in place of a map: then the string no longer determines what
 * lies below, whatever the map contains.
 */
function settle(rows: Row[], segment: Segment, touched: Set<Segment>): void {
  const row = rowOf(rows, segment);
  if (row.parts.some(({ tree, path }) => typeof tree === 'string' || path !== segment.path)) {
    const parts = withMapsAbove(row, rows);
    if (!isSameList(parts, row.parts)) {
      rows[segment.index] = mergedRow(row, parts);
      touched.add(segment);
    }
  }
  for (const below of segment.children.values()) settle(rows, below, touched);
}

function withMapsAbove({ segment, parts }: Row, rows: Rows): readonly Part[] {
  const own = parts.filter(({ tree, path }) => path === segment.path || !isConfigMap(tree));
  let all = own;
  for (let above = segment.parent; above !== undefined; above = above.parent) {
    const { path } = above;
    for (const part of rowOf(rows, above).parts) {
      const speaks = own.some(
        (text) => typeof text.tree === 'string' && text.path.length <= path.length && isBelow(text, part),
      );
      if (!isConfigMap(part.tree) || part.path !== path || !speaks) continue;
      if (all.some(({ seat }) => seat === part.seat)) continue;
      const at = all.findIndex((other) => isBelow(part, other));
      const nothing: Part = { ...part, raw: {}, tree: {}, issues: [], unknownKeys: [], values: 0 };
      all = at === -1 ? [...all, nothing] : all.toSpliced(at, 0, nothing);
    }
  }
  return all;
}

function isBelow({ seat: one }: Part, { seat: other }: Part): boolean {
  return one.source === other.source ? one.at < other.at : one.source < other.source;
}
