import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { guardClock, systemClock, type Clock } from '../../src/core/index.js';

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

  it('waits for longer than the 24.8 days of a timeout', () => {
    jest.useFakeTimers();
    const callback = jest.fn();
    const days = 24 * 60 * 60 * 1000;
    systemClock.after(60 * days, callback);
    jest.advanceTimersByTime(60 * days - 1);
    expect(callback).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it('can be cancelled after 24.8 days', () => {
    jest.useFakeTimers();
    const callback = jest.fn();
    const days = 24 * 60 * 60 * 1000;
    const cancel = systemClock.after(60 * days, callback);
    jest.advanceTimersByTime(40 * days);
    cancel();
    jest.advanceTimersByTime(40 * days);
    expect([callback.mock.calls.length, jest.getTimerCount()]).toEqual([0, 0]);
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

describe('guardClock', () => {
  let isBroken = false;
  let time = 0;
  const read = (): number => {
    if (isBroken) throw new Error('no time');
    return time;
  };
  const clock: Clock = {
    now: read,
    monotonic: read,
    after: () => {
      read();
      return () => 'cancelled';
    },
  };

  it('lets time stand still while the clock throws, tells it once, and goes on with it', () => {
    const failed = jest.fn();
    const guarded = guardClock(clock, failed);
    const both = (): readonly number[] => [guarded.now(), guarded.monotonic()];
    [isBroken, time] = [false, 5];
    const before = both();
    [isBroken, time] = [true, 6];
    const meanwhile = both();
    isBroken = false;
    expect([before, meanwhile, both()]).toEqual([
      [5, 5],
      [5, 5],
      [6, 6],
    ]);
    expect(failed.mock.calls).toEqual([[new Error('no time')]]);
  });

  it('begins with the time of the machine', () => {
    jest.useFakeTimers({ now: 1_700_000_000_000 });
    isBroken = true;
    expect(guardClock(clock, () => undefined).now()).toBe(1_700_000_000_000);
  });

  it('waits by the clock of the machine when the clock cannot', () => {
    jest.useFakeTimers();
    isBroken = true;
    const callback = jest.fn();
    const guarded = guardClock(clock, () => undefined);
    guarded.after(100, callback);
    guarded.after(100, callback)();
    jest.advanceTimersByTime(100);
    expect(callback).toHaveBeenCalledTimes(1);
  });
});
