import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { isConfigMap, systemCode } from '../../core/index.js';
import { formatByExtension } from '../../sources/index.js';
import { UsageError } from '../usage-error.js';

export async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').then(
    (text) => text.replace(/^\uFEFF/, ''),
    (error: unknown) => {
      throw unreadable(file, error);
    },
  );
}

export async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).then(
    (names) => names.toSorted(),
    (error: unknown) => {
      throw unreadable(folder, error);
    },
  );
}

function unreadable(path: string, error: unknown): UsageError {
  const code = systemCode(error);
  if (code === 'ENOTDIR')
    return new UsageError(`${path} is no folder.`, 'Name the folder that it is in: uno-config import <kind> <folder>.');
  const why = code === 'ENOENT' ? `There is no ${path}.` : `${path} cannot be read: the system says ${code}.`;
  return new UsageError(why, 'Name what to import: uno-config import <kind> <file or folder>.');
}

/** The tree of a file: YAML, TOML, or JSON, which may be JSON5. */
export async function treeIn(folder: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await textOf(join(folder, name));
  const isJson = /^\.json[5c]?$/i.test(extname(name));
  const root = isJson ? await json5(name, text) : await parsed(name, text);
  if (root === undefined || root === null) return {};
  if (isConfigMap(root)) return root;
  throw new UsageError(`${name} holds no map of settings.`);
}

async function parsed(name: string, text: string): Promise<unknown> {
  try {
    return (await formatByExtension(name)?.parse(text))?.root;
  } catch {
    // The parser's words may quote a secret.
    throw new UsageError(`${name} cannot be read.`, 'See what is wrong with it in the library that reads it now.');
  }
}

async function json5(name: string, text: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch {
    const { default: parser } = await import('json5').catch(() => {
      throw new UsageError(`${name} is JSON5.`, 'Install what reads it: npm install --save-dev json5.');
    });
    try {
      return parser.parse(text);
    } catch {
      throw new UsageError(`${name} cannot be read as JSON5.`);
    }
  }
}
