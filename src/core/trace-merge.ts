import type { MergeStrategy, SchemaNode } from './config-schema.js';
import type { ConfigPath } from './config-path.js';
import { isConfigMap, UNSET } from './config-value.js';
import { alignItems, itemShape, lastStretch, shapeBelow, strategyAt } from './merge-layers.js';

export interface Said<By> {
  /** Whose tree it is. */
  readonly by: By;
  /** The value, at the place or above it, where it determines everything below. */
  readonly value: unknown;
  /** Its path in its own tree: items of lists move in a merge. */
  readonly path: ConfigPath;
  /** True for what is in the merged value, or is it. */
  readonly takesPart: boolean;
}

type Place<By> = Omit<Said<By>, 'takesPart'> & { readonly rank: number };

/**
 * The values of a path in merged trees, the highest first: `mergeTrees` replayed for one place. For a list that was
 * replaced, the whole is returned.
 */
export function traceMerge<By>(
  trees: readonly { readonly by: By; readonly value: unknown }[],
  path: ConfigPath,
  schema: SchemaNode,
): readonly Said<By>[] {
  const lost: Place<By>[] = [];
  let stand: readonly Place<By>[] = trees.map((tree, rank) => ({ ...tree, path: [], rank }));
  let node: SchemaNode | undefined = schema;
  let strategy: MergeStrategy = 'replace';
  let depth = 0;
  for (; ; depth++) {
    const values = stand.map(({ value }) => value);
    const first = lastStretch(values, strategy);
    for (const loser of stand.slice(0, first)) lost.push(...placeBelow(loser, path.slice(depth)));
    stand = stand.slice(first);
    const key = path[depth];
    const [lowest] = stand;
    if (key === undefined || lowest === undefined) break;
    if (Array.isArray(lowest.value)) {
      const lists = stand.map(({ value }) => (Array.isArray(value) ? (value as readonly unknown[]) : []));
      const items = alignItems(lists, strategy).map((sources) =>
        sources.flatMap(([list, item]) => itemOf(stand[list], item)),
      );
      // Items that are unset leave no gap in the merged list.
      stand = items.filter((made) => made.at(-1)?.value !== UNSET)[indexOf(key)] ?? [];
      strategy = 'replace';
      node = itemShape(node);
    } else if (isConfigMap(lowest.value)) {
      stand = stand.flatMap((place) => childOf(place, key));
      strategy = strategyAt(node, key);
      node = shapeBelow(node, key);
    } else {
      break;
    }
  }
  // Of items of one list that are joined the last one is the highest.
  return [...lost, ...stand]
    .reverse()
    .sort((one, other) => other.rank - one.rank)
    .map((place) => ({ by: place.by, value: place.value, path: place.path, takesPart: stand.includes(place) }));
}

/** What lost as a whole, as far down as it goes by itself: to the path, or to what cannot be taken apart. */
function placeBelow<By>(place: Place<By>, [key, ...rest]: ConfigPath): readonly Place<By>[] {
  if (key === undefined || !isConfigMap(place.value)) return place.value === undefined ? [] : [place];
  return childOf(place, key).flatMap((child) => placeBelow(child, rest));
}

function childOf<By>(place: Place<By>, key: string): readonly Place<By>[] {
  const { value } = place;
  if (!isConfigMap(value) || !Object.hasOwn(value, key) || value[key] === undefined) return [];
  return [{ ...place, value: value[key], path: [...place.path, key] }];
}

function itemOf<By>(place: Place<By> | undefined, item: number): readonly Place<By>[] {
  if (place === undefined || !Array.isArray(place.value)) return [];
  const items: readonly unknown[] = place.value;
  return [{ ...place, value: items[item], path: [...place.path, String(item)] }];
}

function indexOf(key: string): number {
  return /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
}
