/** How {@link Clock.after} waits. */
export interface WaitOptions {
  /** True when the process must not end before the time is up or the wait is cancelled; `false` when absent. */
  readonly keepAlive?: boolean;
}

/** Time, injected so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970, for people and files. */
  now(): number;
  /** Milliseconds that never go back, for measuring. */
  monotonic(): number;
  /** Calls back once after so many milliseconds; the answer cancels it. Keeps the process alive only on request. */
  after(milliseconds: number, callback: () => void, options?: WaitOptions): () => void;
}

/** The machine's own time. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds: number, callback: () => void, { keepAlive = false }: WaitOptions = {}) => {
    const timer = setTimeout(callback, milliseconds);
    if (!keepAlive) timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
});
