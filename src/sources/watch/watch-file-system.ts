import { readFile, realpath, statfs } from 'node:fs/promises';

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

/**
 * Whether a path is mounted by itself, as Docker mounts single files: what changes it elsewhere is not told to the folder
 * that it seems to lie in.
 */
export async function isMountPoint(path: string): Promise<boolean> {
  try {
    const [real, points] = await Promise.all([realpath(path), mountPoints()]);
    return points.has(real);
  } catch {
    return false;
  }
}

let asked: Promise<ReadonlySet<string>> | undefined;

/** All calls at one time share one answer. */
async function mountPoints(): Promise<ReadonlySet<string>> {
  asked ??= readMountPoints().finally(() => (asked = undefined));
  return asked;
}

async function readMountPoints(): Promise<ReadonlySet<string>> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return new Set(lines.map((line) => unescaped(line.split(' ')[4] ?? '')));
}

/** Blanks and the like are written as octal numbers. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));
}
