import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { currentPrincipal, runAs } from '../../../src/security/index.js';

/** A queue as programs write them: work waits in a list, and whoever comes along takes it out. */
class BareQueue {
  readonly #work: (() => void)[] = [];

  push(work: () => void): void {
    this.#work.push(work);
  }

  drain(): void {
    for (const work of this.#work.splice(0)) work();
  }
}

describe('runAs', () => {
  it('holds for the work and for all that it waits for', async () => {
    const seen = await runAs('billing', async () => {
      const before = currentPrincipal();
      await setImmediate();
      return [before, currentPrincipal(), await Promise.resolve().then(currentPrincipal)];
    });
    expect(seen).toEqual(['billing', 'billing', 'billing']);
    expect(currentPrincipal()).toBeUndefined();
  });

  it('gives what the work gives, and lets through what it throws', () => {
    expect(runAs('billing', () => 5)).toBe(5);
    expect(() =>
      runAs('billing', () => {
        throw new RangeError('broken');
      }),
    ).toThrow('broken');
    expect(currentPrincipal()).toBeUndefined();
  });

  it('keeps work apart that runs at the same time', async () => {
    const work = async (): Promise<string | undefined> => {
      await setImmediate();
      return currentPrincipal();
    };
    expect(await Promise.all([runAs('a', work), runAs('b', work), work()])).toEqual(['a', 'b', undefined]);
  });

  it('counts the innermost', () => {
    const seen = runAs('outer', () => [runAs('inner', currentPrincipal), currentPrincipal()]);
    expect(seen).toEqual(['inner', 'outer']);
  });

  it('is lost in a queue that others empty, for nobody or for them', () => {
    const queue = new BareQueue();
    const seen: unknown[] = [];
    const work = (): void => {
      seen.push(currentPrincipal());
    };
    runAs('billing', () => {
      queue.push(work);
    });
    queue.drain();
    runAs('billing', () => {
      queue.push(work);
      // The way out: say again on whose behalf.
      queue.push(() => {
        runAs('billing', work);
      });
    });
    runAs('cleaner', () => {
      queue.drain();
    });
    expect(seen).toEqual([undefined, 'cleaner', 'billing']);
  });

  it.each([[''], ['*'], [undefined], [5]])('refuses %p as a principal', (principal) => {
    // Callers without types.
    expect(() => runAs(principal as string, () => 1)).toThrow(
      new TypeError('principal: must be a non-empty string, such as billing.'),
    );
  });
});
