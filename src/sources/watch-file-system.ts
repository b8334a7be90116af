import { statfs } from 'node:fs/promises';

// ext, xfs, btrfs, tmpfs, overlay, zfs, f2fs, ramfs: every change goes through this machine's kernel.
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010, 0x858458f6,
]);

/**
 * Whether the operating system tells of every change in a folder. On a network or user-space file system it does not
 * tell of what others do; where it cannot be known, no is the safe answer.
 */
export async function tellsAllChanges(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    return LOCAL_TYPES.has((await statfs(folder)).type);
  } catch {
    return false;
  }
}
