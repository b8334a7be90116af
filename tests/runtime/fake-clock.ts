import type { Clock } from '../../src/core/index.js';

/** Time that moves when a test says so. */
export class FakeClock implements Clock {
  #time = 0;
  readonly #timers = new Map<() => void, number>();

  now(): number {
    return 1_700_000_000_000 + this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = (): void => {
      callback();
    };
    this.#timers.set(timer, this.#time + milliseconds);
    return () => this.#timers.delete(timer);
  }

  /** How many timers have neither fired nor been cancelled. */
  get waiting(): number {
    return this.#timers.size;
  }

  advance(milliseconds: number): void {
    this.#time += milliseconds;
    for (const [timer, due] of this.#timers) {
      if (due > this.#time) continue;
      this.#timers.delete(timer);
      timer();
    }
  }
}
