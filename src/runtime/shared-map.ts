/** A power of two, near the root of a few thousand. */
const CHUNK_BITS = 6;
const CHUNK = 1 << CHUNK_BITS;

type Chunks<Value> = readonly (readonly (Value | undefined)[])[];

/**
 * A map that never changes, made to be followed by one that differs at a few keys: the two share everything else. To copy
 * an object of thousands of keys takes longer than all the rest of a reload. A key without a value is as good as absent.
 */
export class SharedMap<Value> {
  /** Where the value of a key lies; shared by all maps that have been made from one another without a new key. */
  readonly #places: ReadonlyMap<string, number>;
  /** The keys by their places. */
  readonly #keys: readonly string[];
  readonly #chunks: Chunks<Value>;

  private constructor(places: ReadonlyMap<string, number>, keys: readonly string[], chunks: Chunks<Value>) {
    this.#places = places;
    this.#keys = keys;
    this.#chunks = chunks;
  }

  public static of<Value>(entries: Iterable<readonly [string, Value]>): SharedMap<Value> {
    const places = new Map<string, number>();
    const chunks: (Value | undefined)[][] = [];
    for (const [key, value] of entries) {
      let place = places.get(key);
      if (place === undefined) places.set(key, (place = places.size));
      (chunks[place >> CHUNK_BITS] ??= [])[place & (CHUNK - 1)] = value;
    }
    return new SharedMap(places, [...places.keys()], chunks);
  }

  public get(key: string): Value | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#at(place);
  }

  /** The map with other values at some keys, `undefined` for none; itself when there is nothing else about them. */
  public with(values: ReadonlyMap<string, Value | undefined>): SharedMap<Value> {
    let chunks: (readonly (Value | undefined)[])[] | undefined;
    const copied = new Map<number, (Value | undefined)[]>();
    for (const [key, value] of values) {
      const place = this.#places.get(key);
      if (place === undefined && value !== undefined) return this.#rebuilt(values);
      if (place === undefined || this.#at(place) === value) continue;
      chunks ??= [...this.#chunks];
      const at = place >> CHUNK_BITS;
      let chunk = copied.get(at);
      if (chunk === undefined) copied.set(at, (chunk = [...(chunks[at] ?? [])]));
      chunk[place & (CHUNK - 1)] = value;
      chunks[at] = chunk;
    }
    return chunks === undefined ? this : new SharedMap(this.#places, this.#keys, chunks);
  }

  /** The keys at which two maps have another value. */
  public differing(other: SharedMap<Value>): readonly string[] {
    if (this.#places !== other.#places) {
      return [...new Set([...this.#keys, ...other.#keys])].filter((key) => this.get(key) !== other.get(key));
    }
    const keys: string[] = [];
    for (let at = 0; at < this.#chunks.length; at++) {
      if (this.#chunks[at] === other.#chunks[at]) continue;
      const first = at << CHUNK_BITS;
      for (let place = first; place < first + CHUNK; place++) {
        const key = this.#keys[place];
        if (key !== undefined && this.#at(place) !== other.#at(place)) keys.push(key);
      }
    }
    return keys;
  }

  /** All that has a value. */
  public *[Symbol.iterator](): IterableIterator<readonly [string, Value]> {
    for (const [key, place] of this.#places) {
      const value = this.#at(place);
      if (value !== undefined) yield [key, value];
    }
  }

  #at(place: number): Value | undefined {
    return this.#chunks[place >> CHUNK_BITS]?.[place & (CHUNK - 1)];
  }

  #rebuilt(values: ReadonlyMap<string, Value | undefined>): SharedMap<Value> {
    const entries = new Map<string, Value | undefined>([...this, ...values]);
    return SharedMap.of([...entries].filter((entry): entry is [string, Value] => entry[1] !== undefined));
  }
}
