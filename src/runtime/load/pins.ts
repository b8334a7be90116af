import {
  type ConfigPath,
  type ReferenceTarget,
  isConfigMap,
  isWithin,
  parsePath,
  UNRESOLVED,
  valueAt,
  sameSettings,
} from '../../core/index.js';
import {
  sectionChanges,
  type GenerationFacts,
  type Pin,
  type RestartWish,
  isTainted,
  sectionSettings,
} from '../generation/index.js';
import { sectionValue } from '../rows/index.js';
import { planOf, type FieldType, type SectionPlan } from '../../binding/index.js';
import type { SectionClass } from '../../sections/index.js';

/** The fields with `@RestartRequired`, in the sections that were replaced, that are to have another value than the one in use. */
export function findPins(
  before: GenerationFacts,
  wanted: GenerationFacts,
  replaced: readonly number[],
): readonly Pin[] {
  const used = before.rows;
  const { plan } = wanted;
  return replaced.flatMap((index) => {
    const [section, segment] = [plan.sections[index], plan.placed[index]];
    if (section === undefined || segment === undefined || !hasRestartFields(section.plan)) return [];
    const raw = sectionValue(used, segment, 'resolved');
    const start = segment.path;
    return changedRestartFields(section.plan, before.instances[index], wanted.instances[index], start).map((path) => ({
      path,
      section: index,
      value: valueAt(raw, path.slice(start.length)),
      isTainted: isTainted({ rows: used, plan }, path),
    }));
  });
}

/** What the sources want of the fields that keep their value. */
export function wishesOf(
  pins: readonly Pin[],
  before: GenerationFacts,
  wanted: GenerationFacts,
): readonly RestartWish[] {
  return [...new Set(pins.map(({ section }) => section))].flatMap((index) => {
    const section = wanted.plan.sections[index];
    if (section === undefined) return [];
    const settings = sectionSettings(section, wanted.instances[index]);
    return sectionChanges(before, wanted, index)
      .filter(({ path }) => pins.some((pin) => isWithin(parsePath(path), pin.path)))
      .map((change) => Object.freeze({ change, wanted: settings.get(change.path)?.value }));
  });
}

/** The value at a path with pinned values. The pinned part of a map is put into the result of its references. */
export function pinnedTarget(target: ReferenceTarget, pins: readonly Pin[], defaults: unknown): ReferenceTarget {
  const { path } = target;
  const inUse = ({ value, path: at }: Pin): unknown => (value === undefined ? valueAt(defaults, at) : value);
  const around = pins.find((pin) => isWithin(path, pin.path));
  if (around !== undefined) {
    const value = valueAt(around.value, path.slice(around.path.length));
    return { path, value: value === undefined ? valueAt(defaults, path) : value, isResolved: true };
  }
  const own = pins.filter((pin) => isWithin(pin.path, path)).map((pin) => ({ ...pin, value: inUse(pin) }));
  if (own.length === 0) return target;
  const { finish = (value: unknown): unknown => value } = target;
  return { ...target, finish: (value) => (value === UNRESOLVED ? value : withPins(finish(value), path, own)) };
}

/** A value at a path with the pinned values below it. */
export function withPins(value: unknown, path: ConfigPath, pins: readonly Pin[]): unknown {
  return pins
    .filter((pin) => isWithin(pin.path, path))
    .reduce((tree, pin) => replaced(tree, pin.path.slice(path.length), pin.value), value);
}

/** Only maps lie on the way to a field. */
function replaced(node: unknown, [key, ...rest]: ConfigPath, value: unknown): unknown {
  if (key === undefined) return value;
  const map = isConfigMap(node) ? node : {};
  const next = replaced(Object.hasOwn(map, key) ? map[key] : undefined, rest, value);
  if (next !== undefined) return { ...map, [key]: next };
  return Object.fromEntries(Object.entries(map).filter(([other]) => other !== key));
}

const known = new WeakMap<SectionPlan, boolean>();

/** True when the class, or one nested in it, has a field with `@RestartRequired`. Worked out once per class. */
function hasRestartFields(plan: SectionPlan): boolean {
  let has = known.get(plan);
  if (has === undefined) known.set(plan, (has = searchPlan(plan, new Set())));
  return has;
}

/** The paths of fields with `@RestartRequired` whose value differs between two instances of one section. */
function changedRestartFields(
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
      // A moved item cannot be distinguished from a changed one, so the list stays as it is, or moves as a whole.
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
