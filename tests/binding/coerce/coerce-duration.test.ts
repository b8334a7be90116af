import { describe, expect, it } from '@jest/globals';
import { coerceDuration, NOT_SET } from '../../../src/binding/coerce/index.js';
import { Duration } from '../../../src/sections/index.js';
import { failureOf } from './failure-of.js';

const UNIT_REQUIRED = 'unit-required: must be a duration with a unit, such as 500ms, 10s or 1h30m, got ';

describe('coerceDuration', () => {
  it('reads text', () => {
    expect(coerceDuration('1h30m')).toEqual(Duration.of('90m'));
  });

  it('passes a duration as it is', () => {
    const duration = Duration.of('1s');
    expect(coerceDuration(duration)).toBe(duration);
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceDuration('')).toBe(NOT_SET);
  });

  it.each([
    ['10', '"10"'],
    [10, '10 (a number)'],
    [10n, '10 (a bigint)'],
    [1.5, '1.5 (a number)'],
  ])('asks for the unit of %p', (raw, shown) => {
    expect(failureOf(coerceDuration(raw))).toBe(`${UNIT_REQUIRED}${shown}`);
  });

  it.each([
    ['soon', '"soon"'],
    [true, 'true (a boolean)'],
    [null, 'null'],
    [{ seconds: 1 }, 'a map'],
  ])('refuses %p', (raw, shown) => {
    expect(failureOf(coerceDuration(raw))).toBe(
      `not-a-duration: must be a duration, such as 500ms, 10s or 1h30m, got ${shown}`,
    );
  });

  it('explains why a month is refused', () => {
    expect(failureOf(coerceDuration('P1M'))).toBe('no-fixed-length: must be a duration of fixed length, got "P1M"');
  });
});
