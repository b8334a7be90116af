import { classesIn } from '../fields/index.js';
import { planOf, type SectionPlan } from './section-plan.js';

/**
 * Tells of each environment that `@RequiredIn` and `@Rule` name in a settings class and in the classes that it holds.
 *
 * @param tell given where it is named, as messages word it, and its name
 */
export function namedEnvironments(
  plan: SectionPlan,
  tell: (where: string, name: string) => void,
  seen = new Set<SectionPlan>(),
): void {
  if (seen.has(plan)) return;
  seen.add(plan);
  const owner = plan.target.name;
  for (const [field, { requiredIn = [] }] of plan.declarations) {
    for (const name of requiredIn) tell(`@RequiredIn of ${owner}.${field}`, name);
  }
  for (const rule of plan.rules) {
    if (rule.kind === 'class') continue;
    for (const name of [rule.options.in ?? []].flat()) tell(`@Rule('${rule.message}') of ${owner}, in`, name);
  }
  for (const { type } of plan.complexFields) {
    for (const nested of classesIn(type)) namedEnvironments(planOf(nested, plan.selection), tell, seen);
  }
}
