import type { DirectoryFile } from './directory-files.js';
import { readTextFile } from './file-text.js';
import type { NoteRead } from './read-record.js';
import { noteRead } from './read-record.js';

/** How {@link readDirectoryFiles} reads. */
export interface ReadDirectoryOptions {
  readonly signal: AbortSignal;
  readonly maxBytes?: number | undefined;
  /** Hears of every file. */
  readonly note: NoteRead;
}

// A few at a time: a folder may hold more files than a process may have open.
const PARALLEL_READS = 32;

/**
 * The texts of files, each without a line break at its end.
 *
 * @throws ConfigError `source-not-found`, `source-unreadable`, `source-too-large`, `invalid-encoding`.
 */
export async function readDirectoryFiles(
  files: readonly DirectoryFile[],
  options: ReadDirectoryOptions,
): Promise<readonly string[]> {
  const texts: string[] = [];
  let next = 0;
  const read = async (): Promise<void> => {
    for (let file = files[next]; file !== undefined; file = files[next]) {
      const index = next++;
      texts[index] = (await readNoted(file, options)).replace(/\r?\n$/, '');
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL_READS, files.length) }, read));
  return texts;
}

async function readNoted({ path, from }: DirectoryFile, options: ReadDirectoryOptions): Promise<string> {
  const { signal, maxBytes, note } = options;
  const read = (): Promise<string> => readTextFile(from, { signal, maxBytes, shown: path });
  return noteRead(note, { kind: 'file', path }, read, (text) => text);
}
