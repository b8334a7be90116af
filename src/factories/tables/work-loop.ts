import type { Clock } from '../../core/index.js';

export interface WorkLoop {
  /** Ends the wait for the next round. */
  wake(): void;
  /** Resolves when the round that is under way has ended. */
  stop(): Promise<void>;
}

/**
 * Does rounds one after the other, until it is stopped; after each it waits as long as that says, or until it is woken.
 *
 * @param round answers with milliseconds, and never rejects
 */
export function workLoop(clock: Clock, round: () => Promise<number>): WorkLoop {
  let isStopped = false;
  let wakes = 0;
  let wake: () => void = () => undefined;
  const sleep = async (milliseconds: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      const cancel = clock.after(milliseconds, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
    wake = () => undefined;
  };
  const run = async (): Promise<void> => {
    // Whoever begins it is to know of it first.
    await Promise.resolve();
    while (!isStopped) {
      const seen = wakes;
      const pause = await round();
      if (pause > 0 && wakes === seen) await sleep(pause);
    }
  };
  const running = run();
  const wakeUp = (): void => {
    wakes++;
    wake();
  };
  return {
    wake: wakeUp,
    stop: async () => {
      isStopped = true;
      wakeUp();
      await running;
    },
  };
}
