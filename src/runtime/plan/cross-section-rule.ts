import { type Environment, type OptionKinds, checkEnvironments, option, readOptions } from '../../core/index.js';
import type { RuleContext, RuleVerdict } from '../../sections/index.js';
import type { SectionInput, SectionInputs } from './section-entry.js';

/** When a rule over several sections runs, and how it reports. */
export interface CrossSectionRuleOptions {
  /** The fields the rule reads, as dotted paths from the root; their origins are reported when it fails. */
  readonly fields?: readonly string[];
  /** The environments in which the rule is checked; all when absent. */
  readonly in?: Environment | readonly Environment[];
  /** What to write instead. */
  readonly hint?: string;
}

/** A rule over several sections. */
export interface CrossSectionRule {
  readonly message: string;
  readonly subjects: readonly SectionInput[];
  readonly options: CrossSectionRuleOptions;
  readonly check: (sections: readonly object[], context: RuleContext) => RuleVerdict | Promise<RuleVerdict>;
}

/**
 * A rule over several sections, for the `rules` of a module: checked when all of them are valid by themselves. Subpath:
 * `uno-config`.
 *
 * @throws TypeError naming the option, or when `in` names something that is not an environment.
 *
 * @example
 * ```ts
 * const config = ConfigModule.fromOptions({
 *   sections: [HttpSettings, DatabaseSettings],
 *   sources: [yamlFile('config/app.yaml')],
 *   rules: [
 *     rule('requests must time out after queries do', [HttpSettings, DatabaseSettings], (http, database) =>
 *       http.timeout > database.timeout, { fields: ['http.timeout', 'database.timeout'] }),
 *   ],
 * });
 * ```
 */
export function rule<const S extends readonly object[]>(
  message: string,
  subjects: SectionInputs<S>,
  check: (...settings: [...S, RuleContext]) => RuleVerdict | Promise<RuleVerdict>,
  options: CrossSectionRuleOptions = {},
): CrossSectionRule {
  readOptions(`rule('${message}')`, options, OPTIONS);
  if (options.in !== undefined) checkEnvironments(`rule('${message}'), in`, options.in);
  return Object.freeze({
    message,
    // Each element of a mapped tuple of subjects is a subject.
    subjects: subjects,
    options,
    // The sections are handed over in the order of the subjects, which is the order of S.
    check: (sections: readonly object[], context: RuleContext) =>
      check(...([...sections, context] as unknown as [...S, RuleContext])),
  });
}

const OPTIONS = {
  fields: option.listOf(option.name),
  in: option.anything, // checkEnvironments says what it must be.
  hint: option.text,
} satisfies OptionKinds<CrossSectionRuleOptions>;
