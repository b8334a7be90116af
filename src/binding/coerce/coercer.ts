import type { CoercionFailure } from './coercion-failure.js';

/** What a coercer makes of an empty text where the type has no empty value: the field keeps its default. */
export const NOT_SET: unique symbol = Symbol.for('uno-config.not-set');

/** What a coercer returns: the value, "not set" for an empty text, or why there is no value. */
export type Coerced<T> = T | typeof NOT_SET | CoercionFailure;

/**
 * Raw value to typed value: synchronous, never throws, never changes the raw value. A value of the type passes, so
 * coercing twice is coercing once.
 */
export type Coercer<T> = (raw: unknown) => Coerced<T>;
