import type { SectionClass } from '../../sections/index.js';
import { classesIn } from '../fields/index.js';
import { planOf, type SectionPlan } from './section-plan.js';

/** An environment that a settings class names, and where, as messages word it. */
export interface NamedEnvironment {
  readonly where: string;
  readonly name: string;
}

/** The environments that `@RequiredIn` and `@Rule` name in a settings class and in the classes that it holds. */
export function namedEnvironments(plan: SectionPlan): readonly NamedEnvironment[] {
  const found: NamedEnvironment[] = [];
  const seen = new Set<SectionClass>();
  const visit = (one: SectionPlan): void => {
    if (seen.has(one.target)) return;
    seen.add(one.target);
    const { name: owner } = one.target;
    for (const [field, { requiredIn = [] }] of one.declarations) {
      found.push(...requiredIn.map((name) => ({ where: `@RequiredIn of ${owner}.${field}`, name })));
    }
    for (const rule of one.rules) {
      if (rule.kind === 'class') continue;
      const names = [rule.options.in ?? []].flat();
      found.push(...names.map((name) => ({ where: `@Rule('${rule.message}') of ${owner}, in`, name })));
    }
    for (const { type } of one.complexFields) {
      for (const nested of classesIn(type)) visit(planOf(nested, one.selection));
    }
  };
  visit(plan);
  return found;
}
