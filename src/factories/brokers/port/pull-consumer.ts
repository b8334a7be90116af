import { abortController, pause, type Clock } from '../../../core/index.js';
import type { LinkConsumer } from './broker-link.js';

export interface PullTerms<M> {
  readonly maxInFlight: number;
  readonly fetch: (count: number, take: (message: M) => void, signal: AbortSignal) => Promise<void>;
  /** Handles one, and settles it. Never rejects. */
  readonly handle: (message: M) => Promise<void>;
  /** Called every so many milliseconds, so that the broker gives what is being handled to nobody else. */
  readonly keep: (running: readonly M[]) => void;
  readonly keepEvery: number;
  /** Whether what `fetch` threw ends the consumer; otherwise it is called again after a pause, in milliseconds. */
  readonly isEnd: (error: unknown) => boolean;
  readonly pause: number;
  readonly lost: (error: unknown) => void;
  readonly interrupt?: () => void;
  readonly stopped: () => Promise<void>;
  readonly clock: Clock;
}

/** A consumer of a broker that is asked for messages: for as many as may be handled at a time, less those that are. */
export function pullConsumer<M>(terms: PullTerms<M>): LinkConsumer {
  const { fetch, handle, keep, keepEvery, clock } = terms;
  const running = new Map<M, Promise<void>>();
  const stopping = abortController();
  let { maxInFlight } = terms;
  let wake: () => void = () => undefined;
  let cancel: () => void = () => undefined;
  const beat = (): void => {
    if (running.size > 0) keep([...running.keys()]);
    cancel = clock.after(keepEvery, beat);
  };
  const take = (message: M): void => {
    const handled = handle(message).then(() => {
      running.delete(message);
    });
    running.set(message, handled);
  };
  const read = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const free = maxInFlight - running.size;
      if (free <= 0) {
        const isLarger = new Promise<void>((resolve) => (wake = resolve));
        await Promise.race([isLarger, ...running.values()]);
        continue;
      }
      try {
        await fetch(free, take, stopping.signal);
      } catch (error) {
        if (terms.isEnd(error)) {
          terms.lost(error);
          return;
        }
        await pause(clock, terms.pause, stopping.signal);
      }
    }
  };
  cancel = clock.after(keepEvery, beat);
  const reading = read();
  return {
    resize: (count) => {
      maxInFlight = count;
      wake();
    },
    stop: async () => {
      stopping.abort();
      terms.interrupt?.();
      await reading;
      await Promise.all(running.values());
      cancel();
      await terms.stopped();
    },
  };
}
