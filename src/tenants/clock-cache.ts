/** What a {@link ClockCache} keeps. */
export interface Cached {
  /** Set when it is asked for; taken back when the hand passes. */
  isRecent: boolean;
  /** True while it must not be evicted. */
  readonly isHeld: boolean;
  /** How much room it takes, estimated. */
  readonly bytes: number;
}

/** How much a {@link ClockCache} keeps. */
export interface CacheLimit {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Keeps what was asked for lately. A hand goes round: what has been asked for since it passed stays, what has not goes.
 * To ask costs one assignment; a list in the order of use would cost forty times as much.
 */
export class ClockCache<Value extends Cached> {
  readonly #limit: CacheLimit;
  readonly #values = new Map<string, Value>();
  #hand: MapIterator<[string, Value]> | undefined;
  #bytes = 0;

  public constructor(limit: CacheLimit) {
    this.#limit = limit;
  }

  public get size(): number {
    return this.#values.size;
  }

  public get bytes(): number {
    return this.#bytes;
  }

  public values(): MapIterator<Value> {
    return this.#values.values();
  }

  public get(id: string): Value | undefined {
    const value = this.#values.get(id);
    if (value !== undefined) value.isRecent = true;
    return value;
  }

  /** The same, without counting as a use. */
  public peek(id: string): Value | undefined {
    return this.#values.get(id);
  }

  /** Adds a value, and takes out what there is no room for any more. */
  public add(id: string, value: Value): readonly Value[] {
    this.delete(id);
    value.isRecent = true;
    this.#values.set(id, value);
    this.#bytes += value.bytes;
    return this.sweep(value);
  }

  public delete(id: string): Value | undefined {
    const value = this.#values.get(id);
    if (value === undefined) return undefined;
    this.#values.delete(id);
    this.#bytes -= value.bytes;
    return value;
  }

  /** Measures again what has grown or shrunk. */
  public resize(grown: number): void {
    this.#bytes += grown;
  }

  /**
   * Evicts what exceeds the limit; more than the limit stays only where it is held.
   *
   * @param kept always stays: it was just added and is about to be used
   */
  public sweep(kept?: Value): readonly Value[] {
    const gone: Value[] = [];
    // Twice round: the first time may only take back what was asked for.
    for (let steps = 2 * this.#values.size; steps > 0 && this.#isFull; steps--) {
      const [id, value] = this.#next();
      if (value.isHeld || value === kept) continue;
      if (value.isRecent) value.isRecent = false;
      else {
        this.delete(id);
        gone.push(value);
      }
    }
    return gone;
  }

  get #isFull(): boolean {
    return this.#values.size > this.#limit.count || (this.#bytes > this.#limit.bytes && this.#values.size > 1);
  }

  #next(): [string, Value] {
    this.#hand ??= this.#values.entries();
    const step = this.#hand.next();
    if (step.done !== true) return step.value;
    this.#hand = undefined;
    return this.#next();
  }
}
