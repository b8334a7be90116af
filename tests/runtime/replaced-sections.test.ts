import { describe, expect, it } from '@jest/globals';
import { rememberReplaced, replacedSections } from '../../src/runtime/replaced-sections.js';

const [a, b, c, d] = [{}, {}, {}, {}];

describe('replacedSections', () => {
  it('compares sets that know nothing of each other', () => {
    expect(replacedSections([a, b, c], [d, b, a])).toEqual([0, 2]);
  });

  it('knows the answer for a set and the one it was made from, either way round, in the order of the sections', () => {
    const [before, after] = [
      [a, b, c],
      [d, b, a],
    ];
    rememberReplaced(before, after, [2, 0]);
    // Nobody compares any more: what is said now does not count.
    after[1] = d;
    expect([replacedSections(before, after), replacedSections(after, before)]).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  it('compares a set with another one than it was made from', () => {
    const [first, second, third] = [
      [a, b],
      [c, b],
      [c, d],
    ];
    rememberReplaced(first, second, [0]);
    rememberReplaced(second, third, [1]);
    expect([replacedSections(first, third), replacedSections(third, third)]).toEqual([[0, 1], []]);
  });
});
