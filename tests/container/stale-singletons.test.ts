import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { Container, inject, injectable, named } from 'inversify';
import {
  ConfigModule,
  ConfigPlugin,
  InjectMonitor,
  OnConfigChange,
  staleSingletons,
} from '../../src/container/index.js';
import type { ConfigSource } from '../../src/core/index.js';
import { ReloadService, section, type ConfigDependant, type SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { RecordingLogger } from '../runtime/loading.js';

@ConfigSection('pricing')
class PricingSettings {
  @IsInt() public vat: number = 7;
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 80;
}

@injectable()
class PriceList {
  constructor(@inject(PricingSettings) public readonly pricing: PricingSettings) {}
}

@injectable()
class Live {
  constructor(@InjectMonitor(PricingSettings) public readonly pricing: SectionMonitor<PricingSettings>) {}
}

@injectable()
class Shop {
  constructor(@inject(PriceList) public readonly prices: PriceList) {}
}

@injectable()
class Broken {
  constructor(@inject(PricingSettings) pricing: PricingSettings) {
    throw new Error(`no shop for ${String(pricing.vat)}`);
  }
}

@injectable()
class Following {
  public vat: number;

  constructor(@inject(PricingSettings) pricing: PricingSettings) {
    this.vat = pricing.vat;
  }

  @OnConfigChange(PricingSettings)
  public follow({ vat }: PricingSettings): void {
    this.vat = vat;
  }
}

/** Keeps what follows, and one section that nothing follows. */
@injectable()
class Market {
  constructor(
    @inject(Following) public readonly prices: Following,
    @inject(HttpSettings) public readonly http: HttpSettings,
  ) {}
}

@injectable()
class Pool implements ConfigDependant {
  public readonly name = 'pool';

  constructor(@inject(PricingSettings) public pricing: PricingSettings) {}

  public prepare(): undefined {
    return undefined;
  }
}

interface World {
  readonly container: Container;
  readonly reloads: ReloadService;
  readonly logger: RecordingLogger;
  readonly reload: (values: object) => Promise<void>;
  readonly stale: () => readonly string[];
}

async function world(withPlugin = true): Promise<World> {
  const container = new Container();
  const logger = new RecordingLogger();
  if (withPlugin) container.register(ConfigPlugin);
  let values: object = {};
  const source: ConfigSource = { name: 'file', load: () => values };
  const sections = [PricingSettings, HttpSettings, section(PricingSettings, { path: 'sale', name: 'sale' })];
  await container.loadAsync(
    ConfigModule.fromOptions({ sections, sources: [source], environment: 'test', env: {}, logger }),
  );
  const reloads = container.get(ReloadService);
  return {
    container,
    reloads,
    logger,
    reload: async (next) => {
      values = next;
      await reloads.reload('asked');
    },
    stale: () => staleSingletons(reloads).map(({ consumer, section: path }) => `${consumer} ${path}`),
  };
}

describe('staleSingletons', () => {
  it('names a singleton that keeps a section of an older generation, with the fix', async () => {
    const { container, reloads, reload } = await world();
    container.bind(PriceList).toSelf().inSingletonScope();
    container.get(PriceList);
    await reload({ pricing: { vat: 19 } });
    expect(staleSingletons(reloads)).toEqual([
      {
        consumer: 'PriceList',
        section: 'pricing',
        since: 2,
        fix: 'Inject its monitor: @InjectMonitor(PricingSettings).',
      },
    ]);
  });

  it('logs it once, however often the section changes', async () => {
    const { container, logger, reload } = await world();
    container.bind(PriceList).toSelf().inSingletonScope();
    container.get(PriceList);
    await reload({ pricing: { vat: 19 } });
    container.get(PriceList);
    await reload({ pricing: { vat: 21 } });
    expect(logger.of('config.singleton.stale')).toEqual([
      expect.objectContaining({
        level: 'warn',
        message:
          'PriceList is a singleton that keeps the PricingSettings from before generation 2. Inject its monitor: @InjectMonitor(PricingSettings).',
      }),
    ]);
  });

  it('says nothing while the section has not changed', async () => {
    const { container, reload, stale } = await world();
    container.bind(PriceList).toSelf().inSingletonScope();
    container.get(PriceList);
    await reload({ http: { port: 81 } });
    expect(stale()).toEqual([]);
  });

  it('finds a section that a singleton holds through a transient dependency', async () => {
    const { container, reload, stale } = await world();
    container.bind(PriceList).toSelf();
    container.bind(Shop).toSelf().inSingletonScope();
    container.get(PriceList);
    container.get(Shop);
    await reload({ pricing: { vat: 19 } });
    expect(stale()).toEqual(['Shop pricing']);
  });

  it('finds it also where others in the same plan have the same dependency', async () => {
    @injectable()
    class Street {
      constructor(
        @inject(PriceList) public readonly prices: PriceList,
        @inject(Shop) public readonly shop: Shop,
      ) {}
    }
    const { container, reload, stale } = await world();
    container.bind(PriceList).toSelf();
    container.bind(Shop).toSelf().inSingletonScope();
    container.bind(Street).toSelf();
    container.get(Street);
    await reload({ pricing: { vat: 19 } });
    expect(stale()).toEqual(['Shop pricing']);
  });

  it('names the singleton itself and not the one above it', async () => {
    const { container, reload, stale } = await world();
    container.bind(PriceList).toSelf().inSingletonScope();
    container.bind(Shop).toSelf().inSingletonScope();
    container.get(Shop);
    await reload({ pricing: { vat: 19 } });
    expect(stale()).toEqual(['PriceList pricing']);
  });

  it('finds resolved values and redirected services', async () => {
    const { container, reload, stale } = await world();
    container
      .bind('rate')
      .toResolvedValue((pricing: PricingSettings) => pricing.vat, [PricingSettings])
      .inSingletonScope();
    container.bind('alias').toService('rate');
    container.get('alias');
    await reload({ pricing: { vat: 19 } });
    expect(stale()).toEqual(['rate pricing']);
  });

  it('tells a named use of a class by its path and its name', async () => {
    @injectable()
    class Sale {
      constructor(@inject(PricingSettings) @named('sale') public readonly pricing: PricingSettings) {}
    }
    const { container, reloads, reload } = await world();
    container.bind(Sale).toSelf().inSingletonScope();
    container.get(Sale);
    await reload({ sale: { vat: 3 } });
    expect(staleSingletons(reloads)).toMatchObject([
      { section: 'sale', fix: "Inject its monitor: @InjectMonitor(PricingSettings) @named('sale')." },
    ]);
  });

  it('leaves alone who is made anew, or holds a monitor', async () => {
    const { container, reload, stale } = await world();
    container.bind(PriceList).toSelf();
    container.bind(Live).toSelf().inSingletonScope();
    container.get(PriceList);
    container.get(Live);
    await reload({ pricing: { vat: 19 } });
    expect(stale()).toEqual([]);
  });

  it('leaves alone a singleton that was made after the change', async () => {
    const { container, reload, stale } = await world();
    container.bind(PriceList).toSelf().inSingletonScope();
    await reload({ pricing: { vat: 19 } });
    expect(container.get(PriceList).pricing.vat).toBe(19);
    expect(stale()).toEqual([]);
  });

  it('leaves alone a singleton that could not be made', async () => {
    const { container, reload, stale } = await world();
    container.bind(Broken).toSelf().inSingletonScope();
    expect(() => container.get(Broken)).toThrow('no shop for 7');
    await reload({ pricing: { vat: 19 } });
    expect(stale()).toEqual([]);
  });

  it('sees the singletons of child containers that have the plugin', async () => {
    const { container, reload, stale } = await world();
    const child = new Container({ parent: container });
    child.register(ConfigPlugin);
    child.bind(PriceList).toSelf().inSingletonScope();
    child.get(PriceList);
    await reload({ pricing: { vat: 19 } });
    expect(stale()).toEqual(['PriceList pricing']);
  });

  it('knows nothing without the plugin', async () => {
    const { container, reload, stale } = await world(false);
    container.bind(PriceList).toSelf().inSingletonScope();
    container.get(PriceList);
    await reload({ pricing: { vat: 19 } });
    expect(stale()).toEqual([]);
  });

  it('leaves alone a singleton that is called when the section changes', async () => {
    const { container, reload, stale } = await world();
    container.bind(Following).toSelf().inSingletonScope();
    container.get(Following);
    await reload({ pricing: { vat: 19 } });
    expect([container.get(Following).vat, stale()]).toEqual([19, []]);
  });

  it('leaves alone what follows inside a singleton, and names the section beside it that nothing follows', async () => {
    const { container, reload, stale } = await world();
    container.bind(Following).toSelf();
    container.bind(Market).toSelf().inSingletonScope();
    container.get(Market);
    await reload({ pricing: { vat: 19 }, http: { port: 81 } });
    expect(stale()).toEqual(['Market http']);
  });

  it('names a singleton that is called for another use of the class only', async () => {
    @injectable()
    class OnSale {
      constructor(@inject(PricingSettings) public readonly pricing: PricingSettings) {}

      @OnConfigChange({ target: PricingSettings, name: 'sale' })
      public follow(): void {
        // What it takes is the other one.
      }
    }
    const { container, reload, stale } = await world();
    container.bind(OnSale).toSelf().inSingletonScope();
    container.get(OnSale);
    await reload({ pricing: { vat: 19 } });
    expect(stale()).toEqual(['OnSale pricing']);
  });

  it('leaves alone a registered dependant, and names one that is registered no more', async () => {
    const { container, reloads, reload, stale } = await world();
    container.bind(Pool).toSelf().inSingletonScope();
    const leave = reloads.register(container.get(Pool));
    await reload({ pricing: { vat: 19 } });
    const asDependant = stale();
    leave();
    await reload({ pricing: { vat: 21 } });
    expect([asDependant, stale()]).toEqual([[], ['Pool pricing']]);
  });
});
