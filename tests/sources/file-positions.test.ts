import { describe, expect, it } from '@jest/globals';
import { lineStarts, nearestPosition, placeOf } from '../../src/sources/format/file-positions.js';

describe('placeOf', () => {
  const text = 'one\ntwo\r\nthree\rfour';
  it.each([
    ['one', 1, 1],
    ['two', 2, 1],
    ['wo', 2, 2],
    ['three', 3, 1],
    ['four', 4, 1],
    ['r', 3, 3],
  ])('finds %s at %i:%i', (word, line, column) => {
    expect(placeOf(lineStarts(text), text.indexOf(word))).toEqual({ line, column });
  });
});

describe('nearestPosition', () => {
  const root = { offset: 0, children: new Map([['a', { offset: 5 }]]) };
  it('finds a path', () => {
    expect(nearestPosition(root, ['a']).offset).toBe(5);
  });
  it('falls back to the nearest ancestor', () => {
    expect(nearestPosition(root, ['a', 'b']).offset).toBe(5);
    expect(nearestPosition(root, ['b']).offset).toBe(0);
  });
});
