import type { Clock, ConfigSource, LoadContext, LoadResult } from '../../core/index.js';
import { abortController, ConfigError } from '../../core/index.js';
import type { EndOfReads } from './end-of-reads.js';

/** How long one read may take, and what ends it before that. */
export interface ReadLimits {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeout: number;
  /** The end of all reads. */
  readonly end: EndOfReads;
}

/**
 * Asks a source once. What comes after its time is dropped.
 *
 * @throws ConfigError `source-timeout`, the reason of the end of all reads, and whatever the source throws.
 */
export async function loadWithin(
  source: ConfigSource,
  name: string,
  context: Omit<LoadContext, 'signal'>,
  { clock, timeout, end }: ReadLimits,
): Promise<LoadResult> {
  end.throwIfReached();
  const stop = abortController();
  let refuse: (error: Error) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  // When the source answers first, nobody waits for this one any more.
  stopped.catch(() => undefined);
  const giveUp = (error: Error): void => {
    // Before the source hears of it: what it makes of its abort must not come first.
    refuse(error);
    stop.abort(error);
  };
  const unlisten = end.add(giveUp);
  // A source that waits without a handle of its own must not let the process end in silence.
  const cancelTimer = clock.after(
    timeout,
    () => {
      giveUp(timedOut(name, timeout));
    },
    { keepAlive: true },
  );
  try {
    return await Promise.race([Promise.resolve(source.load({ ...context, signal: stop.signal })), stopped]);
  } finally {
    unlisten();
    cancelTimer();
  }
}

function timedOut(name: string, timeout: number): ConfigError {
  return new ConfigError({
    code: 'source-timeout',
    category: 'source',
    message: `${name} did not answer within ${String(timeout)} ms.`,
    recovery: 'Check that it can be reached, or give it longer with the option timeout.',
  });
}
