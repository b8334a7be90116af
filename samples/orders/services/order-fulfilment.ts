import { Saga, Step, type SagaRun } from 'uno-config/sagas';
import { TenantContainers } from 'uno-config/tenants';
import { OrderLog } from './order-log.js';
import { OrderStore } from './order-store.js';
import { PaymentClient } from './payment-client.js';
import type { TenantOrder } from './product-totals.js';
import { Stock } from './stock.js';

/**
 * Places an order: reserves stock, takes the payment, keeps the order, and says it to others. When a step fails for good,
 * those before it are undone. A step may be done more than once, after a crash; so each knows what it has done, by the key
 * or by the id of the order.
 */
@Saga('order-fulfilment')
export class OrderFulfilment {
  readonly #tenants: TenantContainers;
  readonly #stock: Stock;
  readonly #payments: PaymentClient;
  readonly #orders: OrderStore;
  readonly #log: OrderLog;

  public constructor(
    tenants: TenantContainers,
    stock: Stock,
    payments: PaymentClient,
    orders: OrderStore,
    log: OrderLog,
  ) {
    this.#tenants = tenants;
    this.#stock = stock;
    this.#payments = payments;
    this.#orders = orders;
    this.#log = log;
  }

  @Step({ compensate: 'release', retry: 'refusals' })
  public async reserve({ input, key }: SagaRun<TenantOrder>): Promise<void> {
    await this.#as(input, async () => this.#stock.reserve(key, input.product, input.quantity));
  }

  public async release({ input, key }: SagaRun<TenantOrder>): Promise<void> {
    await this.#as(input, async () => this.#stock.release(key));
  }

  @Step({ compensate: 'refund', retry: 'refusals' })
  public async charge({ input, key }: SagaRun<TenantOrder>): Promise<void> {
    await this.#as(input, async () => this.#payments.charge(key, input.total, input.currency));
  }

  public async refund({ key }: SagaRun<TenantOrder>): Promise<void> {
    await this.#payments.refund(key);
  }

  @Step()
  public async keep({ input }: SagaRun<TenantOrder>): Promise<void> {
    await this.#as(input, async () => this.#orders.add(input));
  }

  @Step()
  public async announce({ input }: SagaRun<TenantOrder>): Promise<void> {
    await this.#log.note(input);
  }

  /** A run may go on after a restart, or in another process, where nobody has said for whom. */
  async #as({ tenant }: TenantOrder, work: () => Promise<void>): Promise<void> {
    await this.#tenants.ready(tenant);
    await this.#tenants.run(tenant, work);
  }
}
