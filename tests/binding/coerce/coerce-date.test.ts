import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { coerceDate, ImmutableDate, isCoercionFailure, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

function isoOf(raw: unknown): unknown {
  const coerced = coerceDate(raw);
  return coerced instanceof Date ? coerced.toISOString() : failureOf(coerced);
}

describe('coerceDate', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29', '2000-02-29T00:00:00.000Z'],
    ['2024-01-02T03:04Z', '2024-01-02T03:04:00.000Z'],
    ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05.000Z'],
    ['2024-01-02T03:04:05.678Z', '2024-01-02T03:04:05.678Z'],
    ['2024-01-02T03:04:05.678999999Z', '2024-01-02T03:04:05.678Z'],
    ['2024-01-02T03:04:05+02:00', '2024-01-02T01:04:05.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
  ])('reads %s', (text, iso) => {
    expect(isoOf(text)).toBe(iso);
  });

  const impossible = ['2023-02-29', '2023-02-30', '1900-02-29', '2024-04-31', '2024-13-01', '2024-00-10', '2024-01-00'];
  const foreign = ['2024', '2024-01', '20240102', '01/02/2024', 'Jan 2 2024', '1700000000', '2024-1-2', '٢٠٢٤-٠١-٠٢'];
  const times = [
    '2024-01-01T24:00Z',
    '2024-01-01T10:60Z',
    '2024-01-01T10:00:60Z',
    '2024-01-01 10:00Z',
    '2024-01-01T10Z',
  ];
  const offsets = ['2024-01-01T10:00z', '2024-01-01T10:00+0200', '2024-01-01T10:00+24:00', '2024-01-01T10:00Z '];
  it.each(impossible)('refuses %j, which does not exist', (text) => {
    expect(isoOf(text)).toBe(`not-a-date: must be a date that exists, got "${text}"`);
  });

  it.each([...foreign, ...times, ...offsets, ' 2024-01-01', '2024-01-01Z'])('refuses %j', (text) => {
    expect(isoOf(text)).toBe(`not-a-date: must be a date in ISO 8601, the year first, got "${text}"`);
  });

  it('asks for the offset of a time, which would be another time on another machine', () => {
    const failure = coerceDate('2024-01-01T10:00:00');
    expect([failureOf(failure), isCoercionFailure(failure) && failure.hint]).toEqual([
      'offset-required: must be a date and time with an offset, got "2024-01-01T10:00:00"',
      'end it with Z for UTC, or with an offset such as +02:00',
    ]);
  });

  it.each([
    [1_700_000_000, '1700000000 (a number)'],
    [null, 'null'],
    [{ getTime: 1 }, 'a map'],
  ])('refuses %p', (raw, shown) => {
    expect(isoOf(raw)).toBe(`not-a-date: must be a date in ISO 8601, the year first, got ${shown}`);
  });

  it('refuses a Date that is none', () => {
    expect(isoOf(new Date(NaN))).toBe('not-a-date: must be a date that exists, got a Date');
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceDate('')).toBe(NOT_SET);
  });

  it('copies a Date, so that its owner cannot change the settings', () => {
    const given = new Date('2024-01-01');
    const coerced = coerceDate(given);
    given.setFullYear(1999);
    expect(isoOf(coerced)).toBe('2024-01-01T00:00:00.000Z');
  });

  it('passes its own result as it is', () => {
    const coerced = coerceDate('2024-01-01');
    expect(coerceDate(coerced)).toBe(coerced);
  });

  it('refuses an immutable date that is invalid', () => {
    expect(isoOf(new ImmutableDate(NaN))).toBe('not-a-date: must be a date that exists, got a Date');
  });

  it('reads back every date of four-digit years', () => {
    const dates = fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(isoOf(date.toISOString())).toBe(date.toISOString());
      }),
    );
  });
});
