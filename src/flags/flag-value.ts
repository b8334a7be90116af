/** A flag's value: what JSON can hold, but for null. Objects are frozen. */
export type FlagValue = boolean | string | number | FlagObject;

/** An object or a list as a flag's value. */
export type FlagObject = Readonly<Record<string, unknown>> | readonly unknown[];

/** What a flag gives that has this default: `boolean` for `false`, not only `false`. */
export type Widened<T extends FlagValue> = T extends boolean
  ? boolean
  : T extends string
    ? string
    : T extends number
      ? number
      : T;

/** Whether a value has the type of another one; objects and lists count as one type, as in OpenFeature. */
export function isLike(value: unknown, other: FlagValue): value is FlagValue {
  return typeof value === typeof other && value !== null;
}

export function typeName(value: unknown): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
}
