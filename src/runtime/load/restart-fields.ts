import { type ConfigPath, isConfigMap, sameSettings } from '../../core/index.js';
import { planOf, type FieldType, type SectionPlan } from '../../binding/index.js';
import type { SectionClass } from '../../sections/index.js';

const known = new WeakMap<SectionPlan, boolean>();

/** True when the class, or one nested in it, has a field with `@RestartRequired`. Worked out once per class. */
export function hasRestartFields(plan: SectionPlan): boolean {
  let has = known.get(plan);
  if (has === undefined) known.set(plan, (has = searchPlan(plan, new Set())));
  return has;
}

/** The paths of fields with `@RestartRequired` whose value differs between two instances of one section. */
export function changedRestartFields(
  plan: SectionPlan,
  before: unknown,
  after: unknown,
  path: ConfigPath,
): readonly ConfigPath[] {
  return plan.fields.flatMap((field) => {
    const [was, is] = [valueOf(before, field.name), valueOf(after, field.name)];
    const at = [...path, field.name];
    if (field.declaration.restartRequired === true) return sameSettings(was, is) ? [] : [at];
    return changedBelow(field.type, was, is, at, plan);
  });
}

function changedBelow(
  type: FieldType,
  before: unknown,
  after: unknown,
  path: ConfigPath,
  owner: SectionPlan,
): readonly ConfigPath[] {
  if (before === after) return [];
  switch (type.kind) {
    case 'section': {
      const target = commonClass(type.target, before, after);
      return target === undefined ? [] : changedRestartFields(planOf(target, owner.selection), before, after, path);
    }
    case 'map': {
      const [was, is] = [entriesOf(before), entriesOf(after)];
      if (!isConfigMap(was) || !isConfigMap(is)) return [];
      // An entry that comes or goes is not running with anything that it could keep.
      return Object.keys(is)
        .filter((key) => Object.hasOwn(was, key))
        .flatMap((key) => changedBelow(type.item, was[key], is[key], [...path, key], owner));
    }
    case 'list': {
      if (!Array.isArray(before) || !Array.isArray(after) || !searchType(type, owner, new Set())) return [];
      // An item that moved cannot be told from one that changed, so the list stays as it is, or moves as a whole.
      const held =
        before.length !== after.length ||
        before.some((item, index) => changedBelow(type.item, item, after[index], path, owner).length > 0);
      return held ? [path] : [];
    }
    default:
      return [];
  }
}

function entriesOf(value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value;
}

/** The class of both values; nothing can be held between values of different classes. */
function commonClass(declared: SectionClass, before: unknown, after: unknown): SectionClass | undefined {
  if (!(before instanceof declared) || !(after instanceof declared)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(before);
  if (prototype !== Object.getPrototypeOf(after)) return undefined;
  // An instance of a settings class has that class, or a subclass of it, for its constructor.
  return before.constructor as SectionClass;
}

function searchPlan(plan: SectionPlan, seen: Set<SectionPlan>): boolean {
  if (seen.has(plan)) return false;
  seen.add(plan);
  for (const { restartRequired } of plan.declarations.values()) if (restartRequired === true) return true;
  return plan.complexFields.some(({ type }) => searchType(type, plan, seen));
}

function searchType(type: FieldType, { selection }: Pick<SectionPlan, 'selection'>, seen: Set<SectionPlan>): boolean {
  if (type.kind === 'list' || type.kind === 'map') return searchType(type.item, { selection }, seen);
  if (type.kind !== 'section') return false;
  const classes = [type.target, ...(type.discriminator?.subTypes.map(({ value }) => value) ?? [])];
  return classes.some((target) => searchPlan(planOf(target, selection), seen));
}

function valueOf(instance: unknown, name: string): unknown {
  return typeof instance === 'object' && instance !== null ? Reflect.get(instance, name) : undefined;
}
