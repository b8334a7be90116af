import type { IssueCode } from '../../core/index.js';
import { ByteSize, Duration } from '../../sections/index.js';
import { type Coerced, NOT_SET, CoercionFailure } from './coercion-failure.js';

/** A Duration, or its string; a bare number is an error, because its unit is ambiguous. */
export function coerceDuration(raw: unknown): Coerced<Duration> {
  return Duration.is(raw) ? raw : coerceAmount(raw, Duration);
}

/** A ByteSize, or its string; a bare number is an error, as for durations. */
export function coerceByteSize(raw: unknown): Coerced<ByteSize> {
  return ByteSize.is(raw) ? raw : coerceAmount(raw, ByteSize);
}

interface AmountClass<T> {
  diagnose(text: string): { readonly code: IssueCode; readonly expected: string; readonly hint?: string } | undefined;
  of(text: string): T;
}

function coerceAmount<T>(raw: unknown, Amount: AmountClass<T>): Coerced<T> {
  if (raw === '') return NOT_SET;
  // A number is an amount without a unit whatever type it came as; any other value is malformed as '' is.
  const text = typeof raw === 'number' || typeof raw === 'bigint' ? '1' : typeof raw === 'string' ? raw : '';
  const problem = Amount.diagnose(text);
  return problem === undefined ? Amount.of(text) : new CoercionFailure({ ...problem, raw });
}
