import { type ConfigMap, type ConfigPath, foldKey, isConfigMap } from '../../core/index.js';

/** One change of a document: where nothing is written any more, and what is written instead. Paths as it spells them. */
export interface Edit {
  /** Such as `renamed`. */
  readonly word: string;
  /** The version of the section that it leads to. */
  readonly version: number;
  readonly from: readonly ConfigPath[];
  readonly to: readonly Written[];
}

/** A value, and where it is written. */
export interface Written {
  readonly path: ConfigPath;
  readonly value: unknown;
}

/** A tree with a change made; maps on no path of it are the same objects. */
export function edited(tree: ConfigMap, { from, to }: Pick<Edit, 'from' | 'to'>): ConfigMap {
  let made = tree;
  for (const path of from) made = without(made, path) ?? {};
  for (const { path, value } of to) made = written(made, path, value);
  return made;
}

/** A path as a tree spells it, as far as it leads; `undefined` where nothing is there. */
export function spelled(tree: unknown, path: ConfigPath): ConfigPath | undefined {
  const found = spelledFar(tree, path);
  return found.length === path.length && valueAt(tree, found) !== undefined ? found : undefined;
}

/** Where a tree would write a path: below the maps that are there, under the keys as they are spelled there. */
export function placeFor(tree: unknown, path: ConfigPath): ConfigPath {
  const found = spelledFar(tree, path);
  return [...found, ...path.slice(found.length)];
}

export function valueAt(tree: unknown, path: ConfigPath): unknown {
  let node = tree;
  for (const key of path) {
    if (!isConfigMap(node) || !Object.hasOwn(node, key)) return undefined;
    node = node[key];
  }
  return node;
}

function spelledFar(tree: unknown, path: ConfigPath): ConfigPath {
  const found: string[] = [];
  let node = tree;
  for (const key of path) {
    if (!isConfigMap(node)) break;
    const own = Object.hasOwn(node, key) ? key : Object.keys(node).find((other) => foldKey(other) === foldKey(key));
    if (own === undefined) break;
    found.push(own);
    node = node[own];
  }
  return found;
}

/** Maps that become empty go with what was in them. */
function without(map: ConfigMap, [key = '', ...rest]: ConfigPath): ConfigMap | undefined {
  const below = map[key];
  const left = rest.length > 0 && isConfigMap(below) ? without(below, rest) : undefined;
  const entries = Object.entries(map).flatMap(([name, value]) =>
    name !== key ? [[name, value] as const] : left === undefined ? [] : [[name, left] as const],
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function written(map: ConfigMap, [key = '', ...rest]: ConfigPath, value: unknown): ConfigMap {
  if (rest.length === 0) return { ...map, [key]: value };
  const below = map[key];
  return { ...map, [key]: written(isConfigMap(below) ? below : {}, rest, value) };
}
