import { systemClock } from '../../core/index.js';

/** After so many milliseconds of work others get their turn. */
const SLICE = 3;

/** Yields between many small pieces of work: awaiting only settled promises never lets other work run. */
export class Turns {
  #began = -Infinity;
  #next: Promise<void> | undefined;

  /** To be awaited before a piece of work. */
  public async share(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const now = systemClock.monotonic();
    if (this.#began === -Infinity) this.#begin(now);
    return now - this.#began < SLICE ? undefined : this.next();
  }

  /** To be awaited before work that must not be part of what goes on now. */
  public async next(): Promise<void> {
    this.#next ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#next = undefined;
        this.#began = -Infinity;
        resolve();
      });
    });
    return this.#next;
  }

  /** What is left over of a turn that ended by itself counts for no other one. */
  #begin(now: number): void {
    this.#began = now;
    setImmediate(() => {
      if (this.#began === now) this.#began = -Infinity;
    });
  }
}
