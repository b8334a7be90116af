import type { ConfigOrigin, ConfigPath, SectionNode } from '../core/index.js';
import { isConfigMap, originAtPath, valueAt } from '../core/index.js';
import type { NormalisedLayer } from '../binding/index.js';
import { sourcePath } from '../binding/index.js';

/** What one layer says about a path. */
export interface Contribution {
  readonly value: unknown;
  readonly origin: ConfigOrigin;
}

/** What layers are asked about: high to low they are searched, the defaults last. */
export interface Traceable {
  readonly stack: {
    readonly layers: readonly NormalisedLayer[];
    /** Those that say something under a key of the root. */
    layersWith(key: string): readonly NormalisedLayer[];
  };
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
  for (const normalised of layersAt(from, path).toReversed()) {
    const said = saidAt(normalised.tree, path);
    if (said.value === undefined) continue;
    found.push({ value: said.value, origin: originIn(normalised, from.plan.schema, said.path) });
  }
  // Defaults that hold references are a layer of their own, and have been heard.
  const initial = found.at(-1)?.origin.kind === 'default' ? undefined : valueAt(from.plan.defaults, path);
  if (initial !== undefined) found.push({ value: initial, origin: originAtPath('default', 'default', path) });
  return found;
}

/** The layer whose value at the path is in use. */
export function winningLayer(from: Traceable, path: ConfigPath): NormalisedLayer | undefined {
  return layersAt(from, path).findLast(({ tree }) => saidAt(tree, path).value !== undefined);
}

/** There may be thousands of layers, each with keys of its own. */
function layersAt({ stack }: Traceable, [root]: ConfigPath): readonly NormalisedLayer[] {
  return root === undefined ? stack.layers : stack.layersWith(root);
}

/** Where the value at a path, or what stands for it above, is written; `undefined` when no layer says anything. */
export function originOf(from: Traceable, path: ConfigPath): ConfigOrigin | undefined {
  const layer = winningLayer(from, path);
  return layer && originIn(layer, from.plan.schema, saidAt(layer.tree, path).path);
}

function originIn({ layer }: NormalisedLayer, schema: SectionNode, path: ConfigPath): ConfigOrigin {
  return layer.locate(sourcePath(layer, schema, path));
}

/**
 * What a layer says about a path, and where: at the path, or above it a value without parts, which speaks for all that
 * would lie below: an unset token, a list in one text, a reference to a group.
 */
function saidAt(tree: unknown, path: ConfigPath): { readonly value: unknown; readonly path: ConfigPath } {
  let node = tree;
  for (const [depth, key] of path.entries()) {
    if (node === undefined) break;
    if (!isConfigMap(node) && !Array.isArray(node)) return { value: node, path: path.slice(0, depth) };
    node = valueAt(node, [key]);
  }
  return { value: node, path };
}
