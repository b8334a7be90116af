import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { coerceNumber, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

describe('coerceNumber', () => {
  it.each([
    ['0', 0],
    ['80', 80],
    ['-1.5', -1.5],
    ['1e3', 1_000],
    ['1.5E-3', 0.0015],
    ['1_000_000', 1_000_000],
    ['0.000_1', 0.0001],
    ['9007199254740993', 9007199254740992],
  ])('reads %j', (text, value) => {
    expect(coerceNumber(text)).toBe(value);
  });

  const malformed = [
    ' ',
    ' 1 ',
    '1 ',
    '0x10',
    '0o7',
    '0b1',
    '12abc',
    '80a',
    '+1',
    '1.',
    '.5',
    '007',
    '1__0',
    '_1',
    '1_',
  ];
  it.each([
    ...malformed,
    '1e',
    '1e+',
    '1_e3',
    '1._5',
    'Infinity',
    'NaN',
    '-',
    '١٢',
    '1,5',
    'null',
    '[1,2',
    '1,2,',
    '1n',
  ])('refuses %j', (text) => {
    expect(failureOf(coerceNumber(text))).toBe(`not-a-number: must be a number, got "${text}"`);
  });

  it.each([
    [NaN, 'not-a-number: must be a number, got NaN (a number)'],
    [Infinity, 'not-a-number: must be a number, got Infinity (a number)'],
    [true, 'not-a-number: must be a number, got true (a boolean)'],
    [null, 'not-a-number: must be a number, got null'],
    [[1], 'not-a-number: must be a number, got a list'],
    ['1e400', 'number-out-of-range: must be a number that fits a double, got "1e400"'],
    [2n ** 53n + 1n, 'number-out-of-range: must be a number that fits a double, got 9007199254740993 (a bigint)'],
    [10n ** 400n, 'number-out-of-range: must be a number that fits a double, got a bigint of more than 60 digits'],
  ])('refuses %p', (raw, sentence) => {
    expect(failureOf(coerceNumber(raw))).toBe(sentence);
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceNumber('')).toBe(NOT_SET);
  });

  it('takes a bigint that a double holds', () => {
    expect(coerceNumber(5n)).toBe(5);
  });

  it('reads no negative zero, which no setting means', () => {
    expect(coerceNumber('-0')).toBe(0);
  });

  it('reads back every number that JavaScript writes', () => {
    const written = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
    fc.assert(
      fc.property(written, (value) => {
        expect(coerceNumber(String(value).replace('e+', 'e'))).toBe(value);
      }),
    );
  });

  it('agrees with JSON.parse on every text without separators', () => {
    const digits = fc.string({
      unit: fc.constantFrom('0', '1', '9', '-', '+', '.', 'e', 'E'),
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(digits, (text) => {
        let expected: unknown;
        try {
          expected = Number(JSON.parse(text)) + 0;
        } catch {
          expected = undefined;
        }
        const coerced = coerceNumber(text);
        expect(typeof coerced === 'number' ? coerced : undefined).toBe(
          Number.isFinite(expected) ? expected : undefined,
        );
      }),
    );
  });
});
