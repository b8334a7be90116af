import type { ClassFacts } from './class-facts.js';
import { isOwnDirect, looksDirect, type SimpleChecks } from './compile-checks.js';
import type { FieldPlan } from './field-plan.js';
import type { FieldType } from './field-type.js';
import type { StoredValidation } from './validation-metadata.js';

/** What a column's code says a value must be for the field to take it as it is. */
export const SIMPLE = { NO: 0, TEXT: 1, NUMBER: 2, INTEGER: 3, BOOLEAN: 4 } as const;

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
  const drafts = new Map<string, Draft>();
  for (const name of facts.names) {
    const declared = facts.declarations.get(name);
    const special = facts.transformed.has(name) || declared?.type !== undefined || declared?.secure !== undefined;
    drafts.set(name, { code: UNDECIDED, minimum: -Infinity, maximum: Infinity, simple: !special });
  }
  const applied = facts.validations === facts.evidence ? undefined : new Set(facts.validations);
  const trusted = new Map<string, boolean>();
  for (const validation of facts.evidence) {
    const draft = drafts.get(validation.propertyName);
    if (draft === undefined) continue;
    // A decorator of another group says the type and checks nothing, which takes a closer look.
    if (applied?.has(validation) === false) draft.simple = false;
    else if (draft.simple) take(draft, validation, trusted);
  }
  const names: string[] = [];
  const codes: number[] = [];
  const rangeOf: number[] = [];
  const ranges = new RangeTable();
  for (const [name, draft] of drafts) {
    const decided = decide(draft) ?? simpleOf(planComplex(name));
    if (decided === undefined) continue;
    names.push(name);
    codes.push(decided.code);
    rangeOf.push(ranges.row(decided.minimum, decided.maximum));
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

interface Draft {
  code: number;
  minimum: number;
  maximum: number;
  simple: boolean;
}

const UNDECIDED = -1;

const CODES = new Map<string, number>([
  ['isString', SIMPLE.TEXT],
  ['isNumber', SIMPLE.NUMBER],
  ['isInt', SIMPLE.INTEGER],
  ['isBoolean', SIMPLE.BOOLEAN],
]);

/**
 * Takes one more decorator into a draft, which stays simple only when it asks for a type or a bound. Whether a name is
 * class-validator's own or a namesake of the user's is found out at its first use in a class.
 */
function take(draft: Draft, validation: StoredValidation, trusted: Map<string, boolean>): void {
  const { name = '', type, constraints = [] } = validation;
  // A value that is there is checked with or without @IsOptional.
  if (type === 'conditionalValidation' && name === 'isOptional') return;
  const code = CODES.get(name);
  const [bound] = constraints;
  if (code !== undefined && (draft.code === UNDECIDED || draft.code === code)) draft.code = code;
  else if (name === 'min' && typeof bound === 'number') draft.minimum = Math.max(draft.minimum, bound);
  else if (name === 'max' && typeof bound === 'number') draft.maximum = Math.min(draft.maximum, bound);
  else draft.simple = false;
  draft.simple &&= looksDirect(validation);
  if (!draft.simple) return;
  let own = trusted.get(name);
  if (own === undefined) trusted.set(name, (own = isOwnDirect(validation)));
  draft.simple = own;
}

function decide({ code, minimum, maximum, simple }: Draft): Decided | undefined {
  if (!simple || Number.isNaN(minimum) || Number.isNaN(maximum)) return undefined;
  const ranged = minimum !== -Infinity || maximum !== Infinity;
  if (code === UNDECIDED) return ranged ? { code: SIMPLE.NUMBER, minimum, maximum } : undefined;
  return ranged && (code === SIMPLE.TEXT || code === SIMPLE.BOOLEAN) ? undefined : { code, minimum, maximum };
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

  public row(minimum: number, maximum: number): number {
    for (let at = 0; at < this.values.length; at += 2) {
      if (this.values[at] === minimum && this.values[at + 1] === maximum) return at / 2;
    }
    this.values.push(minimum, maximum);
    return this.values.length / 2 - 1;
  }
}
