import { describe, expect, it, jest } from '@jest/globals';
import { backoffOf } from '../../../src/runtime/recovery/backoff.js';
import { SourceRetry } from '../../../src/runtime/recovery/source-retry.js';
import { FakeClock } from '../fake-clock.js';

function started(random = 0.5) {
  const clock = new FakeClock();
  const ask = jest.fn<() => void>();
  const retry = new SourceRetry({ backoff: backoffOf({}), clock, random: () => random, ask });
  const wait = (): number | undefined => retry.nextAttempt && retry.nextAttempt - clock.now();
  return { clock, ask, retry, wait };
}

describe('SourceRetry', () => {
  it('asks after the wait, and not before', () => {
    const { clock, ask, retry } = started();
    retry.failed('unreachable');
    clock.advance(1499);
    expect(ask).not.toHaveBeenCalled();
    clock.advance(1);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('waits longer each time that its own request fails', () => {
    const { clock, retry, wait } = started(1);
    const waits: unknown[] = [];
    for (let count = 0; count < 9; count++) {
      retry.failed('unreachable');
      waits.push(wait());
      clock.advance(wait() ?? 0);
    }
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000, 64_000, 120_000, 120_000, 120_000]);
  });

  it('keeps its turn when others ask in between', () => {
    const { clock, ask, retry } = started(1);
    for (let count = 0; count < 20; count++) {
      retry.failed('unreachable');
      clock.advance(100);
    }
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('waits 5 minutes after a refusal, also when it was about to ask sooner', () => {
    const { clock, ask, retry, wait } = started();
    retry.failed('unreachable');
    retry.failed('refused');
    expect(wait()).toBe(300_000);
    clock.advance(299_999);
    expect(ask).not.toHaveBeenCalled();
  });

  it('asks sooner again when the refusal has become an outage', () => {
    const { retry, wait } = started(1);
    retry.failed('refused');
    retry.failed('unreachable');
    expect(wait()).toBe(4000);
  });

  it('asks again when nothing came of its request', () => {
    const { clock, ask, retry } = started();
    retry.failed('unreachable');
    clock.advance(1500);
    clock.advance(120_000);
    clock.advance(120_000);
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('stops, and begins anew at the next failure', () => {
    const { clock, ask, retry, wait } = started(1);
    retry.failed('unreachable');
    clock.advance(2000);
    retry.stop();
    expect([clock.waiting, retry.nextAttempt]).toEqual([0, undefined]);
    retry.failed('unreachable');
    expect(wait()).toBe(2000);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
