import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { Container, injectable } from 'inversify';
import { DomainModule, entitySettings, InjectDomain, type Domain } from '../../../src/factories/domains/index.js';
import { unitOfWork, unitOfWorkIdentifier } from '../../../src/factories/transactions/index.js';
import { ConfigModule, ConfigSection, section } from '../../../src/index.js';
import { caught } from '../../sources/caught.js';
import { pretendDatabase } from '../transactions/pretend-database.js';
import { world } from '../resources/world.js';

@ConfigSection('sales.entities')
class SalesEntities extends entitySettings('order', 'customer') {}

@ConfigSection('sales.pricing', { domain: 'sales' })
class Pricing {
  @IsInt() discount: number = 0;
}

@ConfigSection('http')
class Http {
  @IsInt() port: number = 80;
}

describe('Entities of a domain', () => {
  const load = async (entities: object = {}) => {
    const { database } = pretendDatabase();
    const definition = unitOfWork({ over: database, entities: SalesEntities });
    const made = await world({ sections: [SalesEntities], resources: [database, definition] }, { sales: { entities } });
    return {
      ...made,
      entities: made.container.get(SalesEntities),
      work: made.container.get(unitOfWorkIdentifier(definition)),
    };
  };

  it('are what is said of one over what is said of all', async () => {
    const { entities } = await load({
      default: { batchSize: 50, softDelete: true },
      order: { batchSize: 500, locking: 'optimistic' },
    });
    expect(entities.strategy('order')).toEqual({
      reads: 'replica',
      batchSize: 500,
      locking: 'optimistic',
      versionColumn: 'version',
      softDelete: true,
      deletedColumn: 'deleted_at',
      ids: 'uuid-v7',
    });
    expect(entities.strategy('customer')).toMatchObject({ batchSize: 50, locking: 'none', softDelete: true });
  });

  it('are refused with a name, a key or a value that is none', async () => {
    const unknown = await caught(async () => load({ ordr: { batchSize: 5 }, order: { batchsize: 'many' } }));
    expect(unknown.message).toContain('sales.entities.ordr: is not a known key');
    expect(unknown.message).toContain('sales.entities.order.batchSize');
    const { entities, work } = await load();
    const name = 'ordr' as 'order';
    expect(() => entities.strategy(name)).toThrow('strategy(entity): "ordr" is not one of order, customer.');
    await expect(work.run({ entity: name }, () => undefined)).rejects.toThrow('"ordr" is not one of');
    expect(() => entitySettings('default')).toThrow('"default" cannot be the name of an entity');
    expect(() => entitySettings('order', 'order')).toThrow('each name is given once');
  });

  it('are written by a transaction as their settings are now', async () => {
    const { work, edit } = await load({ order: { batchSize: 2 } });
    const sizes = async (): Promise<readonly number[]> =>
      work.run((tx) => [...tx.entity('order').batches(new Set([1, 2, 3, 4, 5]))].map(({ length }) => length));
    expect(await sizes()).toEqual([2, 2, 1]);
    await edit({ sales: { entities: { order: { batchSize: 4 } } } });
    expect(await sizes()).toEqual([4, 1]);
  });

  it('are not updated over the change of another transaction, where they are locked optimistically', async () => {
    const { work } = await load({ order: { locking: 'optimistic' } });
    const update = async (entity: string, count: number | null): Promise<void> =>
      work.run((tx) => {
        tx.entity(entity).updated(count, '7');
      });
    const error = await caught(async () => update('order', 0));
    expect(error.code).toBe('entity-changed');
    expect(error.message).toContain('The order 7 has changed since it was read');
    await update('order', 1);
    await update('customer', 0);
  });

  it('have ids by time, at random, or of others', async () => {
    const { work, edit, clock } = await load();
    const id = async (): Promise<string | undefined> => work.run((tx) => tx.entity('order').newId());
    const first = await id();
    clock.advance(1);
    const second = await id();
    const version7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
    expect(first).toMatch(version7);
    expect([second, first].sort()).toEqual([first, second]);
    expect(Number.parseInt(String(first).replaceAll('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000);
    await edit({ sales: { entities: { default: { ids: 'uuid' } } } });
    expect(await id()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
    await edit({ sales: { entities: { order: { ids: 'database' } } } });
    expect(await id()).toBeUndefined();
  });

  it('are asked of a unit of work that has some', async () => {
    const { database } = pretendDatabase();
    const definition = unitOfWork({ over: database });
    const { container } = await world({ sections: [Http], resources: [database, definition] });
    const work = container.get(unitOfWorkIdentifier(definition));
    await expect(work.run((tx) => tx.entity('order'))).rejects.toThrow('"orders transactions" has no entities');
  });
});

describe('A domain', () => {
  const sales = DomainModule.fromOptions({ domain: 'sales', sections: [Pricing], entities: SalesEntities });

  @injectable()
  class Quotes {
    constructor(@InjectDomain(sales) readonly domain: Domain<'order' | 'customer'>) {}
  }

  it('knows its sections and entities, and hears of their changes alone', async () => {
    const container = new Container();
    await container.loadAsync(sales);
    const { edit } = await world({ sections: [...sales.sections, Http] }, {}, container);
    container.bind(Quotes).toSelf();
    const { domain } = container.get(Quotes);
    expect(domain.sections.map((one) => one.section)).toEqual(['sales.pricing', 'sales.entities']);
    const heard: string[] = [];
    const stop = domain.onChange((sections) => void heard.push(...sections.map((one) => one.section)));
    await edit({ http: { port: 81 } });
    expect(heard).toEqual([]);
    await edit({ sales: { pricing: { discount: 5 }, entities: { order: { batchSize: 7 } } } });
    expect(heard).toEqual(['sales.pricing', 'sales.entities']);
    expect(domain.strategy('order').batchSize).toBe(7);
    stop();
    expect(await domain.reload('asked')).toMatchObject({ status: 'unchanged', read: [{ source: 'values' }] });
    expect(container.get(Pricing).discount).toBe(5);
  });

  it('takes uses of sections, and says what is wrong with others', async () => {
    const own = DomainModule.fromOptions({
      domain: 'billing',
      sections: [section(Http, { path: 'billing.http', name: 'billing' })],
    });
    const container = new Container();
    await world({ sections: own.sections }, {}, container);
    await container.loadAsync(own);
    const domain = container.get(own.identifier);
    expect(domain.sections).toMatchObject([{ section: 'billing.http', name: 'billing', domain: 'billing' }]);
    const name = 'order' as never;
    expect(() => domain.strategy(name)).toThrow('the domain "billing" has no entities');
    expect(() => DomainModule.fromOptions({ domain: 'billing', sections: [Pricing] })).toThrow(
      new TypeError('DomainModule.fromOptions: Pricing is of the domain "sales", not of "billing".'),
    );
    expect(() => InjectDomain({} as never)).toThrow('give what DomainModule.fromOptions(…) gives');
    expect(() => ConfigModule.fromOptions({ sections: [...sales.sections, Pricing], sources: [] })).toThrow(/Pricing/);
  });
});
