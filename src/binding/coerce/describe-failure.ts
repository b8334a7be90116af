import type { CoercionFailure } from './coercion-failure.js';
import type { ShowRawOptions } from './show-raw.js';
import { showRaw } from './show-raw.js';

/**
 * The message of a failure, without its path and hint, which belong to the issue: `must be an integer, got "80a"`. Of a
 * secret nothing is shown, neither its type nor its length.
 */
export function describeFailure(failure: CoercionFailure, options: ShowRawOptions = {}): string {
  return `must be ${failure.expected}, got ${showRaw(failure.raw, options)}`;
}
