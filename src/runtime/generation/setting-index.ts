import { type ConfigPath, formatPath, isConfigMap, valueAt } from '../../core/index.js';
import { type FieldPlan, type FieldType, type SectionPlan, classOf, planOf } from '../../binding/index.js';
import type { GenerationFacts } from './generation-facts.js';
import { heldIn, isSingle } from './instance-differs.js';
import type { PlannedSection } from '../plan/index.js';

/** One setting of a generation: a field with a single value, an empty list or map, or an item of one. */
export interface IndexedSetting extends HeldSetting {
  /** The field that declares it, or that declares the list or map it is an item of. */
  readonly field: FieldPlan;
  readonly type: FieldType;
}

interface FoundSettings {
  set(id: string, setting: IndexedSetting): unknown;
}

export interface HeldSetting {
  readonly path: ConfigPath;
  /** The typed value that consumers see. */
  readonly value: unknown;
}

const indexes = new WeakMap<GenerationFacts, ReadonlyMap<string, IndexedSetting>>();

/** All settings by path, section by section in the order of their declaration. Made on first use. */
export function settingIndex(facts: GenerationFacts): ReadonlyMap<string, IndexedSetting> {
  let index = indexes.get(facts);
  if (index === undefined) {
    const settings = new Map<string, IndexedSetting>();
    facts.plan.sections.forEach((section, at) => {
      for (const [id, setting] of sectionSettings(section, facts.instances[at])) settings.set(id, setting);
    });
    indexes.set(facts, (index = settings));
  }
  return index;
}

export function sectionSettings(
  { plan, entry }: PlannedSection,
  instance: object | undefined,
): ReadonlyMap<string, IndexedSetting> {
  const settings = new Map<string, IndexedSetting>();
  addSection(plan, instance, entry.path, settings);
  return settings;
}

/**
 * The settings of a section without those that are the same in another instance of it. Of classes of which only single
 * values differ no plan is made.
 */
export function settingsApart(
  { plan, entry }: PlannedSection,
  instance: object,
  other: object,
): ReadonlyMap<string, HeldSetting> {
  const settings = new Map<string, HeldSetting>();
  addApart(plan, instance, other, entry.path, settings);
  return settings;
}

function addApart(
  plan: SectionPlan,
  instance: unknown,
  other: unknown,
  owner: ConfigPath,
  settings: Map<string, HeldSetting>,
): void {
  for (const [column, name] of plan.names.entries()) {
    const [value, beside] = [heldIn(instance, name), heldIn(other, name)];
    if (Object.is(value, beside)) continue;
    const path = [...owner, name];
    if (isSingle(value) && isSingle(beside)) {
      settings.set(formatPath(path), { path, value });
      continue;
    }
    const field = plan.field(column);
    const { type } = field;
    if (type.kind !== 'section' || isNothing(value)) addValue({ path, field, type, value }, plan, settings);
    else addApart(planOf(classOf(type, value), plan.selection), value, beside, path, settings);
  }
}

/** The typed value at a path, also inside undeclared structures. */
export function valueInUse(facts: GenerationFacts, path: ConfigPath): unknown {
  const index = settingIndex(facts);
  for (let depth = path.length; depth > 0; depth--) {
    const setting = index.get(formatPath(path.slice(0, depth)));
    if (setting !== undefined) return valueAt(setting.value, path.slice(depth));
  }
  return undefined;
}

function addSection(plan: SectionPlan, instance: unknown, path: ConfigPath, settings: FoundSettings): void {
  for (const field of plan.fields) {
    const value = heldIn(instance, field.name);
    addValue({ path: [...path, field.name], field, type: field.type, value }, plan, settings);
  }
}

function addValue(setting: IndexedSetting, plan: SectionPlan, settings: FoundSettings): void {
  const { path, field, type } = setting;
  const value: unknown = setting.value instanceof Map ? Object.fromEntries(setting.value) : setting.value;
  const below = (key: string, item: FieldType, held: unknown): void => {
    addValue({ path: [...path, key], field, type: item, value: held }, plan, settings);
  };
  if (type.kind === 'section' && !isNothing(value)) {
    addSection(planOf(classOf(type, value), plan.selection), value, path, settings);
  } else if (type.kind === 'list' && type.item.kind === 'section' && Array.isArray(value) && value.length > 0) {
    for (const [index, held] of value.entries()) below(String(index), type.item, held);
  } else if (type.kind === 'map' && isConfigMap(value) && Object.keys(value).length > 0) {
    for (const key of Object.keys(value)) below(key, type.item, value[key]);
  } else {
    settings.set(formatPath(path), setting);
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}
