/** The place of a value: the keys from the root down, a list index as a decimal string. */
export type ConfigPath = readonly string[];

export const ROOT_PATH: ConfigPath = Object.freeze([]);

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Keys that could reach an object's prototype; no source, path or tenant may use them. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN.has(key);
}

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

/** {@link foldKey} of many keys, which costs less than one by one. */
export function foldKeys(keys: readonly string[]): readonly string[] {
  const folded = foldKey(keys.join('\n')).split('\n');
  // A key may hold what was put between them.
  return folded.length === keys.length ? folded : keys.map(foldKey);
}
