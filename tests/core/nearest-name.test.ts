import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { nearestName } from '../../src/core/index.js';

describe('nearestName', () => {
  it.each([
    ['a letter too many', 'hostt', 'host'],
    ['a letter too few', 'hst', 'host'],
    ['a wrong letter', 'hist', 'host'],
    ['swapped neighbours', 'hots', 'host'],
    ['other capitals', 'HOST', 'host'],
    ['nothing wrong', 'host', 'host'],
  ])('forgives %s', (_what, name, meant) => {
    expect(nearestName(name, ['port', 'host', 'user'])).toBe(meant);
  });

  it('takes the nearest, and of two equally near the first', () => {
    expect(nearestName('maxSiz', ['minSize', 'maxSize', 'maxSized'])).toBe('maxSize');
    expect(nearestName('poll', ['pool', 'pull'])).toBe('pool');
    expect(nearestName('poll', ['pull', 'pool'])).toBe('pull');
  });

  it('counts swapped neighbours as one mistake', () => {
    // Two substitutions would be too many for a name of three letters.
    expect(nearestName('ulr', ['url'])).toBe('url');
    expect(nearestName('abcd', ['bacd', 'abxx'])).toBe('bacd');
    expect(nearestName('xba', ['xab'])).toBe('xab');
  });

  it('counts letters that were swapped across another one as two mistakes', () => {
    expect(nearestName('lru', ['url'])).toBeUndefined();
  });

  it.each([
    ['url', 'urx', true],
    ['url', 'uxx', false],
    ['port', 'poxx', true],
    ['port', 'pxxx', false],
    ['timeout12', 'timeoxxx2', true],
    ['timeout12', 'timexxxx2', false],
    ['abcdef', 'abcdxx', true],
    ['abcdef', 'abcxxx', false],
  ])('allows a third of the letters of %s, but always one or two: %s', (candidate, name, near) => {
    expect(nearestName(name, [candidate])).toBe(near ? candidate : undefined);
  });

  it.each([
    ['ab', 'abcd', true],
    ['abcdef', 'abcd', true],
    ['abcdefg', 'abcd', false],
    ['a', 'abcd', false],
  ])('compares lengths as well: %s for %s', (name, candidate, near) => {
    expect(nearestName(name, [candidate])).toBe(near ? candidate : undefined);
  });

  it('is undefined when nothing is near, or there is nothing', () => {
    expect(nearestName('host', ['completely', 'different'])).toBeUndefined();
    expect(nearestName('host', [])).toBeUndefined();
  });

  it('takes candidates from any iterable', () => {
    expect(nearestName('hots', new Map([['host', 1]]).keys())).toBe('host');
  });

  it('looks at names up to 200 letters, and at longer ones not at all', () => {
    const long = 'a'.repeat(200);
    expect(nearestName(long, [long])).toBe(long);
    expect(nearestName(`${long}a`, [`${long}a`])).toBeUndefined();
  });

  it('agrees with the definition of the distance', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 6 });
    fc.assert(
      fc.property(word, word, (name, candidate) => {
        expect(nearestName(name, [candidate])).toBe(distance(name, candidate) <= 2 ? candidate : undefined);
      }),
    );
  });
});

/** The optimal string alignment distance, straight from its recursive definition. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const ways = [
    distance(a.slice(1), b) + 1,
    distance(a, b.slice(1)) + 1,
    distance(a.slice(1), b.slice(1)) + (a.startsWith(b.charAt(0)) ? 0 : 1),
  ];
  const isSwap = a.length > 1 && b.length > 1 && a.startsWith(b.charAt(1)) && a.charAt(1) === b.charAt(0);
  return Math.min(...ways, ...(isSwap ? [distance(a.slice(2), b.slice(2)) + 1] : []));
}
