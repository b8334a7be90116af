import type { ConfigPath } from '../core/index.js';
import { isConfigMap } from '../core/index.js';
import type { FieldPlan, FieldType, SectionPlan } from '../binding/index.js';
import { planOf } from '../binding/index.js';
import type { GenerationFacts } from './generation-facts.js';

/** The paths of all single settings, section by section in the order of their declaration. */
export function settingPaths(facts: Pick<GenerationFacts, 'plan' | 'instances'>): readonly ConfigPath[] {
  const paths: ConfigPath[] = [];
  facts.plan.sections.forEach(({ entry, plan }, index) => {
    addSection(plan, facts.instances[index], entry.path, paths);
  });
  return paths;
}

/** The declaration of the field at a path; `undefined` for items of lists and maps and for sections. */
export function fieldAt(facts: Pick<GenerationFacts, 'plan'>, path: ConfigPath): FieldPlan | undefined {
  for (const { entry, plan } of facts.plan.sections) {
    if (!entry.path.every((key, depth) => path[depth] === key)) continue;
    const found = fieldBelow(plan, path.slice(entry.path.length));
    if (found !== undefined) return found;
  }
  return undefined;
}

function fieldBelow(plan: SectionPlan, [key, ...rest]: ConfigPath): FieldPlan | undefined {
  const field = plan.fields.find(({ name }) => name === key);
  if (field === undefined || rest.length === 0) return field;
  let { type } = field;
  let below = rest;
  while (type.kind === 'list' || type.kind === 'map') {
    type = type.item;
    below = below.slice(1);
  }
  return type.kind === 'section' ? fieldBelow(planOf(type.target, plan.selection), below) : undefined;
}

function addSection(plan: SectionPlan, instance: unknown, path: ConfigPath, paths: ConfigPath[]): void {
  for (const { name, type } of plan.fields) {
    const value: unknown = typeof instance === 'object' && instance !== null ? Reflect.get(instance, name) : undefined;
    addValue(plan, type, value, [...path, name], paths);
  }
}

function addValue(plan: SectionPlan, type: FieldType, value: unknown, path: ConfigPath, paths: ConfigPath[]): void {
  if (type.kind === 'section' && value !== undefined && value !== null) {
    addSection(planOf(type.target, plan.selection), value, path, paths);
  } else if (type.kind === 'list' && type.item.kind === 'section' && Array.isArray(value) && value.length > 0) {
    const { item } = type;
    value.forEach((held, index) => {
      addValue(plan, item, held, [...path, String(index)], paths);
    });
  } else if (type.kind === 'map' && isConfigMap(value) && Object.keys(value).length > 0) {
    for (const key of Object.keys(value)) addValue(plan, type.item, value[key], [...path, key], paths);
  } else {
    paths.push(path);
  }
}
