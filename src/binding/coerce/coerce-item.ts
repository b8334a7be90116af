import type { Coercer } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { NOT_SET } from './not-set.js';

/** Findings kept of one list or map; a wrong file of a million items needs no million of them. */
export const MOST_FAILURES = 100;

/** One item of a list or map under its key; "not set" is a failure there, for an item has no default. */
export function coerceItem<T>(raw: unknown, item: Coercer<T>, key: string): T | CoercionFailure {
  const coerced = item(raw);
  if (coerced instanceof CoercionFailure) return coerced.under(key);
  if (coerced !== NOT_SET) return coerced;
  return new CoercionFailure({
    code: 'empty-item',
    expected: 'a value',
    hint: 'write a value or remove the item',
    raw,
    path: [key],
  });
}

/** The failures as one, or `undefined` when there is none. */
export function joinFailures(failures: readonly CoercionFailure[]): CoercionFailure | undefined {
  const [first, ...others] = failures;
  return first === undefined ? undefined : CoercionFailure.together([first, ...others]);
}
