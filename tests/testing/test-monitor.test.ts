import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString, Min } from 'class-validator';
import type { SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection, RestartRequired } from '../../src/sections/index.js';
import { testMonitor } from '../../src/testing/index.js';
import { caught } from '../sources/caught.js';

@ConfigSection('shop.pricing')
class PricingSettings {
  @IsInt() @Min(0) vat = 19;
  @IsString() currency = 'EUR';
}

@ConfigSection('server')
class ServerSettings {
  @IsInt() @RestartRequired() port = 80;
  @IsString() banner = '';
}

class PriceList {
  readonly rates: string[] = [];
  readonly stop: () => void;

  constructor(private readonly pricing: SectionMonitor<PricingSettings>) {
    this.stop = pricing.onChange((now, before) => this.rates.push(`${String(before.vat)} -> ${String(now.vat)}`));
  }

  gross(net: number): number {
    return net + (net * this.pricing.current.vat) / 100;
  }
}

describe('testMonitor', () => {
  it('gives what the class under test reads, and changes it', async () => {
    const pricing = await testMonitor(PricingSettings, { vat: 7 });
    const list = new PriceList(pricing);
    expect(list.gross(100)).toBe(107);

    await pricing.set({ vat: '20' });
    expect(list.gross(100)).toBe(120);
    expect(list.rates).toEqual(['7 -> 20']);
    expect(pricing.current).toBeInstanceOf(PricingSettings);
    expect(Object.isFrozen(pricing.current)).toBe(true);

    list.stop();
    await pricing.set({});
    expect(pricing.current.vat).toBe(19);
    expect(list.rates).toHaveLength(1);
  });

  it('forgets earlier values, and keeps the instance when nothing is changed', async () => {
    const pricing = await testMonitor(PricingSettings, { vat: 7, currency: 'CHF' });
    const list = new PriceList(pricing);
    const first = pricing.current;
    await pricing.set({ currency: 'CHF', vat: 7 });
    expect(pricing.current).toBe(first);
    expect(list.rates).toEqual([]);

    await pricing.set({ vat: 8 });
    expect(pricing.current).toEqual({ vat: 8, currency: 'EUR' });
    expect(first).toEqual({ vat: 7, currency: 'CHF' });
  });

  it('refuses what production would, keeps what was current, and can be set again', async () => {
    const pricing = await testMonitor(PricingSettings);
    const list = new PriceList(pricing);
    const error = await caught(async () => pricing.set({ vat: -1 }));
    expect(error.code).toBe('invalid-settings');
    expect(error.message).toContain('shop.pricing.vat: must not be less than 0, got -1');
    expect(pricing.current.vat).toBe(19);

    await pricing.set({ vat: 1 });
    expect(list.rates).toEqual(['19 -> 1']);
  });

  it('takes one change after the other', async () => {
    const pricing = await testMonitor(PricingSettings);
    const list = new PriceList(pricing);
    await Promise.all([pricing.set({ vat: 1 }), pricing.set({ vat: 2 }), pricing.set({ vat: 3 })]);
    expect(list.rates).toEqual(['19 -> 1', '1 -> 2', '2 -> 3']);
  });

  it('rejects with what a listener threw, so that the test fails', async () => {
    const pricing = await testMonitor(PricingSettings);
    pricing.onChange(() => {
      throw new RangeError('no such rate');
    });
    const list = new PriceList(pricing);
    for (const vat of [1, 2]) {
      await expect(pricing.set({ vat })).rejects.toMatchObject({ errors: [new RangeError('no such rate')] });
      await expect(pricing.set({ vat })).resolves.toBeUndefined();
    }
    expect([pricing.current.vat, list.rates]).toEqual([2, ['19 -> 1', '1 -> 2']]);
  });

  it('can be set by a listener, once the others have been called', async () => {
    const pricing = await testMonitor(PricingSettings);
    let next: Promise<void> | undefined;
    pricing.onChange(({ vat }) => {
      if (vat === 1) next = pricing.set({ vat: 2 });
    });
    const list = new PriceList(pricing);
    await pricing.set({ vat: 1 });
    await next;
    expect(list.rates).toEqual(['19 -> 1', '1 -> 2']);
  });

  it('keeps a setting that needs a restart, as a reload does', async () => {
    const server = await testMonitor(ServerSettings, { port: 1 });
    await server.set({ port: 2, banner: 'hello' });
    expect(server.current).toEqual({ port: 1, banner: 'hello' });
  });

  it('tells nobody once it is disposed of', async () => {
    const pricing = await testMonitor(PricingSettings);
    const list = new PriceList(pricing);
    pricing[Symbol.dispose]();
    await expect(pricing.set({ vat: 1 })).rejects.toThrow(
      new TypeError('The test monitor has been disposed of; make another one.'),
    );
    expect([list.rates, pricing.current.vat]).toEqual([[], 19]);
  });
});
