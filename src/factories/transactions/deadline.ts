import { abortController, type Clock } from '../../core/index.js';

/** The deadline of a run. Made for every transaction: its signal is made only on first use. */
export class Deadline {
  readonly #passed: Promise<never>;
  readonly #cancel: () => void;
  readonly #isDue: () => boolean;
  readonly #expire: () => Error;
  #reason: Error | undefined;
  #control: AbortController | undefined;
  #pass: (() => void) | undefined;

  /** @param reason what is thrown when it has passed */
  public constructor(clock: Clock, timeout: number, reason: () => Error) {
    let reject: (error: Error) => void = () => undefined;
    this.#passed = new Promise((_, refuse) => (reject = refuse));
    // Without a waiting caller the rejection is ignored.
    this.#passed.catch(() => undefined);
    const due = clock.monotonic() + timeout;
    this.#isDue = () => clock.monotonic() >= due;
    this.#expire = () => {
      if (this.#reason !== undefined) return this.#reason;
      this.#reason = reason();
      // First, so that a waiting caller gets this error, and not a consequence.
      reject(this.#reason);
      this.#control?.abort(this.#reason);
      this.#pass?.();
      return this.#reason;
    };
    this.#cancel = clock.after(timeout, this.#expire);
  }

  public get isOver(): boolean {
    return this.#reason !== undefined;
  }

  /** Aborts when it passes. */
  public get signal(): AbortSignal {
    if (this.#control === undefined) {
      this.#control = abortController();
      if (this.#reason !== undefined) this.#control.abort(this.#reason);
    }
    return this.#control.signal;
  }

  /** What is to be done when it passes, in place of what was before. */
  public set onPass(act: () => void) {
    this.#pass = act;
  }

  /** What is waited for, until it passes. */
  public async before<T>(work: Promise<T>, late?: (result: T) => void): Promise<T> {
    try {
      return await Promise.race([work, this.#passed]);
    } catch (error) {
      // The database gives up at the same time, and a busy process may hear that before its own timer.
      const reason = this.isOver || this.#isDue() ? this.#expire() : error;
      if (this.isOver) work.then(late).catch(() => undefined);
      throw reason;
    }
  }

  public cancel(): void {
    this.#cancel();
  }
}
