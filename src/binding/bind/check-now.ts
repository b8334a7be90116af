import { appliesIn, isConfigMap, type SecretGate, type Selectors } from '../../core/index.js';
import type { RuleDeclaration, RuleVerdict, SectionRule } from '../../sections/index.js';
import type { BindContext, BoundInstance, Finding } from './bind-context.js';
import { pathOf, placeOf } from './bind-context.js';
import { bindSection } from './bind-section.js';
import type { SectionRequest } from './bind-sections.js';
import { ruleFailure, ruleFinding, violationsOf } from './check-rules.js';

/** What shows of a section without waiting. */
export interface CheckedNow {
  /** True when every field is valid by itself. */
  readonly valid: boolean;
  /** What the rules over several fields object to; none where a field is not valid. */
  readonly broken: readonly Finding[];
}

/**
 * Checks a section as far as it shows without waiting: an asynchronous validator or rule is taken to be content.
 */
export function checkNow({ plan, path, raw }: SectionRequest, selectors: Selectors, gate: SecretGate): CheckedNow {
  const found = { findings: [], refused: [], pending: [], ruled: [], absent: new Set<typeof plan.target>() };
  const context: BindContext = { selectors, guarded: { gate }, bindSection, isSecret: () => true, ...found };
  bindSection(plan, isConfigMap(raw) ? raw : {}, placeOf(path), context);
  // Their verdict comes when somebody loads the settings.
  for (const verdict of context.pending) verdict.catch(() => undefined);
  const valid = context.findings.length === 0 && context.refused.length === 0;
  const broken = valid ? context.ruled.flatMap((bound) => brokenBy(bound, selectors)) : [];
  return { valid, broken };
}

function brokenBy(bound: BoundInstance, selectors: Selectors): readonly Finding[] {
  const path = pathOf(bound.place);
  return bound.plan.rules.flatMap((rule): readonly Finding[] => {
    const [message, options] = rule.kind === 'method' ? [rule.message, rule.options] : [rule.rule.name, {}];
    if (!appliesIn(options.in, selectors)) return [];
    try {
      const verdict = verdictOf(rule, bound.instance, selectors);
      if (verdict instanceof Promise) {
        verdict.catch(() => undefined);
        return [];
      }
      return violationsOf(verdict, message, options.hint).map((one) => ruleFinding(one, path, path, options.fields));
    } catch (cause) {
      return [ruleFailure(message, path, cause)];
    }
  });
}

function verdictOf(rule: RuleDeclaration, instance: object, selectors: Selectors): RuleVerdict | Promise<RuleVerdict> {
  if (rule.kind === 'class') {
    // @Rule takes nothing but classes with a check method.
    const { rule: Checker } = rule as { readonly rule: new () => SectionRule<object> };
    return new Checker().check(instance, selectors);
  }
  // @Rule is typed to sit only on methods with this signature.
  const check = Reflect.get(instance, rule.method) as (context: Selectors) => RuleVerdict | Promise<RuleVerdict>;
  return check.call(instance, selectors);
}
