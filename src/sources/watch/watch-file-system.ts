import { readFile, realpath } from 'node:fs/promises';

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
