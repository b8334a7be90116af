import { FakeClock } from '../runtime/fake-clock.js';

/** Time that moves when a test says so, and that says when somebody waits. */
export class SteppedClock extends FakeClock {
  #asked: () => void = () => undefined;

  public override after(milliseconds: number, callback: () => void): () => void {
    const cancel = super.after(milliseconds, callback);
    this.#asked();
    return cancel;
  }

  /** Resolves when somebody waits, or as many as are named. */
  public async whenAsked(count = 1): Promise<void> {
    while (this.waiting < count) await new Promise<void>((resolve) => (this.#asked = resolve));
  }

  /** Moves on whenever somebody waits, until the work is done. */
  public async through<Result>(work: Promise<Result>, step = 500): Promise<Result> {
    let done = false;
    const over = work.finally(() => (done = true));
    over.catch(() => undefined);
    for (;;) {
      await Promise.race([this.whenAsked(), over.catch(() => undefined)]);
      // Changed while this waited.
      if (done as boolean) return over;
      // Lets the operating system be asked and answer.
      await new Promise(setImmediate);
      this.advance(step);
    }
  }
}
