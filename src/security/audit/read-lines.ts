import { createReadStream } from 'node:fs';

/** A line of a file, without its end. */
export interface Line {
  readonly bytes: Buffer;
  /** False for what is after the last line end. */
  readonly isWhole: boolean;
}

// No event is longer; more is not kept, so that a file without line ends does not fill the memory.
const LONGEST = 1024 * 1024;

/** The lines of a file from a byte on as they are read, several at a time. Throws the system's errors. */
export async function* readLines(path: string, from = 0): AsyncGenerator<readonly Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { start: from, highWaterMark: 256 * 1024 })) {
    // Without an encoding a stream of a file gives buffers.
    let bytes = chunk as Buffer;
    if (rest.length > 0) bytes = Buffer.concat([rest, bytes]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      lines.push({ bytes: bytes.subarray(start, end), isWhole: true });
      start = end + 1;
    }
    rest = bytes.subarray(start, start + LONGEST);
    yield lines;
  }
  if (rest.length > 0) yield [{ bytes: rest, isWhole: false }];
}
