import { onAbort } from './abort.js';

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
  /**
   * Calls back once after so many milliseconds, which may be more than the 24.8 days of a `setTimeout`; the answer cancels
   * it. Keeps the process alive only on request.
   */
  after(milliseconds: number, callback: () => void, options?: WaitOptions): () => void;
}

/** The machine's own time. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => {
    // At its first use `performance` loads a module that costs a small service more than its settings.
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1_000 + nanoseconds / 1e6;
  },
  after: (milliseconds: number, callback: () => void, { keepAlive = false }: WaitOptions = {}) => {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      timer = setTimeout(
        () => {
          if (left > LONGEST_TIMEOUT) wait(left - LONGEST_TIMEOUT);
          else callback();
        },
        Math.min(left, LONGEST_TIMEOUT),
      );
      if (!keepAlive) timer.unref();
    };
    wait(milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
});

/** What is longer than this, 24.8 days, Node makes one millisecond of. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * A clock whose own failures stop nothing else: while it throws, time does not advance, and waits use the machine's clock.
 * The first failure is reported.
 */
export function guardClock(clock: Clock, failed: (error: unknown) => void): Clock {
  if (clock === systemClock) return clock;
  let isTold = false;
  const attempt = <T>(read: () => T, instead: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (!isTold) {
        isTold = true;
        failed(error);
      }
      return instead();
    }
  };
  let now = systemClock.now();
  let monotonic = 0;
  return Object.freeze({
    now: () =>
      (now = attempt(
        () => clock.now(),
        () => now,
      )),
    monotonic: () =>
      (monotonic = attempt(
        () => clock.monotonic(),
        () => monotonic,
      )),
    after: (milliseconds: number, callback: () => void, options?: WaitOptions) =>
      attempt(
        () => clock.after(milliseconds, callback, options),
        () => systemClock.after(milliseconds, callback, options),
      ),
  });
}

/** Waits so many milliseconds, or until the signal aborts. */
export async function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || milliseconds <= 0) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      cancel();
      stop();
      resolve();
    };
    const cancel = clock.after(milliseconds, end);
    const stop = onAbort(signal, end);
  });
}

/** Whether work ends in time. The caller waits for that, so the process does not end before. */
export async function endsWithin(clock: Clock, milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let cancel: () => void = () => undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    cancel = clock.after(milliseconds, resolve.bind(undefined, LATE), { keepAlive: true });
  });
  try {
    return (await Promise.race([work, late])) !== LATE;
  } finally {
    cancel();
  }
}

const LATE = Symbol('the time is up');
