import { injectable } from 'inversify';
import type { PgPoolClient } from 'uno-config/databases/pg';
import { InjectTenant, type Tenant } from 'uno-config/tenants';
import { InjectUnitOfWork, type UnitOfWork } from 'uno-config/transactions';
import { ordersWork } from '../modules/persistence.js';

/** An order as it is kept; amounts in cents. */
export interface Order {
  readonly id: string;
  readonly product: string;
  readonly quantity: number;
  readonly total: number;
  readonly currency: string;
}

/** Where the orders of a tenant are kept. Which one it is, is decided when the program starts. */
export abstract class OrderStore {
  /** In words, for `/health`. */
  public abstract readonly place: string;
  /** May be called again for the same order: it is kept once. */
  public abstract add(order: Order): Promise<void>;
  /** The newest first, twenty at most. */
  public abstract newest(): Promise<readonly Order[]>;
}

/** Keeps orders until the program ends. */
@injectable()
export class OrdersInMemory extends OrderStore {
  public override readonly place = 'in memory';
  readonly #orders = new Map<string, Order[]>();
  readonly #tenant: Tenant;

  /** @param tenant the one that the running code works for */
  public constructor(@InjectTenant() tenant: Tenant) {
    super();
    this.#tenant = tenant;
  }

  public override async add({ id, product, quantity, total, currency }: Order): Promise<void> {
    const others = (await this.newest()).filter((order) => order.id !== id);
    this.#orders.set(this.#tenant.id, [{ id, product, quantity, total, currency }, ...others]);
  }

  public override async newest(): Promise<readonly Order[]> {
    return Promise.resolve((this.#orders.get(this.#tenant.id) ?? []).slice(0, 20));
  }
}

/**
 * Keeps orders in PostgreSQL. Each transaction is of the tenant that the code runs for, in a database, a schema or a shared
 * table as the settings of that tenant say; no statement here knows.
 */
@injectable()
export class OrdersInDatabase extends OrderStore {
  public override readonly place = 'in PostgreSQL';
  readonly #work: UnitOfWork<PgPoolClient>;

  public constructor(@InjectUnitOfWork(ordersWork) work: UnitOfWork<PgPoolClient>) {
    super();
    this.#work = work;
  }

  public override async add({ id, product, quantity, total, currency }: Order): Promise<void> {
    await this.#work.run(async ({ client }) =>
      client.query(
        'insert into orders (id, product, quantity, total, currency) values ($1, $2, $3, $4, $5) on conflict do nothing',
        [id, product, quantity, total, currency],
      ),
    );
  }

  public override async newest(): Promise<readonly Order[]> {
    return this.#work.run({ accessMode: 'read-only' }, async ({ client }) => {
      const { rows } = await client.query<Order>(
        'select id, product, quantity, total, currency from orders order by at desc limit 20',
      );
      return rows;
    });
  }
}
