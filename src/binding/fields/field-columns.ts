import type { ClassFacts } from './class-facts.js';
import { isEmptyObject, isOwnDirect, type SimpleChecks } from './compile-checks.js';
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

/** What the decorators of one field, which follow each other, have asked for so far. */
interface Draft {
  column: number;
  isComplex: boolean;
  code: SimpleCode;
  optional: boolean;
  minimum: number | undefined;
  maximum: number | undefined;
}

/**
 * The kinds of fields, as far as decorators determine them; none, or that of a complex field, where it takes a closer look.
 * Short functions of one pass: the engine optimises them while it runs, which costs the more the longer one is.
 */
function draftKinds(facts: ClassFacts): readonly (FieldKind | undefined)[] {
  const { names, validations, evidence } = facts;
  const kinds = new Array<FieldKind | undefined>(names.length);
  leaveSecrets(facts, kinds);
  if (facts.transformed.size > 0 || facts.declarations.size > 0) leaveDeclared(facts, kinds);
  // A decorator of another group declares the type and checks nothing, which takes a closer look.
  const applied = validations === evidence ? undefined : new Set(validations);
  // Whether a name is class-validator's own or a namesake of the user's is found out at its first use in a class.
  const trusted = new Map<string, boolean>();
  let draft: Draft | undefined;
  for (const validation of evidence) {
    const { propertyName } = validation;
    if (draft === undefined || names[draft.column] !== propertyName) {
      if (draft !== undefined) settle(draft, kinds);
      draft = beginField(names, propertyName, draft?.column ?? -1, kinds);
    }
    if (!draft.isComplex) draft.isComplex = applied?.has(validation) === false || !takeIn(draft, validation, trusted);
  }
  if (draft !== undefined) settle(draft, kinds);
  return kinds;
}

function beginField(names: readonly string[], name: string, last: number, kinds: readonly unknown[]): Draft {
  // Mostly the next one, or one that is not much further.
  const ahead = names.indexOf(name, last + 1);
  const column = ahead === -1 ? names.indexOf(name) : ahead;
  // A field whose decorators are not in one run is complex: its plan combines the runs.
  const isComplex = column === -1 || kinds[column] !== undefined;
  return { column, isComplex, code: SIMPLE.NO, optional: false, minimum: undefined, maximum: undefined };
}

function settle(
  { column, isComplex, code, optional, minimum, maximum }: Draft,
  kinds: (FieldKind | undefined)[],
): void {
  if (column !== -1) kinds[column] = isComplex ? COMPLEX : simpleKind(code, optional, minimum, maximum);
}

/** False for a decorator that asks for more than a type or a bound, or has something around it. */
function takeIn(draft: Draft, validation: StoredValidation, trusted: Map<string, boolean>): boolean {
  const { name = '', type, constraints, each, validateIf } = validation;
  if (type === 'conditionalValidation' && name === 'isOptional') return (draft.optional = true);
  const asked = CODES.get(name);
  const bound: unknown = constraints?.[0];
  if (each === true || validateIf !== undefined) return false;
  if (asked === SIMPLE.NUMBER && !isEmptyObject(bound)) return false;
  if (asked !== undefined && (draft.code === SIMPLE.NO || draft.code === asked)) draft.code = asked;
  else if (typeof bound !== 'number' || Number.isNaN(bound)) return false;
  else if (name === 'min') draft.minimum = Math.max(draft.minimum ?? bound, bound);
  else if (name === 'max') draft.maximum = Math.min(draft.maximum ?? bound, bound);
  else return false;
  let isTrusted = trusted.get(name);
  if (isTrusted === undefined) trusted.set(name, (isTrusted = isOwnDirect(validation)));
  return isTrusted;
}

/** What may be a secret takes a closer look. */
function leaveSecrets({ target, instance, names }: ClassFacts, kinds: (FieldKind | undefined)[]): void {
  for (let at = 0; at < names.length; at++) {
    const name = names[at] ?? '';
    if (tellsSecret(target, name, Reflect.get(instance, name))) kinds[at] = COMPLEX;
  }
}

/** Fields with our own decorators, or those of class-transformer, are complex too. */
function leaveDeclared({ names, transformed, declarations }: ClassFacts, kinds: (FieldKind | undefined)[]): void {
  const left = new Set(transformed);
  for (const [name, { type, secure, requiredIn }] of declarations) {
    if (type !== undefined || secure !== undefined || requiredIn !== undefined) left.add(name);
  }
  for (const [at, name] of names.entries()) if (left.has(name)) kinds[at] = COMPLEX;
}

function simpleKind(
  code: SimpleCode,
  optional: boolean,
  minimum: number | undefined,
  maximum: number | undefined,
): FieldKind {
  const ranged = minimum !== undefined || maximum !== undefined;
  if (ranged ? code !== SIMPLE.NO && !isNumeric(code) : code === SIMPLE.NO) return COMPLEX;
  return fieldKind(code === SIMPLE.NO ? SIMPLE.NUMBER : code, optional, minimum, maximum);
}

/** Some fields turn out simple only after all evidence of their type, such as the initial value. */
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
