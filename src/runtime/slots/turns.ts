import { systemClock } from '../../core/index.js';

/** After so many milliseconds of work others get their turn. */
const SLICE = 2;

/** How many wait for the next turn of the event loop: they share its slice, because nothing else comes between them. */
let waiting = 0;

/** Yields between many small pieces of work: awaiting only settled promises never lets other work run. */
export class Turns {
  /** When its part of this turn is over. */
  #ends: number | undefined;
  #next: Promise<void> | undefined;

  /** To be awaited before a piece of work. */
  public async share(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const now = systemClock.monotonic();
    this.#ends ??= this.#begin(now, SLICE / (waiting + 1));
    return now < this.#ends ? undefined : this.next();
  }

  /** To be awaited before work that must not be part of what goes on now. */
  public async next(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    waiting++;
    return (this.#next = new Promise((resolve) => {
      setImmediate(() => {
        this.#next = undefined;
        this.#ends = this.#begin(systemClock.monotonic(), SLICE / waiting--);
        resolve();
      });
    }));
  }

  /**
   * Does a piece of work for each of many.
   *
   * @param atATime so many before the time is looked at: that costs as much as a small piece
   */
  public async each<Item>(items: Iterable<Item>, atATime: number, work: (item: Item) => void): Promise<void> {
    let count = 0;
    for (const item of items) {
      if (++count % atATime === 0) await this.share();
      work(item);
    }
  }

  /** What is left over of a turn that ended by itself counts for no other one. */
  #begin(now: number, length: number): number {
    const ends = now + length;
    setImmediate(() => {
      if (this.#ends === ends) this.#ends = undefined;
    });
    return ends;
  }
}
