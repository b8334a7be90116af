import { describe, expect, it } from '@jest/globals';
import type { Clock, WaitOptions } from '../../src/core/index.js';
import { IsInt } from 'class-validator';
import { ConfigSection } from '../../src/sections/index.js';
import { FakeClock } from './fake-clock.js';
import { loaded } from './loading.js';

@ConfigSection('app')
class AppSettings {
  @IsInt() port = 1;
}

class NotingClock extends FakeClock implements Clock {
  readonly waits: (WaitOptions | undefined)[] = [];

  override after(milliseconds: number, callback: () => void, options?: WaitOptions): () => void {
    this.waits.push(options);
    return super.after(milliseconds, callback);
  }
}

describe('the timeout of a source', () => {
  it('holds the process, which nothing else may do', async () => {
    const clock = new NotingClock();
    await loaded([AppSettings], [{ load: () => ({}) }], { clock });
    expect([clock.waits, clock.waiting]).toEqual([[{ keepAlive: true }], 0]);
  });
});
