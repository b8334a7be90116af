import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { ConfigEvents } from '../../../src/runtime/events/index.js';
import { publishChange, settled, SlowCalls } from './given.js';

type Kind = 'quick' | 'slow' | 'throwing' | 'rejecting';

type Step =
  | { readonly does: 'publish' }
  | { readonly does: 'subscribe'; readonly kind: Kind }
  | { readonly does: 'unsubscribe'; readonly whom: number }
  | { readonly does: 'end a call'; readonly of: number }
  | { readonly does: 'let time pass' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ does: 'publish' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('subscribe' as const),
      kind: fc.constantFrom<Kind>('quick', 'slow', 'throwing', 'rejecting'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('unsubscribe' as const), whom: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('end a call' as const), of: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.constant({ does: 'let time pass' } as const) },
);

/** A listener, and what the model says of it. */
class Listener {
  readonly calls = new SlowCalls();
  /** What it was called with. */
  readonly heard: number[] = [];
  /** What was published while it listened. */
  readonly due: number[] = [];
  /** How much it had begun to hear when it unsubscribed. */
  heardAtEnd: number | undefined;
  most = 0;
  #under = 0;
  readonly stop: () => void;

  constructor(events: ConfigEvents, kind: Kind) {
    this.stop = events.on('ConfigChanged', ({ generation }) => {
      this.heard.push(generation);
      if (kind === 'throwing') throw new Error('no');
      if (kind === 'rejecting') return Promise.reject(new Error('no'));
      return kind === 'slow' ? this.#slowly() : undefined;
    });
  }

  async #slowly(): Promise<void> {
    this.#under += 1;
    this.most = Math.max(this.most, this.#under);
    await this.calls.begin();
    this.#under -= 1;
  }
}

async function play(steps: readonly Step[]): Promise<readonly Listener[]> {
  const events = new ConfigEvents();
  const listeners: Listener[] = [];
  let published = 0;
  const listening = (): readonly Listener[] => listeners.filter(({ heardAtEnd }) => heardAtEnd === undefined);
  for (const next of steps) {
    if (next.does === 'publish') {
      publishChange(events, ++published);
      for (const listener of listening()) listener.due.push(published);
    } else if (next.does === 'subscribe') {
      listeners.push(new Listener(events, next.kind));
    } else if (next.does === 'unsubscribe') {
      const listener = listening()[next.whom];
      if (listener === undefined) continue;
      listener.stop();
      listener.heardAtEnd = listener.heard.length;
    } else if (next.does === 'end a call') {
      listeners[next.of]?.calls.endFirst();
    } else {
      await settled();
    }
  }
  const state = { drained: false };
  const done = events.drain().then(() => {
    state.drained = true;
  });
  while (!state.drained) {
    for (const { calls } of listeners) calls.endFirst();
    await settled();
  }
  await done;
  expect(events.listenerCount).toBe(listening().length);
  return listeners;
}

describe('Whatever happens in whatever order', () => {
  it('every listener hears what was published while it listened: all of it, once, in order, one at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        for (const { heard, due, heardAtEnd, most } of await play(steps)) {
          // Who has unsubscribed hears nothing more, whatever waited.
          expect(heard).toEqual(due.slice(0, heardAtEnd));
          expect(most).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
