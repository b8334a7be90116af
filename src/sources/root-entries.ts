import type { ConfigMap } from '../core/index.js';
import { differenceOf } from './text-difference.js';

/** Where one entry of the root stands in a text. */
export interface RootEntry {
  readonly key: string;
  /** The part of the text that says by itself what the entry holds. */
  readonly start: number;
  readonly end: number;
  /** Where that begins in it which may change without the key becoming another one. */
  readonly from: number;
}

/** Where the entries at the root of a text stand, in their order. */
export class RootEntries {
  readonly #entries: readonly RootEntry[];

  public constructor(entries: readonly RootEntry[]) {
    this.#entries = entries;
  }

  /** The entry that holds all that lies between two offsets, and more than its key. */
  public around(start: number, end: number): RootEntry | undefined {
    const entry = this.#entries[lastFromOrBefore(this.#entries, start)];
    return entry !== undefined && end <= entry.end ? entry : undefined;
  }

  /** The same after one of them has become longer, or shorter by a negative number. */
  public grown(entry: RootEntry, by: number): RootEntries {
    if (by === 0) return this;
    const place = this.#entries.indexOf(entry);
    return new RootEntries(
      this.#entries.map((each, index) => {
        if (index < place) return each;
        const { key, start, end, from } = each;
        const moved = index === place ? 0 : by;
        return { key, start: start + moved, end: end + by, from: from + moved };
      }),
    );
  }
}

/** A text that has been read, and is known to hold a map. */
export interface ReadText {
  readonly text: string;
  readonly root: ConfigMap;
  readonly entries: RootEntries;
}

/** What a text holds in which one entry of the root is another than before, and that entry. */
export interface ReadAgain {
  readonly root: ConfigMap;
  readonly entries: () => RootEntries;
}

/**
 * Reads a text that differs from one that has been read only inside an entry of its root: it is well formed when the
 * entry is, and holds the same but for that entry. `undefined` for one that differs elsewhere, or is not well formed.
 *
 * @param valueOf what the part of the text for an entry holds; `undefined` when that does not tell
 */
export function readAgain(
  { text: before, root, entries }: ReadText,
  text: string,
  valueOf: (part: string, entry: RootEntry) => { readonly value: unknown } | undefined,
): ReadAgain | undefined {
  const { start, endBefore, endAfter } = differenceOf(before, text);
  const entry = entries.around(start, endBefore);
  if (entry === undefined) return undefined;
  const longer = endAfter - endBefore;
  const found = valueOf(text.slice(entry.start, entry.end + longer), entry);
  if (found === undefined) return undefined;
  return {
    root: { ...root, [entry.key]: found.value },
    entries: () => entries.grown(entry, longer),
  };
}

function lastFromOrBefore(entries: readonly RootEntry[], offset: number): number {
  let [low, high] = [-1, entries.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((entries[middle]?.from ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
