import { setTimeout } from 'node:timers/promises';

/** Milliseconds between checks of a queue: there is no event for a caller that has given up. */
const QUEUE_LOOK = 20;

/** Milliseconds for remaining holders of a connection: counted users have had the whole `drainTimeout` before. */
const LAST_CALL = 5_000;

interface Ending {
  /** How many callers wait for a connection: `end` would refuse them, or never answer. */
  readonly waiting: () => number;
  readonly end: () => Promise<unknown>;
  /** Ends connections that are never released, or whose server is silent: `end` waits for them without limit, or throws. */
  readonly breakOff: () => void;
}

/** Ends a pool once its queue is empty, and what is left of it in the end. */
export async function endInTime({ waiting, end, breakOff }: Ending): Promise<void> {
  while (waiting() > 0) await setTimeout(QUEUE_LOOK);
  const control = new AbortController();
  const late = setTimeout(LAST_CALL, 'late', { signal: control.signal, ref: false }).catch(() => 'ended');
  let hasEnded = false;
  try {
    hasEnded = (await Promise.race([end(), late])) !== 'late';
  } finally {
    control.abort();
    if (!hasEnded) breakOff();
  }
}
