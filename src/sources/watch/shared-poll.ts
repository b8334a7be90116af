import type { Clock } from '../../core/index.js';

/** A subscriber's place in a poll. */
export interface PollPlace {
  /** The next poll calls back, regardless of the last answer. */
  readonly wake: () => void;
  readonly leave: () => void;
}

/** How many polls the callback may be skipped before its next call; 0 for none. */
type Tick = () => number;

interface Member {
  readonly tick: Tick;
  rest: number;
}

/** All subscribers at one interval of one clock. */
interface Poll {
  readonly members: Set<Member>;
  cancel: () => void;
}

const polls = new WeakMap<Clock, Map<number, Poll>>();

/**
 * Calls back at every interval, or at every so many. All who ask for one interval of one clock are called together: a
 * timer for each of a hundred idle sources would cost more than what they do.
 *
 * @param interval milliseconds
 */
export function joinPoll(clock: Clock, interval: number, tick: Tick): PollPlace {
  let ofClock = polls.get(clock);
  if (ofClock === undefined) polls.set(clock, (ofClock = new Map<number, Poll>()));
  let poll = ofClock.get(interval);
  if (poll === undefined) {
    ofClock.set(interval, (poll = { members: new Set(), cancel: () => undefined }));
    schedule(poll, clock, interval);
  }
  const [joined, member] = [poll, { tick, rest: 0 }];
  joined.members.add(member);
  return {
    wake: () => {
      member.rest = 0;
    },
    leave: () => {
      joined.members.delete(member);
      if (joined.members.size > 0 || ofClock.get(interval) !== joined) return;
      joined.cancel();
      ofClock.delete(interval);
    },
  };
}

function schedule(poll: Poll, clock: Clock, interval: number): void {
  poll.cancel = clock.after(interval, () => {
    // Before anybody is called: the last one to leave cancels what comes next.
    schedule(poll, clock, interval);
    for (const member of poll.members) {
      if (member.rest > 0) member.rest--;
      else member.rest = member.tick();
    }
  });
}
