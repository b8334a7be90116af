import type { IssueCode } from '../codes.js';

/** Why a string is no value of a type, in words that quote nothing of the string itself. */
export interface TextProblem {
  /** Stable, kebab-case: `unit-required`, `not-a-duration`, … */
  readonly code: IssueCode;
  /** Completes "must be …". */
  readonly expected: string;
  /** What to write instead. */
  readonly hint: string;
}

export function textProblem(code: IssueCode, expected: string, hint: string): TextProblem {
  return Object.freeze({ code, expected, hint });
}

/** The TypeError of a programmer who wrote such a string into an initialiser or an option. */
export function textTypeError(call: string, given: string, problem: TextProblem): TypeError {
  const shown = JSON.stringify(given.length > 60 ? `${given.slice(0, 60)}…` : given);
  return new TypeError(`${call}: must be ${problem.expected}, got ${shown}; ${problem.hint}.`);
}
