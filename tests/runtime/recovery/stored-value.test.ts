import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { UNRESOLVED, UNSET } from '../../../src/core/index.js';
import { isStorable, restoredMap, restoredValue, storedValue } from '../../../src/runtime/recovery/stored-value.js';

const through = (value: unknown): unknown => restoredValue(JSON.parse(JSON.stringify(storedValue(value))));

const key = fc.oneof(fc.string(), fc.constantFrom('$uno', 'text', 'value', 'toJSON', 'hasOwnProperty', ''));
const legalKey = key.filter((one) => !['__proto__', 'constructor', 'prototype'].includes(one));
const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.bigInt(),
  fc.constantFrom(null, undefined, UNSET, UNRESOLVED),
  fc.date({ noInvalidDate: true }),
  fc.webUrl().map((text) => new URL(text)),
);
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(legalKey, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('storedValue', () => {
  it('comes back from JSON as it was', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(through(value)).toEqual(value);
      }),
    );
  });

  it.each([NaN, Infinity, -Infinity, -0, 2n ** 80n, UNSET, UNRESOLVED, undefined])('brings back %p', (value) => {
    expect(Object.is(through([value]), value) || Object.is((through([value]) as unknown[])[0], value)).toBe(true);
  });

  it('brings back a map that looks like a mark', () => {
    const map = { $uno: 'bigint', text: '5' };
    expect(through(map)).toEqual(map);
  });

  it('refuses what no text can hold', () => {
    expect(() => storedValue(() => 1)).toThrow(new TypeError('A function cannot be stored.'));
  });
});

describe('isStorable', () => {
  it('is true for what storedValue writes', () => {
    expect(['', 1, true, 1n, undefined, null, UNSET, UNRESOLVED, new Date(0), new URL('a:b')].every(isStorable)).toBe(
      true,
    );
  });

  it('is false for instances, functions, symbols and dates that mean something else', () => {
    class LocalDate extends Date {}
    const others = [/x/, () => 1, Symbol('x'), new LocalDate(), new Date(NaN), new Map()];
    expect(others.some(isStorable)).toBe(false);
  });
});

describe('restoredValue', () => {
  it.each([
    [{ $uno: 'function' }, 'an unknown mark'],
    [{ $uno: 'bigint', text: 'x' }, 'an unknown mark'],
    [{ $uno: 'url', text: '' }, 'an unknown mark'],
    [JSON.parse('{"a":{"__proto__":1}}'), 'a reserved key'],
    [JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`), 'nested too deeply'],
  ] as const)('refuses what is never written: %#', (stored: unknown, why) => {
    expect(() => restoredValue(stored)).toThrow(new RangeError(why));
  });

  it('pollutes nothing', () => {
    expect(() => restoredMap({ constructor: { prototype: { polluted: 1 } } })).toThrow('a reserved key');
  });
});
