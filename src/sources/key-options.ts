/** What stands between two keys of an environment name. */
export const DEFAULT_SEPARATOR = '__';

/** @throws TypeError when a prefix is no text. */
export function checkPrefix(source: string, prefix: unknown): void {
  if (typeof prefix !== 'string') throw new TypeError(`${source}: option "prefix" must be a text such as 'APP_'.`);
}

/** @throws TypeError when a separator could be part of a key. */
export function checkSeparator(source: string, separator: unknown): void {
  if (typeof separator !== 'string' || separator === '' || separator === '_' || /[\p{L}\p{M}\p{N}]/u.test(separator)) {
    throw new TypeError(
      `${source}: option "separator" must be a text such as '__' or '.', without letters and digits; ` +
        `a single '_' stands between the words of a key.`,
    );
  }
}
