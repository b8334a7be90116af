import { type Coercer, NOT_SET, CoercionFailure, showRaw } from './coercion-failure.js';

const MOST_LISTED = 30;

/**
 * The coercer of an enum object or a list of values: a legal value passes; a string is looked up among the values first,
 * then among the names, in exact case. Empty string is "not set" unless it is legal itself.
 *
 * @throws TypeError when there is no legal value, or one is no string, number, boolean or bigint.
 *
 * @example
 * ```ts
 * enum Level { Low = 1, High = 2 }
 * const coerce = enumCoercer(Level);
 * coerce('High'); // 2, and so is coerce('2')
 * ```
 */
export function enumCoercer(source: EnumSource): Coercer<EnumValue> {
  const legal = legalValues(source);
  const values = new Set<unknown>(legal.map(({ value }) => value));
  const byText = textsOf(legal);
  const expected = expectation(legal);
  return (raw) => {
    if (values.has(raw)) return raw as EnumValue; // A member of the set, which holds nothing else.
    if (typeof raw === 'string') {
      const found = byText.get(raw);
      if (found !== undefined) return found;
      if (raw === '') return NOT_SET;
    }
    return new CoercionFailure({ code: 'not-in-enum', expected, raw });
  };
}

// Names first, so that a value with the same string overwrites them.
function textsOf(legal: readonly LegalValue[]): ReadonlyMap<string, EnumValue> {
  const texts = new Map<string, EnumValue>();
  for (const { value, name } of legal) if (name !== undefined) texts.set(name, value);
  for (const { value } of legal.toReversed()) texts.set(String(value), value);
  return texts;
}

function expectation(legal: readonly LegalValue[]): string {
  const listed = legal.slice(0, MOST_LISTED).map(spelling);
  if (legal.length > MOST_LISTED) listed.push(`${String(legal.length - MOST_LISTED)} more`);
  return listed.length === 1 ? listed.join('') : `one of ${listed.join(', ')}`;
}

function spelling({ value, name }: LegalValue): string {
  const shown = typeof value === 'string' ? showRaw(value) : String(value);
  return name === undefined ? shown : `${shown} (${name})`;
}

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
 * @throws TypeError when there are none, or when one is no string, number, boolean or bigint.
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
