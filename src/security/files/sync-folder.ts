import { open } from 'node:fs/promises';

/** Puts the names in a folder onto the disk: without it a machine that loses power may forget that a file is there. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows can neither open nor sync a folder.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
