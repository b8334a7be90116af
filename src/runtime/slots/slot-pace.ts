import { backoffDelay, type Backoff } from '../recovery/index.js';
import type { ReadFailure } from './read-failure.js';

export type Pace = 'poll' | 'server' | 'settle' | 'behind' | 'growing' | 'refused';

/** What decides when a slot reads next. Times are in milliseconds. */
export interface PaceFacts {
  readonly demand: number | undefined;
  readonly poll: number | undefined;
  /** None where a source that fails is not read again. */
  readonly backoff: Backoff | undefined;
  /** Why the source has given nothing to use, and how often in a row. */
  readonly trouble: ReadFailure | undefined;
  readonly attempts: number;
  /** How long a file that has just gone may still come back. */
  readonly mayComeBackWithin: number | undefined;
  /** True while a revision that was notified is read for without the usual pauses. */
  readonly isUrgent: boolean;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** The pause before an answer that is behind is asked for again, doubled each time. */
const BEHIND_PAUSE = 250;
/** A server that wants to be asked at once is not asked without end. */
const SHORTEST_DEMAND = 1_000;

/** When a slot reads next, if at all. A server's demand goes before the backoff, and that before the poll. */
export function nextRead(facts: PaceFacts): { readonly pace: Pace; readonly delay: number } | undefined {
  const { demand, poll, backoff, trouble, attempts, mayComeBackWithin, isUrgent, random } = facts;
  if (demand !== undefined) return { pace: 'server', delay: Math.max(demand, SHORTEST_DEMAND) };
  // Many instances that began together must not ask together.
  const polled =
    poll === undefined ? undefined : ({ pace: 'poll', delay: Math.round(poll * (0.9 + 0.2 * random())) } as const);
  if (trouble === undefined) {
    return mayComeBackWithin === undefined ? polled : { pace: 'settle', delay: Math.max(0, mayComeBackWithin) };
  }
  if (trouble.error.code === 'source-behind' && isUrgent) {
    return { pace: 'behind', delay: BEHIND_PAUSE * 2 ** Math.min(attempts - 1, 4) };
  }
  if (backoff === undefined) return polled;
  if (trouble.refused) return { pace: 'refused', delay: backoff.refused };
  return { pace: 'growing', delay: backoffDelay(backoff, attempts, random) };
}
