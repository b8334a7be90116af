import { relative, resolve } from 'node:path';
import { rotateSecrets, type Keyset, type RotationReport } from '../../security/index.js';
import type { CommandIo } from '../command-io.js';
import { namedFiles } from '../scan/index.js';

/** The files that are named, and the configuration files of the folders that are; of the working directory when none is. */
export async function filesWithValues(io: CommandIo, words: readonly string[]): Promise<readonly string[]> {
  const files = await namedFiles(io.folder, words.length === 0 ? ['.'] : words);
  return files.map(({ file }) => resolve(io.folder, file));
}

/** What the values of files are under; nothing is written. */
export async function survey(keyset: Keyset, files: readonly string[]): Promise<RotationReport> {
  return rotateSecrets({ files, keyset, dryRun: true });
}

/** A file as the user would write it. */
export function shownFile(io: CommandIo, file: string): string {
  return relative(io.folder, file);
}
