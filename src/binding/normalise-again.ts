import type { ConfigLayer, SectionNode } from '../core/index.js';
import { canonicalKey } from './canonical-path.js';
import { MOST_VALUES, normaliseLayer, type NormalisedLayer } from './normalise-layer.js';

/**
 * What {@link normaliseLayer} makes of a layer that shares most of its root with one that has been normalised: only what
 * stands at keys with another value is looked at. `undefined` where it cannot be told from these keys alone, such as when
 * there are others than before, or something to report.
 *
 * That there are references or unset tokens may be said of a layer that has just lost its last one.
 */
export function normaliseAgain(
  layer: ConfigLayer,
  schema: SectionNode,
  before: NormalisedLayer,
): NormalisedLayer | undefined {
  if (layer.references !== before.layer.references || !isPlain(before)) return undefined;
  const changed = changedValues(before.layer.tree, layer.tree);
  if (changed === undefined) return undefined;
  const part = normaliseLayer({ ...layer, tree: changed }, schema);
  if (!isPlain(part) || before.values + part.values > MOST_VALUES) return undefined;
  const tree: Record<string, unknown> = { ...before.tree };
  for (const key of Object.keys(changed)) {
    const canonical = canonicalKey(key, schema);
    tree[canonical] = part.tree[canonical];
  }
  return {
    layer,
    tree,
    holdsReferences: before.holdsReferences || part.holdsReferences,
    holdsUnset: before.holdsUnset || part.holdsUnset,
    holdsSecrets: before.holdsSecrets || part.holdsSecrets,
    issues: [],
    unknownKeys: [],
    values: before.values + part.values,
  };
}

/** Nothing to report, and every key of the layer has one of its own in the tree. */
function isPlain({ layer, tree, issues, unknownKeys }: NormalisedLayer): boolean {
  return issues.length + unknownKeys.length === 0 && Object.keys(tree).length === Object.keys(layer.tree).length;
}

/** The entries with another value; `undefined` when the keys are others, or too many have one. */
function changedValues(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const keys = Object.keys(after);
  if (Object.keys(before).length !== keys.length) return undefined;
  const changed: Record<string, unknown> = {};
  let count = 0;
  for (const key of keys) {
    if (!Object.hasOwn(before, key)) return undefined;
    if (before[key] === after[key]) continue;
    if (++count > keys.length / 2) return undefined;
    changed[key] = after[key];
  }
  return changed;
}
