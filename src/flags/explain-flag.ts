import type { CompiledFlag, OtherFlags } from './compiled-flag.js';
import { ruleOf, type FlagContext, type FlagDecision, type RuleTerms } from './engine.js';
import type { FlagValue } from './flag-value.js';

/** One thing that was looked at, in its order. */
export interface FlagStep {
  /** Where it is in the definition: `forced`, `state`, `prerequisites.new-api`, `targeting.if[2]`; or `override`, `default`. */
  readonly at: string;
  /** What it says, in words. */
  readonly says: string;
  /** True for the one that decided. */
  readonly decides: boolean;
}

/** Why a flag comes to what it does. `toString()` gives the same for people. Subpath: `uno-config/flags`. */
export interface FlagExplanation {
  readonly key: string;
  readonly value: FlagValue | undefined;
  readonly variant?: string;
  readonly reason: string;
  /** The {@link FlagStep.at} of the step that decided. */
  readonly decidedBy: string;
  /** Where that is written, `config/features.yaml:12:9`; absent where nothing defines it. */
  readonly origin?: string;
  readonly steps: readonly FlagStep[];
  toString(): string;
}

export interface ExplainTerms extends RuleTerms {
  readonly others: OtherFlags;
  readonly now: () => number;
}

const MOST_TEXT = 160;

export function stepsOf(
  flag: CompiledFlag,
  decision: FlagDecision,
  context: FlagContext,
  terms: ExplainTerms,
): readonly FlagStep[] {
  const { forced, state, activeFrom, activeUntil, defaultVariant } = flag.definition;
  const steps: FlagStep[] = [];
  const pass = (at: string, says: string): void => void steps.push({ at, says, decides: false });
  const end = (at: string, says: string): readonly FlagStep[] => [...steps, { at, says, decides: true }];
  const usual = typeof defaultVariant === 'string' ? 'defaultVariant' : 'default';
  const off = flag.definition.offVariant === undefined ? usual : 'offVariant';
  if (forced !== undefined) return end('forced', `forces "${forced}" for all`);
  if (state === 'DISABLED') return end('state', 'is DISABLED: the default of the code applies');
  if (!flag.isActive(terms.now)) {
    const isEarly = activeFrom !== undefined && terms.now() < activeFrom.getTime();
    const [at, limit] = isEarly ? ['activeFrom', activeFrom] : ['activeUntil', activeUntil];
    return end(at, `is ${limit?.toISOString() ?? ''}: ${off} applies`);
  }
  const unmet = flag.unmet(context, terms.others, terms.now);
  for (const [key, wanted] of flag.prerequisites) {
    const variant = terms.others.flag(key)?.decide(context, terms.others, terms.now).variant ?? 'no variant';
    const says = `wants ${wanted.map((each) => `"${each}"`).join(' or ')} and "${key}" has ${variant}`;
    if (key === unmet) return end(`prerequisites.${key}`, `${says}: ${off} applies`);
    pass(`prerequisites.${key}`, says);
  }
  if (flag.targeting !== undefined) {
    const at = walk(flag, flag.targeting, 'targeting', context, terms, pass);
    if (decision.reason === 'ERROR') return end(at, decision.errorMessage ?? 'failed');
    if (decision.reason === 'TARGETING_MATCH') return end(at, `names "${decision.variant ?? ''}"`);
    pass('targeting', 'names no variant');
  }
  return end(usual, usual === 'default' ? 'is what the code has' : `is "${defaultVariant ?? ''}" for all that is left`);
}

/** Follows branches to the one that is taken. */
function walk(
  flag: CompiledFlag,
  rule: unknown,
  at: string,
  context: FlagContext,
  terms: ExplainTerms,
  pass: (at: string, says: string) => void,
): string {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return at;
  const branches: unknown = Reflect.get(rule, 'if');
  if (!Array.isArray(branches)) return `${at}.${Object.keys(rule)[0] ?? ''}`;
  let index = 0;
  for (; index + 1 < branches.length; index += 2) {
    const place = `${at}.if[${String(index)}]`;
    const verdict = holds(flag, branches[index], context, terms);
    pass(place, `${verdict}: ${textOf(branches[index])}`);
    if (verdict === 'holds')
      return walk(flag, branches[index + 1], `${at}.if[${String(index + 1)}]`, context, terms, pass);
  }
  return index < branches.length ? walk(flag, branches[index], `${at}.if[${String(index)}]`, context, terms, pass) : at;
}

/** By the engine, under the flag's own key, which shares depend on. */
function holds({ key }: CompiledFlag, condition: unknown, context: FlagContext, terms: ExplainTerms): string {
  const targeting = { if: [condition, 'yes', 'no'] };
  const { value } = ruleOf(key, { variants: { yes: true, no: false }, targeting, metadata: {} }, terms)(context);
  return value === undefined ? 'failed' : value === true ? 'holds' : 'does not hold';
}

function textOf(rule: unknown): string {
  const text = JSON.stringify(rule);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

export function explanation(facts: Omit<FlagExplanation, 'toString' | 'decidedBy'>): FlagExplanation {
  const { key, value, variant, reason, origin, steps } = facts;
  const shown = `${key} is ${value === undefined ? 'not known' : JSON.stringify(value)}${variant === undefined ? '' : ` (variant ${variant})`}: ${reason}`;
  const lines = steps.map(({ at, says, decides }) => `  ${decides ? '->' : '  '} ${at} ${says}`);
  const text = [shown, ...lines, ...(origin === undefined ? [] : [`     from ${origin}`])].join('\n');
  return Object.freeze({ ...facts, decidedBy: steps.at(-1)?.at ?? '', toString: () => text });
}
