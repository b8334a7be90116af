import { type FieldType, type ScalarKind, type AmountType, describeType } from '../fields/index.js';

const SINGLE: Readonly<Record<ScalarKind | AmountType['kind'], string>> = {
  text: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'true or false',
  bigint: 'an integer',
  date: 'a date',
  url: 'an absolute URL',
  regexp: 'a regular expression',
  duration: 'a duration, such as 10s',
  'byte-size': 'a size, such as 64KiB',
  anything: 'a value',
};

/** Completes "must be …" for a type, in the words that its coercer uses. */
export function expectedValue(type: FieldType): string {
  switch (type.kind) {
    case 'list':
      return `a list, each item ${expectedValue(type.item)}`;
    case 'map':
      return `a map, each value ${expectedValue(type.item)}`;
    case 'section':
      return `a map of settings (${describeType(type)})`;
    case 'enum':
      return describeType(type);
    case 'secret':
      return expectedValue(type.item);
    default:
      return SINGLE[type.kind];
  }
}
