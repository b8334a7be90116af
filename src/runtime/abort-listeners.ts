/**
 * Any number of listeners to one signal, to which only a single one is added: for each that is added, a signal looks
 * through all that it has, which costs thousands of sources the square of their number.
 */
export class AbortListeners {
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();

  public constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#tellAll, { once: true });
  }

  /** Calls back when the signal is aborted, unless the listener has been removed by then. */
  public add(listener: () => void): void {
    this.#listeners.add(listener);
  }

  public remove(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Listens to the signal no longer. */
  public close(): void {
    this.#signal.removeEventListener('abort', this.#tellAll);
  }

  readonly #tellAll = (): void => {
    for (const listener of this.#listeners) listener();
  };
}
