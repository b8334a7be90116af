import type { ConfigOrigin, ConfigPath, SectionNode } from '../core/index.js';
import { isConfigMap, originAtPath, UNSET, valueAt } from '../core/index.js';
import type { NormalisedLayer } from '../binding/index.js';
import { sourcePath } from '../binding/index.js';

/** What one layer says about a path. */
export interface Contribution {
  readonly value: unknown;
  readonly origin: ConfigOrigin;
}

/** What layers are asked about: high to low they are searched, the defaults last. */
export interface Traceable {
  readonly layers: readonly NormalisedLayer[];
  /** The defaults are asked for only when something is traced down to them. */
  readonly plan: {
    readonly schema: SectionNode;
    readonly defaults: unknown;
    readonly isSecret: (path: ConfigPath) => boolean;
  };
}

/** Everything that was said about a path, the winner first. A layer that unsets ends the list above it. */
export function traceSetting(from: Traceable, path: ConfigPath): readonly Contribution[] {
  const found: Contribution[] = [];
  for (const normalised of from.layers.toReversed()) {
    const value = valueOrUnset(normalised.tree, path);
    if (value !== undefined) found.push({ value, origin: originIn(normalised, from.plan.schema, path) });
  }
  // Defaults that hold references are a layer of their own, and have been heard.
  const initial = found.at(-1)?.origin.kind === 'default' ? undefined : valueAt(from.plan.defaults, path);
  if (initial !== undefined) found.push({ value: initial, origin: originAtPath('default', 'default', path) });
  return found;
}

/** The layer whose value at the path is in use. */
export function winningLayer(from: Traceable, path: ConfigPath): NormalisedLayer | undefined {
  return from.layers.findLast(({ tree }) => valueOrUnset(tree, path) !== undefined);
}

/** Where the value at a path, or the nearest thing above it, stands; `undefined` when no layer has any of it. */
export function originOf(from: Traceable, path: ConfigPath): ConfigOrigin | undefined {
  const layer = winningLayer(from, path);
  return layer && originIn(layer, from.plan.schema, path);
}

function originIn({ layer }: NormalisedLayer, schema: SectionNode, path: ConfigPath): ConfigOrigin {
  return layer.locate(sourcePath(layer, schema, path));
}

/** Like `valueAt`, but an unset token above the path counts as unset for everything below it. */
function valueOrUnset(tree: unknown, path: ConfigPath): unknown {
  let node = tree;
  for (const key of path) {
    if (node === UNSET) return UNSET;
    if (!isConfigMap(node) && !Array.isArray(node)) return undefined;
    node = valueAt(node, [key]);
  }
  return node;
}
