import { Saga, Step, type SagaRun } from '../../../src/factories/sagas/index.js';

export interface Order {
  readonly isGift?: boolean;
  /** The step that fails, however often it is tried. */
  readonly fails?: string;
}

/** What sagas do: notes every attempt, and every effect once by its key. */
export abstract class Effects {
  /** Where this process dies: `before charge`, `after charge`. */
  public static dieAt = '';
  /** Steps wait for it. */
  public static gate: Promise<void> = Promise.resolve();

  public async do(what: string, run: SagaRun<Order>): Promise<void> {
    if (Effects.dieAt === `before ${what}`) process.kill(process.pid, 'SIGKILL');
    await Effects.gate;
    await this.attempted(what, run);
    if (run.input.fails === what) throw new Error('refused');
    await this.done(what, run);
    if (Effects.dieAt === `after ${what}`) process.kill(process.pid, 'SIGKILL');
  }

  protected abstract attempted(what: string, run: SagaRun<Order>): Promise<void>;
  protected abstract done(what: string, run: SagaRun<Order>): Promise<void>;
}

@Saga('order', { version: 2 })
export class OrderSaga {
  public constructor(private readonly effects: Effects) {}

  @Step({ compensate: 'release' })
  public async reserve(run: SagaRun<Order>): Promise<string> {
    await this.effects.do('reserve', run);
    return 'reserved';
  }

  public async release(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('release', run);
  }

  @Step<Order>({ when: ({ input }) => input.isGift === true })
  public async wrap(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('wrap', run);
  }

  @Step({ compensate: 'refund', retry: 'payments' })
  public async charge(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('charge', run);
  }

  public async refund(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('refund', run);
  }

  @Step()
  public async ship(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('ship', run);
  }
}

@Saga('order')
export class OldOrderSaga {
  public constructor(private readonly effects: Effects) {}

  @Step()
  public async charge(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('charge', run);
  }

  @Step()
  public async ship(run: SagaRun<Order>): Promise<void> {
    await this.effects.do('ship', run);
  }
}
