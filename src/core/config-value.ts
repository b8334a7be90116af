/**
 * Raw values by key: one node of a layer's tree. Objects that are no plain map (a `Date`, a `URL`, a `Duration`) are
 * leaves and travel untouched.
 */
export type ConfigMap = Readonly<Record<string, unknown>>;

/** Removes the values of lower layers here: what `!unset` in YAML and `{"$unset": true}` elsewhere become. */
export const UNSET: unique symbol = Symbol.for('uno-config.unset');

/** Marks where a reference could not be resolved; the issue has been reported already. */
export const UNRESOLVED: unique symbol = Symbol.for('uno-config.unresolved');

/** True for a plain object: made by a literal, a parser or `Object.create(null)`. */
export function isConfigMap(value: unknown): value is ConfigMap {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isForeignObjectPrototype(prototype);
}

// A plain object from another realm (a vm context, Jest's module registry) has that realm's Object.prototype.
function isForeignObjectPrototype(prototype: unknown): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  );
}

/** The value at a path, or `undefined` where there is none; inherited properties are never seen. */
export function valueAt(tree: unknown, path: readonly string[]): unknown {
  let node = tree;
  for (const key of path) {
    if (Array.isArray(node)) {
      if (!/^(?:0|[1-9]\d*)$/.test(key)) return undefined;
      node = (node as readonly unknown[])[Number(key)];
    } else if (isConfigMap(node) && Object.hasOwn(node, key)) {
      node = node[key];
    } else {
      return undefined;
    }
  }
  return node;
}
