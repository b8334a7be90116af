import { describeFailure, isCoercionFailure } from '../../../src/binding/coerce/index.js';

/** Code and sentence of the failure that a coercer returned; the value itself when it was none. */
export function failureOf(coerced: unknown): unknown {
  return isCoercionFailure(coerced) ? `${coerced.code}: ${describeFailure(coerced)}` : coerced;
}
