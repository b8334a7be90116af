import { ConfigError } from './config-error.js';

/** Where a value sits: the keys from the root down, a list index as decimal text. */
export type ConfigPath = readonly string[];

/** The path of the whole configuration. */
export const ROOT_PATH: ConfigPath = Object.freeze([]);

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Keys that could reach an object's prototype; no source, path or tenant may use them. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN.has(key);
}

/**
 * Reads `database.pool.max`, `servers.0.host`, `servers[0].host` or `routes["a.b"].target`.
 *
 * @throws ConfigError `invalid-path` for empty keys, unclosed brackets and keys that reach a prototype.
 */
export function parsePath(text: string): ConfigPath {
  const path: string[] = [];
  const step = /(?:^|\.)([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\["\\])*)"\]/y;
  while (step.lastIndex < text.length) {
    const start = step.lastIndex;
    const match = step.exec(text);
    if (match === null) throw invalidPath(text, `it cannot be read from character ${String(start + 1)} on`);
    const key = match[1] ?? match[2] ?? (match[3] ?? '').replace(/\\(["\\])/g, '$1');
    if (isForbiddenKey(key)) throw invalidPath(text, `the key "${key}" is reserved`);
    path.push(key);
  }
  if (path.length === 0) throw invalidPath(text, 'it is empty');
  return path;
}

/** The text of a path, the inverse of {@link parsePath}. */
export function formatPath(path: ConfigPath): string {
  let text = '';
  for (const key of path) {
    if (/^[^.[\]"]+$/.test(key)) text += text === '' ? key : `.${key}`;
    else text += `["${key.replace(/(["\\])/g, '\\$1')}"]`;
  }
  return text;
}

/** True when `path` is `ancestor` itself or lies below it. */
export function isWithin(path: ConfigPath, ancestor: ConfigPath): boolean {
  return ancestor.length <= path.length && ancestor.every((key, depth) => path[depth] === key);
}

/**
 * One spelling for `maxSize`, `max-size`, `max_size` and `MAX_SIZE`: letters lower-cased, dashes and underscores dropped.
 */
export function foldKey(key: string): string {
  return key.replace(/[-_]/g, '').toLowerCase();
}

function invalidPath(text: string, why: string): ConfigError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new ConfigError({
    code: 'invalid-path',
    category: 'binding',
    message: `"${shown}" is not a path: ${why}.`,
    recovery: 'Write keys with dots between them, such as database.pool.max or servers[0].host.',
  });
}
