import { type Clock, option } from '../core/index.js';
import type { Duration } from '../sections/index.js';

/** Time that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** How many timers have neither fired nor been cancelled. */
  readonly waiting: number;
  /**
   * Moves time, and fires the timers that come due, each at its time and in their order; those that they start count too.
   *
   * @throws TypeError for what is no duration.
   */
  advance(by: string | Duration): void;
}

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/**
 * A clock for tests of what waits, for the option `clock` of a load or a module: polls, retries and time limits happen when
 * the test says so. Subpath: `uno-config/testing`.
 *
 * @param start milliseconds since 1970; default: the beginning of 2026
 *
 * @example
 * ```ts
 * const clock = fakeClock();
 * clock.after(60_000, () => console.log('a minute later'));
 * clock.advance('1m');
 * ```
 */
export function fakeClock(start: number = Date.UTC(2026, 0, 1)): FakeClock {
  let time = 0;
  const timers = new Set<Timer>();
  const next = (until: number): Timer | undefined => {
    const due = [...timers].filter((timer) => timer.due <= until);
    return due.reduce<Timer | undefined>(
      (first, timer) => (first && first.due <= timer.due ? first : timer),
      undefined,
    );
  };
  return Object.freeze({
    now: () => start + time,
    monotonic: () => time,
    after: (milliseconds: number, callback: () => void) => {
      const timer = { due: time + milliseconds, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    get waiting() {
      return timers.size;
    },
    advance: (by: string | Duration) => {
      const until = time + option.span.read(by, 'advance: by');
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        time = Math.max(time, timer.due);
        timers.delete(timer);
        timer.callback();
      }
      time = until;
    },
  });
}
