import type { StoredValidation } from '../../binding/index.js';

/** What decorators ask of one value, as far as it can be said without running them. */
export interface Constraints {
  readonly minimum?: number;
  readonly maximum?: number;
  /** The bounds themselves are not allowed. */
  readonly above?: number;
  readonly below?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Regular expressions without flags; a string matches all of them. */
  readonly patterns?: readonly string[];
  /** The only legal values. */
  readonly values?: readonly unknown[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: true;
}

export interface FieldConstraints {
  readonly value: Constraints;
  readonly item: Constraints;
  /** The names of the decorators whose check cannot be said: `isEmail`, or one of the application's own. */
  readonly unsaid: readonly string[];
}

/** Reads the decorators of one field; those that check a type alone add nothing to it. */
export function readConstraints(validations: readonly StoredValidation[]): FieldConstraints {
  let value: Constraints = NONE;
  let item: Constraints = NONE;
  const unsaid = new Set<string>();
  for (const { type, name = '', constraints = [], each, validateIf } of validations) {
    if (type !== 'customValidation' || CHECK_TYPES.has(name)) continue;
    const said = validateIf === undefined ? SAID.get(name)?.(constraints) : undefined;
    if (said === undefined) unsaid.add(name === '' ? 'validate' : name);
    else if (each === true) item = both(item, said);
    else value = both(value, said);
  }
  return { value, item, unsaid: [...unsaid] };
}

const NONE: Constraints = Object.freeze({});

export function both(one: Constraints, other: Constraints): Constraints {
  const patterns = [...(one.patterns ?? []), ...(other.patterns ?? [])];
  return {
    ...one,
    ...other,
    ...tightest(one, other, Math.max, 'minimum', 'above', 'minLength', 'minItems'),
    ...tightest(one, other, Math.min, 'maximum', 'below', 'maxLength', 'maxItems'),
    ...(patterns.length > 0 && { patterns }),
    ...(one.values !== undefined &&
      other.values !== undefined && { values: one.values.filter((value) => other.values?.includes(value)) }),
  };
}

type Bound = 'minimum' | 'maximum' | 'above' | 'below' | 'minLength' | 'maxLength' | 'minItems' | 'maxItems';

function tightest(
  one: Constraints,
  other: Constraints,
  choose: (first: number, second: number) => number,
  ...names: readonly Bound[]
): Constraints {
  const chosen = names.flatMap((name): [Bound, number][] => {
    const [first, second] = [one[name], other[name]];
    return first === undefined || second === undefined ? [] : [[name, choose(first, second)]];
  });
  return Object.fromEntries(chosen);
}

type Arguments = readonly unknown[];

/** Decorators that declare a type, which the field's own type says already. */
const CHECK_TYPES = new Set(['isString', 'isBoolean', 'isInt', 'isNumber', 'isDate', 'isArray', 'isEnum', 'isObject']);

const SAID = new Map<string, (given: Arguments) => Constraints | undefined>([
  ['min', ([least]) => number(least, (minimum) => ({ minimum }))],
  ['max', ([most]) => number(most, (maximum) => ({ maximum }))],
  ['isPositive', () => ({ above: 0 })],
  ['isNegative', () => ({ below: 0 })],
  ['isDivisibleBy', ([by]) => (Number.isInteger(by) && Number(by) > 0 ? { multipleOf: Number(by) } : undefined)],
  ['minLength', ([least]) => number(least, (minLength) => ({ minLength }))],
  ['maxLength', ([most]) => number(most, (maxLength) => ({ maxLength }))],
  ['isLength', ([least, most]) => lengths(least, most)],
  ['matches', ([pattern, flags]) => matching(pattern, flags)],
  ['contains', ([part]) => (typeof part === 'string' ? { patterns: [escaped(part)] } : undefined)],
  [
    'notContains',
    ([part]) => (typeof part === 'string' ? { patterns: [`^(?![\\s\\S]*${escaped(part)})`] } : undefined),
  ],
  ['isIn', ([legal]) => (Array.isArray(legal) ? { values: legal } : undefined)],
  ['equals', ([legal]) => (typeof legal === 'object' ? undefined : { values: [legal] })],
  ['isNotEmpty', () => ({ minLength: 1 })],
  ['arrayMinSize', ([least]) => number(least, (minItems) => ({ minItems }))],
  ['arrayMaxSize', ([most]) => number(most, (maxItems) => ({ maxItems }))],
  ['arrayNotEmpty', () => ({ minItems: 1 })],
  ['arrayUnique', ([identify]) => (identify === undefined ? { uniqueItems: true } : undefined)],
]);

function number(bound: unknown, make: (bound: number) => Constraints): Constraints | undefined {
  return typeof bound === 'number' && Number.isFinite(bound) ? make(bound) : undefined;
}

function lengths(least: unknown, most: unknown): Constraints | undefined {
  if (typeof least !== 'number') return undefined;
  return { minLength: least, ...(typeof most === 'number' && { maxLength: most }) };
}

/** JSON Schema knows no flags, and reads an expression as with `u`. */
function matching(pattern: unknown, flags: unknown): Constraints | undefined {
  if (!(pattern instanceof RegExp) && typeof pattern !== 'string') return undefined;
  const [source, used] =
    pattern instanceof RegExp ? [pattern.source, pattern.flags] : [pattern, typeof flags === 'string' ? flags : ''];
  if (/[^dgu]/.test(used)) return undefined;
  try {
    return { patterns: [new RegExp(source, 'u').source] };
  } catch {
    // What is no expression with `u` stays one for class-validator, which the schema cannot repeat.
    return undefined;
  }
}

/** A string as a regular expression for itself. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
