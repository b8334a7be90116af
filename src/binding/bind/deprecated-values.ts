import { type ConfigPath, isConfigMap } from '../../core/index.js';
import { deprecationText } from '../../sections/index.js';
import { classesOf, type FieldType } from '../fields/index.js';
import { planOf, type SectionPlan } from '../plan/index.js';
import type { Finding } from './bind-context.js';

/**
 * The fields of a section, and of classes nested in it, that are set and declared to be deprecated.
 *
 * @param path where the section sits
 */
export function deprecatedValues(plan: SectionPlan, raw: unknown, path: ConfigPath): readonly Finding[] {
  if (!isConfigMap(raw) || !mayBeDeprecated(plan)) return [];
  const own = [...plan.declarations].flatMap(([name, { deprecated }]): readonly Finding[] => {
    if (deprecated === undefined || raw[name] === undefined) return [];
    const text = deprecationText(deprecated);
    const message = text === '' ? 'is deprecated' : `is deprecated: ${text}`;
    return [{ code: 'deprecated', path: [...path, name], message, hint: 'It still works.' }];
  });
  const below = plan.complexFields.flatMap(({ name, type }) => valuesBelow(type, raw[name], [...path, name], plan));
  return [...own, ...below];
}

/** Whether the class, or one below it, has such a field: most have none, and their values need not be looked at. */
export function mayBeDeprecated(plan: SectionPlan): boolean {
  let may = known.get(plan);
  if (may === undefined) known.set(plan, (may = isDeprecatedBelow(plan, new Set())));
  return may;
}

const known = new WeakMap<SectionPlan, boolean>();

function isDeprecatedBelow(plan: SectionPlan, seen: Set<SectionPlan>): boolean {
  if (seen.has(plan)) return false;
  seen.add(plan);
  for (const { deprecated } of plan.declarations.values()) if (deprecated !== undefined) return true;
  return plan.complexFields.some(({ type }) =>
    sectionsIn(type).some((target) => isDeprecatedBelow(planOf(target, plan.selection), seen)),
  );
}

function sectionsIn(type: FieldType): ReturnType<typeof classesOf> {
  if (type.kind === 'list' || type.kind === 'map') return sectionsIn(type.item);
  return type.kind === 'section' ? classesOf(type) : [];
}

function valuesBelow(type: FieldType, value: unknown, path: ConfigPath, plan: SectionPlan): readonly Finding[] {
  if (type.kind === 'list' || type.kind === 'map') {
    if (sectionsIn(type).length === 0 || (!Array.isArray(value) && !isConfigMap(value))) return [];
    return Object.entries(value).flatMap(([key, item]) => valuesBelow(type.item, item, [...path, key], plan));
  }
  if (type.kind !== 'section') return [];
  const { target, discriminator } = type;
  const named = isConfigMap(value) && discriminator !== undefined ? value[discriminator.property] : undefined;
  const chosen = discriminator?.subTypes.find(({ name }) => name === named)?.value ?? target;
  return deprecatedValues(planOf(chosen, plan.selection), value, path);
}
