import { describe, expect, it } from '@jest/globals';
import {
  coerceInteger,
  isCoercionFailure,
  mapCoercer,
  mapEntries,
  NOT_SET,
  type CoercionFailure,
} from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

const integers = mapCoercer(coerceInteger);
const RESERVED = 'must be a map without the reserved keys __proto__, constructor and prototype';

function failuresOf(coerced: unknown): readonly string[] {
  const all: readonly CoercionFailure[] = isCoercionFailure(coerced) ? coerced.all : [];
  return all.map((failure) => `${failure.path.join('.')} ${String(failureOf(failure))}`);
}

describe('mapCoercer', () => {
  it.each([
    [
      { a: '1', b: 2 },
      { a: 1, b: 2 },
    ],
    ['{"a":"1","b":2}', { a: 1, b: 2 }],
    [' {} ', {}],
    [Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
    [
      { toString: 1, hasOwnProperty: 2, then: 3 },
      { toString: 1, hasOwnProperty: 2, then: 3 },
    ],
  ])('reads %j', (raw, map) => {
    expect(integers(raw)).toEqual(map);
  });

  it.each(['{"a":', 'a=1', '[1]', ' ', '{a:1}', '{} x'])('refuses %j', (text) => {
    expect(failureOf(integers(text))).toBe(
      `malformed-map: must be a map in JSON, got "${text}"`.replaceAll('"a"', '\\"a\\"'),
    );
  });

  it.each([
    [5, '5 (a number)'],
    [[1], 'a list'],
    [null, 'null'],
    [new Map([['a', 1]]), 'an object'],
    [new Date(0), 'a Date'],
  ])('refuses %p', (raw, shown) => {
    expect(failureOf(integers(raw))).toBe(`not-a-map: must be a map, got ${shown}`);
  });

  it('reports every failing value with its key', () => {
    expect(failuresOf(integers({ a: 'x', b: 1, c: '' }))).toEqual([
      'a not-an-integer: must be an integer, got "x"',
      'c empty-item: must be a value, got ""',
    ]);
  });

  it('reports at most 100 values', () => {
    const raw = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key${String(index)}`, 'x']));
    expect(failuresOf(integers(raw))).toHaveLength(100);
  });

  it.each(['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"prototype":{"x":1}}'])(
    'refuses the reserved key of %s',
    (text) => {
      expect([failureOf(integers(text)), failureOf(integers(JSON.parse(text)))]).toEqual([
        expect.stringContaining(`forbidden-key: ${RESERVED}`),
        expect.stringContaining(`forbidden-key: ${RESERVED}`),
      ]);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
  );

  it('takes an empty text for "not set"', () => {
    expect(integers('')).toBe(NOT_SET);
  });

  it('gives a frozen copy and leaves the raw map alone', () => {
    const raw = { a: 1 };
    const coerced = integers(raw);
    expect([coerced !== raw, Object.isFrozen(coerced), Object.isFrozen(raw)]).toEqual([true, true, false]);
  });

  it('passes its own result as it is', () => {
    const coerced = integers({ a: '1' });
    expect(integers(coerced)).toBe(coerced);
  });
});

describe('mapEntries', () => {
  it('gives the plain map itself', () => {
    const raw = { a: [1] };
    expect(mapEntries(raw)).toBe(raw);
  });
});
