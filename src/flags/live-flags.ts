import { ConfigError, nearestName, type Clock, type ConfigLogger } from '../core/index.js';
import type { AmbientTenant, TenantFacts } from '../container/index.js';
import type { FlagContext, FlagDecision, FlagEngine } from './engine.js';
import { explanation, stepsOf, type FlagExplanation } from './explain-flag.js';
import type { Exposures } from './exposures.js';
import type { FlagClass, FlagDeclaration } from './flag.js';
import { flagObject } from './flag-object.js';
import { reportFlags, type FlagRow } from './flag-report.js';
import type { FlagRun, FlagRuns } from './flag-runs.js';
import type { FlagSet } from './flag-set.js';
import { isLike, typeName, type FlagValue, type Widened } from './flag-value.js';
import type { FlagAnswer, FlagHandle, Flags, FlagsChanged, FlagsState } from './flags.js';

export interface FlagsWorld {
  readonly name: string;
  readonly declared: ReadonlyMap<string, FlagDeclaration>;
  readonly clock: Clock;
  readonly logger: ConfigLogger;
  readonly runs: FlagRuns;
  readonly exposures: Exposures | undefined;
  readonly engine: () => FlagEngine | undefined;
  /** The flags of the tenant, or those of the base. */
  readonly set: (tenant: AmbientTenant | undefined) => FlagSet;
  /** What is known without anybody who asks: selectors, and what the definition gives. */
  readonly base: () => FlagContext;
  /** Where a flag of the tenant, or of the base, is defined, in words. */
  readonly originOf: (key: string, field: string, tenant: AmbientTenant | undefined) => string | undefined;
  readonly isProduction: () => boolean;
  readonly state: () => FlagsState;
  readonly changes: Set<(change: FlagsChanged) => void>;
  readonly states: Set<(state: FlagsState) => void>;
  /** By key; those that neither a class nor a definition has as well. */
  readonly asked: Map<string, Asked>;
}

export interface Asked {
  readonly key: string;
  readonly declaration: FlagDeclaration | undefined;
  readonly isExposed: boolean;
  count: number;
}

interface KnownContext {
  readonly base: FlagContext;
  readonly facts: TenantFacts | undefined;
  readonly context: FlagContext;
}

/** What a flag comes to that nothing defines. */
const UNDEFINED: FlagDecision = Object.freeze({ reason: 'DEFAULT', flagMetadata: Object.freeze({}) });

/** How many keys that there are not are remembered: they may come from anywhere. */
const MOST_UNKNOWN = 1_000;

export class LiveFlags implements Flags {
  readonly #world: FlagsWorld;
  readonly #tenant: () => AmbientTenant | undefined;
  readonly #now: () => number;
  readonly #contexts = new WeakMap<object, KnownContext>();

  public constructor(world: FlagsWorld, tenant: () => AmbientTenant | undefined) {
    this.#world = world;
    this.#tenant = tenant;
    this.#now = () => world.clock.now();
  }

  public get name(): string {
    return this.#world.name;
  }

  public get isOverridable(): boolean {
    return !this.#world.isProduction();
  }

  public get state(): FlagsState {
    return this.#world.state();
  }

  public of<T extends object>(target: FlagClass<T>, context?: FlagContext): T {
    return flagObject(target, (declaration) => {
      const asked = this.#askedFor(declaration.key);
      return () => this.#value(asked, declaration.default, context);
    });
  }

  /** One flag of a class. */
  public handle(declaration: FlagDeclaration): FlagHandle {
    const { key } = declaration;
    const asked = this.#askedFor(key);
    const value = (): FlagValue => this.#value(asked, declaration.default, undefined);
    return Object.freeze({
      key,
      get value() {
        return value();
      },
      evaluate: (context?: FlagContext) => this.#answer(this.#decide(asked, context), key, declaration.default),
    });
  }

  public evaluate<T extends FlagValue>(key: string, fallback: T, context?: FlagContext): FlagAnswer<Widened<T>> {
    // Its value has the type of the fallback. Not frozen: that would take as long as a small rule.
    return this.#answer(this.#decide(this.#askedFor(key), context), key, fallback) as FlagAnswer<Widened<T>>;
  }

  public explain(key: string, context?: FlagContext): FlagExplanation {
    const tenant = this.#tenant();
    const set = this.#world.set(tenant);
    const flag = set.flag(key);
    const fallback = this.#world.declared.get(key)?.default;
    const override = this.#world.runs.current?.overrides?.get(key);
    if (override !== undefined) {
      const steps = [{ at: 'override', says: 'is set for this run', decides: true }];
      return explanation({ key, value: override, reason: 'OVERRIDDEN', steps });
    }
    if (flag === undefined) {
      const says = fallback === undefined ? this.#unknown(key) : 'is what the code has: nothing defines the flag';
      const reason = fallback === undefined ? 'ERROR' : 'DEFAULT';
      return explanation({ key, value: fallback, reason, steps: [{ at: 'default', says, decides: true }] });
    }
    const whole = this.#context(context, this.#world.runs.current, tenant?.facts);
    const decision = flag.decide(whole, set, this.#now);
    const isInterpreted = set.defined.evaluation !== 'compiled';
    const terms = { engine: this.#world.engine(), isInterpreted, others: set, now: this.#now };
    const { variant, value = fallback, reason } = decision;
    const steps = stepsOf(flag, decision, whole, terms);
    const origin = this.#world.originOf(key, steps.at(-1)?.at ?? '', tenant);
    return explanation({
      ...{ key, reason, steps },
      // Variants hold flag values only: the section was checked.
      value: value as FlagValue | undefined,
      ...(variant !== undefined && { variant }),
      ...(origin !== undefined && { origin }),
    });
  }

  public run<Result>(context: FlagContext, work: () => Result): Result {
    return this.#world.runs.run(context, work);
  }

  public override<Result>(values: Readonly<Record<string, FlagValue>>, work: () => Result): Result {
    if (!this.isOverridable) {
      throw refused(`Flags are not overridden in production.`, 'Force a variant in the definition instead.');
    }
    for (const [key, value] of Object.entries(values)) {
      const like = this.#world.declared.get(key)?.default ?? this.#someVariant(key);
      if (like === undefined) throw refused(this.#unknown(key), 'Override a flag that is declared or defined.');
      if (!isLike(value, like)) {
        throw refused(
          `The flag "${key}" is a ${typeName(like)}, and was to be overridden with a ${typeName(value)}.`,
          'Give a value of its type.',
        );
      }
    }
    return this.#world.runs.override(new Map(Object.entries(values)), work);
  }

  public onChange(listener: (change: FlagsChanged) => void): () => void {
    return added(this.#world.changes, listener);
  }

  public onState(listener: (state: FlagsState) => void): () => void {
    return added(this.#world.states, listener);
  }

  public list(): readonly FlagRow[] {
    const { declared, asked } = this.#world;
    const { defined } = this.#world.set(this.#tenant());
    const counts = new Map([...asked].flatMap(([key, { count }]) => (count > 0 ? [[key, count] as const] : [])));
    return reportFlags(defined, [...declared.values()], this.#now(), counts);
  }

  #value(asked: Asked, fallback: FlagValue, context: FlagContext | undefined): FlagValue {
    const value = this.#decide(asked, context)?.value;
    return value !== undefined && isLike(value, fallback) ? value : fallback;
  }

  /** What the flag comes to; `undefined` for one that nothing defines. */
  #decide(asked: Asked, call: FlagContext | undefined): FlagDecision | undefined {
    asked.count++;
    const { runs, set: setOf } = this.#world;
    const { current: run } = runs;
    const override = run?.overrides?.get(asked.key);
    if (override !== undefined) return { reason: 'OVERRIDDEN', value: override, flagMetadata: {} };
    const tenant = this.#tenant();
    const set = setOf(tenant);
    const flag = set.flag(asked.key);
    if (flag === undefined) return undefined;
    if (flag.fixed !== undefined && !asked.isExposed) return flag.fixed;
    const context = this.#context(call, run, tenant?.facts);
    const decision = flag.decide(context, set, this.#now);
    if (asked.isExposed) {
      this.#world.exposures?.note(asked.key, decision, context, { now: this.#now(), tenant: tenant?.id });
    }
    return decision;
  }

  #answer(decision: FlagDecision | undefined, key: string, fallback: FlagValue): FlagAnswer {
    const { value: decided, reason, variant, flagMetadata: metadata } = decision ?? UNDEFINED;
    if (decided !== undefined && reason !== 'ERROR' && isLike(decided, fallback)) {
      // Each written out: to spread one costs as much as a clause.
      return variant === undefined
        ? { key, value: decided, reason, metadata }
        : { key, value: decided, variant, reason, metadata };
    }
    const without = { key, value: fallback, metadata };
    if (decision === undefined) {
      if (this.#world.declared.has(key)) return { ...without, reason };
      return { ...without, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND', errorMessage: this.#unknown(key) };
    }
    if (reason === 'ERROR') {
      const { errorCode = 'GENERAL', errorMessage } = decision;
      return { ...without, reason, errorCode, ...(errorMessage !== undefined && { errorMessage }) };
    }
    if (decided === undefined) return { ...without, reason };
    const mismatch = `The flag "${key}" has a ${typeName(decided)}, and the code asks for a ${typeName(fallback)}.`;
    return { ...without, reason: 'ERROR', errorCode: 'TYPE_MISMATCH', errorMessage: mismatch };
  }

  /** From what is known of all to what the call knows. */
  #context(call: FlagContext | undefined, run: FlagRun | undefined, facts: TenantFacts | undefined): FlagContext {
    const known = this.#known(run, facts);
    // Not spread: that takes as long as a clause.
    return call === undefined ? known : Object.assign({}, known, call);
  }

  /** What is known without the call: made once for a request, or a tenant outside of any. */
  #known(run: FlagRun | undefined, facts: TenantFacts | undefined): FlagContext {
    const base = this.#world.base();
    const of = run ?? facts;
    if (of === undefined) return base;
    const known = this.#contexts.get(of);
    if (known?.base === base && known.facts === facts) return known.context;
    const whose = facts && { targetingKey: facts.id, tenant: facts };
    const context = Object.freeze({ ...base, ...whose, ...run?.context });
    this.#contexts.set(of, { base, facts, context });
    return context;
  }

  #askedFor(key: string): Asked {
    const { asked, declared, exposures, logger } = this.#world;
    let entry = asked.get(key);
    if (entry !== undefined) return entry;
    const declaration = declared.get(key);
    entry = { key, declaration, isExposed: exposures?.wants(declaration) ?? false, count: 0 };
    const isKnown = declaration !== undefined || this.#world.set(undefined).flag(key) !== undefined;
    if (!isKnown && asked.size >= MOST_UNKNOWN + declared.size) return entry;
    asked.set(key, entry);
    if (!isKnown) {
      const message = this.#unknown(key);
      logger.log({
        level: 'warn',
        event: 'config.flags.unknown',
        message,
        fields: { flags: this.name, flag: shown(key) },
      });
    }
    return entry;
  }

  #someVariant(key: string): FlagValue | undefined {
    return Object.values(this.#world.set(this.#tenant()).flag(key)?.definition.variants ?? {})[0];
  }

  #unknown(key: string): string {
    const { declared, set } = this.#world;
    const nearest = nearestName(key, new Set([...declared.keys(), ...Object.keys(set(undefined).defined.flags)]));
    return `There is no flag "${shown(key)}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
  }
}

function added<T>(listeners: Set<(given: T) => void>, listener: (given: T) => void): () => void {
  // The same function may be given twice, and each time is ended for itself.
  const own = (given: T): void => {
    listener(given);
  };
  listeners.add(own);
  return () => {
    listeners.delete(own);
  };
}

function refused(message: string, recovery: string): ConfigError {
  return new ConfigError({ code: 'flag-override-refused', message, recovery });
}

/** A key may come from outside. */
function shown(key: string): string {
  return key.slice(0, 64).replace(/[^\x20-\x7e]/g, '?');
}
