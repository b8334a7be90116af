import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { errorOf } from '../core/error-of.js';
import { configHealth } from '../../src/observability/index.js';
import { planLoad, section, startReloads, type RunningSettings } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { WatchedValues } from '../container/watched-values.js';
import { RecordingLogger } from './loading.js';

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

describe('ReloadService.reload of one domain', () => {
  @ConfigSection('stock', { domain: 'shipping' })
  class StockSettings {
    @IsString() host = 'none';
    @IsInt() port = 1;
  }

  async function shop(values: Readonly<Record<string, object>>) {
    const sources = Object.fromEntries(
      Object.entries(values).map(([name, said]) => [name, new WatchedValues(said, name)]),
    );
    const logger = new RecordingLogger();
    const all = Object.values(sources);
    const options = { sections: [...sections, StockSettings], environment: 'test', env: {}, sources: all, logger };
    const { reloads, store } = await startReloads(options, planLoad(options, false));
    return {
      reloads,
      store,
      logger,
      say: (name: string, said: object) => sources[name]?.set(said),
      /** The names of the sources that a reload of the domain reads. */
      readFor: async (domain: string) => {
        const before = all.map(({ loads }) => loads);
        const outcome = await reloads.reload('asked', { domain });
        const read = all.filter(({ loads }, index) => loads !== before[index]).map(({ name }) => name);
        expect(outcome.read?.map(({ source }) => source)).toEqual(read);
        return { read, outcome };
      },
    };
  }

  it('reads the sources of its sections, and no other; what another one says now is left for later', async () => {
    const { reloads, store, logger, say, readFor } = await shop({
      sales: { orders: { limit: 1 } },
      prices: { PRICES: { currency: 'CHF' } },
      parcels: { parcels: { weight: 1 } },
    });
    say('sales', { orders: { limit: 2 } });
    say('parcels', { parcels: { weight: 2 } });
    const { read, outcome } = await readFor('sales');
    expect([outcome.status, read]).toEqual(['committed', ['sales', 'prices']]);
    expect([store.current.get(OrderSettings).limit, store.current.get(ParcelSettings).weight]).toEqual([2, 1]);
    expect(logger.records.find(({ event }) => event === 'config.reload.domain')).toMatchObject({
      message: 'The domain sales is reloaded: sales, prices of 3 sources provide settings to it.',
      fields: { domain: 'sales', reason: 'asked', sources: ['sales', 'prices'] },
    });
    const whole = await reloads.reload('all');
    expect([whole.read, store.current.get(ParcelSettings).weight]).toEqual([undefined, 2]);
    await reloads.close();
  });

  it('moves all domains of a source that feeds several, or none', async () => {
    const { reloads, store, say, readFor } = await shop({
      both: { orders: { limit: 1 }, stock: { port: 1 } },
      parcels: { parcels: { weight: 1 } },
    });
    const current = (): unknown => [store.current.get(OrderSettings).limit, store.current.get(StockSettings).port];
    say('both', { orders: { limit: 2 }, stock: { port: 2 } });
    expect((await readFor('sales')).outcome.status).toBe('committed');
    expect(current()).toEqual([2, 2]);
    say('both', { orders: { limit: 3 }, stock: { port: 'x' } });
    const { outcome, read } = await readFor('sales');
    expect([outcome.status, read]).toEqual(['rejected', ['both']]);
    expect(current()).toEqual([2, 2]);
    await reloads.close();
  });

  it('follows references, what is inherited, and what modules override', async () => {
    const { reloads, store, say, readFor } = await shop({
      orders: { orders: { limit: '${parcels.weight}' } },
      parcels: { parcels: { weight: '${stock.port}' } },
      stock: { stock: { port: 7 } },
      module: { modules: { billing: { prices: { currency: 'USD' } } } },
      inherits: { letters: { $extends: 'parcels' } },
    });
    say('stock', { stock: { port: 8 } });
    expect((await readFor('sales')).read).toEqual(['orders', 'parcels', 'stock', 'module']);
    expect(store.current.get(OrderSettings).limit).toBe(8);
    expect((await readFor('shipping')).read).toEqual(['parcels', 'stock', 'inherits']);
    await reloads.close();
  });

  it('reads nothing where only defaults are in use', async () => {
    const { reloads, readFor } = await shop({ parcels: { parcels: { weight: 1 } } });
    const { read, outcome } = await readFor('sales');
    expect([read, outcome.status]).toEqual([[], 'unchanged']);
    await reloads.close();
  });

  it('refuses a domain that no section has, and what is no option', async () => {
    const { reloads } = await shop({ orders: { orders: { limit: 1 } } });
    expect(await reloads.reload('asked', { domain: 'slaes' })).toMatchObject({
      status: 'rejected',
      error: { code: 'section-not-loaded', recovery: 'Did you mean sales?' },
    });
    expect(reloads.status().rejections).toBe(0);
    // As plain JavaScript may call it.
    await expect(reloads.reload('asked', { domian: 'sales' } as never)).rejects.toThrow(TypeError);
    await reloads.close();
  });
});
