import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ReloadQueue, type QueuedRun } from '../../../src/runtime/reload/reload-queue.js';

/** A queue whose runs end when the test says so. */
function setUp(): {
  readonly queue: ReloadQueue<string>;
  readonly runs: { readonly request: QueuedRun; readonly end: (outcome: string) => void }[];
} {
  const runs: { readonly request: QueuedRun; readonly end: (outcome: string) => void }[] = [];
  const queue = new ReloadQueue<string>({
    closed: () => 'closed',
    run: async (request) =>
      new Promise((end) => {
        runs.push({ request, end });
      }),
  });
  return { queue, runs };
}

describe('ReloadQueue', () => {
  it('starts a request at once, and says whether somebody waits for its outcome', async () => {
    const { queue, runs } = setUp();
    queue.notify(['a changed', 'b changed']);
    const asked = queue.request('an operator');
    queue.notify(['c changed']);
    expect(runs.map(({ request }) => request)).toEqual([{ reasons: ['a changed', 'b changed'], isAsked: false }]);
    runs[0]?.end('done');
    await turn();
    expect(runs[1]?.request).toEqual({ reasons: ['an operator', 'c changed'], isAsked: true });
    runs[1]?.end('done, too');
    expect(await asked).toBe('done, too');
  });

  it('runs one at a time, and makes one more run of all that came meanwhile', async () => {
    const { queue, runs } = setUp();
    const first = queue.request('1');
    const second = queue.request('2');
    const third = queue.request('3');
    expect(runs).toHaveLength(1);
    runs[0]?.end('old');
    expect(await first).toBe('old');
    expect(runs.map(({ request }) => request.reasons)).toEqual([['1'], ['2', '3']]);
    runs[1]?.end('new');
    expect(await Promise.all([second, third])).toEqual(['new', 'new']);
  });

  it('keeps requests while it is paused, and carries them out when it is resumed', () => {
    const { queue, runs } = setUp();
    queue.pause();
    queue.notify(['a changed']);
    void queue.request('an operator');
    expect([runs.length, queue.waiting]).toEqual([0, ['a changed', 'an operator']]);
    queue.resume();
    expect(runs).toHaveLength(1);
  });

  it('carries out exclusive work between runs, never beside one', async () => {
    const { queue, runs } = setUp();
    const order: string[] = [];
    void queue.request('1').then(() => order.push('run'));
    const work = queue.exclusive(async () => {
      order.push('work');
      return Promise.resolve('worked');
    });
    expect(order).toEqual([]);
    runs[0]?.end('done');
    expect(await work).toBe('worked');
    expect(order).toEqual(['run', 'work']);
  });

  it('answers everybody when it is closed, and takes no more', async () => {
    const { queue, runs } = setUp();
    queue.pause();
    const waiting = queue.request('a changed');
    await queue.close();
    expect(await waiting).toBe('closed');
    expect(await queue.request('late')).toBe('closed');
    expect(runs).toEqual([]);
  });
});
