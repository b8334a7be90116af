import path from 'node:path';
import {
  abortController,
  ConfigError,
  type ConfigIssueText,
  derivedSecret,
  isMountedSecret,
  type LoadContext,
  MOUNTED_SECRETS,
  type SecureValue,
  type WatchContext,
} from '../../core/index.js';
import { defaultRoots, ReadRecord, watchReads, type Reading } from '../../sources/index.js';

/** A file that a reference names. */
export interface FileName {
  readonly name: string;
  /** Where a relative name starts from. */
  readonly folder: string;
}

/** What was found there; hidden where platforms mount secrets. */
export type FileAnswer = string | SecureValue<unknown> | ConfigIssueText;

/** Where `${file:…}` may reach, and how its files are read. */
export interface FileReach extends Pick<LoadContext, 'settle' | 'clock'> {
  /** Ends the reading. */
  readonly signal: AbortSignal | undefined;
  readonly fileRoots: readonly string[] | undefined;
}

/** The identity of a file that a reference names. */
export function fileKey({ name, folder }: FileName): string {
  return `${folder}\u0000${name}`;
}

/** The files that references name: read for every load, and watched in between. */
export class ReferenceFiles {
  readonly #record = new ReadRecord([]);

  /** Reads files side by side, each once; the answers by {@link fileKey}. */
  public async read(files: readonly FileName[], reach: FileReach): Promise<ReadonlyMap<string, FileAnswer>> {
    // Most settings refer to no file, and nothing is to be watched then.
    if (files.length === 0 && this.#record.reads.size === 0) return NO_ANSWERS;
    const distinct = new Map(files.map((file) => [fileKey(file), file]));
    const { signal = abortController().signal } = reach;
    return this.#record.during({ ...reach, signal }, async (reading) => {
      const answers = Array.from(distinct, async ([key, file]) => [key, await readFile(file, reach, reading)] as const);
      return new Map(await Promise.all(answers));
    });
  }

  /** Watches what was read last, until the context's signal ends it. */
  public async watch(context: WatchContext): Promise<void> {
    return watchReads(context, this.#record, { name: FILES });
  }

  /** Begins at once when there is a file to watch, and else when a load names the first, unless the signal comes before. */
  public async whenNamed(signal: AbortSignal, begin: () => Promise<void>): Promise<void> {
    if (signal.aborted) return;
    if (this.#record.reads.size > 0) return begin();
    const stop = this.#record.onLoad(() => {
      stop();
      void begin();
    });
    signal.addEventListener('abort', stop, { once: true });
  }
}

/** How logs and reasons call them all. */
export const FILES = 'the files that references name';

const NO_ANSWERS: ReadonlyMap<string, FileAnswer> = new Map();

async function readFile({ name, folder }: FileName, { fileRoots }: FileReach, reading: Reading): Promise<FileAnswer> {
  const roots = fileRoots ?? [...defaultRoots(folder), ...MOUNTED_SECRETS];
  const named = path.resolve(folder, name);
  try {
    const found = await reading.resolve(roots, named);
    if (found.kind === 'outside') return outside(name);
    if (found.kind === 'missing') return missingFile(name);
    const read = (): Promise<string> => reading.file(named, { from: found.path, shown: name });
    let text = await read();
    if (text === '' && (await reading.waitForYoung(found.path))) text = await read();
    const holding = { isVoid: text === '', hasSettings: text !== '' };
    if (reading.isEmptied({ kind: 'file', path: named }, holding)) return emptiedFile(name);
    const content = text.replace(/\r?\n$/, '');
    const isSecret = isMountedSecret(named) || isMountedSecret(found.path);
    return content !== '' && isSecret ? derivedSecret(content, []) : content;
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return {
      code: error.code,
      message: `refers to a file that cannot be read: ${error.message}`,
      hint: error.recovery,
    };
  }
}

/** The issue of a missing file. */
export function missingFile(name: string): ConfigIssueText {
  return {
    code: 'source-not-found',
    message: `refers to the file ${name}, which does not exist`,
    hint: `Create it, or give a fallback: \${file:${name}:-…}.`,
  };
}

function emptiedFile(name: string): ConfigIssueText {
  return {
    code: 'file-empty',
    message: `refers to the file ${name}, which is empty and was not before: it looks half written`,
    hint: 'Finish writing it. For an empty string, write a line break.',
  };
}

function outside(name: string): ConfigIssueText {
  return {
    code: 'file-refused',
    message: `refers to the file ${name}, which is outside the folders that may be read`,
    hint: 'Name its folder in the option fileRoots.',
  };
}
