import path from 'node:path';
import { ConfigError, type ConfigIssueText } from '../core/index.js';
import { defaultRoots, readTextFile, resolveWithin } from '../sources/index.js';

/** A file that a reference names. */
export interface FileName {
  readonly name: string;
  /** Where a relative name starts from. */
  readonly folder: string;
}

/** What was found there. */
export type FileAnswer = string | ConfigIssueText;

/** Where `${file:…}` may reach. */
export interface FileReach {
  readonly fileRoots: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** Folders that container platforms mount secrets in. */
const MOUNTED_SECRETS = ['/run/secrets', '/var/run/secrets'];

/** The identity of a file that a reference names. */
export function fileKey({ name, folder }: FileName): string {
  return `${folder}\u0000${name}`;
}

/** Reads files side by side, each once; the answers by {@link fileKey}. */
export async function readReferencedFiles(
  files: readonly FileName[],
  reach: FileReach,
): Promise<ReadonlyMap<string, FileAnswer>> {
  const distinct = new Map(files.map((file) => [fileKey(file), file]));
  return new Map(
    await Promise.all([...distinct].map(async ([key, file]) => [key, await readFile(file, reach)] as const)),
  );
}

async function readFile({ name, folder }: FileName, reach: FileReach): Promise<FileAnswer> {
  const roots = reach.fileRoots ?? [...defaultRoots(folder), ...MOUNTED_SECRETS];
  try {
    const found = await resolveWithin(roots, path.resolve(folder, name));
    if (found.kind === 'missing') return missingFile(name);
    if (found.kind === 'outside') return outside(name);
    const text = await readTextFile(found.path, { signal: reach.signal, shown: name });
    return text.replace(/\r?\n$/, '');
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return {
      code: error.code,
      message: `refers to a file that cannot be read: ${error.message}`,
      hint: error.recovery,
    };
  }
}

/** What is said of a file that is not there. */
export function missingFile(name: string): ConfigIssueText {
  return {
    code: 'source-not-found',
    message: `refers to the file ${name}, which does not exist`,
    hint: `Create it, or give a fallback: \${file:${name}:-…}.`,
  };
}

function outside(name: string): ConfigIssueText {
  return {
    code: 'file-refused',
    message: `refers to the file ${name}, which lies outside the folders that may be read`,
    hint: 'Name its folder in the option fileRoots.',
  };
}
