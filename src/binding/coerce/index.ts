// coerce: raw value -> typed value, or a CoercionFailure. Pure, synchronous, and never throws.
//
//   coerceX(raw)            -> value | NOT_SET | CoercionFailure
//   describeFailure(failure) -> "must be an integer, got "80a""
export { coerceAnything, coerceBoolean, coerceText } from './coerce-text.js';
export { coerceBigint, coerceInteger, coerceNumber } from './coerce-number.js';
export { coerceByteSize, coerceDuration } from './coerce-amount.js';
export { coerceDate, ImmutableDate } from './coerce-date.js';
export { coerceRegExp } from './coerce-regexp.js';
export { coerceUrl, ImmutableURL } from './coerce-url.js';
export {
  type Coercer,
  NOT_SET,
  CoercionFailure,
  describeFailure,
  isCoercionFailure,
  showRaw,
} from './coercion-failure.js';
export { enumCoercer, legalValues, type EnumSource } from './coerce-enum.js';
export { ImmutableMap, listItems, mapEntries } from './coerce-collections.js';
export { parseJsonText } from './parse-json-text.js';
