import { describe, expect, it } from '@jest/globals';
import { enumCoercer, legalValues, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

enum Level {
  Low = 1,
  High = 2,
}
enum Mode {
  Fast = 'fast',
  Safe = 'safe',
}
// What a TypeScript enum of mixed members compiles to.
const Mixed = { None: 0, '0': 'None', Some: 'some' };

describe('enumCoercer', () => {
  it.each([
    [Level, 2, 2],
    [Level, '2', 2],
    [Level, 'High', 2],
    [Mode, 'fast', 'fast'],
    [Mode, 'Fast', 'fast'],
    [Mixed, 'None', 0],
    [Mixed, '0', 0],
    [Mixed, 'Some', 'some'],
    [['a', 'b'], 'b', 'b'],
    [[true, 'auto', 5n], 'true', true],
    [[true, 'auto', 5n], '5', 5n],
    [['', 'x'], '', ''],
  ])('of %p reads %p', (source, raw, value) => {
    expect(enumCoercer(source)(raw)).toBe(value);
  });

  it('looks among values before names', () => {
    const coerce = enumCoercer({ first: 'second', second: 'first' });
    expect([coerce('first'), coerce('second')]).toEqual(['first', 'second']);
  });

  it('prefers the first of two values with one text', () => {
    expect(enumCoercer([1n, 1])('1')).toBe(1n);
  });

  it.each([
    [Level, 'low', 'one of 1 (Low), 2 (High), got "low"'],
    [Level, 3, 'one of 1 (Low), 2 (High), got 3 (a number)'],
    [Mode, 'slow', 'one of "fast" (Fast), "safe" (Safe), got "slow"'],
    [Mode, null, 'one of "fast" (Fast), "safe" (Safe), got null'],
    [['a', 'b'], 'c', 'one of "a", "b", got "c"'],
    [['only'], 'x', '"only", got "x"'],
    [Mode, 'toString', 'one of "fast" (Fast), "safe" (Safe), got "toString"'],
    [Mode, '__proto__', 'one of "fast" (Fast), "safe" (Safe), got "__proto__"'],
    [[true], 1, 'true, got 1 (a number)'],
  ])('of %p refuses %p and lists what is legal', (source, raw, sentence) => {
    expect(failureOf(enumCoercer(source)(raw))).toBe(`not-in-enum: must be ${sentence}`);
  });

  it('lists at most 30 values', () => {
    const many = Array.from({ length: 33 }, (_, index) => index);
    expect(failureOf(enumCoercer(many)('x'))).toMatch(/ 28, 29, 3 more, got "x"$/);
  });

  it('takes an empty string for "not set"', () => {
    expect(enumCoercer(Mode)('')).toBe(NOT_SET);
  });

  it.each([[[]], [{}]])('of %p is a mistake of the programmer', (source) => {
    expect(() => enumCoercer(source)).toThrow(
      new TypeError('An enum needs at least one legal value; give an enum object or a list.'),
    );
  });

  it('takes no objects for values', () => {
    expect(() => enumCoercer([{}])).toThrow(
      new TypeError("An enum's values are texts, numbers, booleans or bigints, not object."),
    );
  });
});

describe('legalValues', () => {
  it('leaves out the reverse mapping of a numeric enum', () => {
    expect(legalValues(Level)).toEqual([
      { value: 1, name: 'Low' },
      { value: 2, name: 'High' },
    ]);
  });

  it('keeps numeric names that are no reverse mapping', () => {
    expect(legalValues({ 200: 'ok', 404: 'missing' })).toEqual([
      { value: 'ok', name: '200' },
      { value: 'missing', name: '404' },
    ]);
  });
});
