// What every engine of sagas does, kept or not: the stories run on the one in this process, on DBOS and on BullMQ.
import { setTimeout } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Newable } from 'inversify';
import { derivedSecret } from '../../../src/core/index.js';
import { NonRetryableError, Saga, Step, type SagaRun, type Sagas } from '../../../src/factories/sagas/index.js';
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
  /** How many have begun. */
  public static begun = 0;
  private static readonly waiting: (() => void)[] = [];

  @Step()
  public async go(): Promise<void> {
    GatedSaga.begun++;
    await new Promise<void>((resolve) => GatedSaga.waiting.push(resolve));
  }

  public static letOneEnd(): void {
    this.waiting.shift()?.();
  }
}

const fast = { maxAttempts: 2, minDelay: '1ms', maxDelay: '1ms' };
const once = { ...fast, maxAttempts: 1 };

/** A program whose sagas stories start: one for all of them, because some engines are one for a process. */
export class SagaShop {
  public readonly ledger: Ledger;
  public readonly program: SagaProgram;
  #runs = 0;

  private constructor(program: SagaProgram, ledger: Ledger) {
    this.program = program;
    this.ledger = ledger;
  }

  /** @param open starts a program that knows these sagas, with effects that the container hands to them */
  public static async open(
    open: (sagas: readonly Newable[], effects: Effects) => Promise<SagaProgram>,
  ): Promise<SagaShop> {
    const ledger = new Ledger();
    return new SagaShop(await open([OldOrderSaga, OrderSaga, SlowSaga, GatedSaga], ledger), ledger);
  }

  /** Forgets what was before, and sets what is for all sagas, and what for one. */
  public async set(of: object, named: object = {}): Promise<void> {
    this.ledger.entries = [];
    this.ledger.fails = () => undefined;
    Effects.gate = Promise.resolve();
    const defaults = { retry: fast, compensationRetry: fast, retries: {}, ...of };
    await this.program.edit({ default: defaults, named });
  }

  public async start(saga: Newable, input: Order = {}) {
    const id = `story-${String(++this.#runs)}`;
    const run = await this.program.sagas.start(saga, input, { id });
    return { id, outcome: run.outcome() };
  }
}

async function doesSteps(shop: SagaShop): Promise<void> {
  await shop.set({});
  const { id, outcome } = await shop.start(OrderSaga);
  await expect(outcome).resolves.toEqual({ status: 'completed', results: { reserve: 'reserved' } });
  expect(shop.ledger.entries).toEqual(['reserve', 'charge', 'ship'].map((step) => `${step} order:${id}:${step}`));
  await expect(shop.program.sagas.status(OrderSaga, id)).resolves.toMatchObject({
    saga: 'order@2',
    status: 'completed',
  });
  await expect(shop.program.sagas.health()).resolves.toMatchObject({ status: 'healthy', running: 0, unlisted: [] });
}

async function undoes(shop: SagaShop): Promise<void> {
  await shop.set({ retry: once });
  shop.ledger.fails = failing('ship');
  const { id, outcome } = await shop.start(OrderSaga, { isGift: true });
  const because = 'ship threw Error E_SHOP';
  await expect(outcome).resolves.toEqual({ status: 'compensated', step: 'ship', because, left: [] });
  expect(shop.ledger.entries.slice(-2)).toEqual([`refund order:${id}:charge`, `release order:${id}:reserve`]);
  expect(shop.program.logger.of('config.saga.compensated').at(-1)?.message).toBe(
    `The run order:${id} of order@2 was compensated at ship: ship threw Error E_SHOP.`,
  );
}

async function triesAgain(shop: SagaShop): Promise<void> {
  await shop.set({ retries: { payments: { ...fast, maxAttempts: 3 } } });
  shop.ledger.fails = failing('charge', 2);
  const byName = await shop.start(OrderSaga);
  await expect(byName.outcome).resolves.toMatchObject({ status: 'completed' });
  shop.ledger.fails = failing('reserve', 2);
  const forAll = await shop.start(OrderSaga);
  await expect(forAll.outcome).resolves.toMatchObject({ status: 'compensated', step: 'reserve' });
  await shop.set({ retry: once }, { order: { retry: { maxAttempts: 3 } } });
  shop.ledger.fails = failing('reserve', 2);
  const bySaga = await shop.start(OrderSaga);
  await expect(bySaga.outcome).resolves.toMatchObject({ status: 'completed' });
}

async function endsRetries(shop: SagaShop): Promise<void> {
  const attempts = (what: string): number => shop.ledger.entries.filter((entry) => entry.startsWith(what)).length;
  await shop.set({ retry: { ...fast, maxAttempts: 9 } });
  shop.ledger.fails = (what) => {
    const cause = Object.assign(new Error('hunter2'), { code: 'E_DECLINED' });
    if (what === 'charge') throw new NonRetryableError('hunter2', { cause });
  };
  const { outcome } = await shop.start(OrderSaga);
  const because = 'charge threw NonRetryableError E_DECLINED';
  await expect(outcome).resolves.toEqual({ status: 'compensated', step: 'charge', because, left: [] });
  expect([attempts('charge'), attempts('release')]).toEqual([1, 1]);

  // An error of the application's own that says so, in a step and in its compensation.
  await shop.set({ retry: { ...fast, maxAttempts: 9 }, compensationRetry: { ...fast, maxAttempts: 9 } });
  shop.ledger.fails = (what) => {
    if (what === 'ship' || what === 'refund') throw Object.assign(new Error('gone'), { nonRetryable: true });
  };
  const other = await shop.start(OrderSaga);
  await expect(other.outcome).resolves.toMatchObject({ status: 'failed', step: 'ship', left: ['charge'] });
  expect([attempts('ship'), attempts('refund'), attempts('release')]).toEqual([1, 1, 1]);
}

async function fails(shop: SagaShop): Promise<void> {
  await shop.set({ retry: once });
  shop.ledger.fails = (what) => {
    if (what === 'ship' || what === 'refund') throw new Error('no');
  };
  const { id, outcome } = await shop.start(OrderSaga);
  await expect(outcome).resolves.toMatchObject({ status: 'failed', left: ['charge'] });
  expect(shop.ledger.entries.slice(-3).map((entry) => entry.split(' ')[0])).toEqual(['refund', 'refund', 'release']);
  expect(shop.program.logger.of('config.saga.failed').at(-1)?.message).toContain(id);
  expect(shop.program.logger.of('config.saga.failed').at(-1)?.message).toContain('What could not be undone: charge.');
}

async function compensatesUnknown(shop: SagaShop): Promise<void> {
  await shop.set({ retry: once, stepTimeout: '20ms' });
  const { id, outcome } = await shop.start(SlowSaga);
  const because = 'charge did not end within 20ms';
  await expect(outcome).resolves.toMatchObject({ status: 'compensated', because });
  expect(shop.ledger.entries).toEqual([`charge slow:${id}:charge`, `refund slow:${id}:charge`]);
}

async function stops(shop: SagaShop): Promise<void> {
  await shop.set({});
  let hasStopped: () => void = () => undefined;
  Effects.gate = new Promise((resolve) => (hasStopped = resolve));
  const { id, outcome } = await shop.start(OrderSaga);
  const stopped = shop.program.sagas.stop(OrderSaga, id, 'the customer called');
  await expect(stopped).resolves.toBe(true);
  hasStopped();
  await expect(outcome).resolves.toMatchObject({ status: 'compensated', because: 'the customer called' });
  await expect(shop.program.sagas.stop(OrderSaga, id, 'again')).resolves.toBe(false);

  await shop.set({ timeout: '50ms' });
  let isLate: () => void = () => undefined;
  Effects.gate = new Promise((resolve) => (isLate = resolve));
  const late = await shop.start(OrderSaga);
  await setTimeout(60);
  isLate();
  await expect(late.outcome).resolves.toMatchObject({ because: 'its time was over' });
}

async function startsOnce(shop: SagaShop): Promise<void> {
  await shop.set({});
  const [one, other] = [
    await shop.program.sagas.start(OrderSaga, {}, { id: 'same' }),
    await shop.program.sagas.start('order', { fails: 'reserve' }, { id: 'same' }),
  ];
  await expect(one.outcome()).resolves.toEqual(await other.outcome());
  expect(shop.ledger.entries).toHaveLength(3);
  await expect(shop.program.sagas.status('order', 'nobody')).resolves.toBeUndefined();
}

async function startsVersions(shop: SagaShop): Promise<void> {
  await shop.set({});
  const newest = await shop.program.sagas.start('order', {}, { id: 'new' });
  const oldest = await shop.program.sagas.start('order', {}, { id: 'old', version: 1 });
  await Promise.all([newest.outcome(), oldest.outcome()]);
  await expect(shop.program.sagas.status('order', 'new')).resolves.toMatchObject({ saga: 'order@2' });
  await expect(shop.program.sagas.status('order', 'old')).resolves.toMatchObject({ saga: 'order@1' });
}

async function limits(shop: SagaShop): Promise<void> {
  const begun = async (count: number): Promise<void> => {
    while (GatedSaga.begun < count) await setTimeout(5);
  };
  await shop.set({}, { gated: { concurrency: 1 } });
  const gated = [];
  for (let n = 0; n < 4; n++) gated.push(await shop.start(GatedSaga));
  await begun(1);
  await expect(shop.program.sagas.health()).resolves.toMatchObject({ running: 1 });
  expect(GatedSaga.begun).toBe(1);
  await shop.set({}, { gated: { concurrency: 3 } });
  // Some engines see it when the next run ends.
  GatedSaga.letOneEnd();
  await begun(4);
  for (let n = 0; n < 3; n++) GatedSaga.letOneEnd();
  await Promise.all(gated.map(async ({ outcome }) => outcome));
}

async function refuses(shop: SagaShop): Promise<void> {
  const refusal = shop.program.sagas.start(OrderSaga, { n: 1n }, { id: 'x' });
  await expect(refusal).rejects.toThrow('sagas: the input must be what JSON knows.');
  const secret = derivedSecret('hunter2', []);
  await expect(shop.program.sagas.start(OrderSaga, { secret }, { id: 'x' })).rejects.toThrow(
    'the input holds a secret',
  );
  await expect(shop.program.sagas.start('nothing', {}, { id: 'x' })).rejects.toThrow(
    'nothing is not listed; there are order@1, order@2, slow@1, gated@1.',
  );
}

/** What every engine does, by its name. */
export const sagaStories = [
  ['does the steps in the order of the class, leaves out what is not wanted, and keeps what they answer', doesSteps],
  ['undoes what was done, last first, with the keys of the steps, and says why without what was thrown', undoes],
  ['tries a step again, as often as the settings say, by the name of the retry, by the saga, or for all', triesAgain],
  ['tries a step no second time that says that it would fail the same way, and compensates at once', endsRetries],
  ['fails, and says what is left, when something cannot be undone', fails],
  ['compensates a step too of which nobody knows whether it was done', compensatesUnknown],
  ['stops at the next step when it is told to, or its time is over', stops],
  ['starts one run for an id, whatever its input, and finds it by it', startsOnce],
  ['starts the highest version, or the one it is asked for', startsVersions],
  ['lets only so many go on at a time', limits],
  ['refuses what it could not keep, and sagas that are not listed', refuses],
] as const;
