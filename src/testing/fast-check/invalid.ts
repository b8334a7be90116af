import fc from 'fast-check';
import { type FieldType, planOf, type SectionPlan } from '../../binding/index.js';
import { formatPath, isConfigMap, type IssueCode, valueAt } from '../../core/index.js';
import { type FieldFacts, fieldFacts } from '../../schema/index.js';
import type { SectionClass } from '../../sections/index.js';
import { type Break, breaksOf } from './breaks.js';
import {
  type ArbitraryOptions,
  type ArbitraryRequest,
  type GeneratedSettings,
  checked,
  isNeeded,
  pathOfClass,
  readArbitraryOptions,
  validSettings,
  withinBudget,
} from './section-arbitrary.js';

/** Settings of which exactly one thing is wrong. */
export interface InvalidSettings {
  /** As a file may hold them, below the section's own path. */
  readonly values: GeneratedSettings;
  /** The path that the issue names, the section's own included. */
  readonly path: string;
  /** The code of the issue. */
  readonly code: IssueCode;
  /** What was broken, in words: `minimum`, `type`, `required`, or the words of a rule. */
  readonly rule: string;
}

/**
 * Settings of a class that break exactly one rule, and name it: a type, a bound, a pattern, a legal value, a required field, an
 * undeclared key, or a rule over several fields. A load of them fails with one issue, of that code at that path. Subpath:
 * `uno-config/testing/fast-check`.
 *
 * @throws TypeError naming the option, and for a class that nothing can be wrong with.
 *
 * @example
 * ```ts
 * import fc from 'fast-check';
 *
 * await fc.assert(
 *   fc.asyncProperty(invalid(DatabaseSettings), async ({ values, path, code }) => {
 *     const error = await testSettings(DatabaseSettings, values).catch((thrown: unknown) => thrown);
 *     return settingsMatchers.toHaveIssue(error, path, code).pass;
 *   }),
 * );
 * ```
 */
export function invalid(target: SectionClass, options: ArbitraryOptions = {}): fc.Arbitrary<InvalidSettings> {
  const request = readArbitraryOptions('invalid', options);
  const section = pathOfClass(target);
  const valid = validSettings(target, request);
  const broken = sitesOf(planOf(target), [], request, []).map(({ keys, one }) =>
    fc
      .tuple(valid, one.value)
      // What is inside a group that was left out needs more than what is wrong.
      .filter(([values]) =>
        keys.slice(0, -1).every((_, depth) => isConfigMap(valueAt(values, keys.slice(0, depth + 1)))),
      )
      .map(([values, value]): InvalidSettings => ({
        values: withValue(values, keys, value),
        path: formatPath([...section, ...keys, ...one.below]),
        code: one.code,
        rule: one.rule,
      })),
  );
  const stray = valid.map((values): InvalidSettings => ({
    values: { ...values, [STRAY]: true },
    path: formatPath([...section, STRAY]),
    code: 'unknown-key',
    rule: 'unknown key',
  }));
  return fc.oneof(...broken, stray, ...againstRules(target, request));
}

/** Settings that break one rule over several fields, where chance finds such. */
function againstRules(target: SectionClass, request: ArbitraryRequest): readonly fc.Arbitrary<InvalidSettings>[] {
  const breaksOne = (raw: GeneratedSettings): boolean => checked(target, raw, request).broken.length === 1;
  const all = withinBudget(target, { ...request, budget: Infinity }, () => true);
  // Asked once, with one seed: a rule that nothing breaks would be looked for in vain.
  if (!fc.sample(all, { numRuns: TRIES, seed: 1 }).some(breaksOne)) return [];
  const named = withinBudget(target, request, breaksOne).map((values): InvalidSettings => {
    const [{ path, message } = { path: [], message: '' }] = checked(target, values, request).broken;
    return { values, path: formatPath(path), code: 'rule', rule: message };
  });
  return [named];
}

const TRIES = 200;

function withValue(
  values: GeneratedSettings,
  [key = '', ...rest]: readonly string[],
  value: unknown,
): GeneratedSettings {
  if (rest.length > 0) return { ...values, [key]: withValue(values[key] as GeneratedSettings, rest, value) }; // A map, as was asked.
  const others = Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));
  return value === undefined ? others : { ...others, [key]: value };
}

/** A key that no class has. */
const STRAY = 'zzUndeclared';

interface Site {
  readonly keys: readonly string[];
  readonly one: Break;
}

function sitesOf(
  plan: SectionPlan,
  path: readonly string[],
  request: ArbitraryRequest,
  above: readonly SectionClass[],
): readonly Site[] {
  return fieldFacts(plan).flatMap((facts): readonly Site[] => {
    const keys = [...path, facts.name];
    const { field, conditional } = facts;
    const breaks = field.transforms.length > 0 || conditional ? [] : breaksOf(field.type, facts.constraints);
    return [
      ...absence(facts, request).map((one) => ({ keys, one })),
      ...breaks.map((one) => ({ keys, one })),
      ...nestedSites(field.type, plan, keys, request, [...above, plan.target]),
    ];
  });
}

function absence(facts: FieldFacts, request: ArbitraryRequest): readonly Break[] {
  if (!isNeeded(facts, request.selectors) || facts.field.type.kind === 'section') return [];
  const requiredIn = !facts.required && facts.field.declaration.requiredIn !== undefined;
  const everywhere = { value: fc.constant(undefined), code: 'missing', rule: 'required', below: [] } as const;
  return [requiredIn ? { ...everywhere, code: 'required' } : everywhere];
}

/** What may be broken inside; only where the group itself is always made of one class. */
function nestedSites(
  type: FieldType,
  plan: SectionPlan,
  keys: readonly string[],
  request: ArbitraryRequest,
  above: readonly SectionClass[],
): readonly Site[] {
  if (type.kind !== 'section' || type.discriminator !== undefined || above.includes(type.target)) return [];
  return sitesOf(planOf(type.target, plan.selection), keys, request, above);
}
