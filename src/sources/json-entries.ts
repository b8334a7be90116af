/** Where the value of one entry of the root stands. */
export interface JsonEntry {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** Where the values at the root of a JSON text stand. The text has been read before and is known to be a map. */
export class JsonEntries {
  readonly #entries: readonly JsonEntry[];

  private constructor(entries: readonly JsonEntry[]) {
    this.#entries = entries;
  }

  public static of(text: string): JsonEntries {
    return new JsonEntries(entriesOf(text));
  }

  /** The entry whose value holds all that lies between two offsets. */
  public around(start: number, end: number): JsonEntry | undefined {
    const entry = this.#entries[lastAtOrBefore(this.#entries, start)];
    return entry !== undefined && end <= entry.end ? entry : undefined;
  }

  /** The same after the value of one of them has become longer, or shorter by a negative number. */
  public grown(entry: JsonEntry, by: number): JsonEntries {
    const place = this.#entries.indexOf(entry);
    return new JsonEntries(
      this.#entries.map((each, index) => {
        if (index < place || by === 0) return each;
        const { key, start, end } = each;
        return { key, start: index === place ? start : start + by, end: end + by };
      }),
    );
  }
}

function lastAtOrBefore(entries: readonly JsonEntry[], offset: number): number {
  let [low, high] = [-1, entries.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((entries[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /[^ \t\r\n,}\]]*/y;
const MARK = /["{}[\]]/g;

// Mistakes need no thought here: a text that has any was never read.
function entriesOf(text: string): readonly JsonEntry[] {
  const entries: JsonEntry[] = [];
  let at = skip(SPACE, text, skip(SPACE, text, 0) + 1);
  while (text[at] === '"') {
    const keyEnd = endOfText(text, at);
    const start = skip(SPACE, text, skip(SPACE, text, keyEnd) + 1);
    const end = endOfValue(text, start);
    entries.push({ key: String(JSON.parse(text.slice(at, keyEnd))), start, end });
    const next = skip(SPACE, text, end);
    at = text[next] === ',' ? skip(SPACE, text, next + 1) : text.length;
  }
  return entries;
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfText(text, start);
  if (first !== '{' && first !== '[') return skip(SCALAR, text, start);
  let depth = 0;
  MARK.lastIndex = start;
  for (let mark = MARK.exec(text); mark !== null; mark = MARK.exec(text)) {
    if (mark[0] === '"') {
      MARK.lastIndex = endOfText(text, mark.index);
      continue;
    }
    depth += mark[0] === '{' || mark[0] === '[' ? 1 : -1;
    if (depth === 0) return mark.index + 1;
  }
  return text.length;
}

// Behind the closing quote, which is the first one with an even number of backslashes before it.
function endOfText(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}
