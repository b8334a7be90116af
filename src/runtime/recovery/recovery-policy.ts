import { option, type OptionKinds, readOptions, wrapSource, type ConfigSource } from '../../core/index.js';
import type { Backoff, RetryOptions } from './backoff.js';
import { RETRY_OPTIONS, USUAL_BACKOFF } from './backoff.js';

/** What is done when a source cannot be reached; tried in the order of the fields. */
export interface RecoveryPolicy {
  /** How the source is asked again in the background, without end, until it answers; `false` for not at all. */
  readonly retry?: RetryOptions | false;
  /**
   * Whether a start without the source may use its last answer from the folder of `lastKnownGood(…)`; `false` when absent.
   * Once the source has answered, its last answer is kept in memory regardless of this.
   */
  readonly lastKnownGood?: boolean;
  /** Whether a start without the source may go on as if it were empty; `false` when absent. */
  readonly defaults?: boolean;
}

export interface CheckedPolicy {
  readonly backoff: Backoff | undefined;
  readonly lastKnownGood: boolean;
  readonly defaults: boolean;
}

const KINDS = {
  retry: option.either(option.oneOf(false), RETRY_OPTIONS),
  lastKnownGood: option.or(option.flag, false),
  defaults: option.or(option.flag, false),
} satisfies OptionKinds<RecoveryPolicy>;

const POLICY = Symbol.for('uno-config.recovery');

/**
 * A source that may be unreachable: it is read again in the background (1 s to 120 s apart, 5 minutes after refused
 * credentials), and meanwhile its last answer, the last known good on disk, or the defaults replace it. Without any of these
 * the load fails. A source that answers but does not parse stays an error. Wraps other wrappers: `withRecovery(optional(…),
 * …)`. Subpath: `uno-config`.
 *
 * A source of your own signals that it is unreachable with any error of its client, or a ConfigError `source-unreachable` or
 * `source-refused`; every other ConfigError means that its answer is broken.
 *
 * @throws TypeError naming the option.
 * @example
 * ```ts
 * const source = withRecovery(yamlFile('/mnt/shared/limits.yaml'), { lastKnownGood: true, retry: { maximum: '60s' } });
 * ```
 */
export function withRecovery(source: ConfigSource, policy: RecoveryPolicy): ConfigSource {
  option.source.read(source, 'withRecovery: source');
  const { retry = USUAL_BACKOFF, lastKnownGood, defaults } = readOptions('withRecovery', policy, KINDS);
  const checked: CheckedPolicy = { backoff: retry === false ? undefined : retry, lastKnownGood, defaults };
  // Not the id itself: sources that share one answer by id must not share the tolerance.
  const id = source.id === undefined ? {} : { id: `recovery:${source.id}` };
  return underPolicy(wrapSource(source, id), checked);
}

export function underPolicy(source: ConfigSource, policy: CheckedPolicy): ConfigSource {
  return Object.freeze({ ...source, [POLICY]: Object.freeze(policy) });
}

export function policyOf(source: ConfigSource): CheckedPolicy | undefined {
  // Only withRecovery writes under this symbol.
  return POLICY in source ? (source[POLICY] as CheckedPolicy) : undefined;
}
