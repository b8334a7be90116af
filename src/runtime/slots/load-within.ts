import type { Clock, ConfigSource, LoadContext, LoadResult } from '../../core/index.js';
import { abortController, ConfigError } from '../../core/index.js';

/**
 * The end of all reads of a list of sources. Not a signal: to one, each listener is compared with all before it, which
 * costs thousands of sources the square of their number.
 */
export class EndOfReads {
  readonly #listeners = new Set<(reason: Error) => void>();
  #reason: (() => Error) | undefined;

  public get isReached(): boolean {
    return this.#reason !== undefined;
  }

  /** @throws the reason once it has been reached. */
  public throwIfReached(): void {
    if (this.#reason !== undefined) throw this.#reason();
  }

  /** Calls back when it is reached; the answer takes the listener away. */
  public add(listener: (reason: Error) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Ends every read. Only the first reason counts; it becomes the error of those that still wait. */
  public reach(reason: () => Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason());
    this.#listeners.clear();
  }
}

export interface ReadLimits {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeout: number;
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
  context: Omit<LoadContext, 'signal' | 'waitsFor'>,
  { clock, timeout, end }: ReadLimits,
): Promise<LoadResult> {
  end.throwIfReached();
  const stop = abortController();
  let waitsFor: string | undefined;
  const noted: LoadContext = {
    ...context,
    signal: stop.signal,
    waitsFor: (what: string) => {
      waitsFor = what;
    },
  };
  let leave = (): void => undefined;
  try {
    return await new Promise((resolve, reject) => {
      const giveUp = (error: Error): void => {
        // Before the source is aborted: its own error must not come first.
        reject(error);
        stop.abort(error);
      };
      const unlisten = end.add(giveUp);
      const late = (): void => {
        giveUp(timedOut(name, timeout, waitsFor));
      };
      // A source that waits without a handle of its own must not let the process end in silence.
      const cancelTimer = clock.after(timeout, late, { keepAlive: true });
      leave = () => {
        unlisten();
        cancelTimer();
      };
      Promise.resolve(source.load(noted)).then(resolve, reject);
    });
  } finally {
    leave();
  }
}

function timedOut(name: string, timeout: number, waitsFor: string | undefined): ConfigError {
  if (waitsFor !== undefined) {
    return new ConfigError({
      code: 'source-timeout',
      message: `${name} did not answer within ${String(timeout)} ms: it was waiting for ${waitsFor}.`,
      recovery: 'Find what writes it all the time, or lower the option reload.settle.',
    });
  }
  return new ConfigError({
    code: 'source-timeout',
    message: `${name} did not answer within ${String(timeout)} ms.`,
    recovery: 'Check that it can be reached, or give it longer with the option timeout.',
  });
}
