import type { ConfigLayer, ConfigMap, ConfigPath } from '../../core/index.js';
import { createLayer, isConfigMap } from '../../core/index.js';
import type { Seat } from './part.js';
import type { Reading } from './reading.js';
import type { Rows } from './row.js';

/** A layer with its tree put together again in canonical keys. */
export interface CanonicalLayer {
  readonly layer: ConfigLayer;
  readonly tree: ConfigMap;
}

/** The layer in a seat; `undefined` where only its values are kept. */
export function layerIn({ readings, overlays = [] }: Readings, { source, at }: Seat): ConfigLayer | undefined {
  const lies = ({ layers: [lowest] }: Reading): boolean => lowest?.seat.source === source;
  return (readings[source] ?? overlays.find(lies))?.layers[at]?.layer;
}

/** What was read, and what lies between. */
interface Readings {
  readonly readings: readonly Reading[];
  readonly overlays?: readonly Reading[];
}

function layerOf({ name, kind, references, folder }: Seat, tree: ConfigMap): ConfigLayer {
  return createLayer({ name, kind, references, tree, ...(folder !== undefined && { folder }) });
}

/** The layers of a source, low to high. */
export function canonicalLayers(rows: Rows, readings: readonly Reading[], source: number): readonly CanonicalLayer[] {
  const trees = new Map<number, { readonly seat: Seat; readonly tree: Record<string, unknown> }>();
  for (const { parts } of rows) {
    for (const { seat, path, tree } of parts) {
      if (seat.source !== source) continue;
      const known = trees.get(seat.at) ?? { seat, tree: {} };
      trees.set(seat.at, known);
      put(known.tree, path, tree);
    }
  }
  const seated = [...trees].sort(([one], [other]) => one - other);
  return seated.map(([, { seat, tree }]) => ({ layer: layerIn({ readings }, seat) ?? layerOf(seat, tree), tree }));
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
