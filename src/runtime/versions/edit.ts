import { type ConfigMap, type ConfigPath, foldKey, isConfigMap } from '../../core/index.js';

/** One change of a document: where nothing is written any more, and what is written instead. Paths as it spells them. */
export interface Edit {
  /** Such as `renamed`. */
  readonly word: string;
  /** The version of the section that it leads to. */
  readonly version: number;
  /** Which of that version's steps, from 0. */
  readonly step: number;
  readonly from: readonly ConfigPath[];
  readonly to: readonly Written[];
}

/** A value, and where it is written. */
export interface Written {
  readonly path: ConfigPath;
  readonly value: unknown;
}

/** A tree with a change made; maps on no path of it are the same objects. */
export function edited(tree: ConfigMap, edit: Pick<Edit, 'from' | 'to'>): ConfigMap {
  return new ChangedTree(tree).change(edit);
}

/** A tree whose changes come one after the other: of each map on their paths there is one copy, whatever their number. */
export class ChangedTree {
  readonly #own = new Set<unknown>();
  #tree: ConfigMap;

  public constructor(tree: ConfigMap) {
    this.#tree = tree;
  }

  /** Changes again with the next change. */
  public get tree(): ConfigMap {
    return this.#tree;
  }

  public change({ from, to }: Pick<Edit, 'from' | 'to'>): ConfigMap {
    for (const path of from) {
      // What is written again in its place stays there: a map without it would be one more copy.
      if (to[0]?.path !== path) this.#tree = this.#without(this.#tree, path, 0) ?? {};
    }
    for (const { path, value } of to) {
      this.#tree = this.#written(this.#tree, path, 0, value);
      // Whoever noted it has it as it is now.
      if (isConfigMap(value)) this.#own.clear();
    }
    return this.#tree;
  }

  /** Maps that become empty go with what was in them. */
  #without(map: ConfigMap, path: ConfigPath, depth: number): ConfigMap | undefined {
    const key = path[depth] ?? '';
    if (!Object.hasOwn(map, key)) return map;
    const below = map[key];
    if (depth < path.length - 1 && isConfigMap(below)) {
      const left = this.#without(below, path, depth + 1);
      if (left !== undefined) return this.#with(map, key, left);
    }
    // Deleting would make the copy a slow dictionary.
    const { [key]: gone, ...rest } = map;
    if (gone !== undefined && isEmpty(rest)) return undefined;
    this.#own.add(rest);
    return rest;
  }

  #written(map: ConfigMap, path: ConfigPath, depth: number, value: unknown): ConfigMap {
    const key = path[depth] ?? '';
    if (depth === path.length - 1) return this.#with(map, key, value);
    const below = Object.hasOwn(map, key) ? map[key] : undefined;
    return this.#with(map, key, this.#written(isConfigMap(below) ? below : {}, path, depth + 1, value));
  }

  #with(map: ConfigMap, key: string, value: unknown): ConfigMap {
    if (this.#own.has(map) && key !== '__proto__') {
      Reflect.set(map, key, value);
      return map;
    }
    const copy: ConfigMap = { ...map, [key]: value };
    this.#own.add(copy);
    return copy;
  }
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
    const own = Object.hasOwn(node, key) ? key : spelling(node, key);
    if (own === undefined) break;
    found.push(own);
    node = node[own];
  }
  return found;
}

function isEmpty(map: ConfigMap): boolean {
  for (const key in map) if (Object.hasOwn(map, key)) return false;
  return true;
}

/** How a map spells a key that it does not have to the letter. */
function spelling(map: ConfigMap, key: string): string | undefined {
  const folded = foldKey(key);
  const first = folded.charAt(0);
  for (const other of Object.keys(map)) {
    // Folding costs more than all else here, and most keys begin differently.
    const begins = other.charAt(0);
    const isLike = begins === first || begins === '-' || begins === '_' || begins.toLowerCase() === first;
    if (isLike && foldKey(other) === folded) return other;
  }
  return undefined;
}
