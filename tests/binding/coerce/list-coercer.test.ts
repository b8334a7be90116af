import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  coerceInteger,
  coerceText,
  isCoercionFailure,
  listCoercer,
  listItems,
  mapCoercer,
  NOT_SET,
  type CoercionFailure,
} from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

const integers = listCoercer(coerceInteger);
const texts = listCoercer(coerceText);

function failuresOf(coerced: unknown): readonly string[] {
  const all: readonly CoercionFailure[] = isCoercionFailure(coerced) ? coerced.all : [];
  return all.map((failure) => `${failure.path.join('.')} ${String(failureOf(failure))}`);
}

describe('listCoercer', () => {
  it.each([
    ['80,443', [80, 443]],
    ['80 , 443 ', [80, 443]],
    ['80', [80]],
    ['[80, "443"]', [80, 443]],
    [' [1]\n', [1]],
    ['[]', []],
    [
      [80, '443'],
      [80, 443],
    ],
    [[], []],
  ])('reads %p', (raw, list) => {
    expect(integers(raw)).toEqual(list);
  });

  it('reads an item with a comma from JSON', () => {
    expect(texts('["a,b", ""]')).toEqual(['a,b', '']);
  });

  it.each(['1,2,', ',1', '1,,2', ' ', ','])('refuses the stray comma or blank of %j', (text) => {
    expect(failureOf(integers(text))).toBe(`malformed-list: must be a list without empty items, got "${text}"`);
  });

  it.each(['[1,2', '[1,2]x', "['a']", '[1,]'])('refuses the malformed JSON %j', (text) => {
    expect(failureOf(integers(text))).toBe(`malformed-list: must be a list in JSON, got "${text}"`);
  });

  it.each([
    [5, '5 (a number)'],
    [{ 0: 'a' }, 'a map'],
    [null, 'null'],
    [new Set([1]), 'an object'],
  ])('refuses %p', (raw, shown) => {
    expect(failureOf(integers(raw))).toBe(`not-a-list: must be a list, got ${shown}`);
  });

  it('reports every failing item with its index', () => {
    expect(failuresOf(integers('1,x,3,y'))).toEqual([
      '1 not-an-integer: must be an integer, got "x"',
      '3 not-an-integer: must be an integer, got "y"',
    ]);
  });

  it('reports the path into nested lists and maps', () => {
    expect(failuresOf(listCoercer(mapCoercer(integers))([{ ports: ['a', 1, 'b'] }, { ports: 'c' }]))).toEqual([
      '0.ports.0 not-an-integer: must be an integer, got "a"',
      '0.ports.2 not-an-integer: must be an integer, got "b"',
      '1.ports.0 not-an-integer: must be an integer, got "c"',
    ]);
  });

  it('reports an item that is not set', () => {
    expect(failuresOf(integers([1, '']))).toEqual(['1 empty-item: must be a value, got ""']);
  });

  it('reports at most 100 items', () => {
    expect(failuresOf(integers(Array.from({ length: 5_000 }, () => 'x')))).toHaveLength(100);
  });

  it('takes an empty text for "not set"', () => {
    expect(integers('')).toBe(NOT_SET);
  });

  it('gives a frozen copy and leaves the raw list alone', () => {
    const raw = [1, 2];
    const coerced = integers(raw);
    expect([coerced !== raw, Object.isFrozen(coerced), Object.isFrozen(raw)]).toEqual([true, true, false]);
  });

  it('passes its own result as it is', () => {
    const coerced = integers('1,2');
    expect(integers(coerced)).toBe(coerced);
  });

  it('reads back every list written with commas', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { minLength: 1 }), (list) => {
        expect(integers(list.join(','))).toEqual(list);
      }),
    );
  });

  it('reads back every list written in JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (list) => {
        expect(texts(JSON.stringify(list))).toEqual(list);
      }),
    );
  });
});

describe('listItems', () => {
  it('gives the raw items', () => {
    expect([listItems('a, b'), listItems('[1,"a",null]'), listItems([undefined])]).toEqual([
      ['a', 'b'],
      [1, 'a', null],
      [undefined],
    ]);
  });

  it('refuses what is reserved inside JSON text', () => {
    const failure = listItems('[{"a":{"__proto__":{"polluted":1}}}]');
    expect(failuresOf(failure)).toEqual([
      '0.a.__proto__ forbidden-key: must be a map without the reserved keys __proto__, constructor and prototype, got "__proto__"',
    ]);
  });
});
