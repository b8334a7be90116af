import type { ConfigMap } from '../core/index.js';
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

/** The keys of the root of which readings say something else than they did. */
export function touchedKeys(
  before: GenerationFacts,
  readings: readonly SourceReading[],
  fresh: readonly number[],
): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const index of fresh) {
    const [old, reading] = [before.readings[index], readings[index]];
    if (old === undefined || reading === undefined) continue;
    for (const key of changedKeys(old, reading)) touched.add(key);
  }
  return touched;
}

/** All layers in one tree. */
export function mergeAll(stack: LayerStack, { schema }: LoadPlan): MergedTree {
  const trees = stack.layers.map(({ tree }) => tree);
  return mergedTree(mergeTrees(trees, schema, stack.holdsUnset));
}

/** The tree after something else is said at some keys; itself when that comes to the same. */
export function mergeAgain(
  before: MergedTree,
  stack: LayerStack,
  { schema }: LoadPlan,
  touched: ReadonlySet<string>,
): MergedTree {
  const values = new Map<string, unknown>();
  for (const key of touched) {
    const value = mergeTreesAt(treesWith(stack, key), key, schema, stack.holdsUnset);
    if (!sameValue(value, before.get(key))) values.set(key, value);
  }
  return before.with(values);
}

function treesWith(stack: LayerStack, key: string): readonly ConfigMap[] {
  return stack.layersWith(key).map(({ tree }) => tree);
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
