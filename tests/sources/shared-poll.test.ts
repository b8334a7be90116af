import { describe, expect, it } from '@jest/globals';
import { joinPoll } from '../../src/sources/watch/shared-poll.js';
import { FakeClock } from '../runtime/fake-clock.js';

const INTERVAL = 500;

/** Somebody who polls and counts how often. */
function poller(clock: FakeClock, rest = 0) {
  const counted = { calls: 0 };
  const place = joinPoll(clock, INTERVAL, () => {
    counted.calls++;
    return rest;
  });
  return { counted, ...place };
}

function pass(clock: FakeClock, polls: number): void {
  for (let poll = 0; poll < polls; poll++) clock.advance(INTERVAL);
}

describe('joinPoll', () => {
  it('calls everybody at every interval, with one timer for all', () => {
    const clock = new FakeClock();
    const pollers = [poller(clock), poller(clock), poller(clock)];
    expect(clock.waiting).toBe(1);
    pass(clock, 3);
    expect(pollers.map(({ counted }) => counted.calls)).toEqual([3, 3, 3]);
    expect(clock.waiting).toBe(1);
  });

  it('leaves alone who says so, until it is woken', () => {
    const clock = new FakeClock();
    const [busy, quiet] = [poller(clock), poller(clock, 3)];
    pass(clock, 5);
    expect([busy.counted.calls, quiet.counted.calls]).toEqual([5, 2]);
    quiet.wake();
    pass(clock, 1);
    expect(quiet.counted.calls).toBe(3);
  });

  it('goes on with those who stay, and leaves no timer behind the last one', () => {
    const clock = new FakeClock();
    const [first, second] = [poller(clock), poller(clock)];
    first.leave();
    pass(clock, 1);
    expect([first.counted.calls, second.counted.calls]).toEqual([0, 1]);
    second.leave();
    second.leave();
    expect(clock.waiting).toBe(0);
  });

  it('leaves no timer behind when the last one leaves while it is called', () => {
    const clock = new FakeClock();
    const place = joinPoll(clock, INTERVAL, () => {
      place.leave();
      return 0;
    });
    pass(clock, 2);
    expect(clock.waiting).toBe(0);
  });

  it('begins anew for who comes after the last one has left', () => {
    const clock = new FakeClock();
    poller(clock).leave();
    const late = poller(clock);
    pass(clock, 2);
    expect([late.counted.calls, clock.waiting]).toEqual([2, 1]);
  });
});
