import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aheadOf, judge } from '../harness/verdict.js';

describe('judge', () => {
  it('says nothing without a target', () => {
    assert.equal(judge(undefined, { median: 1, ratios: {} }), null);
  });

  it('passes a figure that is exactly at most the bound', () => {
    assert.equal(judge({ ratios: { plain: { atMost: 3 } } }, { median: 1, ratios: { plain: 3 } }), true);
  });

  it('fails a figure that is not below the bound', () => {
    assert.equal(judge({ median: { below: 1000 } }, { median: 1000, ratios: {} }), false);
  });

  it('fails when one peer of several is faster', () => {
    const target = { ratios: aheadOf(['a', 'b']) };
    assert.equal(judge(target, { median: 1, ratios: { a: 0.5, b: 1.01 } }), false);
  });

  it('is undecided when a peer of the target did not run', () => {
    const target = { ratios: aheadOf(['a', 'b']) };
    assert.equal(judge(target, { median: 1, ratios: { a: 0.5 } }), null);
  });

  it('fails on what did run even when another peer did not', () => {
    const target = { ratios: aheadOf(['a', 'b']) };
    assert.equal(judge(target, { median: 1, ratios: { a: 2 } }), false);
  });
});
