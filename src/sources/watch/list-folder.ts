import { readdir } from 'node:fs/promises';
import { folderErrorFromSystem } from '../read/index.js';
import type { ReadTarget, Reading } from './reading.js';

/** The names in a folder that is watched, as one of a reading's reads. */
export async function listFolder(listing: ReadTarget, reading: Reading): Promise<readonly string[]> {
  try {
    return await reading.folder(
      listing,
      () => readdir(listing.path),
      (names) => names,
    );
  } catch (error) {
    throw folderErrorFromSystem(error, listing.path);
  }
}
