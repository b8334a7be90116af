import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeResult, summarise, toResult } from '../harness/report.js';

const benchmark = {
  title: 'Loads',
  unit: 'ms',
  target: { text: 'at most 3x plain', ratios: { plain: { atMost: 3 } } },
};
const measured = { median: 2.5, ratios: { plain: 2.5, slow: 0.0125 }, medians: { plain: 1, slow: 200 } };

describe('toResult', () => {
  it('has the fields that the JSON promises', () => {
    assert.deepEqual(toResult('load/a', benchmark, measured, true), {
      id: 'load/a',
      unit: 'ms',
      median: 2.5,
      ratios: { plain: 2.5, slow: 0.0125 },
      target: benchmark.target,
      verdict: 'met',
      medians: { plain: 1, slow: 200 },
    });
  });

  it('keeps the reason when nothing was measured', () => {
    const { median, verdict, error } = toResult('load/a', benchmark, { error: 'no file' }, null);
    assert.deepEqual({ median, verdict, error }, { median: null, verdict: 'undecided', error: 'no file' });
  });

  it('says null where a benchmark has no target', () => {
    const { target, verdict } = toResult('load/a', { title: 'Loads', unit: 'ms' }, measured, null);
    assert.deepEqual([target, verdict], [null, null]);
  });
});

describe('describeResult', () => {
  it('shows every median, every ratio and the target with its verdict', () => {
    assert.equal(
      describeResult(toResult('load/a', benchmark, measured, true), 'Loads'),
      [
        'load/a · Loads',
        '                ms  uno-config ÷ it',
        '  uno-config  2.50',
        '  plain       1.00            2.50x',
        '  slow         200           0.013x',
        '  target: at most 3x plain – met',
        '',
      ].join('\n'),
    );
  });

  it('shows the first line of what went wrong', () => {
    const text = describeResult(toResult('load/a', benchmark, { error: 'no file\n  at x' }, null), 'Loads');
    assert.match(text, /not measured: no file\n {2}target: at most 3x plain – undecided/);
  });
});

describe('a benchmark without its server', () => {
  it('is skipped with the reason, which is no error', () => {
    const result = toResult('remote/a', { unit: 'ms' }, { skipped: 'there is no server' }, null);
    assert.equal(result.error, undefined);
    assert.match(describeResult(result, 'Reads'), /skipped: there is no server/);
  });
});

describe('summarise', () => {
  it('makes a missed target stand out', () => {
    assert.match(summarise([toResult('load/a', benchmark, measured, false)]), /load\/a {2}2\.50 ms {2}MISSED/);
  });
});
