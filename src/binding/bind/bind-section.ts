import { type ConfigMap, appliesIn, isConfigMap, kindOfThrown, UNRESOLVED } from '../../core/index.js';
import type { BindContext, BoundBefore, Finding, Place, Site } from './bind-context.js';
import { pathOf } from './bind-context.js';
import { closedAgain, forgetOpened, maskText, openedValue } from './bind-secret.js';
import { bindDefault, bindValue, fillable, NOTHING } from './bind-value.js';
import { coerceBoolean, coerceInteger, coerceNumber } from '../coerce/index.js';
import { copyDefault } from './copy-default.js';
import { deepFreeze } from './deep-freeze.js';
import { PLAIN_TO_CLASS, SIMPLE, type FieldKind, type FieldPlan } from '../fields/index.js';
import { expectedValue } from './expected-value.js';
import type { SectionPlan } from '../plan/index.js';

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
  const left = bindSimpleFields(plan, raw, instance, place, context, before);
  if (left.length > 0 || plan.computed.length > 0) {
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
  for (const name of plan.openFields) deepFreeze(Reflect.get(instance, name));
  Object.freeze(instance);
  if (plan.rules.length > 0) context.ruled.push({ plan, instance, place });
  return instance;
}

/** What simple fields leave to do, in the order of the fields: a column that takes the long way, or findings to tell. */
type LeftToDo = readonly (number | readonly Finding[])[];

const NOTHING_LEFT: LeftToDo = Object.freeze([]);

/**
 * Binds the fields whose value is what their kind asks for, or is text that says such a value; what is left to do is
 * returned.
 */
function bindSimpleFields(
  plan: SectionPlan,
  raw: ConfigMap,
  instance: object,
  place: Place,
  context: BindContext,
  before: BoundBefore | undefined,
): LeftToDo {
  const { names, kinds } = plan;
  // The fields of a settings class are its own enumerable properties.
  const target = instance as Record<string, unknown>;
  const values = valuesByColumn(plan, raw);
  const { findings } = context;
  let left: (number | readonly Finding[])[] | undefined;
  for (let column = 0; column < kinds.length; column++) {
    const name = names[column] ?? '';
    const kind = kinds[column];
    const value = values[column];
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
        if (typeof value === 'string' && rule !== undefined) bound = maskText(value, rule, place, name, context.gate);
        break;
      }
      case SIMPLE.NESTED:
        if (isConfigMap(value)) {
          const was = before && partBefore(before, name);
          const below = { parent: place, key: name };
          const found = findings.length;
          const current = plan.filledFields.has(name) ? target[name] : undefined;
          bound = was?.raw === value ? was.instance : bindNested(plan, column, value, below, context, current, was);
          // Findings are told in the order of the fields.
          if (findings.length > found && left !== undefined) left.push(findings.splice(found));
        }
        break;
      default:
        break;
    }
    if (bound !== undefined) {
      target[name] = bound;
    } else if (kind === undefined || !keepsDefault(kind, value, target, name)) {
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

/** The number that a text says; `undefined` when it says none, which is worded elsewhere. */
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

function ownValue(raw: ConfigMap, name: string): unknown {
  return Object.hasOwn(raw, name) ? raw[name] : undefined;
}

class SectionBinding {
  readonly #plan: SectionPlan;
  readonly #instance: Record<string, unknown>;
  readonly #place: Place;
  readonly #context: BindContext;
  #reported: Set<string> | undefined;
  #refused: Set<string> | undefined;

  public constructor(plan: SectionPlan, instance: object, place: Place, context: BindContext) {
    this.#plan = plan;
    // The fields of a settings class are its own enumerable properties.
    this.#instance = instance as Record<string, unknown>;
    this.#place = place;
    this.#context = context;
  }

  public bindField(field: FieldPlan, raw: unknown, owner: ConfigMap, before?: BoundBefore): void {
    const { name } = field;
    if (raw === undefined) {
      this.#keepDefault(field);
      return;
    }
    if (raw === UNRESOLVED) {
      this.#report(name);
      return;
    }
    if (field.transforms.length > 0) {
      this.#transform(field, raw, owner);
    } else if (before !== undefined && typeof raw === 'object' && ownValue(before.raw, name) === raw) {
      this.#instance[name] = Reflect.get(before.instance, name);
    } else {
      this.#set(field, raw);
    }
  }

  /** Runs the decorators of one field that are no conditions. */
  public check(field: FieldPlan): void {
    if (this.#reported?.has(field.name) === true) return;
    const value = this.#instance[field.name];
    if (field.isSecure) this.#checkOpened(field, openedValue(field.type, value));
    else this.#context.pending.push(...this.#check(field, value));
  }

  /** Runs the decorators; gives the promises of those that take their time. */
  #check(field: FieldPlan, value: unknown): readonly Promise<void>[] {
    const pending: Promise<void>[] = [];
    try {
      if (!this.#conditionsHold(field, value)) return pending;
      for (const check of field.checks) {
        const verdict = check(value, this.#instance);
        if (verdict === true) continue;
        if (typeof verdict === 'boolean') this.#refuse(field.name);
        else pending.push(this.#awaitVerdict(field, verdict));
      }
    } catch (cause) {
      this.#findUnchecked(field, 'a validator', cause);
    }
    return pending;
  }

  /** A secret is open only as long as somebody looks at it. */
  #checkOpened(field: FieldPlan, opened: unknown): void {
    const pending = this.#check(field, opened);
    if (pending.length === 0) {
      forgetOpened(opened);
      return;
    }
    const settled = Promise.all(pending).then(() => {
      forgetOpened(opened);
    });
    this.#context.pending.push(settled);
  }

  #set(field: FieldPlan, raw: unknown): void {
    if (raw === null && this.#mayBeNull(field)) {
      this.#instance[field.name] = null;
      return;
    }
    const current = this.#default(field);
    const value = bindValue(field.type, raw, this.#below(field), current);
    if (value === undefined) this.#keepDefault(field);
    else if (value === NOTHING) this.#report(field.name);
    else this.#instance[field.name] = value;
  }

  /** Text for a list or map stays text for `@Transform`: reading it is what the transform is there for. */
  #transform(field: FieldPlan, raw: unknown, owner: ConfigMap): void {
    const { kind } = field.type;
    const asWritten = typeof raw === 'string' && (kind === 'list' || kind === 'map' || kind === 'section');
    if (asWritten) this.#instance[field.name] = raw;
    else this.#set(field, raw);
    if (this.#reported?.has(field.name) === true) return;
    const before = this.#instance[field.name];
    let value = field.isSecure && !asWritten ? openedValue(field.type, before) : before;
    const details = { key: field.name, obj: owner, type: PLAIN_TO_CLASS, options: {} };
    try {
      for (const transform of field.transforms) value = transform({ value, ...details });
    } catch (cause) {
      this.#find(field, 'transform-failed', `could not be transformed: its @Transform threw ${kindOfThrown(cause)}`);
      return;
    }
    if (field.isSecure) this.#set(field, closedAgain(field.type, value, before));
    else this.#instance[field.name] = value;
  }

  #keepDefault(field: FieldPlan): void {
    const { name, type, declaration } = field;
    const { selectors } = this.#context;
    if (declaration.requiredIn !== undefined && appliesIn(declaration.requiredIn, selectors)) {
      this.#find(field, 'required', `must be set in ${selectors.environment}: its default does not count there`);
      return;
    }
    const current = this.#default(field);
    if (current === undefined) {
      if (!field.optional && this.#conditionsHold(field, current)) this.#findMissing(field);
    } else if (typeof current === 'object' && current !== null) {
      const value = bindDefault(type, current, this.#below(field));
      if (value === NOTHING) this.#report(name);
      else this.#instance[name] = value;
    }
  }

  /**
   * Of a group of settings that is not there, whatever it needs is told: nobody should have to come back for it. One that
   * needs nothing is made of its defaults.
   */
  #findMissing(field: FieldPlan): void {
    const { type } = field;
    // A class that needs one of its own kind inside is never complete.
    if (type.kind !== 'section' || type.discriminator !== undefined || this.#context.absent.has(type.target)) {
      this.#find(field, 'missing', `is not set; it must be ${expectedValue(type)}`);
      return;
    }
    const { findings, ruled, absent } = this.#context;
    const [found, complete] = [findings.length, ruled.length];
    absent.add(type.target);
    const made = bindValue(type, {}, this.#below(field));
    absent.delete(type.target);
    if (findings.length === found) {
      this.#instance[field.name] = made;
      return;
    }
    // It has served its purpose: no rule needs to look at it.
    ruled.length = complete;
    this.#report(field.name);
  }

  /** The initialiser's value, which may be filled and frozen. */
  #default({ name, type, copiesDefault }: FieldPlan): unknown {
    const value = this.#instance[name];
    return copiesDefault ? copyDefault(type, value, this.#plan.selection) : value;
  }

  #mayBeNull(field: FieldPlan): boolean {
    return field.optional || !this.#conditionsHold(field, null);
  }

  #conditionsHold(field: FieldPlan, value: unknown): boolean {
    try {
      return field.conditions.every((condition) => condition(this.#instance, value));
    } catch (cause) {
      this.#findUnchecked(field, 'its @ValidateIf', cause);
      return false;
    }
  }

  #below({ name }: FieldPlan): Site {
    return { place: { parent: this.#place, key: name }, context: this.#context, selection: this.#plan.selection };
  }

  #find(field: FieldPlan, code: string, message: string): void {
    this.#report(field.name);
    const [example] = field.declaration.examples ?? [];
    const hint = example === undefined || field.secret ? {} : { hint: `For example: ${JSON.stringify(example)}.` };
    this.#context.findings.push({ code, path: pathOf(this.#place, field.name), message, ...hint });
  }

  /** What was thrown may quote settings, so only its kind is told. */
  #findUnchecked(field: FieldPlan, culprit: string, cause: unknown): void {
    this.#find(field, 'constraint', `could not be checked: ${culprit} threw ${kindOfThrown(cause)}`);
  }

  #report(name: string): void {
    (this.#reported ??= new Set()).add(name);
  }

  #refuse(name: string): void {
    if (this.#refused === undefined) {
      this.#refused = new Set();
      this.#reported ??= new Set();
      this.#context.refused.push({
        plan: this.#plan,
        instance: this.#instance,
        place: this.#place,
        reported: this.#reported,
        fields: this.#refused,
      });
    }
    this.#refused.add(name);
  }

  async #awaitVerdict(field: FieldPlan, verdict: Promise<boolean>): Promise<void> {
    try {
      if (!(await verdict)) this.#refuse(field.name);
    } catch (cause) {
      this.#findUnchecked(field, 'a validator', cause);
    }
  }
}
