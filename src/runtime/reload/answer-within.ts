import { abortController, type Clock } from '../../core/index.js';
import { Duration } from '../../sections/index.js';

/** How long an answer is waited for. */
export interface AnswerLimits {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeout: number;
  /** Ends it before that. */
  readonly signal: AbortSignal;
}

/** The time for an answer was over. */
export class TimeIsUp extends Error {
  /** How much there was, in words. */
  public readonly time: string;

  public constructor(timeout: number) {
    const time = Duration.ofMilliseconds(timeout).toString();
    super(`There was no answer within ${time}.`);
    this.time = time;
  }
}

/**
 * Asks somebody who may never answer. Who is asked gets a signal that aborts when nobody waits any more.
 *
 * @param late what becomes of an answer that nobody waits for any more
 * @throws TimeIsUp, an Error when the signal aborts, and what was thrown instead of an answer.
 */
export async function answerWithin<T>(
  { clock, timeout, signal }: AnswerLimits,
  ask: (signal: AbortSignal) => T | Promise<T>,
  late?: (answer: T) => unknown,
): Promise<T> {
  const stop = abortController();
  const answer = (async () => ask(stop.signal))();
  const ended = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => {
      reject(stop.signal.reason as Error);
    });
  });
  // When the answer comes first, nobody waits for this one any more.
  ended.catch(() => undefined);
  const onAbort = (): void => {
    stop.abort(new Error('The answer is no longer wanted.'));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const cancelTimer = clock.after(timeout, () => {
    stop.abort(new TimeIsUp(timeout));
  });
  try {
    return await Promise.race([answer, ended]);
  } catch (error) {
    if (stop.signal.aborted) answer.then(late).catch(() => undefined);
    throw error;
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', onAbort);
  }
}
