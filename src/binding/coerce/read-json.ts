import { freezeStructure } from './freeze-structure.js';

/** True for a string whose first character, blanks apart, opens a JSON list (`[`) or a JSON map (`{`). */
export function looksLikeJson(text: string, opening: '[' | '{'): boolean {
  return text.trimStart().startsWith(opening);
}

/**
 * The frozen value of a JSON string, or `undefined` (which JSON cannot express) when it is malformed, or the CoercionFailure
 * of what is well-formed but not safe: reserved keys, too many levels, numbers that no double holds.
 */
export function readJson(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's message quotes the string, which may be a secret, so it is not passed on.
    return undefined;
  }
  return freezeStructure(parsed);
}
