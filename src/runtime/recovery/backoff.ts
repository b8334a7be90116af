import { type Duration, option, type OptionKind, type OptionKinds, OptionMistake } from '../../core/index.js';

/** How long to wait before an unreachable source is asked again. */
export interface RetryOptions {
  /** The shortest wait; `1s` when absent. */
  readonly initial?: string | Duration;
  /** The longest wait; `120s` when absent. */
  readonly maximum?: string | Duration;
  /** The wait after refused credentials or a refused certificate, which are never fixed within seconds; `5m` when absent. */
  readonly refused?: string | Duration;
}

export interface Backoff {
  readonly initial: number;
  readonly maximum: number;
  readonly refused: number;
}

// A wait of nothing would ask a source that is down without end.
const KINDS = {
  initial: option.or(option.positiveSpan, 1_000),
  maximum: option.or(option.positiveSpan, 120_000),
  refused: option.or(option.positiveSpan, 300_000),
} satisfies OptionKinds<RetryOptions>;

export const RETRY_OPTIONS: OptionKind<Backoff> = option.reading('an object of options', (given, where) => {
  const backoff = option.options<RetryOptions, typeof KINDS>(KINDS).read(given, where);
  if (backoff.maximum >= backoff.initial) return backoff;
  throw new OptionMistake(`${where}.maximum must not be shorter than ${where}.initial.`);
});

/** The pauses of a source without a recovery policy, or with one that does not set them. */
export const USUAL_BACKOFF: Backoff = Object.freeze({ initial: 1_000, maximum: 120_000, refused: 300_000 });

/**
 * The wait before a retry, the first one being number 1: anywhere between the shortest wait and a limit that doubles
 * with every retry, so that many instances that lost their source together do not come back together.
 */
export function backoffDelay({ initial, maximum }: Backoff, retry: number, random: () => number): number {
  // 2 ** 1024 is Infinity, and no time at all times Infinity is no number.
  const limit = Math.min(maximum, initial * 2 ** Math.min(retry, 50));
  return Math.round(initial + random() * (limit - initial));
}
