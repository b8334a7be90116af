import { types } from 'node:util';
import type { Coerced } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';

/**
 * Text passes, empty text too. A number or a boolean is an error rather than its text: a parser has already made 1.1 of
 * 1.10 and true of `yes`, and nobody can tell what was written.
 */
export function coerceText(raw: unknown): Coerced<string> {
  return typeof raw === 'string' ? raw : notText(raw);
}

function notText(raw: unknown): CoercionFailure {
  const quotable = ['number', 'boolean', 'bigint'].includes(typeof raw) || types.isDate(raw);
  return new CoercionFailure({ code: 'not-a-text', expected: 'a string', raw, ...(quotable && { hint: QUOTES }) });
}

const QUOTES = 'write it in quotes';
