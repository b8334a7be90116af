/** Work that is to end before the service does, each by the name that is logged when it does not. */
export class OpenWork {
  readonly #open = new Map<Promise<void>, string | (() => string)>();

  public get names(): readonly string[] {
    return [...this.#open.values()].map((name) => (typeof name === 'string' ? name : name()));
  }

  /** The result of the work does not matter here. A function for the name is called only when it is logged. */
  public add(name: string | (() => string), work: Promise<unknown>): void {
    const ended = work
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.#open.delete(ended));
    this.#open.set(ended, name);
  }

  /** Resolves when all of it has ended, what it begins meanwhile included. */
  public async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open.keys());
  }
}
