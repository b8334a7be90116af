import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { isCoercionFailure, listItems, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

describe('listItems', () => {
  it.each([
    ['80,443', ['80', '443']],
    ['80 , 443 ', ['80', '443']],
    ['80', ['80']],
    ['[80, "443", null]', [80, '443', null]],
    [' [1]\n', [1]],
    ['[]', []],
    ['["a,b", ""]', ['a,b', '']],
    [[], []],
  ])('reads %p', (raw, items) => {
    expect(listItems(raw)).toEqual(items);
  });

  it('gives a list as it is', () => {
    const raw = [1, undefined];
    expect(listItems(raw)).toBe(raw);
  });

  it('takes an empty string for "not set"', () => {
    expect(listItems('')).toBe(NOT_SET);
  });

  it.each(['1,2,', ',1', '1,,2', ' ', ','])('refuses the stray comma or blank of %j', (text) => {
    expect(failureOf(listItems(text))).toBe(`malformed-list: must be a list without empty items, got "${text}"`);
  });

  it.each(['[1,2', '[1,2]x', "['a']", '[1,]'])('refuses the malformed JSON %j', (text) => {
    expect(failureOf(listItems(text))).toBe(`malformed-list: must be a list in JSON, got "${text}"`);
  });

  it.each([
    [5, '5 (a number)'],
    [{ 0: 'a' }, 'a map'],
    [null, 'null'],
    [new Set([1]), 'an object'],
  ])('refuses %p', (raw, shown) => {
    expect(failureOf(listItems(raw))).toBe(`not-a-list: must be a list, got ${shown}`);
  });

  it('refuses what is reserved inside JSON text, and names its path', () => {
    const failure = listItems('[{"a":{"__proto__":{"polluted":1}}}]');
    expect(isCoercionFailure(failure) && [failure.code, failure.path]).toEqual([
      'forbidden-key',
      ['0', 'a', '__proto__'],
    ]);
  });

  it('reads back every list written with commas', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { minLength: 1 }), (list) => {
        expect(listItems(list.join(','))).toEqual(list.map(String));
      }),
    );
  });

  it('reads back every list written in JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (list) => {
        expect(listItems(JSON.stringify(list))).toEqual(list);
      }),
    );
  });
});
