import { mergeTrees, mergeTreesAt, sameValue } from '../core/index.js';
import { sectionDiffers } from './diff-generations.js';
import type { GenerationFacts } from './generation-facts.js';
import type { LayerStack } from './layer-stack.js';
import type { LoadPlan } from './load-plan.js';
import { mergedTree, valueIn, type MergedTree } from './merged-tree.js';
import { changedKeys, type SourceReading } from './source-reading.js';

/** The readings by index that are not those of the generation before; of all of them without one. */
export function freshReadings(
  readings: readonly SourceReading[],
  before: GenerationFacts | undefined,
  only?: ReadonlySet<number>,
): readonly number[] {
  const read = only === undefined ? [...readings.keys()] : [...only].sort((one, other) => one - other);
  return before === undefined ? read : read.filter((index) => readings[index] !== before.readings[index]);
}

/**
 * All layers in one tree. What stands at the keys that no source has changed is taken over from the previous generation,
 * and the whole tree when nothing has changed.
 */
export function mergeLayers(
  stack: LayerStack,
  { schema }: LoadPlan,
  before: GenerationFacts | undefined,
  readings: readonly SourceReading[],
  fresh: readonly number[],
): MergedTree {
  const { holdsUnset } = stack;
  if (before === undefined) {
    const trees = stack.layers.map(({ tree }) => tree);
    return mergedTree(mergeTrees(trees, schema, holdsUnset));
  }
  const values = new Map<string, unknown>();
  for (const index of fresh) {
    const [old, reading] = [before.readings[index], readings[index]];
    if (old === undefined || reading === undefined) continue;
    for (const key of changedKeys(old, reading)) {
      const value = mergeTreesAt(stack.treesWith(key), key, schema, holdsUnset);
      if (!sameValue(value, before.merged.get(key))) values.set(key, value);
    }
  }
  return before.merged.with(values);
}

/** The indexes of the sections whose subtree is not what it was; of all of them without a previous generation. */
export function changedSections(
  tree: MergedTree,
  plan: LoadPlan,
  before: GenerationFacts | undefined,
): readonly number[] {
  if (before === undefined) return plan.sections.map((_, index) => index);
  const made: number[] = [];
  for (const key of tree.differing(before.resolved)) {
    for (const index of plan.byRootKey.get(key) ?? []) {
      const path = plan.sections[index]?.entry.path ?? [];
      if (!sameValue(valueIn(tree, path), valueIn(before.resolved, path))) made.push(index);
    }
  }
  return made.sort((one, other) => one - other);
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
