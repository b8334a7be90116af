import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { coerceBigint, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

const EXPECTED = 'an integer of at most 1000 digits';

describe('coerceBigint', () => {
  it.each([
    ['0', 0n],
    ['9007199254740993', 9007199254740993n],
    ['-1_000', -1_000n],
    [7, 7n],
    [7n, 7n],
  ])('reads %p', (raw, value) => {
    expect(coerceBigint(raw)).toBe(value);
  });

  it.each(['1n', '0x10', ' 1', '1.0', '1e3', '+1', '007', '١٢', '1_', '-'])('refuses %j', (text) => {
    expect(failureOf(coerceBigint(text))).toBe(`not-a-bigint: must be ${EXPECTED}, got "${text}"`);
  });

  it.each([1.5, Infinity, true, null, [1]])('refuses %p', (raw) => {
    expect(failureOf(coerceBigint(raw))).toMatch(/^not-a-bigint: must be an integer of at most 1000 digits, got /);
  });

  it('refuses a number whose digits the parser has rounded', () => {
    expect(failureOf(coerceBigint(2 ** 53))).toBe(
      'unsafe-integer: must be an integer whose digits are all known, got 9007199254740992 (a number)',
    );
  });

  it('reads 1,000 digits and not one more', () => {
    expect([coerceBigint('9'.repeat(1_000)), failureOf(coerceBigint('9'.repeat(1_001)))]).toEqual([
      10n ** 1_000n - 1n,
      expect.stringContaining('not-a-bigint'),
    ]);
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceBigint('')).toBe(NOT_SET);
  });

  it('reads back every bigint', () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(coerceBigint(String(value))).toBe(value);
      }),
    );
  });
});
