import { utimes, writeFile } from 'node:fs/promises';

const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/** Writes a file that has been as it is for long: a first load waits for none that may still be being written. */
export async function writeStillFile(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content);
  await utimes(path, LONG_AGO, LONG_AGO);
}
