import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { foldKey, foldKeys, formatPath, isForbiddenKey, isWithin, ROOT_PATH } from '../../src/core/index.js';

describe('ROOT_PATH', () => {
  it('is empty and stays so', () => {
    expect(ROOT_PATH).toEqual([]);
    expect(Object.isFrozen(ROOT_PATH)).toBe(true);
  });
});

describe('isForbiddenKey', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('is true for %s', (key) => {
    expect(isForbiddenKey(key)).toBe(true);
  });

  it.each(['', 'proto', '__proto', 'Constructor', 'prototypes', 'toString', 'hasOwnProperty'])(
    'is false for %j',
    (key) => {
      expect(isForbiddenKey(key)).toBe(false);
    },
  );
});

describe('formatPath', () => {
  it.each([
    [[], ''],
    [['database'], 'database'],
    [['database', 'pool', 'max'], 'database.pool.max'],
    [['servers', '0', 'host'], 'servers.0.host'],
    [['routes', 'a.b', 'target'], 'routes["a.b"].target'],
    [['a.b'], '["a.b"]'],
    [['', 'a'], '[""].a'],
    [['a', 'x[0]'], 'a["x[0]"]'],
    [['a', 'x]'], 'a["x]"]'],
    [['a', 'say "hi"'], String.raw`a["say \"hi\""]`],
    [['a', String.raw`b\.c`], String.raw`a["b\\.c"]`],
    [['a', String.raw`b\c`], String.raw`a.b\c`],
    [['max size', 'été', 'a:b-c'], 'max size.été.a:b-c'],
  ])('of %j is %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});

describe('isWithin', () => {
  it.each([
    [['a', 'b'], ['a'], true],
    [['a'], ['a'], true],
    [['a'], [], true],
    [[], [], true],
    [['a'], ['a', 'b'], false],
    [['a', 'c'], ['a', 'b'], false],
    [['ab'], ['a'], false],
    [['b', 'a'], ['a'], false],
  ])('%j within %j: %s', (path, ancestor, verdict) => {
    expect(isWithin(path, ancestor)).toBe(verdict);
  });
});

describe('foldKey', () => {
  it.each(['maxSize', 'max-size', 'max_size', 'MAX_SIZE', 'MaxSize', '_max--size_'])('of %s is maxsize', (key) => {
    expect(foldKey(key)).toBe('maxsize');
  });

  it('keeps dots and digits', () => {
    expect(foldKey('a.b2')).toBe('a.b2');
  });

  it('folds a folded key to itself', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(foldKey(foldKey(key))).toBe(foldKey(key));
      }),
    );
  });
});

describe('foldKeys', () => {
  it('folds each key as foldKey does, whatever is in it', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('maxSize', 'MAX-SIZE', 'a\nb', '\n', '', 'ΟΔΟΣ', 'İ'));
    fc.assert(
      fc.property(fc.array(key), (keys) => {
        expect(foldKeys(keys)).toEqual(keys.map(foldKey));
      }),
    );
  });
});
