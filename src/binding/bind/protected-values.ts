import { type ConfigPath, type SecretRule, isConfigMap } from '../../core/index.js';
import { classesOf, type FieldType } from '../fields/index.js';
import { planOf, type SectionPlan } from '../plan/index.js';

/** A raw value that is declared to be kept encrypted. */
export interface ProtectedValue {
  readonly path: ConfigPath;
  readonly value: unknown;
  readonly rule: SecretRule;
}

/**
 * What the tree of a section holds where its class, or one nested in it, declares a secret of a level above `mask`.
 *
 * @param path where the section sits
 */
export function protectedValues(plan: SectionPlan, raw: unknown, path: ConfigPath): readonly ProtectedValue[] {
  const found: ProtectedValue[] = [];
  if (!isConfigMap(raw) || !mayHoldProtected(plan)) return found;
  for (const { name, type } of plan.complexFields) {
    if (mayProtect(type) && Object.hasOwn(raw, name))
      found.push(...valuesBelow(type, raw[name], [...path, name], plan));
  }
  return found;
}

const known = new WeakMap<SectionPlan, boolean>();

/** Whether the class, or one below it, declares such a secret: most declare none, and their values need not be looked at. */
export function mayHoldProtected(plan: SectionPlan): boolean {
  let may = known.get(plan);
  if (may === undefined) known.set(plan, (may = isProtectedBelow(plan, new Set())));
  return may;
}

function isProtectedBelow(plan: SectionPlan, seen: Set<SectionPlan>): boolean {
  if (seen.has(plan)) return false;
  seen.add(plan);
  return plan.complexFields.some(({ type }) => isProtected(type, plan, seen));
}

function isProtected(type: FieldType, plan: SectionPlan, seen: Set<SectionPlan>): boolean {
  if (type.kind === 'list' || type.kind === 'map') return isProtected(type.item, plan, seen);
  if (type.kind === 'section') {
    return classesOf(type).some((target) => isProtectedBelow(planOf(target, plan.selection), seen));
  }
  return type.kind === 'secret' && type.rule.level !== 'mask';
}

/** Of the values below any other type, however many they are, none need be looked at. */
function mayProtect(type: FieldType): boolean {
  if (type.kind === 'list' || type.kind === 'map') return mayProtect(type.item);
  return type.kind === 'section' || (type.kind === 'secret' && type.rule.level !== 'mask');
}

function valuesBelow(type: FieldType, value: unknown, path: ConfigPath, plan: SectionPlan): readonly ProtectedValue[] {
  if (value === undefined || value === null) return [];
  switch (type.kind) {
    case 'secret':
      return [{ path, value, rule: type.rule }];
    case 'list':
    case 'map':
      if (!Array.isArray(value) && !isConfigMap(value)) return [];
      return Object.entries(value).flatMap(([key, item]) => valuesBelow(type.item, item, [...path, key], plan));
    case 'section': {
      const { target, discriminator } = type;
      const named = isConfigMap(value) && discriminator !== undefined ? value[discriminator.property] : undefined;
      const chosen = discriminator?.subTypes.find(({ name }) => name === named)?.value ?? target;
      return protectedValues(planOf(chosen, plan.selection), value, path);
    }
    default:
      return [];
  }
}
