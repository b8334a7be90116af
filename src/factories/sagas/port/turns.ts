/** Lets so many go on at a time, by name; the others wait in their order. */
export class Turns {
  readonly #running = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #limit: (name: string) => number;

  /** @param limit as it is now */
  public constructor(limit: (name: string) => number) {
    this.#limit = limit;
  }

  public get running(): number {
    return [...this.#running.values()].reduce((sum, count) => sum + count, 0);
  }

  public get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Resolves when it is one's turn. */
  public async take(name: string): Promise<void> {
    const queue = this.#waiting.get(name) ?? [];
    this.#waiting.set(name, queue);
    const turn = new Promise<void>((resolve) => queue.push(resolve));
    this.#next(name);
    await turn;
  }

  public give(name: string): void {
    this.#running.set(name, (this.#running.get(name) ?? 0) - 1);
    this.#next(name);
  }

  public adjust(): void {
    for (const name of this.#waiting.keys()) this.#next(name);
  }

  #next(name: string): void {
    const queue = this.#waiting.get(name) ?? [];
    while (queue.length > 0 && (this.#running.get(name) ?? 0) < this.#limit(name)) {
      this.#running.set(name, (this.#running.get(name) ?? 0) + 1);
      queue.shift()?.();
    }
  }
}
