import type { ConfigMap, ConfigOrigin, ConfigPath } from '../core/index.js';
import { formatPath, isConfigMap, originAtPath } from '../core/index.js';
import { parseError } from './file-error.js';
import type { FileFormat, ParsedText } from './file-format.js';
import type { PositionNode } from './file-positions.js';
import { lineStarts, nearestPosition, placeOf } from './file-positions.js';
import { FileSyntaxError } from './file-syntax-error.js';

/** A file's tree, and where everything in it stands. */
export interface ParsedFile {
  readonly tree: ConfigMap;
  /** Finds positions at the first call, and keeps them. */
  readonly locate: (path: ConfigPath) => ConfigOrigin;
}

/**
 * Parses a file's text to a tree.
 *
 * @param name how origins and messages call the file
 * @throws ConfigError of the category `parse`, with one issue that has the place: what the format found, or `not-a-map`.
 */
export async function parseFileText(name: string, text: string, format: FileFormat): Promise<ParsedFile> {
  try {
    const parsed = await format.parse(text);
    return { tree: treeOf(parsed), locate: locator(name, text, parsed) };
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

function locator(name: string, text: string, parsed: ParsedText): (path: ConfigPath) => ConfigOrigin {
  let known: { readonly root: PositionNode; readonly starts: readonly number[] } | undefined;
  return (path) => {
    known ??= { root: parsed.positions(), starts: lineStarts(text) };
    return { ...originAtPath('file', name, path), ...placeOf(known.starts, nearestPosition(known.root, path).offset) };
  };
}

function syntaxError(error: FileSyntaxError, name: string, text: string, format: FileFormat): Error {
  const { code, message: problem, offset, path } = error;
  const place = offset === undefined ? {} : placeOf(lineStarts(text), offset);
  const message = `${name} cannot be read as ${format.name}.`;
  const recovery = 'Correct the file; nothing of it has been used.';
  return parseError(
    { code, message, problem, path, recovery },
    { kind: 'file', source: name, key: formatPath(path), ...place },
  );
}
