import { type ConfigMap, isConfigMap } from '../../core/index.js';
import type { BindContext, BoundBefore, Finding, Place } from './bind-context.js';
import { maskText } from './bind-secret.js';
import { fillable } from './bind-value.js';
import { coerceBoolean, coerceInteger, coerceNumber } from '../coerce/index.js';
import { SIMPLE, type FieldKind, type FieldPlan } from '../fields/index.js';
import type { SectionPlan } from '../plan/index.js';
import { ownValue, SectionBinding } from './section-binding.js';
import { type LeftOver, takeOver } from './take-over.js';

/**
 * Makes an instance of a settings class from a subtree of raw values, into `instance` when the default's own instance is
 * to be filled. Whatever is wrong is added to the context, all of it; the instance counts only when nothing was.
 *
 * @param before what an earlier instance was made from: of its parts, those whose raw values are the same are taken over
 */
export function bindSection(
  plan: SectionPlan,
  raw: ConfigMap,
  place: Place,
  context: BindContext,
  instance: object = new plan.target(),
  before?: BoundBefore,
): object {
  const left = bindSimpleFields(plan, valuesByColumn(plan, raw), instance, place, context, before);
  return bindTheRest(plan, left, () => raw, instance, place, context, before);
}

/**
 * The same of what is made of nearly the same as before: it takes over what hangs on nothing else, and looks at the rest.
 *
 * @param raw asked for only where more is to be looked at than the keys that differ
 */
export function bindAgain(
  plan: SectionPlan,
  raw: () => ConfigMap,
  place: Place,
  context: BindContext,
  before: BoundBefore,
): object {
  const instance = new plan.target();
  // The fields of a settings class are its own enumerable properties.
  const taken = takeOver(plan, instance as Record<string, unknown>, before);
  if (taken === undefined) return bindSection(plan, raw(), place, context, instance, before);
  const left = bindSimpleFields(plan, taken.values, instance, place, context, before, taken);
  return bindTheRest(plan, left, raw, instance, place, context, before);
}

/** Binds what simple fields have left to do, and makes the instance ready. */
function bindTheRest(
  plan: SectionPlan,
  left: LeftToDo,
  rawOf: () => ConfigMap,
  instance: object,
  place: Place,
  context: BindContext,
  before: BoundBefore | undefined,
): object {
  if (left.length > 0 || plan.computed.length > 0) {
    const raw = rawOf();
    const binding = new SectionBinding(plan, instance, place, context);
    const fields: FieldPlan[] = [];
    for (const step of left) {
      if (typeof step === 'number') {
        const field = plan.field(step);
        fields.push(field);
        binding.bindField(field, ownValue(raw, field.name), raw, before);
      } else {
        context.findings.push(...step);
      }
    }
    // Checked when all fields have their values: conditions and custom validators may look at their neighbours.
    for (const field of fields) if (field.checks.length > 0) binding.check(field);
    for (const field of plan.computed) if (field.checks.length > 0) binding.check(field);
  }
  if (plan.openFields.length > 0) for (const name of plan.openFields) deepFreeze(Reflect.get(instance, name));
  Object.freeze(instance);
  if (plan.rules.length > 0) context.ruled.push({ plan, instance, place });
  return instance;
}

/** What simple fields leave to do, in the order of the fields: a column that needs the slow path, or issues to report. */
type LeftToDo = readonly (number | readonly Finding[])[];

const NOTHING_LEFT: LeftToDo = Object.freeze([]);

/**
 * Binds the fields whose value has the type of their kind, or is a string of such a value; returns the rest of the work.
 *
 * @param values one for each column, or for each of those that are left over
 */
function bindSimpleFields(
  plan: SectionPlan,
  values: readonly unknown[],
  instance: object,
  place: Place,
  context: BindContext,
  before: BoundBefore | undefined,
  taken?: LeftOver,
): LeftToDo {
  const { names, kinds } = plan;
  // The fields of a settings class are its own enumerable properties.
  const target = instance as Record<string, unknown>;
  const { findings } = context;
  let left: (number | readonly Finding[])[] | undefined;
  for (let at = 0; at < values.length; at++) {
    const column = taken?.columns[at] ?? at;
    const name = names[column] ?? '';
    const kind = kinds[column];
    const value = values[at];
    // Stays undefined where the value must take the long way.
    let bound: unknown;
    switch (kind?.code) {
      case SIMPLE.TEXT:
        if (typeof value === 'string') bound = value;
        break;
      case SIMPLE.BOOLEAN:
        if (typeof value === 'boolean') bound = value;
        else if (typeof value === 'string') bound = booleanOf(value);
        break;
      case SIMPLE.INTEGER:
      case SIMPLE.NUMBER: {
        const number = typeof value === 'string' ? numberOf(value, kind) : value;
        if (isOfKind(number, kind)) bound = number;
        break;
      }
      case SIMPLE.MASKED: {
        const rule = plan.planned(column)?.masks;
        if (typeof value === 'string' && rule !== undefined)
          bound = maskText(value, rule, place, name, context.guarded.gate);
        break;
      }
      case SIMPLE.NESTED:
        if (isConfigMap(value)) {
          const was = before && partBefore(before, name);
          const below = { parent: place, key: name };
          const found = findings.length;
          const current = plan.filledFields.has(name) ? (taken?.initial[at] ?? target[name]) : undefined;
          bound = was?.raw === value ? was.instance : bindNested(plan, column, value, below, context, current, was);
          // Issues are reported in the order of the fields.
          if (findings.length > found && left !== undefined) left.push(findings.splice(found));
        }
        break;
      default:
        break;
    }
    if (bound !== undefined) {
      target[name] = bound;
      continue;
    }
    if (taken !== undefined) target[name] = taken.initial[at];
    if (kind === undefined || !keepsDefault(kind, value, target, name)) {
      // Every field gets its place, in the order of the columns: instances of one class have one shape, whichever
      // compiler made it, and V8 keeps them fast.
      if (!(name in target)) target[name] = undefined;
      (left ??= []).push(column);
    }
  }
  return left ?? NOTHING_LEFT;
}

/** The raw values of a class's fields; of all that is there, what has no column is passed over. */
function valuesByColumn(plan: SectionPlan, raw: ConfigMap): readonly unknown[] {
  const { names } = plan;
  const values: unknown[] = new Array(names.length);
  let expected = 0;
  for (const key in raw) {
    // The engine knows this of the keys of a `for … in`, and asks nothing.
    if (!Object.prototype.hasOwnProperty.call(raw, key)) continue;
    const column = names[expected] === key ? expected : plan.columnOf(key);
    if (column === undefined) continue;
    values[column] = raw[key];
    expected = column + 1;
  }
  return values;
}

/** Leaves a field that is not set as its initialiser has it, if that is a value of its kind; gives it its place. */
function keepsDefault(kind: FieldKind, value: unknown, target: Record<string, unknown>, name: string): boolean {
  if (value === null && kind.optional) {
    target[name] = null;
    return true;
  }
  if (value !== undefined) return false;
  const current = target[name];
  if (current === undefined && kind.optional) {
    target[name] = undefined;
    return true;
  }
  return isOfKind(current, kind);
}

/** True for a value that the field's validators, which ask for a type and a range, let pass. */
function isOfKind(value: unknown, kind: FieldKind): boolean {
  switch (kind.code) {
    case SIMPLE.TEXT:
      return typeof value === 'string';
    case SIMPLE.BOOLEAN:
      return typeof value === 'boolean';
    case SIMPLE.INTEGER:
      // Number.isSafeInteger is true for numbers only.
      return Number.isSafeInteger(value) && isWithinRange(value as number, kind);
    case SIMPLE.NUMBER:
      return typeof value === 'number' && Number.isFinite(value) && isWithinRange(value, kind);
    default:
      return false;
  }
}

function isWithinRange(value: number, { minimum, maximum }: FieldKind): boolean {
  return value >= minimum && value <= maximum;
}

/** The number in a string; `undefined` when there is none, which is reported elsewhere. */
function numberOf(text: string, { code }: FieldKind): unknown {
  const likely = Number(text);
  // Nearly every number is written as it is printed.
  if (Number.isSafeInteger(likely) && String(likely) === text) return likely;
  const number = code === SIMPLE.INTEGER ? coerceInteger(text) : coerceNumber(text);
  return typeof number === 'number' ? number : undefined;
}

function booleanOf(text: string): boolean | undefined {
  const value = coerceBoolean(text);
  return typeof value === 'boolean' ? value : undefined;
}

function bindNested(
  owner: SectionPlan,
  column: number,
  raw: ConfigMap,
  place: Place,
  context: BindContext,
  current: unknown,
  before: BoundBefore | undefined,
): object | undefined {
  const plan = owner.nested(column);
  if (plan === undefined) return undefined;
  return bindSection(plan, raw, place, context, fillable(current, plan.target), before);
}

/** What a nested instance was made from before. */
function partBefore({ raw, instance }: BoundBefore, name: string): BoundBefore | undefined {
  const [rawPart, part] = [ownValue(raw, name), Reflect.get(instance, name) as unknown];
  return isConfigMap(rawPart) && typeof part === 'object' && part !== null
    ? { raw: rawPart, instance: part }
    : undefined;
}

/** Freezes plain maps and lists all the way down, in place; instances are left to who made them. */
export function deepFreeze(value: unknown): void {
  // Single values count as frozen.
  if (Object.isFrozen(value)) return;
  if (Array.isArray(value)) {
    Object.freeze(value);
    for (const item of value) deepFreeze(item);
  } else if (isConfigMap(value)) {
    Object.freeze(value);
    for (const key of Object.keys(value)) deepFreeze(value[key]);
  }
}
