import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { CoercionFailure, describeFailure, isCoercionFailure } from '../../../src/binding/coerce/index.js';

const failure = new CoercionFailure({
  code: 'not-an-integer',
  expected: 'an integer',
  hint: 'write digits',
  raw: 'canary',
});

describe('CoercionFailure', () => {
  it('holds its findings apart from the raw value', () => {
    expect(Object.fromEntries(Object.entries(failure))).toEqual({
      code: 'not-an-integer',
      expected: 'an integer',
      hint: 'write digits',
      path: [],
    });
  });

  it('shows its raw value to nobody who prints it', () => {
    expect(`${inspect(failure, { showHidden: true, depth: 9 })} ${JSON.stringify(failure)}`).not.toContain('canary');
  });

  it('hands the raw value out by name', () => {
    expect(failure.raw).toBe('canary');
  });

  it('keeps everything but the path when seen from above', () => {
    const moved = failure.under('0').under('ports');
    expect([moved.path, moved.code, moved.hint, moved.raw]).toEqual([
      ['ports', '0'],
      'not-an-integer',
      'write digits',
      'canary',
    ]);
  });

  it('is recognised', () => {
    expect([failure, 'x', null, { code: 'x' }].map(isCoercionFailure)).toEqual([true, false, false, false]);
  });
});

describe('describeFailure', () => {
  it('says what is wrong', () => {
    expect(describeFailure(failure)).toBe('must be an integer, got "canary"');
  });

  it('keeps a secret', () => {
    expect(describeFailure(failure, { secret: true })).toBe('must be an integer, got [secure]');
  });
});
