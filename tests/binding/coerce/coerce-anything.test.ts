import { describe, expect, it } from '@jest/globals';
import {
  coerceAnything,
  ImmutableDate,
  ImmutableURL,
  isCoercionFailure,
  NOT_SET,
} from '../../../src/binding/coerce/index.js';
import { Duration } from '../../../src/sections/index.js';
import { failureOf } from './failure-of.js';

describe('coerceAnything', () => {
  it.each(['text', '5', 'true', ' ', 5, true, null, Symbol.iterator])('passes %p as it is', (raw) => {
    expect(coerceAnything(raw)).toBe(raw);
  });

  it.each([
    ['{"a":[1,{"b":null}]}', { a: [1, { b: null }] }],
    [' [1]', [1]],
    [{ a: [1] }, { a: [1] }],
  ])('reads %p', (raw, value) => {
    expect(coerceAnything(raw)).toEqual(value);
  });

  it('keeps the digits of an integer that no number holds, in a text that JSON can show', () => {
    const value = coerceAnything({ id: 12_345_678_901_234_567_890n, list: [1n] });
    expect(value).toEqual({ id: '12345678901234567890', list: ['1'] });
    expect(JSON.stringify(value)).toBe('{"id":"12345678901234567890","list":["1"]}');
    expect(coerceAnything(5n)).toBe('5');
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceAnything('')).toBe(NOT_SET);
  });

  it.each(['{"a"', '[1,2', '[draft] title'])('refuses %j, which starts like JSON and is none', (text) => {
    const shown = text.replaceAll('"', '\\"');
    expect(failureOf(coerceAnything(text))).toBe(
      `malformed-json: must be JSON, because it starts with { or [, got "${shown}"`,
    );
  });

  it('gives frozen copies all the way down and leaves the raw value alone', () => {
    const raw = { list: [{ a: 1 }] };
    const coerced = coerceAnything(raw) as typeof raw; // The same shape, by contract.
    expect([coerced, coerced.list, coerced.list[0], raw, raw.list].map((value) => Object.isFrozen(value))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('makes dates, URLs and expressions immutable inside', () => {
    const coerced = coerceAnything([new Date(0), new URL('http://a/'), /a/i]) as unknown[]; // A list, by contract.
    expect([
      coerced[0] instanceof ImmutableDate,
      coerced[1] instanceof ImmutableURL,
      Object.isFrozen(coerced[2]),
    ]).toEqual([true, true, true]);
  });

  it('leaves other instances to who made them', () => {
    const duration = Duration.of('1s');
    expect((coerceAnything({ duration }) as { duration: unknown }).duration).toBe(duration);
  });

  it('passes its own result as it is', () => {
    const coerced = coerceAnything({ a: [{ b: new Date(0) }] });
    expect(coerceAnything(coerced)).toBe(coerced);
  });

  it('refuses a structure that contains itself', () => {
    const raw: Record<string, unknown> = { name: 'x' };
    raw['self'] = { again: [raw] };
    const failure = coerceAnything(raw);
    expect([failureOf(failure), isCoercionFailure(failure) && failure.path]).toEqual([
      'too-deep: must be a structure that does not contain itself, got a map',
      ['self', 'again', '0'],
    ]);
  });

  it.each([101, 20_000])('refuses %d levels', (levels) => {
    expect(failureOf(coerceAnything('['.repeat(levels) + ']'.repeat(levels)))).toBe(
      'too-deep: must be at most 100 levels deep, got a list',
    );
  });

  it('reads 100 levels', () => {
    const text = '['.repeat(100) + ']'.repeat(100);
    expect(JSON.stringify(coerceAnything(text))).toBe(text);
  });

  it('counts levels, not neighbours', () => {
    const wide = Array.from({ length: 200 }, () => [0]);
    expect(coerceAnything(wide)).toEqual(wide);
  });

  it('keeps what is shared shared, so that a few aliases cannot become millions of copies', () => {
    let raw: unknown[] = ['x'];
    for (let level = 0; level < 50; level += 1) raw = [raw, raw, raw, raw, raw, raw, raw, raw, raw];
    const coerced = coerceAnything(raw) as unknown[]; // A list, by contract.
    expect(coerced[0]).toBe(coerced[8]);
  });

  it('refuses a reserved key at any depth and names its path', () => {
    const failure = coerceAnything('{"a":[{"__proto__":{"polluted":1}}]}');
    expect(isCoercionFailure(failure) && [failure.code, failure.path]).toEqual([
      'forbidden-key',
      ['a', '0', '__proto__'],
    ]);
  });

  it('refuses a number that no double holds', () => {
    expect(failureOf(coerceAnything('{"a":1e400}'))).toBe(
      'number-out-of-range: must be a finite number, got Infinity (a number)',
    );
  });
});
