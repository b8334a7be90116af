import { expect, it } from '@jest/globals';
import { endInTime } from '../../../src/factories/databases/settings/index.js';

it('breaks off what is left of a pool whose driver gives up in the middle, and says why', async () => {
  let left = 2;
  const ended = endInTime({
    waiting: () => 0,
    end: async () => Promise.reject(new Error('one of them could not be made')),
    breakOff: () => {
      left = 0;
    },
  });
  await expect(ended).rejects.toThrow('one of them could not be made');
  expect(left).toBe(0);
});
