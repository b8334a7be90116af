import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

export interface WholeFile {
  readonly bytes: Buffer;
  readonly stats: BigIntStats;
}

const READ_BYTES = 4 * 1024 * 1024;

/** Reads a regular file, or says in half a sentence why not. Throws the system's errors. */
export async function readWhole(path: string, maxBytes: number): Promise<WholeFile | string> {
  // Without blocking: a pipe would keep the program waiting.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) return 'it is not a regular file';
    if (stats.size > BigInt(maxBytes)) return `it is larger than ${String(maxBytes)} bytes`;
    const bytes = Buffer.allocUnsafeSlow(Number(stats.size));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, Math.min(READ_BYTES, bytes.length - filled), filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return { bytes: bytes.subarray(0, filled), stats };
  } finally {
    await file.close();
  }
}
