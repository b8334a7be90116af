import type { ConfigErrorCode } from '../../core/index.js';
/**
 * What smol-toml complains about, in words that quote nothing of the file: the start of its own words, our words, and our
 * code where it is not `invalid-toml`.
 */
const REASONS: readonly (readonly [start: string, message: string, code?: ConfigErrorCode])[] = [
  ['trying to redefine', 'this key or table is already defined', 'duplicate-key'],
  ['document contains excessively nested', 'maps and lists may be nested 100 levels deep at most', 'too-deep'],
  ['integer value cannot', 'this integer is too large'],
  ['unfinished string', 'this text is not closed'],
  ['control characters', 'a text or comment may not contain a control character or, in single quotes, a line break'],
  ['unfinished table', 'this { is not closed'],
  ['unfinished array', 'this [ is not closed'],
  ['expected comma', 'expected "," or the end of the list or table'],
  ['expected end of table array', 'expected "]]"'],
  ['incomplete key-value', 'expected "=" and a value after the key'],
  ['each key-value', 'expected the end of the line after the value'],
  [
    'illegal character in key',
    'a key with other characters than letters, digits, - and _ must be in quotes; after it comes "="',
  ],
  ['illegal empty bare key', 'a part of this key is empty'],
  ['unexpected end of key', 'a key is missing before "=" or "]"'],
  ['illegal quoted key', 'a key may not be in three quotes'],
  ['illegal leading zero', 'a number may not start with 0'],
  ['illegal underscore', 'an underscore must be between two digits'],
  ['illegal character in numeric', 'this is not a number; a string must be in quotes'],
  ['unfinished numeric', 'this number is not complete'],
  ['invalid date', 'this is not a date or time'],
  ['invalid value', 'expected a value; a string must be in quotes'],
  ['invalid escape', 'a backslash starts no known escape here; write \\\\ for a backslash'],
  ['invalid non-hex', 'expected a hexadecimal digit in this escape'],
  ['invalid unicode', 'this escape is not known'],
  ['unrecognised escape', 'a backslash starts no known escape here; write \\\\ for a backslash'],
];

/** Where in its line a mistake is. */
export interface TomlLine {
  readonly before: string;
  /** The character at the mistake; a line break, or none, at the end of the line. */
  readonly next: string;
}

/** Our words and our code for the message of a smol-toml error, whose first line ends before it quotes the file. */
export function explainTomlReason(
  message: string,
  { before, next }: TomlLine,
): { readonly code: ConfigErrorCode; readonly message: string } {
  const reason = message.replace(/^Invalid TOML document: /, '');
  if (reason.startsWith('illegal character in key')) {
    const isOpen = /^\s*\[[^\]]*$/.test(before) && /^[\r\n]?$/.test(next);
    if (isOpen)
      return {
        code: 'invalid-toml',
        message: 'this [ is not closed; the name of a table is in brackets: [database]',
      };
    if (next === ':') return { code: 'invalid-toml', message: 'after a key comes "=", not ":"' };
  }
  const [, ours = 'this is not valid TOML', code = 'invalid-toml'] =
    REASONS.find(([start]) => reason.startsWith(start)) ?? [];
  return { code, message: ours };
}
