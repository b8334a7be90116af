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
}

/**
 * Prepares a property's decorators so that a valid value costs a few comparisons: the common ones in a direct form, the
 * others as calls of class-validator's own validator objects. Only the verdict comes from here; when it is "invalid",
 * class-validator itself is asked for the words.
 */
export function compileChecks(validations: readonly StoredValidation[]): PropertyChecks {
  const conditions: ((owner: object, value: unknown) => boolean)[] = [];
  const checks: Check[] = [];
  let optional = false;
  for (const validation of validations) {
    if (validation.type === 'conditionalValidation') {
      // What @ValidateIf and @IsOptional store: a predicate of the object and the value.
      conditions.push(validation.constraints?.[0] as (owner: object, value: unknown) => boolean);
      optional ||= validation.name === 'isOptional';
    } else if (validation.type === 'customValidation' || validation.type === 'isDefined') {
      checks.push(...checksOf(validation));
    }
  }
  return { conditions, checks, optional };
}

function checksOf(validation: StoredValidation): readonly Check[] {
  const storage = getMetadataStorage();
  return storage.getTargetValidatorConstraints(validation.constraintCls).map((constraint) => {
    const single = directCheck(validation, constraint.instance) ?? calledCheck(validation, constraint.instance);
    const each = validation.each ? eachCheck(single) : single;
    return validation.validateIf === undefined ? each : guardedCheck(each, validation.validateIf);
  });
}

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
      constraints: [...constraints],
    });
}

function eachCheck(check: Check): Check {
  return (value, owner) => {
    if (!(Array.isArray(value) || value instanceof Set || value instanceof Map)) return check(value, owner);
    const verdicts = Array.from(value.values(), (item: unknown) => check(item, owner));
    if (verdicts.every((verdict) => typeof verdict === 'boolean')) return verdicts.every(Boolean);
    return Promise.all(verdicts).then((settled) => settled.every(Boolean));
  };
}

function guardedCheck(check: Check, validateIf: NonNullable<StoredValidation['validateIf']>): Check {
  return (value, owner) => !validateIf(owner, value) || check(value, owner);
}

/** The direct form of a decorator, if it is one of class-validator's own that has one. */
function directCheck(validation: StoredValidation, validator: ValidatorObject): Check | undefined {
  const direct = DIRECT_FORMS.get(validation.name ?? '')?.(validation.constraints ?? []);
  if (direct === undefined || validation.constraintCls.name !== 'CustomConstraint') return undefined;
  // A decorator of the user's own may bear the same name: it must agree on a few telling values to be taken for the
  // library's.
  const stand: ValidationArguments = {
    targetName: '',
    property: validation.propertyName,
    object: {},
    value: undefined,
    constraints: [...(validation.constraints ?? [])],
  };
  return PROBES.every((probe) => validator.validate(probe, stand) === direct(probe)) ? direct : undefined;
}

const PROBES: readonly unknown[] = [undefined, 'x', 1.5];

type DirectForm = (constraints: readonly unknown[]) => ((value: unknown) => boolean) | undefined;

const DIRECT_FORMS = new Map<string, DirectForm>([
  ['isString', () => (value) => typeof value === 'string' || value instanceof String],
  ['isBoolean', () => (value) => typeof value === 'boolean' || value instanceof Boolean],
  ['isInt', () => (value) => Number.isInteger(value)],
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

function isEmptyObject(value: unknown): boolean {
  return value === undefined || (isObject(value) && Object.keys(value).length === 0);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
