import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { injectable, type Newable } from 'inversify';
import { derivedSecret, systemClock } from '../../../src/core/index.js';
import { ConfigSection } from '../../../src/index.js';
import { localSagas } from '../../../src/factories/sagas/local/index.js';
import {
  InjectSagas,
  Saga,
  sagasIdentifier,
  SagasSettings,
  Step,
  type SagaRun,
  type Sagas,
} from '../../../src/factories/sagas/index.js';
import { caught } from '../../sources/caught.js';
import { world } from '../resources/world.js';

@ConfigSection('sagas')
class ShopSagas extends SagasSettings {}

/** What sagas do, in their order; made by the container for them. */
@injectable()
class Ledger {
  public readonly entries: string[] = [];
  public fails: (what: string, attempt: number) => void = () => undefined;

  public do(what: string, run: SagaRun<Order>): void {
    this.entries.push(`${what} ${run.key}`);
    this.fails(what, run.attempt);
  }
}

interface Order {
  readonly id: string;
  readonly isGift?: boolean;
}

@Saga('order', { version: 2 })
class OrderSaga {
  public constructor(private readonly ledger: Ledger) {}

  @Step({ compensate: 'release' })
  public reserve(run: SagaRun<Order>): { reserved: string } {
    this.ledger.do('reserve', run);
    return { reserved: run.input.id };
  }

  public release(run: SagaRun<Order>): void {
    this.ledger.do('release', run);
  }

  @Step<Order>({ when: ({ input }) => input.isGift === true })
  public wrap(run: SagaRun<Order>): void {
    this.ledger.do('wrap', run);
  }

  @Step({ compensate: 'refund', retry: 'payments' })
  public charge(run: SagaRun<Order>): number {
    this.ledger.do('charge', run);
    return Object.keys(run.results).length;
  }

  public refund(run: SagaRun<Order>): void {
    this.ledger.do('refund', run);
  }

  @Step()
  public ship(run: SagaRun<Order>): void {
    this.ledger.do('ship', run);
  }
}

const fast = { minDelay: '1ms', maxDelay: '1ms' };

async function shop(settings: object = {}, sagas: readonly Newable[] = [OrderSaga]) {
  const definition = localSagas({ name: 'shop', from: ShopSagas, sagas });
  const made = await world(
    { sections: [ShopSagas], resources: [definition], clock: systemClock },
    { sagas: { default: { retry: fast, compensationRetry: fast }, ...settings } },
  );
  const ledger = new Ledger();
  made.container.bind(Ledger).toConstantValue(ledger);
  return { ...made, ledger, definition, sagas: made.container.get(sagasIdentifier(definition)) };
}

/** Fails so many times. */
function failing(step: string, times = Infinity): (what: string) => void {
  let left = times;
  return (what) => {
    if (what === step && left-- > 0) throw Object.assign(new Error('hunter2'), { code: 'E_SHOP' });
  };
}

describe('a saga in this process', () => {
  it('does its steps in the order of the class, with what the container injects, and keeps what they answer', async () => {
    const { sagas, ledger, metrics } = await shop();
    const run = await sagas.start(OrderSaga, { id: 'lamp' }, { id: '1' });
    await expect(run.outcome()).resolves.toEqual({
      status: 'completed',
      results: { reserve: { reserved: 'lamp' }, charge: 1 },
    });
    expect(ledger.entries).toEqual(['reserve order:1:reserve', 'charge order:1:charge', 'ship order:1:ship']);
    expect(metrics.snapshot().counters).toContainEqual(
      expect.objectContaining({
        name: 'config.saga.runs',
        attributes: { saga: 'order', result: 'completed' },
        value: 1,
      }),
    );
  });

  it('undoes what was done, last first, with the keys of the steps, and says why without what was thrown', async () => {
    const { sagas, ledger, logger } = await shop({ default: { retry: { maxAttempts: 1 }, compensationRetry: fast } });
    ledger.fails = failing('ship');
    const run = await sagas.start(OrderSaga, { id: 'lamp', isGift: true }, { id: '2' });
    await expect(run.outcome()).resolves.toEqual({
      status: 'compensated',
      step: 'ship',
      because: 'ship threw Error E_SHOP',
      left: [],
    });
    expect(ledger.entries.slice(-2)).toEqual(['refund order:2:charge', 'release order:2:reserve']);
    expect(logger.of('config.saga.compensated')[0]?.message).toBe(
      'The run order:2 of order@2 was compensated at ship: ship threw Error E_SHOP.',
    );
  });

  it('tries a step again, as often as the settings say, by the name of the retry, by the saga, or for all', async () => {
    const { sagas, ledger } = await shop({
      default: { retry: { ...fast, maxAttempts: 2 }, retries: { payments: { ...fast, maxAttempts: 3 } } },
    });
    ledger.fails = failing('charge', 2);
    const first = await sagas.start(OrderSaga, { id: 'lamp' }, { id: '3' });
    await expect(first.outcome()).resolves.toMatchObject({ status: 'completed' });
    ledger.fails = failing('reserve', 2);
    const second = await sagas.start(OrderSaga, { id: 'lamp' }, { id: '4' });
    await expect(second.outcome()).resolves.toMatchObject({ status: 'compensated', step: 'reserve' });
  });

  it('takes what is set for its name over what is set for all, and changes of it at once', async () => {
    const { sagas, ledger, edit } = await shop({
      default: { retry: { ...fast, maxAttempts: 1 } },
      named: { order: { retry: { maxAttempts: 2 } } },
    });
    ledger.fails = failing('reserve', 1);
    const first = await sagas.start(OrderSaga, { id: 'lamp' }, { id: '5' });
    await expect(first.outcome()).resolves.toMatchObject({ status: 'completed' });
    await edit({ sagas: { default: { retry: { ...fast, maxAttempts: 1 } } } });
    ledger.fails = failing('reserve', 1);
    const second = await sagas.start(OrderSaga, { id: 'lamp' }, { id: '6' });
    await expect(second.outcome()).resolves.toMatchObject({ status: 'compensated' });
  });

  it('fails, and says what is left, when something cannot be undone', async () => {
    const { sagas, ledger, logger } = await shop({
      default: { retry: { maxAttempts: 1 }, compensationRetry: { ...fast, maxAttempts: 2 } },
    });
    ledger.fails = (what) => {
      if (what === 'ship' || what === 'refund') throw new Error('no');
    };
    const run = await sagas.start(OrderSaga, { id: 'lamp' }, { id: '7' });
    await expect(run.outcome()).resolves.toMatchObject({ status: 'failed', left: ['charge'] });
    expect(ledger.entries.at(-1)).toBe('release order:7:reserve');
    expect(logger.of('config.saga.failed')[0]?.message).toContain('What could not be undone: charge.');
  });

  it('compensates a step too of which nobody knows whether it was done', async () => {
    const { sagas, ledger } = await shop({ default: { retry: { maxAttempts: 1 }, stepTimeout: '20ms' } }, [SlowSaga]);
    const run = await sagas.start(SlowSaga, { id: 'lamp' }, { id: '8' });
    await expect(run.outcome()).resolves.toMatchObject({
      status: 'compensated',
      because: 'charge did not end within 20ms',
    });
    expect(ledger.entries).toEqual(['charge slow:8:charge', 'refund slow:8:charge']);
  });

  it('stops at the next step when it is told to, or its time is over', async () => {
    const { sagas, ledger } = await shop();
    ledger.fails = (what) => {
      if (what === 'reserve') void sagas.stop(OrderSaga, '9', 'the customer called');
    };
    const run = await sagas.start(OrderSaga, { id: 'lamp' }, { id: '9' });
    await expect(run.outcome()).resolves.toMatchObject({
      status: 'compensated',
      step: 'charge',
      because: 'the customer called',
    });
    await expect(sagas.stop(OrderSaga, '9', 'again')).resolves.toBe(false);
    const late = await shop({ named: { order: { timeout: '1ms' } } });
    late.ledger.fails = () => {
      const end = performance.now() + 5;
      while (performance.now() < end);
    };
    const over = await late.sagas.start(OrderSaga, { id: 'lamp' }, { id: '10' });
    await expect(over.outcome()).resolves.toMatchObject({ because: 'its time was over' });
  });

  it('starts one run for an id, and finds it by it', async () => {
    const { sagas, ledger } = await shop();
    const [one, other] = [
      await sagas.start(OrderSaga, { id: 'lamp' }, { id: 'same' }),
      await sagas.start('order', { id: 'chair' }, { id: 'same' }),
    ];
    await expect(one.outcome()).resolves.toEqual(await other.outcome());
    expect(ledger.entries).toHaveLength(3);
    await expect(sagas.status(OrderSaga, 'same')).resolves.toMatchObject({ saga: 'order@2', status: 'completed' });
    await expect(sagas.status(OrderSaga, 'none')).resolves.toBeUndefined();
  });

  it('starts the highest version, or the one it is asked for', async () => {
    const { sagas } = await shop({}, [OldOrderSaga, OrderSaga]);
    const newest = await sagas.start('order', { id: 'lamp' }, { id: 'new' });
    const oldest = await sagas.start('order', { id: 'lamp' }, { id: 'old', version: 1 });
    await Promise.all([newest.outcome(), oldest.outcome()]);
    await expect(sagas.status('order', 'new')).resolves.toMatchObject({ saga: 'order@2' });
    await expect(sagas.status('order', 'old')).resolves.toMatchObject({ saga: 'order@1' });
  });

  it('lets only so many go on at a time', async () => {
    const { sagas, edit } = await shop({ named: { gated: { concurrency: 1 } } }, [GatedSaga]);
    const runs = [
      await sagas.start(GatedSaga, null, { id: 'a' }),
      await sagas.start(GatedSaga, null, { id: 'b' }),
      await sagas.start(GatedSaga, null, { id: 'c' }),
    ];
    while (GatedSaga.inside === 0) await turn();
    await expect(sagas.health()).resolves.toMatchObject({ running: 1, waiting: 2 });
    await edit({ sagas: { named: { gated: { concurrency: 3 } } } });
    while (GatedSaga.inside < 3) await turn();
    GatedSaga.open();
    await Promise.all(runs.map(async (run) => run.outcome()));
  });

  it('is injected, and waits for its container before it does anything', async () => {
    const definition = localSagas({ name: 'shop', sagas: [OrderSaga] });
    const { container } = await world({ resources: [definition], sections: [ShopSagas], clock: systemClock });
    const ledger = new Ledger();
    container.bind(Ledger).toConstantValue(ledger);

    @injectable()
    class Shop {
      public constructor(@InjectSagas(definition) public readonly sagas: Sagas) {}
    }

    const { sagas } = container.get(Shop, { autobind: true });
    const run = await sagas.start(OrderSaga, { id: 'lamp' }, { id: '1' });
    await expect(run.outcome()).resolves.toMatchObject({ status: 'completed' });
    await container.unbindAllAsync();
    await expect(sagas.start(OrderSaga, {}, { id: '2' })).rejects.toMatchObject({ code: 'resource-closed' });
  });

  it('refuses what it could not keep, and sagas that are none', async () => {
    const { sagas } = await shop();
    await expect(sagas.start(OrderSaga, { n: 1n }, { id: 'x' })).rejects.toThrow(
      'sagas: the input must be what JSON knows.',
    );
    const secret = derivedSecret('hunter2', []);
    await expect(sagas.start(OrderSaga, { secret }, { id: 'x' })).rejects.toThrow('the input holds a secret');
    await expect(sagas.start('nothing', {}, { id: 'x' })).rejects.toThrow('nothing is not listed; there are order@2.');
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

@Saga('order')
class OldOrderSaga {
  @Step()
  public all(): string {
    return 'old';
  }
}

@Saga('slow')
class SlowSaga {
  public constructor(private readonly ledger: Ledger) {}

  @Step({ compensate: 'refund' })
  public async charge(run: SagaRun<Order>): Promise<void> {
    this.ledger.do('charge', run);
    await new Promise((resolve) => {
      run.signal.addEventListener('abort', resolve);
    });
  }

  public refund(run: SagaRun<Order>): void {
    this.ledger.do('refund', run);
  }
}

@Saga('gated')
class GatedSaga {
  public static inside = 0;
  public static open: () => void = () => undefined;
  private static readonly opened = new Promise<void>((resolve) => (GatedSaga.open = resolve));

  @Step()
  public async go(): Promise<void> {
    GatedSaga.inside++;
    await GatedSaga.opened;
  }
}

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
