import type { OptionKinds, Selectors } from '../core/index.js';
import { checkEnvironments, option, readOptions } from '../core/index.js';
import type { RuleOptions, RuleDeclaration } from './section-metadata.js';
import { declareRule } from './section-metadata.js';

/** What a rule is told besides the settings. */
export type RuleContext = Selectors;

/** One thing a rule found wrong. */
export interface RuleViolation {
  readonly message: string;
  /** The field it is about, as a dotted path below the section; the section itself when absent. */
  readonly path?: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** A rule's verdict: true or no violations passes, false fails with the declared message. */
export type RuleVerdict = boolean | RuleViolation | readonly RuleViolation[];

/** A rule in a class of its own, for what several sections share or what needs several violations. */
export interface SectionRule<T extends object> {
  check(section: T, context: RuleContext): RuleVerdict | Promise<RuleVerdict>;
}

type RuleMethod = (context: RuleContext) => RuleVerdict | Promise<RuleVerdict>;

/**
 * A rule over several fields of a section: on a method that gives the verdict (`this` is the section), or on the class
 * with a rule class. Checked when every field of the section is valid by itself. Subpaths: `uno-config`,
 * `uno-config/sections`.
 *
 * @throws TypeError when it stands where it cannot, or `in` names something that is not an environment.
 *
 * @example
 * ```ts
 * class PoolSettings {
 *   @IsInt() min: number = 0;
 *   @IsInt() max: number = 10;
 *
 *   @Rule('min must not exceed max', { fields: ['min', 'max'] })
 *   ordered(): boolean {
 *     return this.min <= this.max;
 *   }
 * }
 * ```
 */
export function Rule(
  message: string,
  options?: RuleOptions,
  // Generic, because a descriptor of a method that takes or gives less is no descriptor of a RuleMethod.
): <M extends RuleMethod>(prototype: object, method: string, descriptor: TypedPropertyDescriptor<M>) => void;
export function Rule<T extends object>(rule: new () => SectionRule<T>): (target: new () => T) => void;
export function Rule(
  subject: string | (new () => object),
  options: RuleOptions = {},
): (target: object, method?: string) => void {
  if (typeof subject === 'string') readOptions(`@Rule('${subject}')`, options, OPTIONS);
  return (target, method) => {
    if (typeof subject === 'string') {
      if (method === undefined)
        throw new TypeError(`@Rule('${subject}') belongs on a method; on a class give a rule class.`);
      if (typeof target === 'function')
        throw new TypeError(`@Rule('${subject}') belongs on a method of the instance; ${method} is static.`);
      if (options.in !== undefined) checkEnvironments(`@Rule('${subject}'), in`, options.in);
      declareRule(target, { kind: 'method', method, message: subject, options });
    } else {
      if (typeof target !== 'function' || method !== undefined)
        throw new TypeError(`@Rule(${subject.name}) belongs on a class.`);
      const rule: RuleDeclaration = { kind: 'class', rule: subject };
      declareRule((target as { prototype: object }).prototype, rule);
    }
  };
}

const OPTIONS = {
  fields: option.listOf(option.name),
  in: option.anything, // checkEnvironments says what it must be.
  hint: option.text,
} satisfies OptionKinds<RuleOptions>;
