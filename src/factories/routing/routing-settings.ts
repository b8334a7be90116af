import { Type } from 'class-transformer';
import { ArrayMinSize, IsIn, IsNotEmpty, IsObject, IsOptional, IsString, Matches } from 'class-validator';
import { checkRule } from '../../core/index.js';
import { Describe, ListOf, Rule, type RuleViolation } from '../../sections/index.js';
import { TOPIC_PATTERN } from '../brokers/index.js';

/** One rule of a table. Subpath: `uno-config/routing`. */
export class RouteRule {
  @Describe('Names the rule in explanations and logs.')
  @IsString()
  @IsNotEmpty()
  public readonly name: string = '';

  @Describe('Types of events that it is asked for: dotted words; * is one word, ** at the end one or more.')
  @ListOf(() => String)
  @ArrayMinSize(1)
  @Matches(TOPIC_PATTERN, { each: true, message: 'each type must be dotted words, * for one, ** at the end for more' })
  public readonly types: readonly string[] = ['**'];

  @Describe('The condition over the attributes of the event, in the targeting language of flagd; always when absent.')
  @IsOptional()
  @IsObject()
  public readonly when?: Readonly<Record<string, unknown>>;

  @Describe('Where the event goes.')
  @ListOf(() => String)
  @ArrayMinSize(1)
  @IsNotEmpty({ each: true })
  public readonly to: readonly string[] = [];
}

/**
 * Where events go: a table of rules. Take it as it is, or extend it with a path of its own. Subpath: `uno-config/routing`.
 *
 * @example
 * ```ts
 * @ConfigSection('orders.routing')
 * class OrdersRouting extends RoutingSettings {}
 * ```
 */
export class RoutingSettings {
  @Describe('The rules, in their order.')
  @ListOf(() => RouteRule)
  @Type(() => RouteRule)
  public readonly rules: readonly RouteRule[] = [];

  @Describe('first: the first rule that applies decides; all: the event goes wherever a rule that applies says.')
  @IsIn(['first', 'all'])
  public readonly match: 'first' | 'all' = 'first';

  @Describe('Where an event goes that no rule applies to; to the topic of its type when empty.')
  @ListOf(() => String)
  public readonly otherwise: readonly string[] = [];

  @Describe(
    'interpreted: rules are walked through; compiled: they are made into functions, which some platforms forbid.',
  )
  @IsIn(['interpreted', 'compiled'])
  public readonly evaluation: 'interpreted' | 'compiled' = 'interpreted';

  @Rule('rules can be evaluated', { fields: ['rules'] })
  public areEvaluable(): readonly RuleViolation[] {
    return this.rules.flatMap(({ when }, index) =>
      checkRule(when ?? true).map(({ path, message, hint }) => ({
        message,
        path: ['rules', index, 'when', ...path].join('.'),
        ...(hint !== undefined && { hint }),
      })),
    );
  }

  @Rule('rules have names of their own', { fields: ['rules'] })
  public areNamed(): readonly RuleViolation[] {
    const names = this.rules.map(({ name }) => name);
    return names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [{ message: `two rules are named "${name}"`, path: `rules.${String(index)}.name` }],
    );
  }
}
