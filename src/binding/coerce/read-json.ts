import { CoercionFailure } from './coercion-failure.js';
import { freezeStructure } from './freeze-structure.js';
import { parseJsonText } from './parse-json-text.js';

/** True for a string whose first character, blanks apart, opens a JSON list (`[`) or a JSON map (`{`). */
export function looksLikeJson(text: string, opening: '[' | '{'): boolean {
  return text.trimStart().startsWith(opening);
}

/**
 * The frozen value of a JSON string, or `undefined` (which JSON cannot express) when it is malformed, or the CoercionFailure
 * of what is well-formed but not safe: a key that is written twice, reserved keys, too many levels, numbers that no double
 * holds.
 */
export function readJson(text: string): unknown {
  const parsed = parseJsonText(text);
  return parsed instanceof CoercionFailure ? parsed : freezeStructure(parsed);
}
