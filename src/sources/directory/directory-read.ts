import type { DirectoryFile } from './directory-files.js';
import { VOID, type Reading } from '../watch/index.js';

/** How {@link readDirectoryFiles} reads. */
export interface ReadDirectoryOptions {
  readonly reading: Reading;
  readonly maxBytes?: number | undefined;
  /** Whether the files can only be replaced all at once. */
  readonly whole: boolean;
}

// A few at a time: a folder may hold more files than a process may have open.
const PARALLEL_READS = 32;

/**
 * The contents of files, each without a line break at its end; `undefined` for an empty one, which sets nothing.
 *
 * @throws ConfigError `source-not-found`, `source-unreadable`, `source-too-large`, `invalid-encoding`,
 *   `file-empty`.
 */
export async function readDirectoryFiles(
  files: readonly DirectoryFile[],
  options: ReadDirectoryOptions,
): Promise<readonly (string | undefined)[]> {
  const texts: (string | undefined)[] = [];
  let next = 0;
  const read = async (): Promise<void> => {
    for (let file = files[next]; file !== undefined; file = files[next]) {
      const index = next++;
      texts[index] = await textOf(file, options);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_READS, files.length) }, read));
  return texts;
}

async function textOf({ path, from }: DirectoryFile, options: ReadDirectoryOptions): Promise<string | undefined> {
  const { reading, maxBytes, whole } = options;
  const read = (): Promise<string> => reading.file(path, { from, maxBytes, whole });
  let text = await read();
  if (text === '' && (await reading.waitForYoung(from))) text = await read();
  const holding = text === '' ? VOID : { isVoid: false, hasSettings: true };
  const words = {
    shown: path,
    onPurpose: 'To remove the setting, delete the file; for an empty string, write a line break.',
  };
  reading.refuseEmptied({ kind: 'file', path }, holding, words);
  return text === '' ? undefined : text.replace(/\r?\n$/, '');
}
