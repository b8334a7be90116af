import type { ClassFacts } from './class-facts.js';
import { isOwnDirect, looksDirect, type SimpleChecks } from './compile-checks.js';
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
  const drafts = new Drafts(facts);
  const applied = facts.validations === facts.evidence ? undefined : new Set(facts.validations);
  // A decorator of another group says the type and checks nothing, which takes a closer look.
  facts.evidence.forEach((validation) => {
    drafts.take(validation, applied?.has(validation) !== false);
  });
  const names: string[] = [];
  const codes: number[] = [];
  const rangeOf: number[] = [];
  const ranges = new RangeTable();
  for (let at = 0; at < facts.names.length; at++) {
    const name = facts.names[at] ?? '';
    const code = drafts.code(at);
    const complex = code === LONG_WAY ? simpleOf(planComplex(name)) : undefined;
    if (code === LONG_WAY && complex === undefined) continue;
    names.push(name);
    codes.push(complex?.code ?? code);
    rangeOf.push(ranges.row(complex?.minimum ?? drafts.minima[at], complex?.maximum ?? drafts.maxima[at]));
  }
  return {
    names: names.length === facts.names.length ? facts.names : names,
    codes: Uint8Array.from(codes),
    rangeOf: Uint16Array.from(rangeOf),
    ranges: Float64Array.from(ranges.values),
  };
}

interface Decided {
  readonly code: number;
  readonly minimum: number;
  readonly maximum: number;
}

const UNDECIDED = -1;
/** Of a field that asks for more than a type and a range. */
const LONG_WAY = -2;

const CODES = new Map<string, number>([
  ['isString', SIMPLE.TEXT],
  ['isNumber', SIMPLE.NUMBER],
  ['isInt', SIMPLE.INTEGER],
  ['isBoolean', SIMPLE.BOOLEAN],
]);

/** What is known of each field so far. In columns as well: an object for each is much of what a first load allocates. */
class Drafts {
  readonly #names: readonly string[];
  readonly #codes: number[];
  public readonly minima: number[];
  public readonly maxima: number[];
  readonly #trusted = new Map<string, boolean>();
  #columns: ReadonlyMap<string, number> | undefined;
  #at = 0;

  public constructor({ names, transformed, declarations }: ClassFacts) {
    this.#names = names;
    this.#codes = names.map((name) => {
      const declared = declarations.get(name);
      const special = transformed.has(name) || declared?.type !== undefined || declared?.secure !== undefined;
      return special ? LONG_WAY : UNDECIDED;
    });
    this.minima = names.map(() => -Infinity);
    this.maxima = names.map(() => Infinity);
  }

  /** Takes one more decorator in. */
  public take(validation: StoredValidation, applies: boolean): void {
    const column = this.#columnOf(validation.propertyName);
    if (column === undefined || this.#codes[column] === LONG_WAY) return;
    if (!applies || !this.#understands(validation, column)) this.#codes[column] = LONG_WAY;
  }

  /** What they come to for a field. */
  public code(column: number): number {
    const code = this.#codes[column] ?? LONG_WAY;
    const minimum = this.minima[column];
    const maximum = this.maxima[column];
    if (Number.isNaN(minimum) || Number.isNaN(maximum)) return LONG_WAY;
    const ranged = minimum !== -Infinity || maximum !== Infinity;
    if (code === UNDECIDED) return ranged ? SIMPLE.NUMBER : LONG_WAY;
    return ranged && (code === SIMPLE.TEXT || code === SIMPLE.BOOLEAN) ? LONG_WAY : code;
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
    else if (name === 'min' && typeof bound === 'number')
      this.minima[column] = Math.max(this.minima[column] ?? 0, bound);
    else if (name === 'max' && typeof bound === 'number')
      this.maxima[column] = Math.min(this.maxima[column] ?? 0, bound);
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

const COMPLEX: Decided = { code: SIMPLE.NO, minimum: -Infinity, maximum: Infinity };

/** Some fields turn out simple only when all evidence of their type has been heard, such as the initial value. */
function simpleOf(field: FieldPlan | undefined): Decided | undefined {
  if (field === undefined) return undefined;
  const { type, simple, transforms } = field;
  if (simple === undefined || transforms.length > 0) return COMPLEX;
  const { minimum, maximum } = simple;
  const ranged = minimum !== -Infinity || maximum !== Infinity;
  const code = codeOf(type.kind, simple.type);
  return ranged && (code === SIMPLE.TEXT || code === SIMPLE.BOOLEAN) ? COMPLEX : { code, minimum, maximum };
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
  public readonly values = [-Infinity, Infinity];

  public row(minimum = -Infinity, maximum = Infinity): number {
    for (let at = 0; at < this.values.length; at += 2) {
      if (this.values[at] === minimum && this.values[at + 1] === maximum) return at / 2;
    }
    this.values.push(minimum, maximum);
    return this.values.length / 2 - 1;
  }
}
