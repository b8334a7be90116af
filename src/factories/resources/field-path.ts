type Leaf = ((...parameters: never[]) => unknown) | string | number | bigint | boolean | symbol | readonly unknown[];

/** The fields of a settings class, and those of the classes in it: `timeout`, `pool`, `pool.max`. */
export type FieldOf<T, Depth extends 0[] = [0, 0, 0]> = Depth extends [0, ...infer Less extends 0[]]
  ? { [K in keyof T & string]: FieldBelow<K, NonNullable<T[K]>, Less> }[keyof T & string]
  : never;

type FieldBelow<K extends string, V, Less extends 0[]> = V extends (...parameters: never[]) => unknown
  ? never
  : V extends Leaf
    ? K
    : K | `${K}.${FieldOf<V, Less>}`;

/** What the field at a path holds. */
export type FieldAt<T, P extends string> = P extends keyof T
  ? T[P]
  : P extends `${infer K}.${infer Rest}`
    ? K extends keyof T
      ? FieldAt<NonNullable<T[K]>, Rest>
      : never
    : never;

/** The value at a path of keys; `undefined` where there is none. */
export function fieldAt(value: unknown, keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

/** The paths that a path with `*` matches: one for each key of the map. */
export function pathsOf(value: unknown, keys: readonly string[]): readonly (readonly string[])[] {
  const star = keys.indexOf('*');
  if (star < 0) return [keys];
  const map = fieldAt(value, keys.slice(0, star));
  const found = typeof map === 'object' && map !== null ? Object.keys(map) : [];
  return found.flatMap((key) => pathsOf(value, [...keys.slice(0, star), key, ...keys.slice(star + 1)]));
}
