import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../src/core/index.js';

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('systemClock', () => {
  it('tells the time of the machine', () => {
    jest.useFakeTimers({ now: 1_700_000_000_000 });
    expect(systemClock.now()).toBe(1_700_000_000_000);
  });

  it('measures with a time that is not the wall clock', () => {
    jest.useFakeTimers({ now: 1_700_000_000_000 });
    const before = systemClock.monotonic();
    jest.setSystemTime(0);
    expect(systemClock.monotonic()).toBe(before);
    jest.advanceTimersByTime(250);
    expect(systemClock.monotonic()).toBe(before + 250);
  });

  it('calls back once, after so many milliseconds', () => {
    jest.useFakeTimers();
    const callback = jest.fn();
    systemClock.after(100, callback);
    jest.advanceTimersByTime(99);
    expect(callback).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1_000);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('does not call back after it was cancelled', () => {
    jest.useFakeTimers();
    const callback = jest.fn();
    const cancel = systemClock.after(100, callback);
    cancel();
    jest.advanceTimersByTime(1_000);
    expect(callback).not.toHaveBeenCalled();
  });

  it.each([
    ['does not keep the process alive', undefined, false],
    ['keeps the process alive on request', { keepAlive: true }, true],
  ])('%s', (_, options, kept) => {
    const started = jest.spyOn(globalThis, 'setTimeout');
    const cancel = systemClock.after(1_000_000, () => undefined, options);
    // The real setTimeout of Node answers a Timeout.
    const timer = started.mock.results[0]?.value as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(kept);
    cancel();
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(systemClock)).toBe(true);
  });
});
