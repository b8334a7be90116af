import { RootEntries, type RootEntry } from './root-entries.js';

/** Where the values at the root of a JSON text stand. The text has been read before and is known to be a map. */
export function jsonEntries(text: string): RootEntries {
  return new RootEntries(entriesOf(text));
}

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /[^ \t\r\n,}\]]*/y;
const MARK = /["{}[\]]/g;

// Mistakes need no thought here: a text that has any was never read.
function entriesOf(text: string): readonly RootEntry[] {
  const entries: RootEntry[] = [];
  let at = skip(SPACE, text, skip(SPACE, text, 0) + 1);
  while (text[at] === '"') {
    const keyEnd = endOfText(text, at);
    const start = skip(SPACE, text, skip(SPACE, text, keyEnd) + 1);
    const end = endOfValue(text, start);
    entries.push({ key: String(JSON.parse(text.slice(at, keyEnd))), start, end, from: start });
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
