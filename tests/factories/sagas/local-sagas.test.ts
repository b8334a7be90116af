import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { injectable, type Newable } from 'inversify';
import { systemClock } from '../../../src/core/index.js';
import { ConfigSection } from '../../../src/index.js';
import { localSagas } from '../../../src/factories/sagas/local/index.js';
import {
  InjectSagas,
  Saga,
  sagasIdentifier,
  SagasSettings,
  Step,
  type Sagas,
} from '../../../src/factories/sagas/index.js';
import { caught } from '../../sources/caught.js';
import { world } from '../resources/world.js';
import { Effects, OrderSaga } from './order-saga.js';
import { Ledger, SagaShop, sagaStories } from './saga-contract.js';

@ConfigSection('sagas')
class ShopSagas extends SagasSettings {}

async function shop(settings: object = {}, sagas: readonly Newable[] = [OrderSaga], effects: Effects = new Ledger()) {
  const definition = localSagas({ name: 'shop', from: ShopSagas, sagas });
  const made = await world({ sections: [ShopSagas], resources: [definition], clock: systemClock }, { sagas: settings });
  made.container.bind(Effects).toConstantValue(effects);
  return { ...made, definition, sagas: made.container.get(sagasIdentifier(definition)) };
}

describe('a saga in this process', () => {
  let stories: SagaShop;
  beforeAll(async () => {
    stories = await SagaShop.open(async (sagas, effects) => {
      const { edit, container, ...program } = await shop({}, sagas, effects);
      return {
        ...program,
        edit: async (settings) => edit({ sagas: settings }),
        close: async () => container.unbindAllAsync(),
      };
    });
  });
  afterAll(async () => {
    await stories.program.close();
  });

  it.each(sagaStories)('%s', async (_, story) => {
    await expect(story(stories)).resolves.toBeUndefined();
  });

  it('is injected, waits for its container before it does anything, and counts how runs end', async () => {
    const definition = localSagas({ name: 'shop', sagas: [OrderSaga] });
    const { container, metrics } = await world({
      resources: [definition],
      sections: [ShopSagas],
      clock: systemClock,
    });
    container.bind(Effects).toConstantValue(new Ledger());

    @injectable()
    class Shop {
      public constructor(@InjectSagas(definition) public readonly sagas: Sagas) {}
    }

    const { sagas } = container.get(Shop, { autobind: true });
    const run = await sagas.start(OrderSaga, {}, { id: '1' });
    await expect(run.outcome()).resolves.toMatchObject({ status: 'completed' });
    expect(metrics.snapshot().counters).toContainEqual(
      expect.objectContaining({
        name: 'config.saga.runs',
        attributes: { saga: 'order', result: 'completed' },
        value: 1,
      }),
    );
    await container.unbindAllAsync();
    await expect(sagas.start(OrderSaga, {}, { id: '2' })).rejects.toMatchObject({ code: 'resource-closed' });
  });

  it('refuses sagas that are none', () => {
    expect(() => localSagas({ name: 'x', sagas: [Ledger] })).toThrow('Ledger is not a class with @Saga(…)');
    expect(() => localSagas({ name: 'x', sagas: [OrderSaga, OrderSaga] })).toThrow('two are named order@2');
    expect(() => {
      class Empty {}
      Saga('empty')(Empty);
    }).toThrow('Empty has no method with @Step.');
    expect(() => {
      class Wrong {
        public go(): void {
          // Is never called.
        }
      }
      Step({ compensate: 'back' })(Wrong.prototype, 'go', {});
      Saga('wrong')(Wrong);
    }).toThrow('Wrong.go: compensate names "back", which is no method of the class.');
  });
});

describe('names in the settings of sagas', () => {
  it('are refused when they are most likely misspelled, and taken for those of another process when not', async () => {
    const error = await caught(async () => shop({ named: { odrer: {} }, default: { retries: { paymets: {} } } }));
    expect(error.message).toContain('saga-name-unknown');
    expect(error.message).toContain('named.odrer is of no saga; did you mean named.order?');
    expect(error.message).toContain('the step charge of order@2 names the retries "payments"; did you mean "paymets"?');
    const { sagas } = await shop({ named: { invoicing: {} }, default: { retries: { mails: {} } } });
    await expect(sagas.health()).resolves.toMatchObject({ status: 'healthy' });
  });
});
