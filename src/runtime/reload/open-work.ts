/** What is under way and is to end before the service does, each by the name that is told when it does not. */
export class OpenWork {
  readonly #open = new Map<Promise<void>, string>();

  /** What has not ended yet, in the order in which it began. */
  public get names(): readonly string[] {
    return [...this.#open.values()];
  }

  /** How the work ends is no matter here. */
  public add(name: string, work: Promise<unknown>): void {
    const ended = work
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.#open.delete(ended));
    this.#open.set(ended, name);
  }

  /** Resolves when all of it has ended. */
  public async settled(): Promise<void> {
    await Promise.all(this.#open.keys());
  }
}
