import { abortController, type Clock } from '../../core/index.js';
import { Duration } from '../../sections/index.js';

export interface AnswerLimits {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

export class TimeIsUp extends Error {
  public readonly time: string;

  public constructor(timeout: number) {
    const time = Duration.ofMilliseconds(timeout).toString();
    super(`There was no answer within ${time}.`);
    this.time = time;
  }
}

/**
 * Calls `ask` with a time limit; its signal aborts when the caller stops waiting.
 *
 * @param late receives an answer that comes too late
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
  // When the answer comes first, this one is no longer awaited.
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
