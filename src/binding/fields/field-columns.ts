import type { ClassFacts } from './class-facts.js';
import { isOwnDirect, looksDirect, type SimpleChecks } from './compile-checks.js';
import { fieldKind, SIMPLE, type FieldKind, type SimpleCode } from './field-kind.js';
import type { FieldPlan } from './field-plan.js';
import type { FieldType } from './field-type.js';
import { tellsSecret } from './tells-secret.js';
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
  const { names } = facts;
  const drafted = draftKinds(facts);
  const kinds: FieldKind[] = [];
  let excluded: Set<string> | undefined;
  names.forEach((name, at) => {
    const draft = drafted[at] ?? COMPLEX;
    const field = draft === COMPLEX ? planComplex(name) : undefined;
    if (field !== undefined) kinds.push(kindOf(field));
    else if (draft !== COMPLEX) kinds.push(draft);
    else (excluded ??= new Set<string>()).add(name);
  });
  // A copy has no room for more, which lists that grow have.
  return {
    names: excluded === undefined ? names : names.filter((name) => excluded?.has(name) !== true),
    kinds: kinds.slice(),
  };
}

const CODES = new Map<string, SimpleCode>([
  ['isString', SIMPLE.TEXT],
  ['isNumber', SIMPLE.NUMBER],
  ['isInt', SIMPLE.INTEGER],
  ['isBoolean', SIMPLE.BOOLEAN],
]);

/** The kinds of fields, as far as decorators tell them; none, or that of a complex field, where it takes a closer look. */
function draftKinds(facts: ClassFacts): readonly (FieldKind | undefined)[] {
  const { validations, evidence } = facts;
  const draft = new Draft(facts);
  const applied = validations === evidence ? undefined : new Set(validations);
  // A decorator of another group says the type and checks nothing, which takes a closer look.
  evidence.forEach((validation) => {
    draft.take(validation, applied?.has(validation) !== false);
  });
  return draft.end();
}

/** What is known of the field whose decorators are being read: those of one field follow each other. */
class Draft {
  readonly #names: readonly string[];
  readonly #kinds: (FieldKind | undefined)[];
  readonly #trusted = new Map<string, boolean>();
  #column = -1;
  #isComplex = true;
  #code: SimpleCode = SIMPLE.NO;
  #optional = false;
  #minimum: number | undefined;
  #maximum: number | undefined;

  public constructor({ target, instance, names, transformed, declarations }: ClassFacts) {
    this.#names = names;
    this.#kinds = new Array<FieldKind>(names.length);
    for (const name of names) if (tellsSecret(target, name, Reflect.get(instance, name))) this.#leave(name);
    for (const name of transformed) this.#leave(name);
    for (const [name, { type, secure, requiredIn }] of declarations) {
      if (type !== undefined || secure !== undefined || requiredIn !== undefined) this.#leave(name);
    }
    this.#column = -1;
  }

  /** Takes one more decorator in. */
  public take(validation: StoredValidation, applies: boolean): void {
    if (this.#names[this.#column] !== validation.propertyName) this.#turnTo(validation.propertyName);
    this.#isComplex ||= !applies || !this.#understands(validation);
  }

  public end(): readonly (FieldKind | undefined)[] {
    this.#settle();
    return this.#kinds;
  }

  #leave(name: string): void {
    this.#column = this.#find(name);
    if (this.#column !== -1) this.#kinds[this.#column] = COMPLEX;
  }

  /** Mostly the next one, or one that is not much further. */
  #find(name: string): number {
    const ahead = this.#names.indexOf(name, this.#column + 1);
    return ahead === -1 ? this.#names.indexOf(name) : ahead;
  }

  #turnTo(name: string): void {
    this.#settle();
    this.#column = this.#find(name);
    // Of one that was turned to before, its plan puts together what was said then and is said now.
    this.#isComplex = this.#column === -1 || this.#kinds[this.#column] !== undefined;
    this.#code = SIMPLE.NO;
    this.#optional = false;
    this.#minimum = undefined;
    this.#maximum = undefined;
  }

  #settle(): void {
    if (this.#column !== -1) this.#kinds[this.#column] = this.#isComplex ? COMPLEX : this.#kind();
  }

  #kind(): FieldKind {
    const code = this.#code;
    const ranged = this.#minimum !== undefined || this.#maximum !== undefined;
    if (ranged ? code !== SIMPLE.NO && !isNumeric(code) : code === SIMPLE.NO) return COMPLEX;
    return fieldKind(code === SIMPLE.NO ? SIMPLE.NUMBER : code, this.#optional, this.#minimum, this.#maximum);
  }

  /**
   * False when it asks for more than a type or a bound. Whether a name is class-validator's own or a namesake of the
   * user's is found out at its first use in a class.
   */
  #understands(validation: StoredValidation): boolean {
    const { name = '', type, constraints } = validation;
    if (type === 'conditionalValidation' && name === 'isOptional') {
      this.#optional = true;
      return true;
    }
    const code = CODES.get(name);
    const bound = constraints?.[0];
    if (code !== undefined && (this.#code === SIMPLE.NO || this.#code === code)) this.#code = code;
    else if (typeof bound !== 'number' || Number.isNaN(bound)) return false;
    else if (name === 'min') this.#minimum = Math.max(this.#minimum ?? bound, bound);
    else if (name === 'max') this.#maximum = Math.min(this.#maximum ?? bound, bound);
    else return false;
    if (!looksDirect(validation)) return false;
    let own = this.#trusted.get(name);
    if (own === undefined) this.#trusted.set(name, (own = isOwnDirect(validation)));
    return own;
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
