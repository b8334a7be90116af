import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { coerceInteger, isCoercionFailure, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

const RANGE = 'an integer from -9007199254740991 to 9007199254740991';

describe('coerceInteger', () => {
  it.each([
    ['80', 80],
    ['-1', -1],
    ['1_500', 1_500],
    ['1.0', 1],
    ['1e3', 1_000],
    ['1.50e1', 15],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    [7, 7],
    [7n, 7],
  ])('reads %p', (raw, value) => {
    expect(coerceInteger(raw)).toBe(value);
  });

  it.each([
    ['80a', 'not-an-integer: must be an integer, got "80a"'],
    ['1.5', 'not-an-integer: must be an integer, got "1.5"'],
    ['1.00000000000000000001', 'not-an-integer: must be an integer, got "1.00000000000000000001"'],
    ['1.25e1', 'not-an-integer: must be an integer, got "1.25e1"'],
    [' 1 ', 'not-an-integer: must be an integer, got " 1 "'],
    [1.5, 'not-an-integer: must be an integer, got 1.5 (a number)'],
    [NaN, 'not-an-integer: must be an integer, got NaN (a number)'],
    [true, 'not-an-integer: must be an integer, got true (a boolean)'],
    ['9007199254740993', `unsafe-integer: must be ${RANGE}, got "9007199254740993"`],
    [2 ** 53, `unsafe-integer: must be ${RANGE}, got 9007199254740992 (a number)`],
    [2n ** 64n, `unsafe-integer: must be ${RANGE}, got 18446744073709551616 (a bigint)`],
    ['1e400', `unsafe-integer: must be ${RANGE}, got "1e400"`],
  ])('refuses %p', (raw, sentence) => {
    expect(failureOf(coerceInteger(raw))).toBe(sentence);
  });

  it('says how to keep the digits of a large integer', () => {
    const failure = coerceInteger('9007199254740993');
    expect(isCoercionFailure(failure) && failure.hint).toBe(
      'declare the field as bigint and write the number in quotes to keep all its digits',
    );
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceInteger('')).toBe(NOT_SET);
  });

  it('reads back every safe integer', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(coerceInteger(String(value))).toBe(value);
      }),
    );
  });
});
