import { getMetadataStorage, isEnum, type ValidationArguments } from 'class-validator';
import type { StoredValidation } from './validation-metadata.js';

/** The verdict of one decorator on one value. */
export type Check = (value: unknown, owner: object) => boolean | Promise<boolean>;

/** The decorators of one property, ready to run. */
export interface PropertyChecks {
  /** From `@ValidateIf` and `@IsOptional`: all must hold for the checks to count. */
  readonly conditions: readonly ((owner: object, value: unknown) => boolean)[];
  readonly checks: readonly Check[];
  /** True with `@IsOptional()`. */
  readonly optional: boolean;
  /** What the checks come to when they only ask for a type and a range; absent when they ask for more. */
  readonly simple?: SimpleChecks;
}

/** The numbers that are allowed; all of them beyond a bound that is absent. */
export interface NumberRange {
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}

/** A type and a range: all that most fields ask for. */
export interface SimpleChecks extends NumberRange {
  readonly type: 'text' | 'number' | 'integer' | 'boolean' | 'any';
}

/**
 * Prepares a property's decorators so that a valid value costs a few comparisons: the common ones in a direct form, the
 * others as calls of class-validator's own validator objects. Only the verdict comes from here; when it is "invalid",
 * class-validator itself is asked for the words.
 */
export function compileChecks(validations: readonly StoredValidation[]): PropertyChecks {
  if (validations.every(({ type }) => type === 'nestedValidation')) return NO_CHECKS;
  const conditions: ((owner: object, value: unknown) => boolean)[] = [];
  const checks: Check[] = [];
  let simple: SimpleChecks | undefined = ANYTHING;
  let optional = false;
  for (const validation of validations) {
    if (validation.type === 'conditionalValidation') {
      // What @ValidateIf and @IsOptional store: a predicate of the object and the value.
      conditions.push(validation.constraints?.[0] as (owner: object, value: unknown) => boolean);
      if (validation.name === 'isOptional') optional = true;
      else simple = undefined;
    } else if (validation.type === 'customValidation' || validation.type === 'isDefined') {
      const compiled = checkOf(validation);
      checks.push(...compiled.checks);
      simple &&= compiled.direct ? simplified(simple, validation) : undefined;
    }
  }
  return { conditions, checks, optional, ...(simple !== undefined && { simple }) };
}

const ANYTHING: SimpleChecks = Object.freeze({ type: 'any' });
const NO_CHECKS: PropertyChecks = Object.freeze({ conditions: [], checks: [], optional: false, simple: ANYTHING });

interface CompiledCheck {
  readonly checks: readonly Check[];
  /** True when the check is the direct form of one of class-validator's own decorators, and nothing is around it. */
  readonly direct: boolean;
}

function checkOf(validation: StoredValidation): CompiledCheck {
  const own = ownValidator(validation);
  const direct = own && directCheck(validation, own);
  if (direct !== undefined && validation.each !== true && validation.validateIf === undefined) {
    return { checks: [direct], direct: true };
  }
  const constraints = getMetadataStorage().getTargetValidatorConstraints(validation.constraintCls);
  const checks = constraints.map((constraint) => {
    const single = direct ?? calledCheck(validation, own ?? constraint.instance);
    const each = validation.each === true ? eachCheck(single) : single;
    return validation.validateIf === undefined ? each : guardedCheck(each, validation.validateIf);
  });
  return { checks, direct: false };
}

/**
 * The validator of a decorator that was made from a function: its class keeps the function itself, so its prototype
 * serves as well as an instance. class-validator's container would search all validators there are, for each one.
 */
function ownValidator({ constraintCls }: StoredValidation): ValidatorObject | undefined {
  // Every decorator has a class of its own, for which V8 would learn each plain look-up anew.
  if (Reflect.get(constraintCls, 'name') !== 'CustomConstraint') return undefined;
  // The prototype of what registerDecorator makes has the validate method.
  return Reflect.get(constraintCls, 'prototype') as ValidatorObject;
}

/** Type and range with one more direct check taken in; `undefined` when it asks for something else. */
function simplified(simple: SimpleChecks, { name = '', constraints = [] }: StoredValidation): SimpleChecks | undefined {
  const type = SIMPLE_TYPES.get(name);
  if (type !== undefined) return simple.type === 'any' || simple.type === type ? { ...simple, type } : undefined;
  const [bound] = constraints;
  if (typeof bound !== 'number' || Number.isNaN(bound)) return undefined;
  if (name === 'min') return { ...simple, minimum: Math.max(simple.minimum ?? bound, bound) };
  if (name === 'max') return { ...simple, maximum: Math.min(simple.maximum ?? bound, bound) };
  return undefined;
}

const SIMPLE_TYPES = new Map<string, SimpleChecks['type']>([
  ['isString', 'text'],
  ['isNumber', 'number'],
  ['isInt', 'integer'],
  ['isBoolean', 'boolean'],
]);

interface ValidatorObject {
  validate(value: unknown, validationArguments?: ValidationArguments): boolean | Promise<boolean>;
}

function calledCheck(validation: StoredValidation, validator: ValidatorObject): Check {
  const { propertyName: property, constraints = [] } = validation;
  return (value, owner) =>
    validator.validate(value, {
      targetName: owner.constructor.name,
      property,
      object: owner,
      value,
      constraints,
    });
}

function eachCheck(check: Check): Check {
  return (value, owner) => {
    if (!(Array.isArray(value) || value instanceof Set || value instanceof Map)) return check(value, owner);
    const verdicts = Array.from(value.values(), (item: unknown) => check(item, owner));
    if (verdicts.includes(false)) return false;
    const pending = verdicts.filter((verdict) => typeof verdict !== 'boolean');
    return pending.length === 0 || Promise.all(pending).then((settled) => settled.every(Boolean));
  };
}

function guardedCheck(check: Check, validateIf: NonNullable<StoredValidation['validateIf']>): Check {
  return (value, owner) => !validateIf(owner, value) || check(value, owner);
}

/** True for a decorator with a direct form that is class-validator's own and no namesake. */
export function isOwnDirect(validation: StoredValidation): boolean {
  const own = ownValidator(validation);
  return own !== undefined && directCheck(validation, own) !== undefined;
}

/** The direct form of a decorator, if it is one of class-validator's own that has one. */
function directCheck(validation: StoredValidation, validator: ValidatorObject): Check | undefined {
  const direct = DIRECT_FORMS.get(validation.name ?? '')?.(validation.constraints ?? []);
  if (direct === undefined) return undefined;
  // A decorator of the user's own may bear the same name: it must agree on a few telling values to be taken for the
  // library's.
  const { constraints = [], propertyName: property } = validation;
  const stand = { targetName: '', property, object: NOBODY, value: undefined, constraints };
  const validate: ValidatorObject['validate'] = Reflect.get(validator, 'validate');
  return PROBES.every((probe) => validate.call(validator, probe, stand) === direct(probe)) ? direct : undefined;
}

const NOBODY: object = Object.freeze({});
const PROBES: readonly unknown[] = [undefined, 'x', 1.5];

type DirectForm = (constraints: readonly unknown[]) => ((value: unknown) => boolean) | undefined;

const DIRECT_FORMS = new Map<string, DirectForm>([
  ['isString', () => isText],
  ['isBoolean', () => isBoolean],
  ['isInt', () => Number.isInteger],
  ['isNumber', ([options]) => (isEmptyObject(options) ? (value) => Number.isFinite(value) : undefined)],
  [
    'min',
    ([least]) => (typeof least === 'number' ? (value) => typeof value === 'number' && value >= least : undefined),
  ],
  ['max', ([most]) => (typeof most === 'number' ? (value) => typeof value === 'number' && value <= most : undefined)],
  ['isPositive', () => (value) => typeof value === 'number' && value > 0],
  ['isNegative', () => (value) => typeof value === 'number' && value < 0],
  ['isNotEmpty', () => (value) => value !== '' && value !== null && value !== undefined],
  ['isDefined', () => (value) => value !== undefined && value !== null],
  ['isArray', () => (value) => Array.isArray(value)],
  ['isEnum', ([entity]) => (isObject(entity) ? (value) => isEnum(value, entity) : undefined)],
  ['isIn', ([legal]) => (Array.isArray(legal) ? (value) => legal.some((item) => item === value) : undefined)],
]);

function isText(value: unknown): boolean {
  return typeof value === 'string' || value instanceof String;
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean' || value instanceof Boolean;
}

/** True where no options are given. */
export function isEmptyObject(value: unknown): boolean {
  return value === undefined || (isObject(value) && Object.keys(value).length === 0);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
