import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../core/index.js';
import type { EnvFileKey } from './env-file-keys.js';
import { findEnvFileKeys } from './env-file-keys.js';
import type { EnvFileName } from './env-file-names.js';
import type { Variable } from './env-layer.js';
import { fileErrorFromSystem, parseError, systemCode } from './file-error.js';
import { readTextFile } from './file-text.js';

/** An environment file that was there. */
export interface EnvFile extends EnvFileName {
  /** The path, as messages call it. */
  readonly path: string;
  readonly variables: readonly Variable[];
  /** Keys that are written more than once; the last one counts, as in dotenv. */
  readonly repeated: readonly EnvFileKey[];
}

/** How {@link readEnvFiles} reads. */
export interface ReadEnvFilesOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly maxBytes: number | undefined;
}

/**
 * Reads those of the named files that are there, all at once.
 *
 * @throws ConfigError `source-unreadable`, `source-too-large`, `invalid-encoding`, `invalid-text`.
 */
export async function readEnvFiles(
  names: readonly EnvFileName[],
  options: ReadEnvFilesOptions,
): Promise<readonly EnvFile[]> {
  // One listing is cheaper than a try for every section.
  const present = new Set(await list(options.folder));
  options.signal.throwIfAborted();
  const found = names.filter(({ fileName }) => present.has(fileName));
  const files = await Promise.all(found.map((name) => readEnvFile(name, options)));
  return files.filter((file) => file !== undefined);
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw fileErrorFromSystem(error, folder);
  }
}

async function readEnvFile(name: EnvFileName, options: ReadEnvFilesOptions): Promise<EnvFile | undefined> {
  const { folder, signal, maxBytes } = options;
  const path = join(folder, name.fileName);
  let text: string;
  try {
    text = await readTextFile(path, { signal, maxBytes });
  } catch (error) {
    // It went away after the folder was listed, or is a link to nothing.
    if (ConfigError.is(error) && error.code === 'source-not-found') return undefined;
    throw error;
  }
  refuseNul(text, path);
  // dotenv is loaded here only: programs without environment files never pay for it.
  const { parse } = await import('dotenv');
  return { ...name, path, ...variablesOf(parse(text), findEnvFileKeys(text), path) };
}

function variablesOf(
  values: Readonly<Record<string, string>>,
  keys: readonly EnvFileKey[],
  path: string,
): Pick<EnvFile, 'variables' | 'repeated'> {
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
  return { variables, repeated };
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
