import type { Clock } from '../core/index.js';

/** Longer than any case of the contract takes on a busy machine. */
const PATIENCE_MILLISECONDS = 120_000;
/** How far time moves at once while nothing is being read: a poll of a minute must not take one. */
const STRIDE_MILLISECONDS = 250;
/** While something is being read: a read must not be given up only because the machine is busy. */
const STEP_MILLISECONDS = 4;

export class ContractClock implements Clock {
  readonly #timers = new Map<() => void, number>();
  readonly #start = Date.now();
  #time = 0;
  #reading = 0;

  public now(): number {
    return this.#start + this.#time;
  }

  public monotonic(): number {
    return this.#time;
  }

  public after(milliseconds: number, callback: () => void): () => void {
    const timer = (): void => {
      callback();
    };
    this.#timers.set(timer, this.#time + milliseconds);
    return () => this.#timers.delete(timer);
  }

  /** How many timers have neither fired nor been cancelled. */
  public get waiting(): number {
    return this.#timers.size;
  }

  /** Reads, and lets time pass slowly meanwhile. */
  public async during<Result>(read: () => Promise<Result>): Promise<Result> {
    this.#reading++;
    try {
      return await read();
    } finally {
      this.#reading--;
    }
  }

  /** Lets time pass until something is so. Throws Error saying what never came to be. */
  public async until(what: string, isSo: () => boolean): Promise<void> {
    const started = performance.now();
    while (!isSo()) {
      if (performance.now() - started > PATIENCE_MILLISECONDS) throw new Error(`It was not seen that ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.#advance(this.#reading > 0 ? STEP_MILLISECONDS : STRIDE_MILLISECONDS);
    }
  }

  /** Lets time pass until the work is done. */
  public async through<Result>(what: string, work: Promise<Result>): Promise<Result> {
    let done = false;
    const over = work.finally(() => (done = true));
    over.catch(() => undefined);
    await this.until(what, () => done);
    return over;
  }

  #advance(milliseconds: number): void {
    this.#time += milliseconds;
    for (const [timer, due] of this.#timers) {
      if (due > this.#time) continue;
      this.#timers.delete(timer);
      timer();
    }
  }
}
