import type { HttpClock } from './http-client.js';

const WINDOW = 60_000;

/** Reports what may happen thousands of times: the first at once, and those of each minute after it as one count. */
export class Tally<T> {
  readonly #clock: HttpClock;
  readonly #report: (count: number, first: T | undefined) => void;
  #count = 0;
  #cancel: (() => void) | undefined;

  /** @param report called with 1 and what was noted, or with how many more there were */
  public constructor(clock: HttpClock, report: (count: number, first: T | undefined) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  public note(one: T): void {
    if (this.#cancel !== undefined) {
      this.#count++;
      return;
    }
    this.#wait();
    this.#report(1, one);
  }

  /** Reports what has been counted so far. */
  public close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const count = this.#count;
    this.#count = 0;
    if (count > 0) this.#report(count, undefined);
  }

  #wait(): void {
    this.#cancel = this.#clock.after(WINDOW, () => {
      const isQuiet = this.#count === 0;
      this.close();
      if (!isQuiet) this.#wait();
    });
  }
}
