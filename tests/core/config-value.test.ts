import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { isConfigMap, UNRESOLVED, UNSET, valueAt } from '../../src/core/index.js';

class Settings {
  readonly a = 1;
}

describe('the tokens', () => {
  it('are the same in every copy of the package, and not each other', () => {
    expect(UNSET).toBe(Symbol.for('uno-config.unset'));
    expect(UNRESOLVED).toBe(Symbol.for('uno-config.unresolved'));
  });
});

describe('isConfigMap', () => {
  it.each([
    ['a literal', {}],
    ['a map without prototype', Object.create(null)],
    ['a parsed map', JSON.parse('{"__proto__": {"x": 1}}')],
    ['a map of another realm', runInNewContext('({ a: 1 })')],
  ])('is true for %s', (_name, value) => {
    expect(isConfigMap(value)).toBe(true);
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'a'],
    ['a function', () => undefined],
    ['a list', []],
    ['a list of another realm', runInNewContext('[]')],
    ['a date', new Date(0)],
    ['a date of another realm', runInNewContext('new Date(0)')],
    ['a URL', new URL('http://a/')],
    ['a Map', new Map()],
    ['an instance', new Settings()],
    ['an object that inherits from a plain one', Object.create({ a: 1 })],
    ['an object that inherits from a map without prototype', Object.create(Object.create(null) as object)],
  ])('is false for %s', (_name, value) => {
    expect(isConfigMap(value)).toBe(false);
  });
});

describe('valueAt', () => {
  const tree = { a: { b: [{ c: 1 }, 2] }, n: null, '': { '01': 'x' }, date: new Date(0) };

  it.each([
    [[], tree],
    [['a'], tree.a],
    [['a', 'b', '0', 'c'], 1],
    [['a', 'b', '1'], 2],
    [['n'], null],
    [['', '01'], 'x'],
    [['a', 'b', '2'], undefined],
    [['a', 'x', 'c'], undefined],
    [['n', 'x'], undefined],
    [['a', 'b', '1', 'x'], undefined],
  ])('at %j', (path, value) => {
    expect(valueAt(tree, path)).toBe(value);
  });

  it.each(['length', '-1', '00', '01', '1.0', '0x0', '1e0', '', ' 0', '0 ', 'map', 'constructor'])(
    'does not take %j for the index of an item',
    (key) => {
      expect(valueAt([1, 2], [key])).toBeUndefined();
    },
  );

  it('finds items past the tenth', () => {
    expect(
      valueAt(
        Array.from({ length: 121 }, (_, index) => index),
        ['120'],
      ),
    ).toBe(120);
  });

  it.each(['toString', '__proto__', 'constructor', 'hasOwnProperty'])('does not see the inherited %s', (key) => {
    expect(valueAt({}, [key])).toBeUndefined();
    expect(valueAt({ a: 'text' }, ['a', key])).toBeUndefined();
  });

  it('does not look into value objects', () => {
    expect(valueAt({ url: new URL('http://a/') }, ['url', 'host'])).toBeUndefined();
    expect(valueAt(tree, ['date', 'getTime'])).toBeUndefined();
    expect(valueAt({ settings: new Settings() }, ['settings', 'a'])).toBeUndefined();
  });
});
