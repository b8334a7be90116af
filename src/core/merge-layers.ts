import type { MergeStrategy, SchemaKey, SchemaNode } from './config-schema.js';
import type { ConfigMap } from './config-value.js';
import { isConfigMap, UNSET } from './config-value.js';
import { isSecureValue, sameSettings } from './secrets/index.js';

/** The shape of what is merged, read only where it matters: a schema makes its tables on first use. */
type Shape = () => SchemaNode | undefined;

/**
 * Merges trees of raw values, the later one winning: objects key by key, lists and scalars whole unless the schema names
 * a strategy, {@link UNSET} removes. Subtrees that only one tree has are shared with it, not copied, and so is the lowest
 * one where the others say the same. All trees are merged in one go, place by place, so that the work is in proportion to
 * what they hold, however many they are.
 *
 * Keys must be canonical and checked; see `normaliseMap`, which also knows whether any tree holds {@link UNSET}.
 */
export function mergeTrees(trees: readonly ConfigMap[], schema: SchemaNode, holdsUnset = true): ConfigMap {
  const merged = mergeValues(trees, schema, holdsUnset);
  return isConfigMap(merged) ? merged : {};
}

/** The same for what is at one place, whatever it is: {@link UNSET} for what is removed. */
export function mergeValues(values: readonly unknown[], schema: SchemaNode, holdsUnset = true): unknown {
  const merged = combine(values.slice(lastStretch(values, 'replace')), () => schema, 'replace');
  return holdsUnset ? withoutUnset(merged) : merged;
}

/** The two key by key, the upper one winning. */
export function mergeMaps(lower: ConfigMap, upper: ConfigMap): ConfigMap {
  return mergeAll([lower, upper], () => undefined);
}

/**
 * Of the values of one place, low to high, the index from which on they are merged: each of those replaces what is below it,
 * or combines with it. The values before it have no part in the result.
 */
export function lastStretch(values: readonly unknown[], strategy: MergeStrategy): number {
  let first = values.length - 1;
  while (first > 0 && combines(values[first - 1], values[first], strategy)) first--;
  return Math.max(first, 0);
}

function combines(lower: unknown, upper: unknown, strategy: MergeStrategy): boolean {
  if (Array.isArray(upper)) return strategy !== 'replace' && Array.isArray(lower);
  return isConfigMap(upper) && isConfigMap(lower);
}

/** Values that all combine. */
function combine(values: readonly unknown[], shape: Shape, strategy: MergeStrategy): unknown {
  if (values.length < 2) return values[0];
  // What combines is all maps, or all lists.
  if (isConfigMap(values[0])) return mergeAll(values as readonly ConfigMap[], shape);
  return mergeLists(values.filter(isList), shape, strategy);
}

function mergeAll(maps: readonly ConfigMap[], shape: Shape): ConfigMap {
  const [lowest = {}] = maps;
  let merged: Record<string, unknown> | undefined;
  /** By key: what combines there, low to high. */
  let stretches: Map<string, unknown[]> | undefined;
  for (let at = 1, upper = maps[1]; upper !== undefined; upper = maps[++at]) {
    for (const key of Object.keys(upper)) {
      const value = upper[key];
      // A prototype is refused long before; but an assignment would set it, so safety does not depend on that.
      if (value === undefined || key === '__proto__') continue;
      const below: ConfigMap = merged ?? lowest;
      const lower = Object.hasOwn(below, key) ? below[key] : undefined;
      const isWhole = !isStructure(value);
      if (!isWhole && combines(lower, value, strategyBelow(lower, shape, key))) {
        const stretch = stretches?.get(key);
        if (stretch === undefined) (stretches ??= new Map<string, unknown[]>()).set(key, [lower, value]);
        else stretch.push(value);
      } else {
        stretches?.delete(key);
        if (isWhole ? lower !== value : !sameValue(lower, value)) (merged ??= { ...lowest })[key] = value;
      }
    }
  }
  for (const [key, stretch] of stretches ?? []) {
    const value = combine(stretch, () => shapeBelow(shape(), key), strategyBelow(stretch[0], shape, key));
    // Maps are the lowest one itself where they come to the same.
    const isSame = Array.isArray(value) ? sameValue(stretch[0], value) : stretch[0] === value;
    if (!isSame) (merged ??= { ...lowest })[key] = value;
  }
  return merged ?? lowest;
}

function strategyBelow(value: unknown, shape: Shape, key: string): MergeStrategy {
  return Array.isArray(value) ? strategyAt(shape(), key) : 'replace';
}

export function strategyAt(schema: SchemaNode | undefined, key: string): MergeStrategy {
  return keyOf(schema, key)?.merge ?? 'replace';
}

export function shapeBelow(schema: SchemaNode | undefined, key: string): SchemaNode | undefined {
  return schema?.kind === 'map' ? schema.item : keyOf(schema, key)?.node;
}

export function itemShape(schema: SchemaNode | undefined): SchemaNode | undefined {
  return schema?.kind === 'list' ? schema.item : undefined;
}

function keyOf(schema: SchemaNode | undefined, key: string): SchemaKey | undefined {
  return schema?.kind === 'section' ? schema.keys.get(key) : undefined;
}

function mergeLists(lists: readonly (readonly unknown[])[], shape: Shape, strategy: MergeStrategy): readonly unknown[] {
  const item: Shape = () => itemShape(shape());
  return alignItems(lists, strategy).map((from) => {
    const items = from.map(([list, place]) => lists[list]?.[place]);
    return combine(items, item, 'replace');
  });
}

/** Which items of which lists, by their indexes, one item of a merged list is made of, low to high. */
export type ItemSources = readonly (readonly [list: number, item: number])[];

export function alignItems(lists: readonly (readonly unknown[])[], strategy: MergeStrategy): readonly ItemSources[] {
  if (typeof strategy === 'object') return alignByKey(lists, strategy.by);
  if (strategy === 'unique') return alignUnique(lists);
  return lists.flatMap((items, list) => items.map((_, at): ItemSources => [[list, at]]));
}

/**
 * An item equal to one below it adds nothing, be it a number or its text. Scalars are found by hash; only structures are
 * compared one by one.
 */
function alignUnique(lists: readonly (readonly unknown[])[]): readonly ItemSources[] {
  const aligned: ItemSources[] = [];
  const scalars = new Set<unknown>();
  const structures: unknown[] = [];
  for (const [list, items] of lists.entries()) {
    for (const [at, item] of items.entries()) {
      const isKnown = isStructure(item)
        ? structures.some((other) => sameValue(other, item))
        : scalars.has(asText(item));
      // The lowest list is taken as it is.
      if (isKnown && list > 0) continue;
      aligned.push([[list, at]]);
      if (isStructure(item)) structures.push(item);
      else scalars.add(asText(item));
    }
  }
  return aligned;
}

/** A map joins the last one of the lists below that has the same value at a key, be it a number or its text. */
function alignByKey(lists: readonly (readonly unknown[])[], by: string): readonly ItemSources[] {
  const aligned: [number, number][][] = [];
  const places = new Map<unknown, [number, number][]>();
  for (const [list, items] of lists.entries()) {
    const added: (readonly [unknown, [number, number][]])[] = [];
    for (const [at, item] of items.entries()) {
      const key = isConfigMap(item) && Object.hasOwn(item, by) ? asText(item[by]) : NO_KEY;
      const known = places.get(key);
      if (known !== undefined) {
        known.push([list, at]);
        continue;
      }
      const sources: [number, number][] = [[list, at]];
      aligned.push(sources);
      if (key !== NO_KEY) added.push([key, sources]);
    }
    for (const [key, sources] of added) places.set(key, sources);
  }
  return aligned;
}

/** What a scalar is known by: a variable can only give the text of what a file writes as a number. */
function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
}

const NO_KEY = Symbol('an item without the key');

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isStructure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || isConfigMap(value));
}

/** Equality of raw values by content. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (isSecureValue(a) && isSecureValue(b)) return sameSettings(a, b);
  if (!isConfigMap(a) || !isConfigMap(b)) return false;
  let keys = 0;
  for (const key of Object.keys(a)) {
    const value = a[key];
    if (!(value !== undefined && value === b[key]) && !(Object.hasOwn(b, key) && sameValue(value, b[key])))
      return false;
    keys++;
  }
  return keys === Object.keys(b).length;
}

/** The old value when the new one is equal to it; else the new one, with the old ones wherever maps in it are equal. */
export function sharing(old: unknown, value: unknown): unknown {
  if (old === value) return old;
  if (!isConfigMap(old) || !isConfigMap(value)) return sameValue(old, value) ? old : value;
  const keys = Object.keys(value);
  let isSame = keys.length === Object.keys(old).length;
  let copy: Record<string, unknown> | undefined;
  for (const key of keys) {
    const own = value[key];
    // What is inherited from a prototype is equal to no raw value.
    const before = old[key];
    const after = own === before ? own : sharing(before, own);
    isSame &&= after === before && after !== undefined;
    if (after !== own && key !== '__proto__') (copy ??= { ...value })[key] = after;
  }
  return isSame ? old : (copy ?? value);
}

/** Drops what is still {@link UNSET} after the merge; shares everything else. */
function withoutUnset(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const kept = items.filter((item) => item !== UNSET).map(withoutUnset);
    return kept.length === items.length && kept.every((item, index) => item === items[index]) ? items : kept;
  }
  if (!isConfigMap(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const before = value[key];
    const after = before === UNSET ? undefined : withoutUnset(before);
    if (after === before) continue;
    copy ??= { ...value };
    if (after === undefined) Reflect.deleteProperty(copy, key);
    else copy[key] = after;
  }
  return copy ?? value;
}
