import { type ConfigPath, type Selectors, appliesIn, isWithin, OptionMistake } from '../../core/index.js';
import { type Finding, ruleFailure, ruleFinding, violationsOf } from '../../binding/index.js';
import type { CrossSectionRule, SectionInput, PlannedSection } from '../plan/index.js';

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
export function subjectsOf(rule: CrossSectionRule, sections: readonly PlannedSection[]): readonly number[] {
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
