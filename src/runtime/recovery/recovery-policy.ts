import type { ConfigSource, LoadContext } from '../../core/index.js';
import { ConfigError, maskUrlCredentials } from '../../core/index.js';
import type { Backoff, RetryOptions } from './backoff.js';
import { backoffOf } from './backoff.js';
import { foreignFailureKind } from './failure-kind.js';
import { areStandIn } from './stand-in.js';

/** What is done when a source cannot be reached; tried in the order of the fields. */
export interface RecoveryPolicy {
  /** How the source is asked again in the background, without end, until it answers; `false` for not at all. */
  readonly retry?: RetryOptions | false;
  /**
   * Whether a start without the source may use what it said last, from the folder of `lastKnownGood(…)`; `false` when
   * absent. Once the source has answered, its last answer is kept in memory whatever this says.
   */
  readonly lastKnownGood?: boolean;
  /** Whether a start without the source may go on as if it said nothing; `false` when absent. */
  readonly defaults?: boolean;
}

/** {@link RecoveryPolicy} checked. */
export interface CheckedPolicy {
  readonly backoff: Backoff | undefined;
  readonly lastKnownGood: boolean;
  readonly defaults: boolean;
}

const POLICY = Symbol.for('uno-config.recovery');

/**
 * A source that may be out of reach: it is asked again in the background (1 s to 120 s apart, 5 minutes after refused
 * credentials), and meanwhile its last answer, the last known good on disk, or the defaults stand in. Without any of
 * these the load fails. What is there but does not parse stays an error. Goes around other wrappers:
 * `withRecovery(optional(…), …)`. Subpath: `uno-config`.
 *
 * A source of your own says that it is out of reach by throwing any error of its client, or a ConfigError
 * `source-unreachable` or `source-refused`; every other ConfigError says that its answer is broken.
 *
 * @throws TypeError naming the option.
 * @example
 * ```ts
 * const source = withRecovery(yamlFile('/mnt/shared/limits.yaml'), { lastKnownGood: true, retry: { maximum: '60s' } });
 * ```
 */
export function withRecovery(source: ConfigSource, policy: RecoveryPolicy): ConfigSource {
  // A caller without types may hand in anything.
  const given: { load?: unknown } | null = typeof source === 'object' ? source : null;
  if (typeof given?.load !== 'function') {
    throw new TypeError('withRecovery: source must be an object with a load function.');
  }
  const { retry = {}, lastKnownGood = false, defaults = false } = policy;
  const checked: CheckedPolicy = { backoff: retry === false ? undefined : backoffOf(retry), lastKnownGood, defaults };
  return Object.freeze({
    [POLICY]: Object.freeze(checked),
    ...(source.name !== undefined && { name: source.name }),
    // Not the id itself: whoever shares one answer by id must not share the tolerance.
    ...(source.id !== undefined && { id: `recovery:${source.id}` }),
    load: async (context) => {
      try {
        return await source.load(asSourceKnows(context));
      } catch (error) {
        throw ConfigError.is(error) ? error : namedFailure(source.name ?? 'The source', error);
      }
    },
    ...(source.files !== undefined && { files: async (context) => source.files?.(context) ?? [] }),
    ...(source.watch !== undefined && { watch: (context) => source.watch?.(context) }),
    close: () => source.close?.(),
  } satisfies ConfigSource & Record<typeof POLICY, unknown>);
}

/** The policy that {@link withRecovery} gave a source. */
export function policyOf(source: ConfigSource): CheckedPolicy | undefined {
  // Only withRecovery writes under this symbol.
  return POLICY in source ? (source[POLICY] as CheckedPolicy) : undefined;
}

/** True for a source that {@link withRecovery} made. */
export function hasRecoveryPolicy(source: ConfigSource): boolean {
  return policyOf(source) !== undefined;
}

/** A source is asked whether what it said before still holds, never about what stood in for it. */
function asSourceKnows(context: LoadContext): LoadContext {
  const { previous, ...rest } = context;
  return previous === undefined || !areStandIn(previous) ? context : rest;
}

/** Told apart here, because what is said of an error further up no longer holds its codes. */
function namedFailure(name: string, error: unknown): unknown {
  const kind = foreignFailureKind(error);
  if (kind === 'broken') return error;
  // The error itself is left out: it may carry credentials where no mask can reach them.
  const why = maskUrlCredentials(reason(error));
  return kind === 'refused'
    ? new ConfigError({
        code: 'source-refused',
        category: 'source',
        message: `${name} refuses the connection: ${why}`,
        recovery: 'Check the credentials and the certificates it is reached with.',
      })
    : new ConfigError({
        code: 'source-unreachable',
        category: 'source',
        message: `${name} cannot be reached: ${why}`,
        recovery: 'Check that it runs and can be reached from here.',
      });
}

function reason(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'it threw no error object';
  const [name, code, message] = ['name', 'code', 'message'].map((key): unknown => Reflect.get(error, key));
  // Several addresses that all refuse come as one error without a message.
  const what = typeof message === 'string' && message !== '' ? message : typeof code === 'string' ? code : 'no message';
  return `${typeof name === 'string' ? name : 'Error'}: ${what}`;
}
