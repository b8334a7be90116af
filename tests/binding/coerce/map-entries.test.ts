import { describe, expect, it } from '@jest/globals';
import { mapEntries, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

const RESERVED = 'must be a map without the reserved keys __proto__, constructor and prototype';

describe('mapEntries', () => {
  it.each([
    ['{"a":"1","b":2}', { a: '1', b: 2 }],
    [' {} ', {}],
  ])('reads %j', (raw, map) => {
    expect(mapEntries(raw)).toEqual(map);
  });

  it.each([[{ a: [1] }], [Object.assign(Object.create(null) as object, { a: 1 })], [{ toString: 1, then: 3 }]])(
    'gives the plain map %j itself',
    (raw) => {
      expect(mapEntries(raw)).toBe(raw);
    },
  );

  it('takes an empty string for "not set"', () => {
    expect(mapEntries('')).toBe(NOT_SET);
  });

  it.each(['{"a":', 'a=1', '[1]', ' ', '{a:1}', '{} x'])('refuses %j', (text) => {
    const shown = text.replaceAll('"', '\\"');
    expect(failureOf(mapEntries(text))).toBe(`malformed-map: must be a map in JSON, got "${shown}"`);
  });

  it.each([
    [5, '5 (a number)'],
    [[1], 'a list'],
    [null, 'null'],
    [new Map([['a', 1]]), 'an object'],
    [new Date(0), 'a Date'],
  ])('refuses %p', (raw, shown) => {
    expect(failureOf(mapEntries(raw))).toBe(`not-a-map: must be a map, got ${shown}`);
  });

  it.each(['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"prototype":{"x":1}}'])(
    'refuses the reserved key of %s',
    (text) => {
      expect([failureOf(mapEntries(text)), failureOf(mapEntries(JSON.parse(text)))]).toEqual([
        expect.stringContaining(`forbidden-key: ${RESERVED}`),
        expect.stringContaining(`forbidden-key: ${RESERVED}`),
      ]);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
  );
});
