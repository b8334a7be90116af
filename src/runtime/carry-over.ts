import type { ConfigMap } from '../core/index.js';
import { mergeTrees, mergeTreesAt, sameValue, valueAt } from '../core/index.js';
import type { NormalisedLayer } from '../binding/index.js';
import { sectionDiffers } from './diff-generations.js';
import type { GenerationFacts } from './generation-facts.js';
import type { LoadPlan } from './load-plan.js';
import { changedKeys, type SourceReading } from './source-reading.js';

/**
 * All layers in one tree. What stands at the keys that no source has changed is taken over from the previous generation,
 * and the whole tree when nothing has changed.
 */
export function mergeLayers(
  layers: readonly NormalisedLayer[],
  readings: readonly SourceReading[],
  plan: LoadPlan,
  before: GenerationFacts | undefined,
): ConfigMap {
  const holdsUnset = layers.some((layer) => layer.holdsUnset);
  const trees = layers.map(({ tree }) => tree);
  if (before === undefined) return mergeTrees(trees, plan.schema, holdsUnset);
  const changed = new Set<string>();
  for (const [index, reading] of readings.entries()) {
    const old = before.readings[index];
    if (old !== undefined) for (const key of changedKeys(old, reading)) changed.add(key);
  }
  if (changed.size === 0) return before.merged;
  const merged: Record<string, unknown> = { ...before.merged };
  for (const key of changed) {
    const value = mergeTreesAt(trees, key, plan.schema, holdsUnset);
    if (value === undefined) Reflect.deleteProperty(merged, key);
    else if (!sameValue(value, merged[key])) merged[key] = value;
  }
  return merged;
}

/** The indexes of the sections whose subtree is not what it was; of all of them without a previous generation. */
export function changedSections(
  tree: ConfigMap,
  plan: LoadPlan,
  before: GenerationFacts | undefined,
): readonly number[] {
  if (before === undefined) return plan.sections.map((_, index) => index);
  if (tree === before.resolved) return [];
  const made: number[] = [];
  for (const [key, indexes] of plan.byRootKey) {
    if (tree[key] === before.resolved[key]) continue;
    for (const index of indexes) {
      const path = plan.sections[index]?.entry.path ?? [];
      if (!sameValue(valueAt(tree, path), valueAt(before.resolved, path))) made.push(index);
    }
  }
  return made;
}

/**
 * Puts the old instance back where the new one says the same in other words (`80` for `"80"`). The indexes of the sections
 * that have changed.
 */
export function keepEqual(
  before: GenerationFacts,
  after: GenerationFacts,
  instances: object[],
  made: readonly number[],
): readonly number[] {
  const changed: number[] = [];
  for (const index of made) {
    const old = before.instances[index];
    if (old !== undefined && !sectionDiffers(before, after, index)) instances[index] = old;
    else changed.push(index);
  }
  return changed;
}

/** The sources by index that say something else than they did. */
export function changedSources(before: readonly SourceReading[], after: readonly SourceReading[]): ReadonlySet<number> {
  const changed = new Set<number>();
  for (const [index, reading] of after.entries()) {
    const old = before[index];
    if (old !== undefined && changedKeys(old, reading).size > 0) changed.add(index);
  }
  return changed;
}
