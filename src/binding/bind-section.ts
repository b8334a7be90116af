import type { ConfigMap } from '../core/index.js';
import { UNRESOLVED } from '../core/index.js';
import { TransformationType } from 'class-transformer';
import type { BindContext, Place } from './bind-context.js';
import { pathOf } from './bind-context.js';
import { forgetOpened, maskText, openedValue } from './bind-secret.js';
import { bindDefault, bindValue, NOTHING } from './bind-value.js';
import { copyDefault } from './copy-default.js';
import { SIMPLE } from './field-columns.js';
import { expectedValue } from './expected-value.js';
import type { FieldPlan } from './field-plan.js';
import type { SectionPlan } from './section-plan.js';

/**
 * Makes an instance of a settings class from a subtree of raw values, into `instance` when the default's own instance is
 * to be filled. Whatever is wrong is added to the context, all of it; the instance counts only when nothing was.
 */
export function bindSection(
  plan: SectionPlan,
  raw: ConfigMap,
  place: Place,
  context: BindContext,
  instance: object = new plan.target(),
): object {
  const fields = bindSimpleFields(plan, raw, instance, place, context).map((column) => plan.field(column));
  if (fields.length > 0 || plan.computed.length > 0) {
    const binding = new SectionBinding(plan, instance, place, context);
    for (const field of fields) binding.bindField(field, ownValue(raw, field.name), raw);
    // Checked when all fields have their values: conditions and custom validators may look at their neighbours.
    for (const field of fields) if (field.checks.length > 0) binding.check(field);
    for (const field of plan.computed) if (field.checks.length > 0) binding.check(field);
  }
  context.bound.push({ plan, instance, place });
  return instance;
}

/** Binds the fields whose value is of their type and in their range already; the columns of all others are returned. */
function bindSimpleFields(
  plan: SectionPlan,
  raw: ConfigMap,
  instance: object,
  place: Place,
  { gate }: BindContext,
): readonly number[] {
  const { names, codes, rangeOf, ranges } = plan.columns;
  // The fields of a settings class are its own enumerable properties.
  const target = instance as Record<string, unknown>;
  const keys = Object.keys(raw);
  const values = Object.values(raw);
  const others: number[] = [];
  for (let column = 0; column < names.length; column++) {
    const name = names[column] ?? '';
    const value = keys[column] === name ? values[column] : ownValue(raw, name);
    // Stays undefined where the value must take the long way.
    let bound: unknown;
    switch (codes[column]) {
      case SIMPLE.TEXT:
        if (typeof value === 'string') bound = value;
        break;
      case SIMPLE.BOOLEAN:
        if (typeof value === 'boolean') bound = value;
        break;
      case SIMPLE.INTEGER:
        if (Number.isSafeInteger(value)) bound = value;
        break;
      case SIMPLE.NUMBER:
        if (typeof value === 'number' && Number.isFinite(value)) bound = value;
        break;
      case SIMPLE.MASKED: {
        const rule = plan.field(column).masks;
        if (typeof value === 'string' && rule !== undefined) bound = maskText(value, rule, place, name, gate);
        break;
      }
      default:
        break;
    }
    const row = rangeOf[column] ?? 0;
    // Only numbers have a range.
    if (row !== 0 && typeof bound === 'number' && !isWithinRange(bound, ranges, row)) bound = undefined;
    if (bound !== undefined) {
      target[name] = bound;
    } else {
      // Every field gets its place, in the order of the columns: instances of one class have one shape, whichever
      // compiler made it, and V8 keeps them fast.
      if (!(name in target)) target[name] = undefined;
      others.push(column);
    }
  }
  return others;
}

function isWithinRange(value: number, ranges: Float64Array, row: number): boolean {
  return value >= (ranges[2 * row] ?? -Infinity) && value <= (ranges[2 * row + 1] ?? Infinity);
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

  public bindField(field: FieldPlan, raw: unknown, owner: ConfigMap): void {
    const { name } = field;
    if (raw === undefined) {
      this.#keepDefault(field);
      return;
    }
    if (raw === UNRESOLVED) {
      this.#report(name);
      return;
    }
    if (field.transforms.length === 0) {
      this.#set(field, raw);
      return;
    }
    this.#transform(field, raw, owner);
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
    const value = bindValue(field.type, raw, this.#below(field), this.#context, this.#plan.selection, current);
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
    const details = { key: field.name, obj: owner, type: TransformationType.PLAIN_TO_CLASS, options: {} };
    try {
      for (const transform of field.transforms) value = transform({ value, ...details });
    } catch (cause) {
      this.#find(field, 'transform-failed', `could not be transformed: its @Transform threw ${kindOfThrown(cause)}`);
      return;
    }
    if (field.isSecure) this.#set(field, value);
    else this.#instance[field.name] = value;
  }

  #keepDefault(field: FieldPlan): void {
    const { name, type, declaration } = field;
    const { environment } = this.#context.selectors;
    if (declaration.requiredIn?.includes(environment) === true) {
      this.#find(field, 'required', `must be set in ${environment}: its default does not count there`);
      return;
    }
    const current = this.#default(field);
    if (current === undefined) {
      if (!field.optional && this.#conditionsHold(field, current)) this.#findMissing(field);
    } else if (typeof current === 'object' && current !== null) {
      const value = bindDefault(type, current, this.#below(field), this.#context, this.#plan.selection);
      if (value === NOTHING) this.#report(name);
      else this.#instance[name] = value;
    }
  }

  /** Of a group of settings that is not there, whatever it needs is told: nobody should have to come back for it. */
  #findMissing(field: FieldPlan): void {
    const { type } = field;
    if (type.kind === 'section' && type.discriminator === undefined && this.#findMissingBelow(field, type.target)) {
      this.#report(field.name);
    } else {
      this.#find(field, 'missing', `is not set; it must be ${expectedValue(type)}`);
    }
  }

  /** Binds a nested section to nothing; false when all that it holds has defaults. */
  #findMissingBelow(field: FieldPlan, target: SectionPlan['target']): boolean {
    const { findings, bound, absent } = this.#context;
    // A class that needs one of its own kind inside is never complete.
    if (absent.has(target)) return false;
    const [found, complete] = [findings.length, bound.length];
    absent.add(target);
    bindValue(field.type, {}, this.#below(field), this.#context, this.#plan.selection, undefined);
    absent.delete(target);
    // It has served its purpose: no rule needs to look at it.
    bound.length = complete;
    return findings.length > found;
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

  #below(field: FieldPlan): Place {
    return { parent: this.#place, key: field.name };
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

function kindOfThrown(cause: unknown): string {
  return cause instanceof Error ? cause.name : 'something that is not an error';
}
