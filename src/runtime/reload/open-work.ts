/** What is under way and is to end before the service does, each by the name that is told when it does not. */
export class OpenWork {
  readonly #open = new Map<Promise<void>, string | (() => string)>();

  /** What has not ended yet, in the order in which it began. */
  public get names(): readonly string[] {
    return [...this.#open.values()].map((name) => (typeof name === 'string' ? name : name()));
  }

  /** How the work ends is no matter here. A function is asked for the name when it is told. */
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
