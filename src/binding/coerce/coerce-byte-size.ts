import { ByteSize } from '../../sections/index.js';
import type { Coerced } from './coercer.js';
import { CoercionFailure } from './coercion-failure.js';
import { NOT_SET } from './not-set.js';

/** A ByteSize, or its text; a bare number is an error, as for durations. */
export function coerceByteSize(raw: unknown): Coerced<ByteSize> {
  if (ByteSize.is(raw)) return raw;
  if (raw === '') return NOT_SET;
  // A number is a size without a unit whatever type it came as; any other value is malformed as '' is.
  const text = typeof raw === 'number' || typeof raw === 'bigint' ? '1' : typeof raw === 'string' ? raw : '';
  const problem = ByteSize.diagnose(text);
  if (problem !== undefined) return new CoercionFailure({ ...problem, raw });
  return ByteSize.of(text);
}
