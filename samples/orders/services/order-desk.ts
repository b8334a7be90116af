import { randomUUID } from 'node:crypto';
import { injectable } from 'inversify';
import { InjectSagas, type Sagas } from 'uno-config/sagas';
import { InjectTenant, type Tenant } from 'uno-config/tenants';
import { sagas } from '../modules/sagas.js';
import { OrderFulfilment } from './order-fulfilment.js';
import type { Order } from './order-store.js';
import type { Quote } from './price-calculator.js';

/** An order that could not be fulfilled; what was done for it is undone. */
export class OrderRefusedError extends Error {}

/** Takes orders: each is one run of the saga. */
@injectable()
export class OrderDesk {
  readonly #sagas: Sagas;
  readonly #tenant: Tenant;

  /** @param tenant the one that the running code works for */
  public constructor(@InjectSagas(sagas) runs: Sagas, @InjectTenant() tenant: Tenant) {
    this.#sagas = runs;
    this.#tenant = tenant;
  }

  /** @throws OrderRefusedError when it is sold out, or the payment is declined. */
  public async place({ product, quantity, total, currency }: Quote): Promise<Order> {
    const order = { id: randomUUID(), product, quantity, total, currency };
    const run = await this.#sagas.start(OrderFulfilment, { ...order, tenant: this.#tenant.id }, { id: order.id });
    const outcome = await run.outcome();
    if (outcome.status === 'completed') return order;
    throw new OrderRefusedError(`the order was refused: ${outcome.because}`);
  }
}
