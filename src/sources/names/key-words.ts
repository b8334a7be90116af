// How the words of a key are written in the several spellings. A segment never begins or ends with an underscore and never
// holds two in a row: that is why `__` can separate segments.

const PLAIN = /^[a-z][a-z0-9]*$/;
const PLAIN_CAMEL = /^[a-zA-Z0-9]+$/;
const PLAIN_BOUNDARY = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g;

/** `maxSize`, `max-size` -> `MAX_SIZE`, `httpURL` -> `HTTP_URL`; empty for a key without letters and digits. */
export function upperSnake(key: string): string {
  if (PLAIN.test(key)) return key.toUpperCase();
  // Nearly every key is of plain letters, and there may be ten thousand: this way they cost far less.
  if (PLAIN_CAMEL.test(key)) return key.replace(PLAIN_BOUNDARY, '_').toUpperCase();
  return wordsOf(key).join('_').toUpperCase();
}

/** `maxSize`, `MAX_SIZE` -> `max-size`. */
export function kebabCase(key: string): string {
  if (PLAIN.test(key)) return key;
  return wordsOf(key).join('-').toLowerCase();
}

/** `MAX_SIZE` -> `maxSize`; a segment that is not all capitals is kept, because its case was chosen on purpose. */
export function camelCase(segment: string): string {
  if (segment !== segment.toUpperCase()) return segment;
  const [first = '', ...others] = segment.toLowerCase().split('_').filter(Boolean);
  return first + others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** A map's key from an environment name: in lower case when it is all capitals, otherwise as it is written. */
export function dataKey(segment: string): string {
  return segment === segment.toUpperCase() ? segment.toLowerCase() : segment;
}

/** The inverse of {@link dataKey}; a key that has no spelling in capitals is kept. */
export function dataSegment(key: string): string {
  const upper = key.toUpperCase();
  return dataKey(upper) === key ? upper : key;
}

function wordsOf(key: string): readonly string[] {
  return key
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}
