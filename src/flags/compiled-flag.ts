import { prerequisitesOf, type DefinedFlag, type FlagMetadata } from './defined-flags.js';
import { ruleOf, type FlagContext, type FlagDecision, type Rule, type RuleTerms } from './engine.js';

export interface OtherFlags {
  flag(key: string): CompiledFlag | undefined;
}

export class CompiledFlag {
  public readonly key: string;
  public readonly definition: DefinedFlag;
  public readonly metadata: FlagMetadata;
  /** The targeting with what it refers to. */
  public readonly targeting: unknown;
  public readonly prerequisites: ReturnType<typeof prerequisitesOf>;
  /** What it always comes to, for everybody. */
  public readonly fixed: FlagDecision | undefined;
  /** Without targeting, or where it names no variant. */
  readonly #usual: FlagDecision;
  readonly #off: FlagDecision;
  readonly #from: number;
  readonly #until: number;
  readonly #rule: Rule | undefined;

  public constructor(
    key: string,
    definition: DefinedFlag,
    { targeting, metadata, ...terms }: RuleTerms & { readonly targeting: unknown; readonly metadata: FlagMetadata },
  ) {
    const { forced, state, variants, defaultVariant, offVariant, activeFrom, activeUntil } = definition;
    this.key = key;
    this.definition = definition;
    this.metadata = metadata;
    this.targeting = targeting;
    this.prerequisites = prerequisitesOf(definition);
    const isStatic = targeting === undefined && typeof defaultVariant === 'string';
    this.#usual = this.#decision(isStatic ? 'STATIC' : 'DEFAULT', defaultVariant ?? undefined);
    this.#off = this.#decision('NOT_ACTIVE', offVariant ?? defaultVariant ?? undefined);
    this.#from = activeFrom?.getTime() ?? -Infinity;
    this.#until = activeUntil?.getTime() ?? Infinity;
    const isTimed = activeFrom !== undefined || activeUntil !== undefined;
    if (forced !== undefined) this.fixed = this.#decision('FORCED', forced);
    else if (state === 'DISABLED') this.fixed = this.#decision('DISABLED', undefined);
    else if (targeting === undefined && this.prerequisites.length === 0 && !isTimed) this.fixed = this.#usual;
    else if (targeting !== undefined) {
      this.#rule = ruleOf(key, { variants, defaultVariant: defaultVariant ?? null, targeting, metadata }, terms);
    }
  }

  /** True when it looks at who asks; others come to the same for everybody. */
  public get isTargeted(): boolean {
    return this.#rule !== undefined;
  }

  public decide(context: FlagContext, others: OtherFlags, now: () => number): FlagDecision {
    if (this.fixed !== undefined) return this.fixed;
    if (!this.isActive(now)) return this.#off;
    if (this.prerequisites.length > 0 && this.unmet(context, others, now) !== undefined)
      return { ...this.#off, reason: 'PREREQUISITE_NOT_MET' };
    return this.#rule === undefined ? this.#usual : this.#rule(context);
  }

  public isActive(now: () => number): boolean {
    if (this.#from === -Infinity && this.#until === Infinity) return true;
    const time = now();
    return time >= this.#from && time < this.#until;
  }

  public unmet(context: FlagContext, others: OtherFlags, now: () => number): string | undefined {
    for (const [key, wanted] of this.prerequisites) {
      const variant = others.flag(key)?.decide(context, others, now).variant;
      if (variant === undefined || !wanted.includes(variant)) return key;
    }
    return undefined;
  }

  #decision(reason: string, variant: string | undefined): FlagDecision {
    const { variants } = this.definition;
    const flagMetadata = this.metadata;
    if (variant === undefined) return Object.freeze({ reason, flagMetadata });
    const value = Object.hasOwn(variants, variant) ? variants[variant] : undefined;
    if (value !== undefined) return Object.freeze({ reason, variant, value, flagMetadata });
    const errorMessage = `There is no variant "${variant}".`;
    return Object.freeze({ reason: 'ERROR', errorCode: 'GENERAL', errorMessage, flagMetadata });
  }
}
