import { MAX_DEPTH } from '../../core/index.js';
import { type ParsedText, FileSyntaxError } from './file-format.js';
import { nearestPosition } from './file-positions.js';
import { MAX_DIGITS, type RareLeaf, type Survey } from './file-survey.js';

/**
 * Handles the rare values of a survey: an integer too large for a number becomes a `bigint` with all its digits, a date
 * becomes its ISO 8601 string, and what cannot be kept is refused.
 *
 * @throws FileSyntaxError `too-deep`, `too-many-values`, `number-out-of-range` or `invalid-text`.
 */
export function settleRareLeaves(text: string, parsed: ParsedText, survey: Survey): void {
  const { excess, rare } = survey;
  if (excess !== undefined) {
    const { code, path } = excess;
    throw new FileSyntaxError({ code, path, message: EXCESS_MESSAGES[code], offset: offsetOf(parsed, path) });
  }
  for (const leaf of rare) settle(text, parsed, leaf);
}

const EXCESS_MESSAGES = {
  'too-deep': `maps and lists may be nested ${String(MAX_DEPTH)} levels deep at most, and may not contain themselves`,
  'too-many-values': 'the aliases multiply to too many values; write fewer of them',
} as const;

function settle(text: string, parsed: ParsedText, leaf: RareLeaf): void {
  const { value, path } = leaf;
  if (value instanceof Date) {
    settleDate(text, leaf, value.toISOString(), offsetOf(parsed, path));
  } else if (typeof value === 'bigint') {
    throw tooLarge(path, offsetOf(parsed, path));
  } else if (typeof value === 'number') {
    settleNumber(text, leaf, value, offsetOf(parsed, path));
  } else if (typeof value === 'string') {
    const message = 'an escape makes half of a surrogate pair, which is no character; write both halves';
    throw new FileSyntaxError({ code: 'invalid-text', path, message, offset: offsetOf(parsed, path) });
  }
}

// Written infinities and not-a-numbers stay; a large float has lost no more than every float does.
function settleNumber(text: string, leaf: RareLeaf, value: number, offset: number): void {
  const literal = /[-+]?[\w.+-]*/y;
  literal.lastIndex = offset;
  const [written = ''] = literal.exec(text) ?? [];
  if (/^[-+]?\d+$/.test(written) && written.length <= MAX_DIGITS) leaf.replace(BigInt(written));
  else if (!Number.isFinite(value) && /^[-+]?\d/.test(written)) {
    throw tooLarge(leaf.path, offset);
  }
}

function tooLarge(path: RareLeaf['path'], offset: number): FileSyntaxError {
  const message =
    'this number is too large; the largest is about 1.8e308; a text that looks like a number, such as a commit id, goes in quotes';
  return new FileSyntaxError({ code: 'number-out-of-range', path, message, offset });
}

/** The parser takes 29 February of any year, and makes 1 March of it. */
function settleDate(text: string, { path, replace }: RareLeaf, iso: string, offset: number): void {
  const parts = /(\d{4}-\d\d-\d\d)?[Tt ]?(\d\d:\d\d(?::\d\d)?)?/y;
  parts.lastIndex = offset;
  const [, date = '', time = ''] = parts.exec(text) ?? [];
  if (!iso.includes(date) || !iso.includes(time)) {
    const message = 'this day or time does not exist';
    throw new FileSyntaxError({ code: 'invalid-toml', path, message, offset });
  }
  replace(iso);
}

function offsetOf(parsed: ParsedText, path: RareLeaf['path']): number {
  return nearestPosition(parsed.positions(), path).offset;
}
