import type { MergeBy, MergeStrategy, SchemaNode, SectionNode } from './config-schema.js';
import type { ConfigMap } from './config-value.js';
import { isConfigMap, UNSET } from './config-value.js';
import { isSecureValue, sameSettings } from './secure-value.js';

/**
 * Merges trees of raw values, the later one winning: objects key by key, lists and scalars whole unless the schema names
 * a strategy, {@link UNSET} removes. Subtrees that only one tree has are shared with it, not copied.
 *
 * Keys must be canonical and checked; see `normaliseLayer`, which also knows whether any tree holds {@link UNSET}.
 */
export function mergeTrees(trees: readonly ConfigMap[], schema: SectionNode, holdsUnset = true): ConfigMap {
  // One root for all trees: a copy for each of them would cost the square of their number.
  const merged: Record<string, unknown> = {};
  for (const tree of trees) {
    for (const key of Object.keys(tree)) {
      if (key === '__proto__') continue;
      merged[key] = mergeKey(Object.hasOwn(merged, key) ? merged[key] : undefined, tree[key], key, schema);
    }
  }
  const cleaned = holdsUnset ? withoutUnset(merged) : merged;
  return isConfigMap(cleaned) ? cleaned : {};
}

/** What the trees come to at one key of the root; `undefined` for nothing. The part of {@link mergeTrees} that a change needs. */
export function mergeTreesAt(
  trees: readonly ConfigMap[],
  key: string,
  schema: SectionNode,
  holdsUnset = true,
): unknown {
  let merged: unknown = undefined;
  for (const tree of trees) if (Object.hasOwn(tree, key)) merged = mergeKey(merged, tree[key], key, schema);
  if (!holdsUnset) return merged;
  return merged === UNSET ? undefined : withoutUnset(merged);
}

function mergeKey(lower: unknown, upper: unknown, key: string, { keys }: SectionNode): unknown {
  const field = keys.get(key);
  return mergeValues(lower, upper, field?.node, field?.merge ?? 'replace');
}

function mergeValues(lower: unknown, upper: unknown, schema: SchemaNode | undefined, strategy: MergeStrategy): unknown {
  if (lower === undefined || lower === UNSET) return upper;
  if (upper === undefined) return lower;
  if (Array.isArray(lower) && Array.isArray(upper)) return mergeLists(lower, upper, schema, strategy);
  if (isConfigMap(lower) && isConfigMap(upper)) return mergeMaps(lower, upper, schema);
  return upper;
}

/** The two key by key, the upper one winning, as for a section; by the strategies that the schema names, if any. */
export function mergeMaps(lower: ConfigMap, upper: ConfigMap, schema?: SchemaNode): ConfigMap {
  const merged: Record<string, unknown> = { ...lower };
  for (const key of Object.keys(upper)) {
    // Refused long before; but an assignment would set the prototype, so safety does not depend on that.
    if (key === '__proto__') continue;
    const below = Object.hasOwn(lower, key) ? lower[key] : undefined;
    const field = schema?.kind === 'section' ? schema.keys.get(key) : undefined;
    const node = schema?.kind === 'map' ? schema.item : field?.node;
    merged[key] = mergeValues(below, upper[key], node, field?.merge ?? 'replace');
  }
  return merged;
}

function mergeLists(
  lower: readonly unknown[],
  upper: readonly unknown[],
  schema: SchemaNode | undefined,
  strategy: MergeStrategy,
): readonly unknown[] {
  if (strategy === 'replace') return upper;
  if (strategy === 'append') return [...lower, ...upper];
  if (strategy === 'unique') return mergeUnique(lower, upper);
  return mergeItems(lower, upper, schema?.kind === 'list' ? schema.item : undefined, strategy);
}

function mergeUnique(lower: readonly unknown[], upper: readonly unknown[]): readonly unknown[] {
  const merged = [...lower];
  // Scalars are found by hash, so that only structures are compared one by one.
  const held = new Set(lower);
  const structures = lower.filter(isStructure);
  for (const item of upper) {
    if (held.has(item)) continue;
    if (isStructure(item)) {
      if (structures.some((other) => sameValue(other, item))) continue;
      structures.push(item);
    }
    held.add(item);
    merged.push(item);
  }
  return merged;
}

function isStructure(value: unknown): boolean {
  return Array.isArray(value) || isConfigMap(value);
}

function mergeItems(
  lower: readonly unknown[],
  upper: readonly unknown[],
  schema: SchemaNode | undefined,
  { by }: MergeBy,
): readonly unknown[] {
  const merged = [...lower];
  const places = new Map<unknown, number>();
  lower.forEach((item, place) => {
    if (isConfigMap(item) && Object.hasOwn(item, by)) places.set(item[by], place);
  });
  for (const item of upper) {
    const place = isConfigMap(item) && Object.hasOwn(item, by) ? places.get(item[by]) : undefined;
    if (place === undefined) merged.push(item);
    else merged[place] = mergeValues(merged[place], item, schema, 'replace');
  }
  return merged;
}

/** Equality of raw values by content. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (isSecureValue(a) && isSecureValue(b)) return sameSettings(a, b);
  if (!isConfigMap(a) || !isConfigMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
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
