import { readdir } from 'node:fs/promises';
import type { NoteRead, ReadTarget } from './read-record.js';
import { listingOf, noteRead } from './read-record.js';

/**
 * The names in a folder, noted for the watcher.
 *
 * @throws the operating system's error, which only the caller can word.
 */
export async function readFolder(target: ReadTarget, note: NoteRead): Promise<readonly string[]> {
  return noteRead(
    note,
    target,
    () => readdir(target.path),
    (names) => listingOf(names, target.matters),
  );
}
