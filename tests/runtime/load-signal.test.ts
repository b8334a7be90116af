import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import type { ConfigSource } from '../../src/core/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { caught } from '../sources/caught.js';
import { loaded } from './loading.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 80;
}

/** Sources that note how many listen to a signal while they load. */
function counting(signal: AbortSignal, counts: number[]): readonly ConfigSource[] {
  return Array.from({ length: 12 }, () => ({
    load: async () => {
      // Once all of them have been asked.
      await Promise.resolve();
      counts.push(getEventListeners(signal, 'abort').length);
      return {};
    },
  }));
}

describe('the signal of a load', () => {
  it('listens once to the one of the caller, however many sources there are, and only while it loads', async () => {
    const { signal } = new AbortController();
    const counts: number[] = [];
    await loaded([HttpSettings], counting(signal, counts), { signal });
    expect([new Set(counts), getEventListeners(signal, 'abort').length]).toEqual([new Set([1]), 0]);
  });

  it('lets go of the one of the caller when the load fails', async () => {
    const { signal } = new AbortController();
    await caught(async () => loaded([HttpSettings], { http: { port: 'many' } }, { signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('gives up the load with the one of the caller, and tells every source', async () => {
    const control = new AbortController();
    const seen: boolean[] = [];
    const sources = Array.from({ length: 12 }, (_, index) => ({
      load: async ({ signal }: { readonly signal: AbortSignal }): Promise<object> => {
        if (index === 11) control.abort();
        else
          await new Promise((resolve) => {
            signal.addEventListener('abort', resolve, { once: true });
          });
        seen.push(signal.aborted);
        return {};
      },
    }));
    expect(await caught(async () => loaded([HttpSettings], sources, { signal: control.signal }))).toMatchObject({
      code: 'load-aborted',
    });
    expect(seen).toEqual(Array.from({ length: 12 }, () => true));
  });
});
