import { MAX_DEPTH } from '../core/index.js';
import type { ParsedText } from './file-format.js';
import { nearestPosition } from './file-positions.js';
import type { RareLeaf, Survey } from './file-survey.js';
import { FileSyntaxError } from './file-syntax-error.js';

/** How many digits an integer may have. */
export const MAX_DIGITS = 1_000;

/**
 * Decides about what a survey found: an integer too large for a number becomes a `bigint` with all its digits, a date
 * becomes its ISO 8601 text, and what cannot be kept is refused.
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
    leaf.replace(value.toISOString());
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
    const message = 'this number is too large; the largest is about 1.8e308';
    throw new FileSyntaxError({ code: 'number-out-of-range', path: leaf.path, message, offset });
  }
}

function offsetOf(parsed: ParsedText, path: RareLeaf['path']): number {
  return nearestPosition(parsed.positions(), path).offset;
}
