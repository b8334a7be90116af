import type { FlagContext } from './engine.js';
import type { FlagExplanation } from './explain-flag.js';
import type { FlagRow } from './flag-report.js';
import type { FlagMetadata } from './defined-flags.js';
import type { FlagClass } from './flag.js';
import type { FlagValue, Widened } from './flag-value.js';

/** What a flag comes to. Subpath: `uno-config/flags`. */
export interface FlagAnswer<T = FlagValue> {
  readonly key: string;
  readonly value: T;
  /** The name of the variant; absent where the default of the code applies. */
  readonly variant?: string;
  /**
   * OpenFeature's `STATIC`, `DEFAULT`, `TARGETING_MATCH`, `DISABLED` and `ERROR`; and `FORCED`, `NOT_ACTIVE`,
   * `PREREQUISITE_NOT_MET`, `OVERRIDDEN`.
   */
  readonly reason: string;
  /** OpenFeature's `FLAG_NOT_FOUND`, `TYPE_MISMATCH`, `PARSE_ERROR` or `GENERAL`; absent unless the reason is `ERROR`. */
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly metadata: FlagMetadata;
}

/** One flag; what it gives is evaluated at each read. Subpath: `uno-config/flags`. */
export interface FlagHandle<T = FlagValue> {
  readonly key: string;
  /** The value in the context that the code runs in. Never throws for what is defined; the default instead. */
  readonly value: T;
  /** The same with the reason, in the context that the code runs in and the one that is given. */
  evaluate(context?: FlagContext): FlagAnswer<T>;
}

/** Flags whose definitions have changed. Subpath: `uno-config/flags`. */
export interface FlagsChanged {
  /** Those that changed, that refer to an evaluator that changed, or have such a flag as a prerequisite. */
  readonly keys: readonly string[];
}

/**
 * Of the sources of the definitions. `ready`: all answer; `stale`: one gives no answer, or one that cannot be used, and its
 * last one is in use; `error`: one never gave any, and is treated as empty.
 */
export type FlagsState = 'ready' | 'stale' | 'error';

/**
 * The flags of a definition. Inject it with `@InjectFlags(definition)`; subpath: `uno-config/flags`.
 *
 * @example
 * ```ts
 * class CheckoutFlags {
 *   @Flag({ key: 'new-checkout', default: false }) readonly newCheckout!: boolean;
 * }
 *
 * function headline(flags: Flags, user: { id: string; country: string }): string {
 *   const { newCheckout } = flags.of(CheckoutFlags, { targetingKey: user.id, country: user.country });
 *   return newCheckout ? 'Pay in one step' : 'Check out';
 * }
 * ```
 */
export interface Flags {
  readonly name: string;
  /** The flags of a class, with their values in this context over the one that the code runs in. */
  of<T extends object>(target: FlagClass<T>, context?: FlagContext): T;
  /**
   * A flag by its key.
   *
   * @param fallback where it is not defined; that of its class when absent
   */
  evaluate<T extends FlagValue>(key: string, fallback: T, context?: FlagContext): FlagAnswer<Widened<T>>;
  /** Why a flag comes to what it does. For people: it costs more. */
  explain(key: string, context?: FlagContext): FlagExplanation;
  /** Runs a function, and all that it begins, in a context over the one that is set: for a request. */
  run<Result>(context: FlagContext, work: () => Result): Result;
  /**
   * Runs a function, and all that it begins, with values for some flags: for a test, or a request of a developer.
   *
   * @param values by key
   * @throws ConfigError `flag-override-refused` in production, or for a value of another type than the flag has.
   */
  override<Result>(values: Readonly<Record<string, FlagValue>>, work: () => Result): Result;
  /** False in production, where {@link override} refuses. */
  readonly isOverridable: boolean;
  /** Calls back after definitions have changed, with the keys; the answer ends it. What a listener throws is logged. */
  onChange(listener: (change: FlagsChanged) => void): () => void;
  /** Whether the sources of the settings can be read. */
  readonly state: FlagsState;
  /** Calls back when the state is another one; the answer ends it. */
  onState(listener: (state: FlagsState) => void): () => void;
  /** All flags that are declared or defined, by key, with how often each was asked for since the start. */
  list(): readonly FlagRow[];
}
