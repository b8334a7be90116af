import { Duration } from '../../sections/index.js';
import type { Coerced } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { NOT_SET } from './not-set.js';

/** A Duration, or its text; a bare number is an error, because nobody agrees on its unit. */
export function coerceDuration(raw: unknown): Coerced<Duration> {
  if (Duration.is(raw)) return raw;
  if (raw === '') return NOT_SET;
  // A number is a duration without a unit whatever type it came as; any other value is malformed as '' is.
  const text = typeof raw === 'number' || typeof raw === 'bigint' ? '1' : typeof raw === 'string' ? raw : '';
  const problem = Duration.diagnose(text);
  if (problem !== undefined) return new CoercionFailure({ ...problem, raw });
  return Duration.of(text);
}
