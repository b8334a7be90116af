import { describe, expect, it } from '@jest/globals';
import { coerceBoolean, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

describe('coerceBoolean', () => {
  it.each(['true', 'TRUE', 'True', 'yes', 'on', 'ON', '1', true])('reads %p as true', (raw) => {
    expect(coerceBoolean(raw)).toBe(true);
  });

  it.each(['false', 'False', 'no', 'NO', 'off', '0', false])('reads %p as false', (raw) => {
    expect(coerceBoolean(raw)).toBe(false);
  });

  it.each([' ', ' true', 'true ', 'y', 't', '2', '01', '-0', 'null', 'truе', 'ﬀ', 'oﬀ', 'enabled'])(
    'refuses %j',
    (text) => {
      expect(failureOf(coerceBoolean(text))).toBe(`not-a-boolean: must be true or false, got "${text}"`);
    },
  );

  it.each([
    [1, '1 (a number)'],
    [0, '0 (a number)'],
    [null, 'null'],
    [[], 'a list'],
  ])('refuses %p', (raw, shown) => {
    expect(failureOf(coerceBoolean(raw))).toBe(`not-a-boolean: must be true or false, got ${shown}`);
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceBoolean('')).toBe(NOT_SET);
  });
});
