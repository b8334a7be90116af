import { describe, expect, it } from '@jest/globals';
import { ReloadQueue, type QueuedRun } from '../../../src/runtime/reload/reload-queue.js';
import { FakeClock } from '../fake-clock.js';

/** A queue whose runs end when the test says so. */
function setUp(): {
  readonly queue: ReloadQueue<string>;
  readonly clock: FakeClock;
  readonly runs: { readonly request: QueuedRun; readonly end: (outcome: string) => void }[];
} {
  const clock = new FakeClock();
  const runs: { readonly request: QueuedRun; readonly end: (outcome: string) => void }[] = [];
  const queue = new ReloadQueue<string>({
    clock,
    debounce: 100,
    closed: () => 'closed',
    run: async (request) =>
      new Promise((end) => {
        runs.push({ request, end });
      }),
  });
  return { queue, clock, runs };
}

describe('ReloadQueue', () => {
  it('joins what arrives within the window into one run', async () => {
    const { queue, clock, runs } = setUp();
    const first = queue.request('a changed', [0]);
    clock.advance(60);
    const second = queue.request('b changed', [1]);
    expect(runs).toHaveLength(0);
    clock.advance(40);
    expect(runs.map(({ request }) => request)).toEqual([
      { reasons: ['a changed', 'b changed'], only: new Set([0, 1]) },
    ]);
    runs[0]?.end('done');
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
  });

  it('does not let steady changes move the window', () => {
    const { queue, clock, runs } = setUp();
    for (let at = 0; at < 5; at++) {
      void queue.request('again', [0]);
      clock.advance(30);
    }
    expect(runs).toHaveLength(1);
  });

  it('starts an urgent request at once, together with what waits', () => {
    const { queue, runs } = setUp();
    void queue.request('a changed', [0]);
    void queue.request('an operator', undefined, true);
    expect(runs.map(({ request }) => request)).toEqual([{ reasons: ['a changed', 'an operator'] }]);
  });

  it('runs one at a time, and makes one more run of all that came meanwhile', async () => {
    const { queue, runs } = setUp();
    const first = queue.request('1', undefined, true);
    const second = queue.request('2', undefined, true);
    const third = queue.request('3', undefined, true);
    expect(runs).toHaveLength(1);
    runs[0]?.end('old');
    expect(await first).toBe('old');
    expect(runs.map(({ request }) => request.reasons)).toEqual([['1'], ['2', '3']]);
    runs[1]?.end('new');
    expect(await Promise.all([second, third])).toEqual(['new', 'new']);
  });

  it('keeps requests while it is paused, and carries them out when it is resumed', () => {
    const { queue, clock, runs } = setUp();
    queue.pause();
    void queue.request('a changed', [0]);
    void queue.request('urgent', undefined, true);
    clock.advance(1_000);
    expect([runs.length, queue.waiting]).toEqual([0, ['a changed', 'urgent']]);
    queue.resume();
    expect(runs).toHaveLength(1);
  });

  it('carries out exclusive work between runs, never beside one', async () => {
    const { queue, runs } = setUp();
    const order: string[] = [];
    void queue.request('1', undefined, true).then(() => order.push('run'));
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
    const { queue, clock, runs } = setUp();
    const waiting = queue.request('a changed', [0]);
    await queue.close();
    expect(await waiting).toBe('closed');
    expect(await queue.request('late')).toBe('closed');
    expect([runs.length, clock.waiting]).toEqual([0, 0]);
  });
});
