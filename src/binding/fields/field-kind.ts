/** Which values the code of a field accepts unchanged. */
export const SIMPLE = {
  NO: 0,
  TEXT: 1,
  NUMBER: 2,
  INTEGER: 3,
  BOOLEAN: 4,
  /** A string, which is hidden unchanged. */
  MASKED: 5,
  /** A map, from which one nested settings class is made. */
  NESTED: 6,
} as const;

/** One of {@link SIMPLE}. */
export type SimpleCode = (typeof SIMPLE)[keyof typeof SIMPLE];

/**
 * All that binding need know of a field that asks for a type and a range only. Fields that ask for the same share one
 * object: a service has thousands of fields, and few kinds of them.
 */
export interface FieldKind {
  readonly code: SimpleCode;
  /** True when the field may be left out, or be `null`. */
  readonly optional: boolean;
  /** Of a number; -Infinity and Infinity where nothing is asked. */
  readonly minimum: number;
  readonly maximum: number;
}

const kinds = new Map<SimpleCode, FieldKind[]>();

/** The one object for a kind of field. */
export function fieldKind(
  code: SimpleCode,
  optional: boolean,
  minimum: number | undefined = -Infinity,
  maximum: number | undefined = Infinity,
): FieldKind {
  let known = kinds.get(code);
  if (known === undefined) kinds.set(code, (known = []));
  // Asked for each field of all classes, before the engine has compiled anything.
  for (let at = 0, kind = known[0]; kind !== undefined; kind = known[++at]) {
    if (kind.optional === optional && kind.minimum === minimum && kind.maximum === maximum) return kind;
  }
  const kind: FieldKind = Object.freeze({ code, optional, minimum, maximum });
  known.push(kind);
  return kind;
}
