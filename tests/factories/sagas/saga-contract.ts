// What every engine of sagas does, kept or not: the stories run on the one in this process, on DBOS and on BullMQ.
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Newable } from 'inversify';
import { derivedSecret } from '../../../src/core/index.js';
import { Saga, Step, type SagaRun, type Sagas } from '../../../src/factories/sagas/index.js';
import type { RecordingLogger } from '../../runtime/loading.js';
import { Effects, OldOrderSaga, OrderSaga, type Order } from './order-saga.js';

/** A program that runs sagas, on some engine. */
export interface SagaProgram {
  readonly sagas: Sagas;
  readonly logger: RecordingLogger;
  /** Sets settings of sagas. */
  edit(settings: object): Promise<unknown>;
  close(): Promise<unknown>;
}

/** What sagas do, in their order. */
export class Ledger extends Effects {
  public entries: string[] = [];
  /** Throws where something is to fail. */
  public fails: (what: string) => void = () => undefined;

  protected override async attempted(what: string, run: SagaRun<Order>): Promise<void> {
    this.entries.push(`${what} ${run.key}`);
    await Promise.resolve();
    this.fails(what);
  }

  protected override async done(): Promise<void> {
    // That it was attempted is all that is looked at.
  }
}

/** Fails so many times. */
function failing(step: string, times = Infinity): (what: string) => void {
  let left = times;
  return (what) => {
    if (what === step && left-- > 0) throw Object.assign(new Error('hunter2'), { code: 'E_SHOP' });
  };
}

@Saga('slow')
class SlowSaga {
  public constructor(private readonly effects: Effects) {}

  @Step({ compensate: 'refund' })
  public async charge(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('charge', run);
    await new Promise((resolve) => {
      run.signal.addEventListener('abort', resolve);
    });
  }

  public async refund(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('refund', run);
  }
}

@Saga('gated')
class GatedSaga {
  public static inside = 0;
  public static open: () => void = () => undefined;
  private static opened: Promise<void>;

  /** Closes the gate that its runs wait at. */
  public static close(): void {
    this.inside = 0;
    this.opened = new Promise((resolve) => (this.open = resolve));
  }

  @Step()
  public async go(): Promise<void> {
    GatedSaga.inside++;
    await GatedSaga.opened;
  }
}

const fast = { maxAttempts: 2, minDelay: '1ms', maxDelay: '1ms' };
const once = { ...fast, maxAttempts: 1 };

/**
 * The stories of an engine. All of them are of one program, because some engines are one for a process.
 *
 * @param open starts a program that knows these sagas, with effects that the container hands to them
 */
export function sagaStories(open: (sagas: readonly Newable[], effects: Effects) => Promise<SagaProgram>): void {
  describe('as any engine', () => {
    const ledger = new Ledger();
    let program: SagaProgram;
    let sagas: Sagas;
    let runs = 0;

    beforeAll(async () => {
      program = await open([OldOrderSaga, OrderSaga, SlowSaga, GatedSaga], ledger);
      sagas = program.sagas;
    }, 60_000);
    beforeEach(() => {
      ledger.entries = [];
      ledger.fails = () => undefined;
    });
    afterAll(async () => {
      await program.close();
    }, 60_000);

    const set = async (of: object, named: object = {}): Promise<void> => {
      const defaults = { retry: fast, compensationRetry: fast, retries: {}, ...of };
      await program.edit({ default: defaults, named });
    };
    const start = async (saga: Newable, input: Order = {}) => {
      const id = `story-${String(++runs)}`;
      return { id, outcome: (await sagas.start(saga, input, { id })).outcome() };
    };

    it('does the steps in the order of the class, leaves out what is not wanted, and keeps what they answer', async () => {
      await set({});
      const { id, outcome } = await start(OrderSaga);
      await expect(outcome).resolves.toEqual({ status: 'completed', results: { reserve: 'reserved' } });
      expect(ledger.entries).toEqual(['reserve', 'charge', 'ship'].map((step) => `${step} order:${id}:${step}`));
      await expect(sagas.status(OrderSaga, id)).resolves.toMatchObject({ saga: 'order@2', status: 'completed' });
      await expect(sagas.health()).resolves.toMatchObject({ status: 'healthy', running: 0, unlisted: [] });
    });

    it('undoes what was done, last first, with the keys of the steps, and says why without what was thrown', async () => {
      await set({ retry: once });
      ledger.fails = failing('ship');
      const { id, outcome } = await start(OrderSaga, { isGift: true });
      const because = 'ship threw Error E_SHOP';
      await expect(outcome).resolves.toEqual({ status: 'compensated', step: 'ship', because, left: [] });
      expect(ledger.entries.slice(-2)).toEqual([`refund order:${id}:charge`, `release order:${id}:reserve`]);
      expect(program.logger.of('config.saga.compensated').at(-1)?.message).toBe(
        `The run order:${id} of order@2 was compensated at ship: ship threw Error E_SHOP.`,
      );
    });

    it('tries a step again, as often as the settings say, by the name of the retry, by the saga, or for all', async () => {
      await set({ retries: { payments: { ...fast, maxAttempts: 3 } } });
      ledger.fails = failing('charge', 2);
      const byName = await start(OrderSaga);
      await expect(byName.outcome).resolves.toMatchObject({ status: 'completed' });
      ledger.fails = failing('reserve', 2);
      const forAll = await start(OrderSaga);
      await expect(forAll.outcome).resolves.toMatchObject({ status: 'compensated', step: 'reserve' });
      await set({ retry: once }, { order: { retry: { maxAttempts: 3 } } });
      ledger.fails = failing('reserve', 2);
      const bySaga = await start(OrderSaga);
      await expect(bySaga.outcome).resolves.toMatchObject({ status: 'completed' });
    });

    it('fails, and says what is left, when something cannot be undone', async () => {
      await set({ retry: once });
      ledger.fails = (what) => {
        if (what === 'ship' || what === 'refund') throw new Error('no');
      };
      const { id, outcome } = await start(OrderSaga);
      await expect(outcome).resolves.toMatchObject({ status: 'failed', left: ['charge'] });
      expect(ledger.entries.slice(-3).map((entry) => entry.split(' ')[0])).toEqual(['refund', 'refund', 'release']);
      expect(program.logger.of('config.saga.failed').at(-1)?.message).toContain(id);
      expect(program.logger.of('config.saga.failed').at(-1)?.message).toContain('What could not be undone: charge.');
    });

    it('compensates a step too of which nobody knows whether it was done', async () => {
      await set({ retry: once, stepTimeout: '20ms' });
      const { id, outcome } = await start(SlowSaga);
      const because = 'charge did not end within 20ms';
      await expect(outcome).resolves.toMatchObject({ status: 'compensated', because });
      expect(ledger.entries).toEqual([`charge slow:${id}:charge`, `refund slow:${id}:charge`]);
    });

    it('stops at the next step when it is told to, or its time is over', async () => {
      await set({});
      let stopped: Promise<boolean> | undefined;
      let hasStopped: () => void = () => undefined;
      Effects.gate = new Promise((resolve) => (hasStopped = resolve));
      const { id, outcome } = await start(OrderSaga);
      stopped = sagas.stop(OrderSaga, id, 'the customer called');
      await expect(stopped).resolves.toBe(true);
      hasStopped();
      await expect(outcome).resolves.toMatchObject({ status: 'compensated', because: 'the customer called' });
      await expect(sagas.stop(OrderSaga, id, 'again')).resolves.toBe(false);

      await set({ timeout: '50ms' });
      let isLate: () => void = () => undefined;
      Effects.gate = new Promise((resolve) => (isLate = resolve));
      const late = await start(OrderSaga);
      await setTimeout(60);
      isLate();
      await expect(late.outcome).resolves.toMatchObject({ because: 'its time was over' });
    });

    it('starts one run for an id, whatever its input, and finds it by it', async () => {
      await set({});
      const [one, other] = [
        await sagas.start(OrderSaga, {}, { id: 'same' }),
        await sagas.start('order', { fails: 'reserve' }, { id: 'same' }),
      ];
      await expect(one.outcome()).resolves.toEqual(await other.outcome());
      expect(ledger.entries).toHaveLength(3);
      await expect(sagas.status('order', 'nobody')).resolves.toBeUndefined();
    });

    it('starts the highest version, or the one it is asked for', async () => {
      await set({});
      const newest = await sagas.start('order', {}, { id: 'new' });
      const oldest = await sagas.start('order', {}, { id: 'old', version: 1 });
      await Promise.all([newest.outcome(), oldest.outcome()]);
      await expect(sagas.status('order', 'new')).resolves.toMatchObject({ saga: 'order@2' });
      await expect(sagas.status('order', 'old')).resolves.toMatchObject({ saga: 'order@1' });
    });

    it('lets only so many go on at a time', async () => {
      GatedSaga.close();
      await set({}, { gated: { concurrency: 1 } });
      const gated = [await start(GatedSaga), await start(GatedSaga), await start(GatedSaga)];
      while (GatedSaga.inside === 0) await setTimeout(5);
      await expect(sagas.health()).resolves.toMatchObject({ running: 1 });
      expect(GatedSaga.inside).toBe(1);
      await set({}, { gated: { concurrency: 3 } });
      while (GatedSaga.inside < 3) await setTimeout(5);
      GatedSaga.open();
      await Promise.all(gated.map(async ({ outcome }) => outcome));
    });

    it('refuses what it could not keep, and sagas that are not listed', async () => {
      const refusal = sagas.start(OrderSaga, { n: 1n }, { id: 'x' });
      await expect(refusal).rejects.toThrow('sagas: the input must be what JSON knows.');
      const secret = derivedSecret('hunter2', []);
      await expect(sagas.start(OrderSaga, { secret }, { id: 'x' })).rejects.toThrow('the input holds a secret');
      await expect(sagas.start('nothing', {}, { id: 'x' })).rejects.toThrow(
        'nothing is not listed; there are order@1, order@2, slow@1, gated@1.',
      );
    });
  });
}
