import { type ConfigPath, type Selectors, appliesIn, isWithin, OptionMistake } from '../../core/index.js';
import {
  deprecatedValues,
  type Finding,
  mayBeDeprecated,
  mayHoldProtected,
  ruleFailure,
  ruleFinding,
  violationsOf,
} from '../../binding/index.js';
import type { CrossSectionRule, SectionInput, PlannedSection, LoadOptions, LoadPlan } from '../plan/index.js';
import { sectionValue, unknownKeysOf, type MovedReading, type Segment, type Traceable } from '../rows/index.js';
import { plainSecrets } from '../secrets/index.js';

/**
 * Checks the rules over several sections, each once all the sections it reads are valid, and only when one of them has
 * been made anew.
 *
 * @throws TypeError when a rule reads a section that is not loaded.
 */
export async function checkCrossRules(
  rules: readonly CrossSectionRule[],
  sections: readonly PlannedSection[],
  instances: readonly object[],
  selectors: Selectors,
  invalid: readonly ConfigPath[],
  made: ReadonlySet<number>,
): Promise<readonly Finding[]> {
  const checked = rules
    .filter((rule) => appliesIn(rule.options.in, selectors))
    .map(async (rule): Promise<readonly Finding[]> => {
      const places = subjectsOf(rule, sections);
      if (!places.some((index) => made.has(index))) return [];
      const paths = places.map((index) => sections[index]?.entry.path ?? []);
      if (paths.some((path) => invalid.some((other) => isWithin(other, path)))) return [];
      return checkRule(
        rule,
        places.flatMap((index) => instances[index] ?? []),
        paths[0] ?? [],
        selectors,
      );
    });
  return (await Promise.all(checked)).flat();
}

/** The indexes of the sections that a rule reads. */
function subjectsOf(rule: CrossSectionRule, sections: readonly PlannedSection[]): readonly number[] {
  return rule.subjects.map((subject) => placeOfSubject(subject, sections, rule.message));
}

async function checkRule(
  rule: CrossSectionRule,
  instances: readonly object[],
  path: ConfigPath,
  selectors: Selectors,
): Promise<readonly Finding[]> {
  try {
    const verdict = await rule.check(instances, selectors);
    const { hint, fields } = rule.options;
    return violationsOf(verdict, rule.message, hint).map((violation) => ruleFinding(violation, path, [], fields));
  } catch (cause) {
    return [ruleFailure(rule.message, path, cause)];
  }
}

function placeOfSubject(subject: SectionInput, sections: readonly PlannedSection[], message: string): number {
  const [target, name] = typeof subject === 'function' ? [subject, undefined] : [subject.target, subject.name];
  const index = sections.findIndex(({ entry }) => entry.target === target && entry.name === name);
  if (index !== -1) return index;
  throw new OptionMistake(`rules: "${message}" reads ${target.name}, which is not among the sections.`);
}

/** What becomes of a finding is a matter of policy. */
export interface Judged {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Secrets in plain text in the sections that were made. */
export function plainIn(made: readonly Segment[], { sections, secrets }: LoadPlan, from: Traceable): Judged {
  const found = made.flatMap((segment) => {
    const section = segment.section === undefined ? undefined : sections[segment.section];
    if (section === undefined || !mayHoldProtected(section.plan)) return [];
    return plainSecrets(section.plan, sectionValue(from.rows, segment, 'merged'), segment.path, from);
  });
  if (found.length === 0 || secrets.plain === 'allow') return { errors: [], warnings: [] };
  return secrets.plain === 'error' ? { errors: found, warnings: [] } : { errors: [], warnings: found };
}

/** Deprecated fields that a source sets, in the sections that were made. */
export function deprecatedIn(
  made: readonly Segment[],
  { sections }: LoadPlan,
  { rows }: Traceable,
): readonly Finding[] {
  return made.flatMap((segment) => {
    const section = segment.section === undefined ? undefined : sections[segment.section];
    if (section === undefined || !mayBeDeprecated(section.plan)) return [];
    return deprecatedValues(section.plan, sectionValue(rows, segment, 'merged'), segment.path);
  });
}

/** Keys that no settings class declares. */
export function unknownKeys(
  moved: readonly MovedReading[],
  plan: LoadPlan,
  { unknownKeys: policy = 'error' }: Pick<LoadOptions, 'unknownKeys'>,
): Judged {
  if (policy === 'ignore') return { errors: [], warnings: [] };
  const found = moved.flatMap(unknownKeysOf).filter(({ path }) => !isToolKey(path) && !plan.isForeign(path));
  return policy === 'error' ? { errors: found, warnings: [] } : { errors: [], warnings: found };
}

/** `$schema` at the root is for editors: the schema of the file. */
function isToolKey(path: ConfigPath): boolean {
  return path.length === 1 && path[0] === '$schema';
}
