import type { ConfigPath } from '../../core/index.js';

/** A part of a text, in UTF-16 code units from its start, without its end. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Where one value of a file starts, and where the values inside it do. */
export interface PositionNode {
  /** In UTF-16 code units from the start of the file. */
  readonly offset: number;
  /** Behind its last character; absent where it is not written in one piece, such as a table of TOML. */
  readonly end?: number;
  /** Where its key is written: of a table of TOML in each header and each dotted key. */
  readonly keys?: readonly TextSpan[];
  /** The lines of TOML that begin with it, headers and pairs; absent inside of an inline table and in other formats. */
  readonly statements?: readonly TextSpan[];
  /** The position of the value's key; absent for items of lists, and for the root. */
  readonly keyOffset?: number;
  /** By key, a list's items by decimal index; absent for a single value. */
  readonly children?: ReadonlyMap<string, PositionNode>;
}

/** A one-based place, columns counted in UTF-16 code units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The position of a path, or of the nearest ancestor that the text spells out. */
export function nearestPosition(root: PositionNode, path: ConfigPath): PositionNode {
  let node = root;
  for (const key of path) {
    const child = node.children?.get(key);
    if (child === undefined) break;
    node = child;
  }
  return node;
}

/** Where each line of the text starts; lines end with LF, CRLF or CR. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
    return starts;
  }
  for (const { index, 0: ending } of text.matchAll(/\r\n?|\n/g)) starts.push(index + ending.length);
  return starts;
}

/** The line and column of an offset. */
export function placeOf(starts: readonly number[], offset: number): Place {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
