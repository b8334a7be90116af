import type { SecretRule } from '../../core/index.js';
import type { SectionClass } from '../../sections/index.js';
import { classesOf, type FieldType, type ValidationGroups } from '../fields/index.js';
import { planOf, type SectionPlan } from './section-plan.js';

/** A secret that has a place of its own in every instance of a settings class. */
export interface SecretField {
  /** From the instance to the secret: the names of fields. */
  readonly keys: readonly string[];
  readonly rule: SecretRule;
}

/** The secrets of a settings class and of the classes nested in it, without the items of lists and maps. */
export function secretFields(plan: SectionPlan): readonly SecretField[] {
  return fieldsBelow(plan, [], new Set());
}

function fieldsBelow(plan: SectionPlan, keys: readonly string[], above: ReadonlySet<SectionClass>): SecretField[] {
  if (above.has(plan.target)) return [];
  const known = new Set([...above, plan.target]);
  return plan.complexFields.flatMap(({ name, type }) => {
    const here = [...keys, name];
    if (type.kind === 'secret') return [{ keys: here, rule: type.rule }];
    return type.kind === 'section'
      ? classesOf(type).flatMap((nested) => fieldsBelow(planOf(nested, plan.selection), here, known))
      : [];
  });
}

/** True when a secret is declared somewhere in what a type holds. */
export function holdsSecret(
  type: FieldType,
  selection: ValidationGroups,
  above: readonly SectionClass[] = [],
): boolean {
  if (type.kind === 'secret') return true;
  if (type.kind === 'list' || type.kind === 'map') return holdsSecret(type.item, selection, above);
  if (type.kind !== 'section') return false;
  return classesOf(type).some((target) => {
    if (above.includes(target)) return false;
    const { complexFields } = planOf(target, selection);
    return complexFields.some((field) => holdsSecret(field.type, selection, [...above, target]));
  });
}
