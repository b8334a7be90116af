import type { ClassFacts } from './class-facts.js';
import { isOwnDirect, looksDirect, type NumberRange, type SimpleChecks } from './compile-checks.js';
import type { FieldPlan } from './field-plan.js';
import type { FieldType } from './field-type.js';
import type { StoredValidation } from './validation-metadata.js';

/** What a column's code says a value must be for the field to take it as it is. */
export const SIMPLE = {
  NO: 0,
  TEXT: 1,
  NUMBER: 2,
  INTEGER: 3,
  BOOLEAN: 4,
  /** A text, which is hidden as it comes. */
  MASKED: 5,
} as const;

/**
 * The fields of a class in columns: for a field that asks for a type and a range only, binding a value that has them is
 * a comparison in a few small arrays, and nothing else need be known of it. All other values and fields take the long
 * way, through their `FieldPlan`.
 */
export interface FieldColumns {
  readonly names: readonly string[];
  /** One of {@link SIMPLE}. */
  readonly codes: Uint8Array;
  /** The row of {@link ranges} that holds for a number; 0 for none. */
  readonly rangeOf: Uint16Array;
  /** Least and most, row after row; row 0 is unbounded. */
  readonly ranges: Float64Array;
}

/**
 * Reads the columns straight from the decorators, in one pass over them. Fields that it cannot judge are handed to
 * `planComplex`; one for which that gives nothing is no setting and gets no column.
 */
export function readColumns(facts: ClassFacts, planComplex: (name: string) => FieldPlan | undefined): FieldColumns {
  const { names } = facts;
  const drafts = draftFields(facts);
  const codes = new Uint8Array(names.length);
  const rangeOf = new Uint16Array(names.length);
  const ranges = new RangeTable();
  const excluded = new Set<string>();
  let column = 0;
  for (let at = 0; at < names.length; at++) {
    const name = names[at] ?? '';
    const code = drafts.code(at);
    if (code === LONG_WAY) {
      const complex = planComplex(name);
      if (complex === undefined) {
        excluded.add(name);
        continue;
      }
      const decided = simpleOf(complex);
      codes[column] = decided.code;
      rangeOf[column] = ranges.row(decided.minimum, decided.maximum);
    } else {
      codes[column] = code;
      rangeOf[column] = ranges.row(drafts.minima[at], drafts.maxima[at]);
    }
    column++;
  }
  if (excluded.size === 0) return { names, codes, rangeOf, ranges: ranges.values() };
  return {
    names: names.filter((name) => !excluded.has(name)),
    codes: codes.slice(0, column),
    rangeOf: rangeOf.slice(0, column),
    ranges: ranges.values(),
  };
}

/** What a field comes to. */
interface Decided extends NumberRange {
  readonly code: number;
}

/** Of a field of which no decorator has told the type. */
const UNDECIDED = SIMPLE.NO;
/** Of a field that asks for more than a type and a range. */
const LONG_WAY = 255;

const CODES = new Map<string, number>([
  ['isString', SIMPLE.TEXT],
  ['isNumber', SIMPLE.NUMBER],
  ['isInt', SIMPLE.INTEGER],
  ['isBoolean', SIMPLE.BOOLEAN],
]);

function draftFields(facts: ClassFacts): Drafts {
  const { validations, evidence } = facts;
  const drafts = new Drafts(facts);
  const applied = validations === evidence ? undefined : new Set(validations);
  // A decorator of another group says the type and checks nothing, which takes a closer look.
  evidence.forEach((validation) => {
    drafts.take(validation, applied?.has(validation) !== false);
  });
  return drafts;
}

/** What is known of each field so far. In columns as well: an object for each is much of what a first load allocates. */
class Drafts {
  readonly #names: readonly string[];
  readonly #codes: Uint8Array;
  // Lists of anything: bounds that are small whole numbers, as most are, are not wrapped in objects at each look.
  public readonly minima: (number | undefined)[];
  public readonly maxima: (number | undefined)[];
  readonly #trusted = new Map<string, boolean>();
  #columns: ReadonlyMap<string, number> | undefined;
  #at = 0;

  public constructor({ names, transformed, declarations }: ClassFacts) {
    this.#names = names;
    this.#codes = new Uint8Array(names.length);
    this.minima = names.map(() => undefined);
    this.maxima = names.map(() => undefined);
    for (const name of transformed) this.#leave(this.#columnOf(name));
    for (const [name, { type, secure }] of declarations) {
      if (type !== undefined || secure !== undefined) this.#leave(this.#columnOf(name));
    }
  }

  /** Takes one more decorator in. */
  public take(validation: StoredValidation, applies: boolean): void {
    const column = this.#columnOf(validation.propertyName);
    if (column === undefined || this.#codes[column] === LONG_WAY) return;
    if (!applies || !this.#understands(validation, column)) this.#leave(column);
  }

  /** What they come to for a field. */
  public code(column: number): number {
    const code = this.#codes[column] ?? LONG_WAY;
    const ranged = this.minima[column] !== undefined || this.maxima[column] !== undefined;
    if (code === UNDECIDED) return ranged ? SIMPLE.NUMBER : LONG_WAY;
    return ranged && !isNumeric(code) ? LONG_WAY : code;
  }

  #leave(column: number | undefined): void {
    if (column !== undefined) this.#codes[column] = LONG_WAY;
  }

  /**
   * False when it asks for more than a type or a bound. Whether a name is class-validator's own or a namesake of the
   * user's is found out at its first use in a class.
   */
  #understands(validation: StoredValidation, column: number): boolean {
    const { name = '', type, constraints } = validation;
    // A value that is there is checked with or without @IsOptional.
    if (type === 'conditionalValidation' && name === 'isOptional') return true;
    const code = CODES.get(name);
    const known = this.#codes[column];
    const bound = constraints?.[0];
    if (code !== undefined && (known === UNDECIDED || known === code)) this.#codes[column] = code;
    else if (typeof bound !== 'number' || Number.isNaN(bound)) return false;
    else if (name === 'min') this.minima[column] = Math.max(this.minima[column] ?? bound, bound);
    else if (name === 'max') this.maxima[column] = Math.min(this.maxima[column] ?? bound, bound);
    else return false;
    if (!looksDirect(validation)) return false;
    let own = this.#trusted.get(name);
    if (own === undefined) this.#trusted.set(name, (own = isOwnDirect(validation)));
    return own;
  }

  /** The decorators of one property mostly follow each other, in the order of the fields. */
  #columnOf(name: string): number | undefined {
    if (this.#names[this.#at] === name) return this.#at;
    if (this.#names[this.#at + 1] === name) return ++this.#at;
    this.#columns ??= new Map(this.#names.map((known, column) => [known, column]));
    const column = this.#columns.get(name);
    if (column !== undefined) this.#at = column;
    return column;
  }
}

const COMPLEX: Decided = { code: SIMPLE.NO };
const MASKED: Decided = { code: SIMPLE.MASKED };

/** Some fields turn out simple only when all evidence of their type has been heard, such as the initial value. */
function simpleOf({ type, simple, transforms, masks }: FieldPlan): Decided {
  if (masks !== undefined) return MASKED;
  if (simple === undefined || transforms.length > 0) return COMPLEX;
  const code = codeOf(type.kind, simple.type);
  const ranged = simple.minimum !== undefined || simple.maximum !== undefined;
  return ranged && !isNumeric(code) ? COMPLEX : { ...simple, code };
}

/** Only of numbers a bound asks no more than a comparison. */
function isNumeric(code: number): boolean {
  return code === SIMPLE.NUMBER || code === SIMPLE.INTEGER;
}

function codeOf(kind: FieldType['kind'], asked: SimpleChecks['type']): number {
  // Binding wants whole numbers for an integer, which only @IsInt asks for.
  if (kind === 'integer') return asked === 'integer' ? SIMPLE.INTEGER : SIMPLE.NO;
  if (asked !== 'any' && asked !== kind) return SIMPLE.NO;
  if (kind === 'text') return SIMPLE.TEXT;
  if (kind === 'boolean') return SIMPLE.BOOLEAN;
  return kind === 'number' ? SIMPLE.NUMBER : SIMPLE.NO;
}

/** The different ranges of a class; most fields share a few. */
class RangeTable {
  readonly #minima: (number | undefined)[] = [undefined];
  readonly #maxima: (number | undefined)[] = [undefined];

  public row(minimum: number | undefined, maximum: number | undefined): number {
    for (let row = 0; row < this.#minima.length; row++) {
      if (this.#minima[row] === minimum && this.#maxima[row] === maximum) return row;
    }
    this.#maxima.push(maximum);
    return this.#minima.push(minimum) - 1;
  }

  /** Least and most, row after row. */
  public values(): Float64Array {
    return Float64Array.from(
      this.#minima.flatMap((minimum, row) => [minimum ?? -Infinity, this.#maxima[row] ?? Infinity]),
    );
  }
}
