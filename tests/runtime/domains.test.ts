import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { errorOf } from '../core/error-of.js';
import { configHealth } from '../../src/observability/index.js';
import { planLoad, section, startReloads, type RunningSettings } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';

@ConfigSection('orders', { domain: 'sales' })
class OrderSettings {
  @IsInt() limit = 10;
}

@ConfigSection('prices', { domain: 'sales' })
class PriceSettings {
  @IsString() currency = 'EUR';
}

@ConfigSection('parcels')
class ParcelSettings {
  @IsInt() weight = 1;
}

const sections = [
  OrderSettings,
  PriceSettings,
  ParcelSettings,
  section(ParcelSettings, { path: 'letters', name: 'letters', domain: 'shipping' }),
];

interface Values {
  orders?: { limit?: unknown };
  prices?: { currency?: string };
  parcels?: { weight?: unknown };
  letters?: { weight?: unknown };
}

async function started(values: Values): Promise<RunningSettings> {
  const options = { sections, environment: 'test', env: {}, sources: [{ load: () => structuredClone(values) }] };
  return startReloads(options, planLoad(options, false));
}

describe('the domain of a section', () => {
  it('is listed with the section, in health, and with each of its settings', async () => {
    const { store, reloads } = await started({});
    const domains = reloads.sections().map(({ section: path, domain }) => [path, domain]);
    expect(domains).toEqual([
      ['orders', 'sales'],
      ['prices', 'sales'],
      ['parcels', undefined],
      ['letters', 'shipping'],
    ]);
    expect(configHealth(reloads).sections.map(({ domain }) => domain)).toEqual(domains.map(([, domain]) => domain));
    expect(store.describe().map(({ path, domain }) => [path, domain])).toEqual([
      ['orders.limit', 'sales'],
      ['prices.currency', 'sales'],
      ['parcels.weight', undefined],
      ['letters.weight', 'shipping'],
    ]);
    await reloads.close();
  });

  it('must be a name', () => {
    expect(() => ConfigSection('orders', { domain: '' })).toThrow(
      new TypeError(`@ConfigSection('orders'): domain must be a string that is not empty; got an empty string.`),
    );
  });
});

describe('ConfigEvents.onDomain', () => {
  it('hears of the sections of its domain that have changed, and of nothing else', async () => {
    const values: Values = {};
    const { reloads } = await started(values);
    const heard: string[] = [];
    reloads.events.onDomain('sales', (changed, { generation }) => {
      heard.push(`${String(generation)}: ${changed.flatMap(({ changes }) => changes.map(({ path }) => path)).join()}`);
    });
    values.parcels = { weight: 2 };
    await reloads.reload('weights');
    values.orders = { limit: 3 };
    values.prices = { currency: 'USD' };
    values.letters = { weight: 3 };
    await reloads.reload('everything');
    await reloads.events.drain();
    expect(heard).toEqual(['3: orders.limit,prices.currency']);
    await reloads.close();
  });

  it('refuses a domain that no section has', async () => {
    const { reloads } = await started({});
    const error = errorOf(() => reloads.events.onDomain('slaes', () => undefined));
    expect(error).toMatchObject({
      code: 'section-not-loaded',
      message: expect.stringContaining('No loaded section is of the domain "slaes"; there is sales, shipping.'),
      recovery: 'Did you mean sales?',
    });
    await reloads.close();
  });
});
