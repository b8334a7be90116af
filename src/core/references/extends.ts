import { childNode, type SchemaNode } from '../config-schema.js';
import type { ConfigPath } from '../config-path.js';
import { isConfigMap, valueAt } from '../config-value.js';
import { parsePath } from '../parse-path.js';

/** The key under which a map of settings names the one that it inherits from. */
export const EXTENDS = '$extends';

/**
 * The path that a map at a path inherits from: `primary` is the entry beside it, `databases.primary` the one at that path.
 *
 * @throws ConfigError `invalid-path`.
 */
export function parentOf(group: ConfigPath, name: string): ConfigPath {
  const named = parsePath(name);
  return named.length > 1 ? named : [...group.slice(0, -1), ...named];
}

/** One `$extends` above a path. */
export interface Inheritance {
  readonly group: ConfigPath;
  /** As written in the map. */
  readonly name: string;
  /** The part of the parent map that replaces the path. */
  readonly parent: ConfigPath;
}

/**
 * Where an unset value at a path is inherited from: the nearest map first.
 *
 * @param tree what is at the start of the path, with the schema of it
 */
export function inheritances(
  tree: unknown,
  schema: SchemaNode,
  start: ConfigPath,
  rest: ConfigPath,
): readonly Inheritance[] {
  let found: Inheritance[] | undefined;
  let value = tree;
  let node: SchemaNode | undefined = schema;
  for (let depth = 0; depth < rest.length && value !== undefined; depth++) {
    const key = rest[depth] ?? '';
    const name = node?.kind === 'section' ? nameIn(value) : undefined;
    if (name !== undefined) {
      const group = [...start, ...rest.slice(0, depth)];
      (found ??= []).unshift({ group, name, parent: [...parentOf(group, name), ...rest.slice(depth)] });
    }
    value = isConfigMap(value) ? (Object.hasOwn(value, key) ? value[key] : undefined) : valueAt(value, [key]);
    node = childNode(node, key);
  }
  return found ?? NONE;
}

const NONE: readonly Inheritance[] = Object.freeze([]);

export function nameIn(group: unknown): string | undefined {
  const name = isConfigMap(group) && Object.hasOwn(group, EXTENDS) ? group[EXTENDS] : undefined;
  return typeof name === 'string' ? name : undefined;
}

export function holdsExtends(tree: unknown): boolean {
  if (Array.isArray(tree)) return tree.some(holdsExtends);
  return isConfigMap(tree) && (Object.hasOwn(tree, EXTENDS) || Object.values(tree).some(holdsExtends));
}
