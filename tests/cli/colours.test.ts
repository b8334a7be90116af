import { describe, expect, it } from '@jest/globals';
import { welcomesColours } from '../../src/cli/colours.js';

describe('welcomesColours', () => {
  it.each([
    [true, {}, true],
    [true, { NO_COLOR: '' }, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, {}, false],
    [undefined, {}, false],
  ])('with a terminal: %p, and %j: %p', (isTTY, env, welcome) => {
    expect(welcomesColours({ ...(isTTY !== undefined && { isTTY }) }, env)).toBe(welcome);
  });
});
