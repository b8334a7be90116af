import { injectable } from 'inversify';
import { InjectBroker, type EventBroker } from 'uno-config/brokers';
import type { PgPoolClient } from 'uno-config/databases/pg';
import { InjectProjections, type Projections } from 'uno-config/projections';
import type { EmmettStore } from 'uno-config/projections/emmett';
import { InjectUnitOfWork, type UnitOfWork } from 'uno-config/transactions';
import { events } from '../modules/broker.js';
import { logWork, orderLog } from '../modules/order-log.js';
import type { TenantOrder } from './product-totals.js';

/** What is sold of a product; the total in cents. */
export interface ProductTotal {
  readonly product: string;
  readonly quantity: number;
  readonly total: number;
}

/** Notes that orders were placed, says it to others by the broker, and knows what is sold of each product. */
export abstract class OrderLog {
  /** May be called again for the same order: it is noted once. */
  public abstract note(order: TenantOrder): Promise<void>;
  public abstract totals(tenant: string): Promise<readonly ProductTotal[]>;
}

/** As a CloudEvent. */
function placed(order: TenantOrder) {
  return { specversion: '1.0', id: order.id, source: '/orders', type: 'order.placed', data: order } as const;
}

/** Keeps orders until the program ends, and publishes at once. */
@injectable()
export class OrderLogInMemory extends OrderLog {
  readonly #broker: EventBroker;
  readonly #noted = new Map<string, TenantOrder>();

  public constructor(@InjectBroker(events) broker: EventBroker) {
    super();
    this.#broker = broker;
  }

  public override async note(order: TenantOrder): Promise<void> {
    await this.#broker.publish(placed(order), { key: order.tenant });
    this.#noted.set(order.id, order);
  }

  public override async totals(tenant: string): Promise<readonly ProductTotal[]> {
    const totals = new Map<string, ProductTotal>();
    for (const order of this.#noted.values()) {
      if (order.tenant !== tenant) continue;
      const { product } = order;
      const before = totals.get(product) ?? { quantity: 0, total: 0 };
      totals.set(product, {
        product,
        quantity: before.quantity + order.quantity,
        total: before.total + order.total,
      });
    }
    return Promise.resolve([...totals.values()].sort((one, other) => one.product.localeCompare(other.product)));
  }
}

/** One transaction appends the event, from which totals are projected, and puts it into the outbox, from which it is published. */
@injectable()
export class OrderLogInDatabase extends OrderLog {
  readonly #work: UnitOfWork<PgPoolClient>;
  readonly #projections: Projections<EmmettStore>;

  public constructor(
    @InjectUnitOfWork(logWork) work: UnitOfWork<PgPoolClient>,
    @InjectProjections(orderLog) projections: Projections<EmmettStore>,
  ) {
    super();
    this.#work = work;
    this.#projections = projections;
  }

  public override async note(order: TenantOrder): Promise<void> {
    const { store } = this.#projections;
    const stream = `order-${order.id}`;
    await this.#work.run(async (tx) => {
      if (await store.streamExists(stream)) return;
      await store.appendToStream(stream, [{ type: 'OrderPlaced', data: order }]);
      tx.raise(placed(order), { key: order.id });
    });
  }

  public override async totals(tenant: string): Promise<readonly ProductTotal[]> {
    return this.#work.run({ accessMode: 'read-only' }, async ({ client }) => {
      const { rows } = await client.query<ProductTotal>(
        `select product, quantity::float8 as quantity, total::float8 as total from product_totals
          where tenant = $1 order by product`,
        [tenant],
      );
      return rows;
    });
  }
}
