import { type ConfigError, type ConfigMap, type ConfigPath, formatPlace, isConfigMap } from '../../core/index.js';
import type { ParsedFile } from '../format/index.js';
import { parseError } from '../read/index.js';
import type { Arguments } from './parameters.js';

/** The key at a file's root that names the files it builds on. */
export const IMPORT_KEY = '$import';

/** One file that another one imports. */
export interface ImportItem {
  /** Values for the parameters of the file; absent where it is imported without. */
  readonly given?: Arguments;
  /** As it is written, without `optional:`. */
  readonly target: string;
  readonly optional: boolean;
  /** Where it is written. */
  readonly path: ConfigPath;
}

/**
 * What a file imports, in its order.
 *
 * @throws ConfigError `invalid-import` for anything but strings and files with parameters, `import-refused` for addresses.
 */
export function importList(file: ParsedFile): readonly ImportItem[] {
  if (!Object.hasOwn(file.tree, IMPORT_KEY)) return [];
  const value = file.tree[IMPORT_KEY];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item, index) =>
    importItem(file, item, Array.isArray(value) ? [IMPORT_KEY, String(index)] : [IMPORT_KEY]),
  );
}

/** The file's own settings, without the special keys at its root. */
export function withoutKeys(tree: ConfigMap, keys: readonly string[]): ConfigMap {
  if (!keys.some((key) => Object.hasOwn(tree, key))) return tree;
  return Object.fromEntries(Object.entries(tree).filter(([key]) => !keys.includes(key)));
}

/** A ConfigError about one import, at its place. */
export function importError(file: ParsedFile, path: ConfigPath, finding: ImportFinding): ConfigError {
  const { code, problem, recovery } = finding;
  const origin = file.locate(path);
  return parseError({ code, message: `${origin.source} cannot import a file.`, problem, path, recovery }, origin);
}

/** What is wrong with an import. */
export interface ImportFinding {
  readonly code:
    'invalid-import' | 'import-refused' | 'import-not-found' | 'import-cycle' | 'too-deep' | 'too-many-values';
  readonly problem: string;
  readonly recovery: string;
}

const OPTIONAL = 'optional:';

function importItem(file: ParsedFile, item: unknown, path: ConfigPath): ImportItem {
  if (!isConfigMap(item)) return importedFile(file, item, path);
  const { file: target, params = {}, ...others } = item;
  if (!isConfigMap(params) || Object.keys(others).length > 0) {
    throw importError(file, path, {
      code: 'invalid-import',
      problem: 'expected a file, and values for its parameters',
      recovery: 'Write { file: queue.yaml, params: { queue: orders } }.',
    });
  }
  const given = Object.entries(params).map(([name, value]) => {
    // Once: what fills it may be filled by many, each of which asks again.
    let words: string | undefined;
    const by = (): string => {
      if (words !== undefined) return words;
      const origin = file.locate([...path, 'params', name]);
      words = `filled at ${formatPlace(origin)}${origin.filled === undefined ? '' : `, ${origin.filled}`}`;
      return words;
    };
    return [name, { value, by }] as const;
  });
  return { ...importedFile(file, target, [...path, 'file']), path, given: new Map(given) };
}

function importedFile(file: ParsedFile, item: unknown, path: ConfigPath): ImportItem {
  const text = typeof item === 'string' ? item.trim() : '';
  const optional = text.startsWith(OPTIONAL);
  const target = optional ? text.slice(OPTIONAL.length).trim() : text;
  if (target === '' || target.includes('\0') || target.includes('${')) {
    throw importError(file, path, {
      code: 'invalid-import',
      problem: 'expected the path of a file',
      recovery: 'Write a path relative to this file, or a list of such paths; optional: before one lets it be absent.',
    });
  }
  // One letter before the colon is a drive of Windows.
  if (/^[a-z][a-z\d+.-]+:/i.test(target)) {
    throw importError(file, path, {
      code: 'import-refused',
      problem: 'addresses cannot be imported, only files',
      recovery: 'Write a path relative to this file.',
    });
  }
  return { target, optional, path };
}
