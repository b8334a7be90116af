/** A TypeScript enum, a constant object of names and values, or the list of legal values. */
export type EnumSource = Readonly<Record<string, unknown>> | readonly unknown[];

/** A value that an enum may hold. */
export type EnumValue = string | number | boolean | bigint;

/** One legal value; `name` where the enum has one that differs from the value. */
export interface LegalValue {
  readonly value: EnumValue;
  readonly name?: string;
}

/**
 * The legal values in the order they were declared, without the reverse mapping that TypeScript adds to numeric enums.
 *
 * @throws TypeError when there are none, or when one is no text, number, boolean or bigint.
 */
export function legalValues(source: EnumSource): readonly LegalValue[] {
  const legal = isList(source) ? source.map((value) => ({ value: enumValue(value) })) : namedValues(source);
  if (legal.length === 0) throw new TypeError('An enum needs at least one legal value; give an enum object or a list.');
  return legal;
}

function namedValues(source: Readonly<Record<string, unknown>>): readonly LegalValue[] {
  const names = Object.keys(source).filter((key) => !isReverseMapping(source, key));
  return names.map((name) => {
    const value = enumValue(source[name]);
    return value === name ? { value } : { value, name };
  });
}

// enum Level { Low } compiles to { Low: 0, "0": "Low" }: the second is no member.
function isReverseMapping(source: Readonly<Record<string, unknown>>, key: string): boolean {
  const name = source[key];
  return typeof name === 'string' && Object.hasOwn(source, name) && isNumberNamed(source[name], key);
}

function isNumberNamed(value: unknown, key: string): boolean {
  return typeof value === 'number' && String(value) === key;
}

function enumValue(value: unknown): EnumValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return value;
    default:
      throw new TypeError(`An enum's values are texts, numbers, booleans or bigints, not ${typeof value}.`);
  }
}

// Array.isArray does not narrow a readonly list.
function isList(source: EnumSource): source is readonly unknown[] {
  return Array.isArray(source);
}
