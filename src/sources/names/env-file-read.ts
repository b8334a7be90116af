import { join } from 'node:path';
import { ConfigError, systemCode } from '../../core/index.js';
import type { EnvFileKey } from './env-file-keys.js';
import { readEnvFileLines } from './env-file-keys.js';
import type { EnvFileName } from './env-file-names.js';
import type { Variable } from './env-layer.js';
import { fileErrorFromSystem, parseError } from '../read/index.js';
import { readdir } from 'node:fs/promises';
import { VOID, type Reading, type ReadTarget } from '../watch/index.js';

/** The content of an environment file that exists. */
export interface EnvFileText extends EnvFileName {
  /** The path, as messages call it. */
  readonly path: string;
  readonly text: string;
}

/** A parsed environment file. */
export interface EnvFile {
  readonly variables: readonly Variable[];
  /** Keys that are written more than once; the last one counts, as in dotenv. */
  readonly repeated: readonly EnvFileKey[];
  /** Keys whose value dotenv reads otherwise than it seems to be meant. */
  readonly doubtful: readonly EnvFileKey[];
}

/** How {@link readEnvFiles} reads. */
export interface ReadEnvFilesOptions {
  readonly folder: string;
  readonly reading: Reading;
  readonly maxBytes: number | undefined;
}

/**
 * Reads those of the named files that are there, all at once.
 *
 * @throws ConfigError `source-unreadable`, `source-too-large`, `invalid-encoding`.
 */
export async function readEnvFiles(
  names: readonly EnvFileName[],
  options: ReadEnvFilesOptions,
): Promise<readonly EnvFileText[]> {
  // One listing is cheaper than one attempt per section.
  const present = new Set(await list(options));
  options.reading.signal.throwIfAborted();
  const found = names.filter(({ fileName }) => present.has(fileName));
  const files = await Promise.all(found.map((name) => readEnvFile(name, options)));
  return files.filter((file) => file !== undefined);
}

/** The folder as it is watched: with the names of environment files only. */
export function envFolder(folder: string): ReadTarget {
  return { kind: 'folder', path: folder, matters: (name) => name.startsWith('.env') };
}

async function list({ folder, reading }: ReadEnvFilesOptions): Promise<readonly string[]> {
  try {
    return await reading.folder(
      envFolder(folder),
      () => readdir(folder),
      (names) => names,
    );
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw fileErrorFromSystem(error, folder);
  }
}

async function readEnvFile(name: EnvFileName, options: ReadEnvFilesOptions): Promise<EnvFileText | undefined> {
  const { folder, reading, maxBytes } = options;
  const path = join(folder, name.fileName);
  try {
    const text = await reading.file(path, { maxBytes });
    if (!isDoubtful(text) || !(await reading.waitForYoung(path))) return { ...name, path, text };
    return { ...name, path, text: await reading.file(path, { maxBytes }) };
  } catch (error) {
    // It went away after the folder was listed, or is a link to nothing.
    if (ConfigError.is(error) && error.code === 'source-not-found') return undefined;
    throw error;
  }
}

/** True for a file that sets nothing or cannot be parsed: it may be half written. */
function isDoubtful(text: string): boolean {
  const { keys, strays } = readEnvFileLines(text);
  return keys.length === 0 || strays.length > 0;
}

/** Refuses a file that set variables at the last load and sets none now. */
export function refuseEmptiedEnvFile(path: string, variables: number, reading: Reading): void {
  const holding = variables === 0 ? VOID : { isVoid: false, hasSettings: true };
  const words = { shown: path, onPurpose: 'To remove its variables on purpose, delete it.' };
  reading.refuseEmptied({ kind: 'file', path }, holding, words);
}

/**
 * Parses the content of an environment file.
 *
 * @throws ConfigError `invalid-text`, `invalid-env-file`.
 */
export async function parseEnvFile({ path, text }: EnvFileText): Promise<EnvFile> {
  refuseNul(text, path);
  const { keys, strays } = readEnvFileLines(text);
  if (strays.length > 0) throw strayLines(strays, path);
  // dotenv is loaded here only: programs without environment files never pay for it.
  const { parse } = await import('dotenv');
  return variablesOf(parse(text), keys, path);
}

function variablesOf(values: Readonly<Record<string, string>>, keys: readonly EnvFileKey[], path: string): EnvFile {
  const places = new Map<string, EnvFileKey>();
  const repeated: EnvFileKey[] = [];
  for (const key of keys) {
    if (places.has(key.name)) repeated.push(key);
    places.set(key.name, key);
  }
  // dotenv drops `__proto__`; what is written is refused, not ignored.
  const names = new Set([...places.keys(), ...Object.keys(values)]);
  const variables = [...names].map((name): Variable => {
    const place = places.get(name);
    const text = Object.hasOwn(values, name) ? (values[name] ?? '') : '';
    const at = place === undefined ? {} : { line: place.line, column: place.column };
    return { name, text, origin: { kind: 'env-file', source: path, key: name, ...at } };
  });
  return { variables, repeated, doubtful: keys.filter(({ doubt }) => doubt !== undefined) };
}

function strayLines(lines: readonly number[], path: string): ConfigError {
  return new ConfigError({
    code: 'invalid-env-file',
    message: `${path} cannot be read as a file of variables.`,
    issues: lines.map((line) => ({
      code: 'invalid-env-file',
      path: [],
      message: 'this line sets no variable',
      origin: { kind: 'env-file', source: path, key: '', line, column: 1 },
    })),
    recovery: 'Write NAME=value, a # in front of a comment, and quotes around a value of several lines.',
  });
}

function refuseNul(text: string, path: string): void {
  const offset = text.indexOf('\0');
  if (offset === -1) return;
  const before = text.slice(0, offset).split(/\r\n?|\n/);
  throw parseError(
    {
      code: 'invalid-text',
      path: [],
      message: `${path} cannot be read.`,
      problem: 'holds a NUL character',
      recovery: 'Remove the character; is this a text file?',
    },
    { kind: 'env-file', source: path, key: path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
  );
}
