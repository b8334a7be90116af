/**
 * The end of all reads of a list of sources. Not a signal: to one, each listener is compared with all before it, which
 * costs thousands of sources the square of their number.
 */
export class EndOfReads {
  readonly #listeners = new Set<(reason: Error) => void>();
  #reason: Error | undefined;

  /** Why it has been reached; `undefined` while it has not. */
  public get reason(): Error | undefined {
    return this.#reason;
  }

  /** @throws the reason once it has been reached. */
  public throwIfReached(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /** Calls back when it is reached; the answer takes the listener away. */
  public add(listener: (reason: Error) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Ends every read. Only the first reason counts. */
  public reach(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason);
    this.#listeners.clear();
  }
}
