import type { ConfigMap, ConfigPath } from '../core/index.js';
import { isConfigMap, valueAt } from '../core/index.js';
import { SharedMap } from './shared-map.js';

/** All layers in one tree, by the keys of its root. */
export type MergedTree = SharedMap<unknown>;

/** The tree of a map. */
export function mergedTree(map: ConfigMap): MergedTree {
  return SharedMap.of(Object.entries(map));
}

/** The value at a path of one key or more. */
export function valueIn(tree: MergedTree, [root = '', ...rest]: ConfigPath): unknown {
  return valueAt(tree.get(root), rest);
}

/** The tree with another value at a path; `undefined` takes away what is there. Only maps lie on the way to a field. */
export function withValueIn(tree: MergedTree, [root = '', ...rest]: ConfigPath, value: unknown): MergedTree {
  return tree.with(new Map([[root, replaced(tree.get(root), rest, value)]]));
}

function replaced(node: unknown, [key, ...rest]: ConfigPath, value: unknown): unknown {
  if (key === undefined) return value;
  const map = isConfigMap(node) ? node : {};
  const next = replaced(Object.hasOwn(map, key) ? map[key] : undefined, rest, value);
  if (next !== undefined) return { ...map, [key]: next };
  return Object.fromEntries(Object.entries(map).filter(([other]) => other !== key));
}
