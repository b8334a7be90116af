import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { verifyGeneration } from '../../../src/runtime/reload/verify.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { FakeClock } from '../fake-clock.js';
import { loaded } from '../loading.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 80;
}

describe('the bake of a generation', () => {
  it('listens once to its end, however long it bakes, and to nothing afterwards', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const generation = await loaded([HttpSettings]);
    const counts: number[] = [];
    const check = (): boolean => counts.push(getEventListeners(signal, 'abort').length) > 0;
    const verified = verifyGeneration([{ name: 'probe', check }], generation, generation, {
      bake: 15_000,
      timeout: 30_000,
      clock,
      signal,
    });
    for (let second = 0; second < 15; second++) {
      await turn();
      clock.advance(1_000);
    }
    expect(await verified).toBeUndefined();
    expect([counts, getEventListeners(signal, 'abort').length]).toEqual([Array.from({ length: 16 }, () => 0), 0]);
  });
});
