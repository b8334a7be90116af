import { describe, expect, it } from '@jest/globals';
import { coerceText, isCoercionFailure } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

describe('coerceText', () => {
  it.each(['x', '', ' ', '1.10', 'null', '\u0000'])('passes %j as it is', (text) => {
    expect(coerceText(text)).toBe(text);
  });

  it.each([
    [1.1, 'not-a-string: must be a string, got 1.1 (a number)'],
    [true, 'not-a-string: must be a string, got true (a boolean)'],
    [10n, 'not-a-string: must be a string, got 10 (a bigint)'],
    [new Date(0), 'not-a-string: must be a string, got a Date'],
    [null, 'not-a-string: must be a string, got null'],
    [['a'], 'not-a-string: must be a string, got a list'],
    [{ a: 1 }, 'not-a-string: must be a string, got a map'],
    [undefined, 'not-a-string: must be a string, got nothing'],
  ])('refuses %p', (raw, sentence) => {
    expect(failureOf(coerceText(raw))).toBe(sentence);
  });

  it.each([
    [1.1, 'write it in quotes'],
    [false, 'write it in quotes'],
    [5n, 'write it in quotes'],
    [new Date(0), 'write it in quotes'],
    [null, undefined],
    [undefined, undefined],
    [['a'], undefined],
    [{ a: 1 }, undefined],
  ])('hints at quotes where they would help: %p', (raw, hint) => {
    const failure = coerceText(raw);
    expect(isCoercionFailure(failure) && failure.hint).toBe(hint);
  });
});
