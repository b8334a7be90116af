import type { BigIntStats } from 'node:fs';
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { systemCode } from '../../core/index.js';

/** What the operating system knows of a path without reading it. */
export interface PathStatus {
  /** Equal for as long as nothing has happened there, as far as the file system's clock can tell. */
  readonly text: string;
  /** Another one when the path was replaced, not written; empty where nothing is. */
  readonly inode: string;
  /** When it was last written, in milliseconds since 1970; `NaN` where nothing is. */
  readonly written: number;
  /** How many names it has. */
  readonly links: number;
}

/** Looks at a path, links followed. */
export async function statusOf(path: string): Promise<PathStatus> {
  try {
    return fromStats(await stat(path, { bigint: true }));
  } catch (error) {
    return { text: `!${systemCode(error)}`, inode: '', written: Number.NaN, links: 0 };
  }
}

/** The text of a path's status, at once; `undefined` where nothing is. */
export function glanceAt(path: string): string | undefined {
  try {
    return textOf(statSync(path, { bigint: true }));
  } catch {
    // The look that follows finds out what is the matter.
    return undefined;
  }
}

/** Names a file, whatever its name. */
export function inodeOf({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string {
  return `${String(dev)}:${String(ino)}`;
}

function fromStats(stats: BigIntStats): PathStatus {
  const written = Number(stats.mtimeNs / 1_000_000n);
  return { text: textOf(stats), inode: inodeOf(stats), written, links: Number(stats.nlink) };
}

function textOf(stats: BigIntStats): string {
  const { size, mtimeNs, ctimeNs } = stats;
  return [inodeOf(stats), size, mtimeNs, ctimeNs].join(':');
}
