import { describe, expect, it } from '@jest/globals';
import { coerceRegExp, isCoercionFailure, NOT_SET } from '../../../src/binding/coerce/index.js';
import { failureOf } from './failure-of.js';

function sourceOf(raw: unknown): unknown {
  const coerced = coerceRegExp(raw);
  return coerced instanceof RegExp ? String(coerced) : failureOf(coerced);
}

describe('coerceRegExp', () => {
  it.each([
    ['/abc/i', '/abc/i'],
    ['/abc/', '/abc/'],
    ['^abc$', '/^abc$/'],
    ['/a/b/u', String.raw`/a\/b/u`],
    ['/api/v1', String.raw`/\/api\/v1/`],
    ['//', String.raw`/\/\//`],
    ['a/b', String.raw`/a\/b/`],
  ])('reads %s', (text, source) => {
    expect(sourceOf(text)).toBe(source);
  });

  it.each(['(', '/(/i', '/a/x', '/a/ii', '/api/users', '*', '[z-a]'])('refuses %j', (text) => {
    expect(sourceOf(text)).toBe(`not-a-regexp: must be a regular expression, got "${text}"`);
  });

  it.each(['/a/g', '/a/y', '/a/giy'])('refuses the state of %s', (text) => {
    expect(sourceOf(text)).toBe(
      `stateful-regexp: must be a regular expression without the flags g and y, got "${text}"`,
    );
  });

  it.each([/a/g, /a/y])('refuses the state of the expression %s', (raw) => {
    expect(sourceOf(raw)).toBe('stateful-regexp: must be a regular expression without the flags g and y, got a RegExp');
  });

  it.each([5, null, { source: 'a' }])('refuses %p', (raw) => {
    expect(sourceOf(raw)).toMatch(/^not-a-regexp: must be a regular expression, got /);
  });

  it('takes an empty string for "not set"', () => {
    expect(coerceRegExp('')).toBe(NOT_SET);
  });

  it('passes nothing of the engine on, whose message quotes the pattern', () => {
    const failure = coerceRegExp('(secret');
    expect(isCoercionFailure(failure) && `${failure.expected} ${String(failure.hint)}`).not.toContain('secret');
  });

  it('gives an expression that works and stays what it is', () => {
    const coerced = coerceRegExp(/a(b)/i);
    if (!(coerced instanceof RegExp)) throw new Error('The expression was refused.');
    const compile: unknown = Reflect.get(coerced, 'compile');
    expect(() => {
      Reflect.apply(compile as () => void, coerced, ['x']);
    }).toThrow(new TypeError('A RegExp of the configuration cannot be changed; copy it first: new RegExp(pattern).'));
    expect(['xABx'.replace(coerced, '-'), coerced.exec('AB')?.[1], 'xab'.search(coerced), coerced.test('b')]).toEqual([
      'x-x',
      'B',
      1,
      false,
    ]);
  });

  it('passes its own result as it is', () => {
    const coerced = coerceRegExp('/a/i');
    expect(coerceRegExp(coerced)).toBe(coerced);
  });
});
