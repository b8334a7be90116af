import { type ConfigPath, appliesIn, isWithin, kindOfThrown, parsePath } from '../../core/index.js';
import type { RuleDeclaration, RuleVerdict, RuleViolation, SectionRule } from '../../sections/index.js';
import type { BindContext, BoundInstance, Finding, Place } from './bind-context.js';
import { pathOf } from './bind-context.js';

/**
 * Checks the rules of every bound instance that is valid by itself. A rule that throws has failed.
 */
export async function checkRules(context: BindContext): Promise<void> {
  const invalid = context.findings.map(({ path }) => path);
  const worded = context.ruled
    .filter(({ place }) => !holdsAny(pathOf(place), invalid))
    .flatMap((bound) => bound.plan.rules.map(async (rule) => checkRule(rule, bound, context)));
  for (const findings of await Promise.all(worded)) context.findings.push(...findings);
}

/** What a rule has answered is no verdict. */
class NoVerdict extends Error {}

/**
 * The violations in a verdict.
 *
 * @throws an error that {@link ruleFailure} words, when a rule without types has answered something else
 */
export function violationsOf(
  verdict: RuleVerdict,
  message: string,
  hint: string | undefined,
): readonly RuleViolation[] {
  if (verdict === true) return [];
  if (verdict === false) return [{ message, ...(hint !== undefined && { hint }) }];
  const violations: unknown = isViolation(verdict) ? [verdict] : verdict;
  if (Array.isArray(violations) && violations.every(isViolation)) return violations;
  throw new NoVerdict();
}

function isViolation(value: unknown): value is RuleViolation {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}

/** The issue of a rule that gave no verdict. The error may quote settings, so only its kind is reported. */
export function ruleFailure(message: string, path: ConfigPath, cause: unknown): Finding {
  return { code: 'rule-failed', path, message: `the rule "${message}" could not be checked: ${failureText(cause)}` };
}

function failureText(cause: unknown): string {
  if (cause instanceof NoVerdict)
    return 'it must answer true, false, or what is wrong as { message } or a list of them';
  return `it threw ${kindOfThrown(cause)}`;
}

async function checkRule(
  rule: RuleDeclaration,
  { instance, place }: BoundInstance,
  context: BindContext,
): Promise<readonly Finding[]> {
  if (rule.kind === 'class') {
    // @Rule takes nothing but classes with a check method.
    const { rule: Checker } = rule as { readonly rule: new () => SectionRule<object> };
    return judge(async () => new Checker().check(instance, context.selectors), Checker.name, place, {});
  }
  const { options, message, method } = rule;
  if (!appliesIn(options.in, context.selectors)) return [];
  const check: unknown = Reflect.get(instance, method);
  if (typeof check !== 'function') throw new TypeError(`@Rule('${message}'): ${method} is not a method.`);
  // @Rule is typed to sit only on methods with this signature.
  const call = check as (selectors: object) => RuleVerdict | Promise<RuleVerdict>;
  return judge(async () => call.call(instance, context.selectors), message, place, options);
}

async function judge(
  check: () => Promise<RuleVerdict>,
  message: string,
  place: Place,
  options: { readonly fields?: readonly string[]; readonly hint?: string },
): Promise<readonly Finding[]> {
  try {
    const violations = violationsOf(await check(), message, options.hint);
    const path = pathOf(place);
    return violations.map((violation) => ruleFinding(violation, path, path, options.fields));
  } catch (cause) {
    return [ruleFailure(message, pathOf(place), cause)];
  }
}

/**
 * The issue of a violation. One without fields of its own is about those that the rule declares, and is reported at the
 * first of them.
 *
 * @param place the path of the section
 * @param base what the paths of fields start from
 */
export function ruleFinding(
  { message, hint, path }: RuleViolation,
  place: ConfigPath,
  base: ConfigPath,
  declared: readonly string[] = [],
): Finding {
  const fields = (path === undefined ? declared : [path]).map((field) => [...base, ...parsePath(field)]);
  return {
    code: 'rule',
    path: fields[0] ?? place,
    message,
    ...(fields.length > 0 && { fields }),
    ...(hint !== undefined && { hint }),
  };
}

function holdsAny(outer: ConfigPath, paths: readonly ConfigPath[]): boolean {
  return paths.some((path) => isWithin(path, outer));
}
