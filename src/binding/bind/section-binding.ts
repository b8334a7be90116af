import { appliesIn, type ConfigMap, kindOfThrown, UNRESOLVED, type IssueCode } from '../../core/index.js';
import type { BindContext, BoundBefore, Place, Site } from './bind-context.js';
import { pathOf } from './bind-context.js';
import { closedAgain, forgetOpened, openedValue } from './bind-secret.js';
import { bindDefault, bindValue, NOTHING } from './bind-value.js';
import { copyDefault } from './copy-default.js';
import { expectedValue } from './expected-value.js';
import { type FieldPlan, PLAIN_TO_CLASS } from '../fields/index.js';
import type { SectionPlan } from '../plan/index.js';

/** The fields of one instance that ask for more than a type and a range. */
export class SectionBinding {
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

  /** Keeps a secret open only while it is checked. */
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

  /** A string for a list or map stays a string for `@Transform`, which is there to read it. */
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
   * Reports every missing field of an absent section at once. A section without required fields is made of its defaults.
   */
  #findMissing(field: FieldPlan): void {
    const { type } = field;
    // A class that needs one of its own kind inside is never complete.
    if (type.kind !== 'section' || this.#context.absent.has(type.target)) {
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

  #find(field: FieldPlan, code: IssueCode, message: string): void {
    this.#report(field.name);
    const [example] = field.declaration.examples ?? [];
    const hint = example === undefined || field.secret ? {} : { hint: `For example: ${JSON.stringify(example)}.` };
    this.#context.findings.push({ code, path: pathOf(this.#place, field.name), message, ...hint });
  }

  /** The error may quote settings, so only its kind is reported. */
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

/** What a map itself has at a key. */
export function ownValue(raw: ConfigMap, name: string): unknown {
  return Object.hasOwn(raw, name) ? raw[name] : undefined;
}
