import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { systemCode } from '../../core/index.js';

/** Where the files of a log are: a folder of segments, or one file that only grows. */
export interface AuditFiles {
  readonly folder: string;
  /** What the log is called in errors. */
  readonly name: string;
  readonly checkpoints: string;
  /** What is locked by the process that writes the log. */
  readonly locked: string;
  /** Whether a new segment may be begun. */
  readonly rotates: boolean;
  /** The segment whose first event has this number. */
  segment(firstSeq: number): string;
  /** Segments that are there, the oldest first; none when the folder is absent. Throws the system's errors. */
  list(): Promise<readonly string[]>;
}

const SEGMENT = /^audit-(\d{12})\.jsonl$/;

/** The number of the first event in a segment, by its name. */
export function firstSeqOf(path: string): number | undefined {
  const [, digits] = SEGMENT.exec(basename(path)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** A folder for nothing else. */
export function folderOfSegments(folder: string): AuditFiles {
  const absolute = resolve(folder);
  return {
    folder: absolute,
    name: absolute,
    checkpoints: join(absolute, 'checkpoints.jsonl'),
    locked: join(absolute, 'audit'),
    rotates: true,
    segment: (firstSeq) => join(absolute, `audit-${String(firstSeq).padStart(12, '0')}.jsonl`),
    list: async () =>
      (await namesIn(absolute)).filter((name) => SEGMENT.test(name)).map((name) => join(absolute, name)),
  };
}

/** One file, with its checkpoints beside it. */
export function singleFile(path: string): AuditFiles {
  const absolute = resolve(path);
  const folder = dirname(absolute);
  return {
    folder,
    name: absolute,
    checkpoints: `${absolute}.checkpoints`,
    locked: absolute,
    rotates: false,
    segment: () => absolute,
    list: async () => ((await namesIn(folder)).includes(basename(absolute)) ? [absolute] : []),
  };
}

/** Makes the folder when it is absent, for its owner alone. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
