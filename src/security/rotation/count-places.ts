import type { Pace } from './pace.js';

export interface TextPlace {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

const WINDOW = 512 * 1024;

/** The places of rising offsets in a text of bytes: one pass through them, resting now and then. */
export async function countPlaces(
  bytes: Buffer,
  offsets: readonly number[],
  pace: Pace,
): Promise<readonly TextPlace[]> {
  const places: TextPlace[] = [];
  let [line, column] = [1, 1];
  // Editors do not show a byte order mark.
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (const offset of offsets) {
    while (at < offset) {
      const edge = Math.min(at + WINDOW, offset);
      for (; at < edge; at++) {
        const byte = bytes[at] ?? 0;
        if (byte === 0x0a) [line, column] = [line + 1, 1];
        else column += unitsOf(byte);
      }
      if (pace.step()) await pace.rest();
    }
    places.push({ line, column });
  }
  return places;
}

/** By the first byte of a character; the bytes that follow it add nothing. */
function unitsOf(byte: number): number {
  if ((byte & 0xc0) === 0x80) return 0;
  return byte >= 0xf0 ? 2 : 1;
}
