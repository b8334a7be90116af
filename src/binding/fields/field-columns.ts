import type { ClassFacts } from './class-facts.js';
import { isOwnDirect, looksDirect, type SimpleChecks } from './compile-checks.js';
import { fieldKind, SIMPLE, type FieldKind, type SimpleCode } from './field-kind.js';
import type { FieldPlan } from './field-plan.js';
import type { FieldType } from './field-type.js';
import type { StoredValidation } from './validation-metadata.js';

/**
 * The fields of a class in columns. For a field that asks for a type and a range only, its kind is all that binding need
 * know of it; all others take the long way, through their `FieldPlan`.
 */
export interface FieldColumns {
  readonly names: readonly string[];
  readonly kinds: readonly FieldKind[];
}

/**
 * Reads the columns straight from the decorators, in one pass over them. Fields that it cannot judge are handed to
 * `planComplex`; one for which that gives nothing is no setting and gets no column.
 */
export function readColumns(facts: ClassFacts, planComplex: (name: string) => FieldPlan | undefined): FieldColumns {
  const drafts = draftFields(facts);
  const kinds: FieldKind[] = [];
  const excluded = new Set<string>();
  for (let at = 0; at < facts.names.length; at++) {
    const drafted = drafts.kind(at);
    if (drafted !== undefined) {
      kinds.push(drafted);
      continue;
    }
    const name = facts.names[at] ?? '';
    const complex = planComplex(name);
    if (complex === undefined) excluded.add(name);
    else kinds.push(kindOf(complex));
  }
  // A copy has no room for more, which lists that grow have.
  return {
    names: excluded.size === 0 ? facts.names : facts.names.filter((name) => !excluded.has(name)),
    kinds: kinds.slice(),
  };
}

/** Of a field that asks for more than a type and a range. */
const LONG_WAY = -1;

const CODES = new Map<string, SimpleCode>([
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
  readonly #codes: (SimpleCode | typeof LONG_WAY)[];
  readonly #optional: boolean[];
  readonly #minima: (number | undefined)[];
  readonly #maxima: (number | undefined)[];
  readonly #trusted = new Map<string, boolean>();
  #columns: ReadonlyMap<string, number> | undefined;
  #at = 0;

  public constructor({ names, transformed, declarations }: ClassFacts) {
    this.#names = names;
    this.#codes = names.map(() => SIMPLE.NO);
    this.#optional = names.map(() => false);
    this.#minima = names.map(() => undefined);
    this.#maxima = names.map(() => undefined);
    for (const name of transformed) this.#leave(this.#columnOf(name));
    for (const [name, { type, secure, requiredIn }] of declarations) {
      if (type !== undefined || secure !== undefined || requiredIn !== undefined) this.#leave(this.#columnOf(name));
    }
  }

  /** Takes one more decorator in. */
  public take(validation: StoredValidation, applies: boolean): void {
    const column = this.#columnOf(validation.propertyName);
    if (column === undefined || this.#codes[column] === LONG_WAY) return;
    if (!applies || !this.#understands(validation, column)) this.#leave(column);
  }

  /** What they come to for a field; `undefined` where that takes a closer look. */
  public kind(column: number): FieldKind | undefined {
    const code = this.#codes[column];
    const [minimum, maximum] = [this.#minima[column], this.#maxima[column]];
    const ranged = minimum !== undefined || maximum !== undefined;
    if (code === undefined || code === LONG_WAY || (code === SIMPLE.NO && !ranged)) return undefined;
    if (ranged && code !== SIMPLE.NO && !isNumeric(code)) return undefined;
    return fieldKind(code === SIMPLE.NO ? SIMPLE.NUMBER : code, this.#optional[column] === true, minimum, maximum);
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
    if (type === 'conditionalValidation' && name === 'isOptional') {
      this.#optional[column] = true;
      return true;
    }
    const code = CODES.get(name);
    const known = this.#codes[column];
    const bound = constraints?.[0];
    if (code !== undefined && (known === SIMPLE.NO || known === code)) this.#codes[column] = code;
    else if (typeof bound !== 'number' || Number.isNaN(bound)) return false;
    else if (name === 'min') this.#minima[column] = Math.max(this.#minima[column] ?? bound, bound);
    else if (name === 'max') this.#maxima[column] = Math.min(this.#maxima[column] ?? bound, bound);
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

/** Some fields turn out simple only when all evidence of their type has been heard, such as the initial value. */
function kindOf({ type, simple, transforms, masks, optional, declaration, copiesDefault }: FieldPlan): FieldKind {
  if (masks !== undefined) return MASKED;
  if (simple === undefined || transforms.length > 0 || declaration.requiredIn !== undefined) return COMPLEX;
  const code = codeOf(type, simple.type);
  const ranged = simple.minimum !== undefined || simple.maximum !== undefined;
  if ((ranged && !isNumeric(code)) || (code === SIMPLE.NESTED && copiesDefault)) return COMPLEX;
  return fieldKind(code, optional, simple.minimum, simple.maximum);
}

const COMPLEX = fieldKind(SIMPLE.NO, false);
const MASKED = fieldKind(SIMPLE.MASKED, false);

/** Only of numbers a bound asks no more than a comparison. */
function isNumeric(code: SimpleCode): boolean {
  return code === SIMPLE.NUMBER || code === SIMPLE.INTEGER;
}

function codeOf(type: FieldType, asked: SimpleChecks['type']): SimpleCode {
  const { kind } = type;
  // Binding wants whole numbers for an integer, which only @IsInt asks for.
  if (kind === 'integer') return asked === 'integer' ? SIMPLE.INTEGER : SIMPLE.NO;
  if (asked !== 'any' && asked !== kind) return SIMPLE.NO;
  if (kind === 'section') return type.discriminator === undefined ? SIMPLE.NESTED : SIMPLE.NO;
  if (kind === 'text') return SIMPLE.TEXT;
  if (kind === 'boolean') return SIMPLE.BOOLEAN;
  return kind === 'number' ? SIMPLE.NUMBER : SIMPLE.NO;
}
