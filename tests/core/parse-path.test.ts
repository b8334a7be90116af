import { describe, expect, it } from '@jest/globals';
import fc, { anyCharacter } from '../fast-check.js';
import { ConfigError, formatPath, isForbiddenKey, parsePath } from '../../src/core/index.js';
import { errorOf } from './error-of.js';

const RECOVERY = 'Write keys with dots between them, such as database.pool.max or servers[0].host.';

const legalKey = fc
  .oneof(
    fc.string({ unit: anyCharacter, maxLength: 20 }),
    fc.string({ unit: fc.constantFrom('a', '.', '[', ']', '"', '\\', '0', '\n', '-') }),
    fc.constantFrom('toString', 'hasOwnProperty', '__proto', 'then', '0', '', ' '),
  )
  .filter((key) => !isForbiddenKey(key));

describe('parsePath', () => {
  it.each([
    ['database', ['database']],
    ['database.pool.max', ['database', 'pool', 'max']],
    ['servers.0.host', ['servers', '0', 'host']],
    ['servers[0].host', ['servers', '0', 'host']],
    ['servers[10][2]', ['servers', '10', '2']],
    ['[0].a', ['0', 'a']],
    ['routes["a.b"].target', ['routes', 'a.b', 'target']],
    [String.raw`a["x\"y\\z"]`, ['a', String.raw`x"y\z`]],
    ['a[""]', ['a', '']],
    ['toString.hasOwnProperty', ['toString', 'hasOwnProperty']],
  ])('reads %s', (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });

  it.each([
    ['a..b', 2],
    ['a.', 2],
    ['.a', 1],
    ['.', 1],
    ['a[', 2],
    ['a[]', 2],
    ['a[0', 2],
    ['a[x]', 2],
    ['a[0]b', 5],
    ['a["b', 2],
    [String.raw`a["b\c"]`, 2],
    ['a["b"]c', 7],
    ['a]', 2],
    ['"a"', 1],
  ])('cannot read %s from character %i on', (text, character) => {
    const error = errorOf(() => parsePath(text));
    expect(error).toMatchObject({ code: 'invalid-path', category: 'binding', recovery: RECOVERY });
    expect(error.message).toBe(
      `"${text}" is not a path: it cannot be read from character ${String(character)} on.\n${RECOVERY}`,
    );
  });

  it('refuses the empty string', () => {
    expect(errorOf(() => parsePath('')).message).toBe(`"" is not a path: it is empty.\n${RECOVERY}`);
  });

  it.each([
    ['__proto__.x', '__proto__'],
    ['a.__proto__.x', '__proto__'],
    ['["__proto__"]', '__proto__'],
    ['constructor.prototype.x', 'constructor'],
    ['a.constructor', 'constructor'],
    ['a[0].prototype', 'prototype'],
  ])('refuses %s, which could reach a prototype', (text, key) => {
    const error = errorOf(() => parsePath(text));
    expect(error.code).toBe('invalid-path');
    expect(error.message).toBe(`"${text}" is not a path: the key "${key}" is reserved.\n${RECOVERY}`);
  });

  it('shows no more than the beginning of a long text', () => {
    const shown = (text: string): string => errorOf(() => parsePath(text)).message.split(' is not')[0] ?? '';
    expect(shown(`.${'a'.repeat(79)}`)).toBe(`".${'a'.repeat(79)}"`);
    expect(shown(`.${'a'.repeat(80)}`)).toBe(`".${'a'.repeat(79)}…"`);
  });

  it('reads up to 10,000 characters, and refuses more', () => {
    expect(parsePath('a'.repeat(10_000))).toEqual(['a'.repeat(10_000)]);
    expect(errorOf(() => parsePath('a'.repeat(10_001))).message).toContain(
      'is not a path: it is longer than 10000 characters.',
    );
  });

  it.each([
    ['a.'.repeat(5_000)],
    [`["${String.raw`\"`.repeat(4_990)}`],
    ['["'.repeat(5_000)],
    ['[0'.repeat(5_000)],
    ['a'.repeat(50_000) + '!'],
    [`["${String.raw`\"`.repeat(5_000_000)}"]`],
  ])('refuses hostile text at once', (text) => {
    expect(errorOf(() => parsePath(text)).code).toBe('invalid-path');
  });

  it('reads back every path that formatPath writes', () => {
    fc.assert(
      fc.property(fc.array(legalKey, { minLength: 1, maxLength: 8 }), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });

  it('gives for any text a path that formatPath can write, or a ConfigError', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '[', ']', '"', '\\', '0', '1') });
    const pathOrCode = (given: string): unknown => {
      try {
        return parsePath(given);
      } catch (error) {
        return ConfigError.is(error) ? error.code : error;
      }
    };
    fc.assert(
      fc.property(text, (given) => {
        const outcome = pathOrCode(given);
        expect(Array.isArray(outcome) ? parsePath(formatPath(outcome)) : 'invalid-path').toEqual(outcome);
      }),
    );
  });
});
