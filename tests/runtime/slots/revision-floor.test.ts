import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { RevisionFloor } from '../../../src/runtime/slots/revision-floor.js';

describe('the floor of a source with numbered revisions', () => {
  it('takes no answer from before what was notified, until it is seen', () => {
    const floor = new RevisionFloor();
    expect(floor.take(40, 0)).toBe('current');
    expect([floor.notify(42, 0), floor.floor]).toEqual([true, 42]);
    expect([floor.take(41, 1), floor.take(42, 2), floor.seen]).toEqual(['behind', 'current', 42]);
  });

  it('takes no answer from before what was answered', () => {
    const floor = new RevisionFloor();
    floor.take(42n, 0);
    expect([floor.take(41n, 1), floor.seen]).toEqual(['behind', 42n]);
  });

  it('is not moved by notices that come late or twice', () => {
    const floor = new RevisionFloor();
    floor.take(42, 0);
    expect([floor.notify(42, 0), floor.notify(41, 0), floor.floor]).toEqual([false, false, 42]);
    expect([floor.notify(44, 0), floor.notify(44, 0), floor.notify(43, 0), floor.floor]).toEqual([
      true,
      false,
      false,
      44,
    ]);
  });

  it('lapses after 5 minutes, because a backup may have been restored', () => {
    const floor = new RevisionFloor();
    floor.take(42, 0);
    expect([floor.take(7, 1_000), floor.take(7, 300_999), floor.take(7, 301_000)]).toEqual([
      'behind',
      'behind',
      'lapsed',
    ]);
    expect([floor.seen, floor.take(8, 302_000)]).toEqual([7, 'current']);
  });

  it('is read for at once for 30 s after a notice', () => {
    const floor = new RevisionFloor();
    floor.take(1, 0);
    floor.notify(2, 1_000);
    expect([floor.isUrgent(1_000), floor.isUrgent(30_999), floor.isUrgent(31_000)]).toEqual([true, true, false]);
  });

  it('never lets what is seen go down, whatever comes in whatever order, before it lapses', () => {
    const step = fc.record({ notice: fc.boolean(), revision: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const floor = new RevisionFloor();
        const wrong: unknown[] = [];
        let highest = -1;
        for (const { notice, revision } of steps) {
          const before = Number(floor.seen ?? -1);
          if (notice) {
            floor.notify(revision, 0);
            highest = Math.max(highest, revision, before);
          } else {
            const isTaken = floor.take(revision, 0) === 'current';
            const isRight = isTaken ? revision >= Math.max(highest, before) : Number(floor.seen ?? -1) === before;
            if (!isRight) wrong.push({ revision, highest, before });
          }
        }
        expect(wrong).toEqual([]);
      }),
    );
  });
});

describe('the floor of a source with tags', () => {
  it('takes neither what was seen before the notice nor waits for more than another tag', () => {
    const floor = new RevisionFloor();
    floor.take('a', 0);
    expect(floor.notify('b', 0)).toBe(true);
    expect(floor.take('a', 1)).toBe('behind');
    // Newer still than what was notified.
    expect(floor.take('c', 2)).toBe('current');
  });

  it('goes back to an earlier tag when nothing else was notified', () => {
    const floor = new RevisionFloor();
    floor.take('a', 0);
    floor.take('b', 0);
    expect(floor.take('a', 1)).toBe('current');
  });
});

describe('the floor of a source without revisions in its answers', () => {
  it('takes every answer for the newest', () => {
    const floor = new RevisionFloor();
    floor.notify(42, 0);
    expect([floor.take(undefined, 0), floor.floor]).toEqual(['current', undefined]);
  });
});
