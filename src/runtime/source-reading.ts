import type { ConfigLayer, ConfigMap, SectionNode } from '../core/index.js';
import { isConfigMap, sameValue } from '../core/index.js';
import { normaliseAgain, normaliseLayer, type NormalisedLayer } from '../binding/index.js';

/** What one source gave. */
export interface SourceReading {
  /** The source's own layers, low to high. */
  readonly layers: readonly ConfigLayer[];
  /** The same, brought to canonical keys. */
  readonly normalised: readonly NormalisedLayer[];
}

/**
 * A source's layers made ready. A layer that the source gave before is taken as it is; in a new one, whatever is equal to
 * what stood there before is replaced by it, so that unchanged subtrees stay the same objects all the way.
 */
export function readingOf(
  layers: readonly ConfigLayer[],
  schema: SectionNode,
  previous: SourceReading | undefined,
): SourceReading {
  const normalised = layers.map((layer, at) => {
    const known = previous?.normalised.find((other) => other.layer === layer);
    if (known !== undefined) return known;
    const before = previous?.normalised[at];
    const fresh = (before && normaliseAgain(layer, schema, before)) ?? normaliseLayer(layer, schema);
    return before === undefined ? fresh : { ...fresh, tree: sharing(before.tree, fresh.tree) };
  });
  return { layers, normalised };
}

/** The keys at the root under which two readings of one source differ, or say the same but mean something else by it. */
export function changedKeys(before: SourceReading, after: SourceReading): ReadonlySet<string> {
  const changed = new Set<string>();
  if (before === after) return changed;
  const count = Math.max(before.normalised.length, after.normalised.length);
  for (let at = 0; at < count; at++) {
    const [old, now] = [before.normalised[at], after.normalised[at]];
    const [a, b] = [old?.tree ?? {}, now?.tree ?? {}];
    const sameTerms = old?.layer.references === now?.layer.references && old?.layer.folder === now?.layer.folder;
    if (a === b && sameTerms) continue;
    for (const key of Object.keys(a)) if (a[key] !== b[key] || !sameTerms) changed.add(key);
    for (const key of Object.keys(b)) if (a[key] !== b[key]) changed.add(key);
  }
  return changed;
}

/** The old value when the new one is equal to it; else the new one, with whatever is equal inside it. */
export function sharedValue(old: unknown, value: unknown): unknown {
  if (old !== undefined && sameValue(old, value)) return old;
  return isConfigMap(old) && isConfigMap(value) ? sharing(old, value) : value;
}

/** The new map with the old values wherever they are equal; the old map itself when all are. */
function sharing(before: ConfigMap, after: ConfigMap): ConfigMap {
  let same = Object.keys(before).length === Object.keys(after).length;
  const shared: Record<string, unknown> = {};
  for (const key of Object.keys(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    shared[key] = sharedValue(old, after[key]);
    same &&= shared[key] === old;
  }
  return same ? before : shared;
}
