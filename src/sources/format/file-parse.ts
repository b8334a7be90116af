import {
  type ConfigMap,
  type ConfigOrigin,
  type ConfigPath,
  formatPath,
  isConfigMap,
  originAtPath,
  SPRING_PREFIX,
  TOKEN_PREFIX,
} from '../../core/index.js';
import { parseError } from '../read/index.js';
import { type FileFormat, type ParsedText, FileSyntaxError } from './file-format.js';
import { type PositionNode, lineStarts, nearestPosition, placeOf } from './file-positions.js';

/** A file's tree, and the positions of everything in it, which are computed on first use and kept. */
export interface ParsedFile {
  readonly tree: ConfigMap;
  /** True for a file without a value, comments or not. */
  readonly isVoid: boolean;
  /** Where the value at a path starts. */
  readonly locate: (path: ConfigPath) => ConfigOrigin;
  /** Where its key is written. */
  readonly locateKey: (path: ConfigPath) => ConfigOrigin;
}

/**
 * Parses a file's content to a tree.
 *
 * @param name the name of the file in origins and messages
 * @throws ConfigError of the category `parse`, with one issue that has the place: the format's error, or `not-a-map`.
 */
export async function parseFileText(name: string, text: string, format: FileFormat): Promise<ParsedFile> {
  try {
    const parsed = await format.parse(text);
    const isVoid = parsed.root === undefined;
    return { tree: treeOf(parsed), isVoid, ...locators(name, text, parsed) };
  } catch (error) {
    throw error instanceof FileSyntaxError ? syntaxError(error, name, text, format) : error;
  }
}

function treeOf(parsed: ParsedText): ConfigMap {
  const { root } = parsed;
  if (root === undefined) return {};
  if (isConfigMap(root)) return root;
  const what = Array.isArray(root) ? 'a list' : 'a single value';
  const message = `the file holds ${what}; settings are keys with values`;
  throw new FileSyntaxError({ code: 'not-a-map', message, offset: parsed.positions().offset });
}

/** So many places may be asked for one by one: those of a change, or of what is wrong. */
const FEW = 10;

function locators(name: string, text: string, parsed: ParsedText): Pick<ParsedFile, 'locate' | 'locateKey'> {
  let starts: readonly number[] | undefined;
  let asked = 0;
  const origin = (path: ConfigPath, offsetOf: (node: PositionNode) => number): ConfigOrigin => {
    const node = ++asked <= FEW ? parsed.position?.(path) : undefined;
    const offset = offsetOf(node ?? nearestPosition(parsed.positions(), path));
    return { ...originAtPath('file', name, path), ...placeOf((starts ??= lineStarts(text)), offset) };
  };
  return {
    locate: (path) => origin(path, ({ offset }) => offset),
    locateKey: (path) => origin(path, ({ keyOffset, offset }) => keyOffset ?? offset),
  };
}

/**
 * Where an encrypted value without quotes begins that an error is about. Every format takes its prefix for a map of its own
 * and stumbles within it or right after it.
 */
function bareToken(text: string, offset: number): number | undefined {
  const starts = [TOKEN_PREFIX, SPRING_PREFIX].map((prefix) => {
    const start = text.lastIndexOf(prefix, offset);
    return start !== -1 && offset <= start + prefix.length ? start : -1;
  });
  const start = Math.max(...starts);
  return start === -1 || QUOTES.includes(text[start - 1] ?? '') ? undefined : start;
}

const QUOTES: readonly string[] = ['"', "'"];

function syntaxError(error: FileSyntaxError, name: string, text: string, format: FileFormat): Error {
  const { code, path } = error;
  const bare = error.offset === undefined ? undefined : bareToken(text, error.offset);
  const offset = bare ?? error.offset;
  const problem =
    bare === undefined ? error.message : 'write an encrypted value in quotes; without them its { begins a map';
  const place = offset === undefined ? {} : placeOf(lineStarts(text), offset);
  const message = `${name} cannot be read as ${format.name}.`;
  const recovery = 'Correct the file; nothing of it has been used.';
  return parseError(
    { code, message, problem, path, recovery },
    { kind: 'file', source: name, key: formatPath(path), ...place },
  );
}
