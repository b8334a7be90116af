import { ConfigError } from '../core/index.js';
import type { DefinedFlag, FlagMetadata } from './defined-flags.js';
import type { FlagValue } from './flag-value.js';

/** The context in which a flag is evaluated: who asks, by `targetingKey`, and whatever rules look at. */
export interface FlagContext {
  /** Who asks, for shares: the id of a user, an account, a session. */
  readonly targetingKey?: string | undefined;
  readonly [name: string]: unknown;
}

/** What we ask of the package `@openfeature/flagd-core`. Subpath: `uno-config/flags`. */
export interface FlagEngine {
  readonly FeatureFlag: new (
    key: string,
    flag: never,
    logger: never,
    options: { readonly disableDynamicCodeGeneration: boolean },
  ) => { evaluate(context: never): FlagDecision };
}

/** What a flag comes to, as the engine says it. Subpath: `uno-config/flags`. */
export interface FlagDecision {
  readonly reason: string;
  /** Absent where the default of the code applies. */
  readonly value?: unknown;
  readonly variant?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly flagMetadata: FlagMetadata;
}

/** A rule that the engine has read. */
export type Rule = (context: FlagContext) => FlagDecision;

// Its messages may quote a context.
const SILENT = Object.freeze({ error: ignore, warn: ignore, info: ignore, debug: ignore });

export interface RuleTerms {
  readonly engine: FlagEngine | undefined;
  readonly isInterpreted: boolean;
}

/** Has the engine read the targeting of a flag. */
export function ruleOf(
  key: string,
  flag: Pick<DefinedFlag, 'variants' | 'defaultVariant'> & {
    readonly targeting: unknown;
    readonly metadata: FlagMetadata;
  },
  { engine, isInterpreted }: RuleTerms,
): Rule {
  if (engine === undefined) {
    const errorMessage = 'The package "@openfeature/flagd-core", which evaluates targeting, is not installed.';
    return () => ({ reason: 'ERROR', errorCode: 'GENERAL', errorMessage, flagMetadata: flag.metadata });
  }
  // The engine's own types name classes of another package; what it reads is what a flag has.
  const given = { state: 'ENABLED', ...flag } as never;
  const made = new engine.FeatureFlag(key, given, SILENT as never, { disableDynamicCodeGeneration: isInterpreted });
  return (context) => made.evaluate(context as never);
}

/**
 * Looks whether the engine can work here at all: where code must not be made from strings, the compiled rules of the engine
 * fail one by one.
 *
 * @throws ConfigError `rule-engine-refused`.
 */
export function tryEngine(terms: RuleTerms): void {
  const variants: Record<string, FlagValue> = { on: true };
  const flag = { variants, targeting: { if: [{ '==': [{ var: 'targetingKey' }, 'probe'] }, 'on'] }, metadata: {} };
  if (ruleOf('probe', flag, terms)({ targetingKey: 'probe' }).value === true) return;
  throw new ConfigError({
    code: 'rule-engine-refused',
    message: `The rule engine cannot evaluate flags${terms.isInterpreted ? '' : ', or may not compile them'}.`,
    recovery: 'Set evaluation to "interpreted", or install a version of @openfeature/flagd-core that is supported.',
  });
}

function ignore(): void {
  // Discards the log.
}
