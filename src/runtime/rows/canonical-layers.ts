import type { ConfigLayer, ConfigMap, ConfigPath } from '../../core/index.js';
import { isConfigMap } from '../../core/index.js';
import type { Reading } from './reading.js';

/** The layers of a reading, each with its tree put together again in canonical keys. */
export function canonicalLayers({
  layers,
}: Reading): readonly { readonly layer: ConfigLayer; readonly tree: ConfigMap }[] {
  return layers.map(({ layer, parts }) => {
    const root: Record<string, unknown> = {};
    for (const { path, tree } of parts.values()) put(root, path, tree);
    return { layer, tree: root };
  });
}

function put(root: Record<string, unknown>, path: ConfigPath, tree: unknown): void {
  if (!isConfigMap(tree)) {
    const key = path.at(-1);
    if (key !== undefined) within(root, path.slice(0, -1))[key] = tree;
  } else {
    Object.assign(within(root, path), tree);
  }
}

/** The map at a path, made where it is not there. */
function within(root: Record<string, unknown>, path: ConfigPath): Record<string, unknown> {
  let node = root;
  for (const key of path) {
    node = isConfigMap(node[key]) ? node[key] : (node[key] = {});
  }
  return node;
}
