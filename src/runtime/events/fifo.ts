interface Link<T> {
  readonly item: T;
  next: Link<T> | undefined;
}

/** First in, first out, at a cost that does not depend on how many wait. */
export class Fifo<T extends object> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #size = 0;

  public get size(): number {
    return this.#size;
  }

  public push(item: T): void {
    const link: Link<T> = { item, next: undefined };
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    this.#size += 1;
  }

  public shift(): T | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    this.#first = first.next;
    if (first.next === undefined) this.#last = undefined;
    this.#size -= 1;
    return first.item;
  }

  /** Empties it; the answer is how many waited. */
  public clear(): number {
    const dropped = this.#size;
    this.#first = this.#last = undefined;
    this.#size = 0;
    return dropped;
  }
}
