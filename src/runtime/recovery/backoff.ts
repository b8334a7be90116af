import { Duration } from '../../sections/index.js';

/** How long to wait before an unreachable source is asked again. */
export interface RetryOptions {
  /** The shortest wait; `1s` when absent. */
  readonly initial?: string | Duration;
  /** The longest wait; `120s` when absent. */
  readonly maximum?: string | Duration;
  /** The wait after refused credentials or a refused certificate, which nobody mends within seconds; `5m` when absent. */
  readonly refused?: string | Duration;
}

/** {@link RetryOptions} checked, in milliseconds. */
export interface Backoff {
  readonly initial: number;
  readonly maximum: number;
  readonly refused: number;
}

/**
 * Checks the options.
 *
 * @throws TypeError naming the option.
 */
export function backoffOf(options: RetryOptions): Backoff {
  const initial = milliseconds('initial', options.initial ?? '1s');
  const maximum = milliseconds('maximum', options.maximum ?? '120s');
  if (maximum < initial) throw new TypeError('retry.maximum: must not be shorter than retry.initial.');
  return { initial, maximum, refused: milliseconds('refused', options.refused ?? '5m') };
}

/**
 * The wait before a retry, the first one being number 1: anywhere between the shortest wait and a limit that doubles
 * with every retry, so that many instances that lost their source together do not come back together.
 */
export function backoffDelay({ initial, maximum }: Backoff, retry: number, random: () => number): number {
  // 2 ** 1024 is Infinity, and no time at all times Infinity is no number.
  const limit = Math.min(maximum, initial * 2 ** Math.min(retry, 50));
  return Math.round(initial + random() * (limit - initial));
}

function milliseconds(option: string, value: string | Duration): number {
  let amount: number;
  try {
    amount = Duration.of(value).milliseconds;
  } catch (cause) {
    throw new TypeError(`retry.${option}: ${cause instanceof Error ? cause.message : 'not a duration'}`, { cause });
  }
  if (amount > 0) return amount;
  throw new TypeError(`retry.${option}: must be longer than nothing, or a source that is down is asked without end.`);
}
