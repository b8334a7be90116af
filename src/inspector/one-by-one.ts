/** More work waits than may. */
export class Busy extends Error {}

/** Does what costs much one at a time, and refuses it where too much waits already. */
export class OneByOne {
  readonly #most: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  public constructor(most: number) {
    this.#most = most;
  }

  /** @throws Busy */
  public async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#most) throw new Busy();
    this.#waiting++;
    const done = this.#last.then(work).finally(() => {
      this.#waiting--;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
