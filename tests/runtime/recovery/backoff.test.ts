import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { backoffDelay, RETRY_OPTIONS, USUAL_BACKOFF as standard } from '../../../src/runtime/recovery/backoff.js';
import { Duration } from '../../../src/sections/index.js';

const backoffOf = (given: unknown): unknown => RETRY_OPTIONS.read(given, 'retry');
const randomness = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('RETRY_OPTIONS', () => {
  it('waits 1 s to 120 s, and 5 minutes after a refusal', () => {
    expect(standard).toEqual({ initial: 1000, maximum: 120_000, refused: 300_000 });
    expect(backoffOf({})).toEqual(standard);
  });

  it('takes texts and durations', () => {
    const backoff = backoffOf({ initial: '50ms', maximum: Duration.ofSeconds(2), refused: '1h' });
    expect(backoff).toEqual({ initial: 50, maximum: 2000, refused: 3_600_000 });
  });

  it('refuses what is no duration, naming the option', () => {
    expect(() => backoffOf({ initial: 'soon' })).toThrow(/^retry\.initial must be a duration with a unit, /);
  });

  it('refuses to ask without end and without a pause', () => {
    expect(() => backoffOf({ refused: '0s' })).toThrow(
      new TypeError('retry.refused must be more than nothing; got "0s".'),
    );
  });

  it('refuses a longest wait that is shorter than the shortest', () => {
    expect(() => backoffOf({ initial: '3s', maximum: '2s' })).toThrow(
      new TypeError('retry.maximum must not be shorter than retry.initial.'),
    );
  });
});

describe('backoffDelay', () => {
  it('stays between the shortest and the longest wait', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), randomness, (retry, random) => {
        const delay = backoffDelay(standard, retry, () => random);
        expect(delay >= 1000 && delay <= 120_000).toBe(true);
      }),
    );
  });

  it('may wait twice as long with every retry, up to the longest wait', () => {
    const limits = [1, 2, 3, 4, 5, 6, 7, 8, 5000].map((retry) => backoffDelay(standard, retry, () => 1));
    expect(limits).toEqual([2000, 4000, 8000, 16_000, 32_000, 64_000, 120_000, 120_000, 120_000]);
  });

  it('never waits shorter for the same chance at a later retry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), randomness, (retry, random) => {
        const [one, next] = [retry, retry + 1].map((number) => backoffDelay(standard, number, () => random));
        expect(one).toBeLessThanOrEqual(next ?? 0);
      }),
    );
  });

  it('spreads over the whole range', () => {
    fc.assert(
      fc.property(randomness, (random) => {
        expect(backoffDelay(standard, 10, () => random)).toBe(Math.round(1000 + random * 119_000));
      }),
    );
  });
});
