import * as coerce from '../coerce/index.js';
import type { AmountType, ScalarKind, SingleType } from '../fields/index.js';

type Coercer = (raw: unknown) => unknown;

const SCALAR_COERCERS: Readonly<Record<ScalarKind | AmountType['kind'], Coercer>> = {
  text: coerce.coerceText,
  number: coerce.coerceNumber,
  integer: coerce.coerceInteger,
  boolean: coerce.coerceBoolean,
  bigint: coerce.coerceBigint,
  date: coerce.coerceDate,
  url: coerce.coerceUrl,
  regexp: coerce.coerceRegExp,
  duration: coerce.coerceDuration,
  'byte-size': coerce.coerceByteSize,
  anything: coerce.coerceAnything,
};

const enumCoercers = new WeakMap<object, Coercer>();

/** The function that makes a typed value of a raw one, or a `CoercionFailure`. */
export function coercerOf(type: SingleType): Coercer {
  if (type.kind !== 'enum') return SCALAR_COERCERS[type.kind];
  let coercer = enumCoercers.get(type.legal);
  if (coercer === undefined) enumCoercers.set(type.legal, (coercer = coerce.enumCoercer(type.legal)));
  return coercer;
}
