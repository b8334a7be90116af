import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { median, quantile } from '../harness/statistics.js';

describe('median', () => {
  it('is the middle value, sorted as numbers', () => {
    assert.equal(median([100, 9, 20]), 20);
  });

  it('is the mean of the two middle values of an even number', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it('refuses to make a figure of nothing', () => {
    assert.throws(() => median([]), { name: 'RangeError', message: 'quantile: no values' });
  });
});

describe('quantile', () => {
  it('is linear between neighbours', () => {
    assert.equal(quantile([0, 10], 0.99), 9.9);
  });
});
