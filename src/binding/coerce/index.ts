// coerce: raw value -> typed value, or a CoercionFailure. Pure, synchronous, and never throws.
//
//   coerceX(raw)            -> value | NOT_SET | CoercionFailure
//   describeFailure(failure) -> "must be an integer, got "80a""
export { coerceAnything } from './coerce-anything.js';
export { coerceBigint } from './coerce-bigint.js';
export { coerceBoolean } from './coerce-boolean.js';
export { coerceByteSize, coerceDuration } from './coerce-amount.js';
export { coerceDate } from './coerce-date.js';
export { coerceInteger } from './coerce-integer.js';
export { coerceNumber } from './coerce-number.js';
export { coerceRegExp } from './coerce-regexp.js';
export { coerceText } from './coerce-text.js';
export { coerceUrl } from './coerce-url.js';
export { type Coercer, NOT_SET } from './coercer.js';
export { CoercionFailure, describeFailure, isCoercionFailure } from './coercion-failure.js';
export { enumCoercer } from './enum-coercer.js';
export { ImmutableDate } from './immutable-date.js';
export { ImmutableMap } from './immutable-map.js';
export { ImmutableURL } from './immutable-url.js';
export { legalValues, type EnumSource } from './legal-values.js';
export { listItems } from './list-items.js';
export { mapEntries } from './map-entries.js';
export { showRaw } from './show-raw.js';
