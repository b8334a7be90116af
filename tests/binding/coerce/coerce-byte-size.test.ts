import { describe, expect, it } from '@jest/globals';
import { coerceByteSize, NOT_SET } from '../../../src/binding/coerce/index.js';
import { ByteSize } from '../../../src/sections/index.js';
import { failureOf } from './failure-of.js';

describe('coerceByteSize', () => {
  it('reads text', () => {
    expect(coerceByteSize('64KiB')).toEqual(ByteSize.ofKibibytes(64));
  });

  it('passes a size as it is', () => {
    const size = ByteSize.of('1B');
    expect(coerceByteSize(size)).toBe(size);
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceByteSize('')).toBe(NOT_SET);
  });

  it.each([
    ['1024', '"1024"'],
    [1024, '1024 (a number)'],
    [1024n, '1024 (a bigint)'],
  ])('asks for the unit of %p', (raw, shown) => {
    expect(failureOf(coerceByteSize(raw))).toBe(
      `unit-required: must be a size with a unit, such as 512B, 64KiB or 10MB, got ${shown}`,
    );
  });

  it.each([
    ['64kib', '"64kib"'],
    [false, 'false (a boolean)'],
    [null, 'null'],
  ])('refuses %p', (raw, shown) => {
    expect(failureOf(coerceByteSize(raw))).toBe(
      `not-a-byte-size: must be a size, such as 512B, 64KiB or 10MB, got ${shown}`,
    );
  });
});
