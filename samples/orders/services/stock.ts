import { injectable } from 'inversify';
import { InjectMonitor, type SectionMonitor } from 'uno-config';
import type { PgPoolClient } from 'uno-config/databases/pg';
import { InjectTenant, type Tenant } from 'uno-config/tenants';
import { InjectUnitOfWork, type UnitOfWork } from 'uno-config/transactions';
import { ordersWork } from '../modules/persistence.js';
import { StockSettings } from '../settings/workflow-settings.js';

/** There are not enough of the product. */
class SoldOutError extends Error {
  public readonly code = 'SOLD_OUT';
}

/** Reserves products of a tenant. Reservations have a key, so that one which is asked for twice is made once. */
@injectable()
export abstract class Stock {
  readonly #settings: SectionMonitor<StockSettings>;

  public constructor(@InjectMonitor(StockSettings) settings: SectionMonitor<StockSettings>) {
    this.#settings = settings;
  }

  /** @throws SoldOutError */
  public abstract reserve(key: string, product: string, quantity: number): Promise<void>;
  /** Does nothing where there is no reservation of this key. */
  public abstract release(key: string): Promise<void>;

  protected suppliedOf(product: string): number {
    return this.#settings.current.supplied[product] ?? Number.MAX_SAFE_INTEGER;
  }
}

@injectable()
export class StockInMemory extends Stock {
  readonly #tenant: Tenant;
  readonly #reservations = new Map<string, { readonly of: string; readonly quantity: number }>();

  public constructor(
    @InjectMonitor(StockSettings) settings: SectionMonitor<StockSettings>,
    @InjectTenant() tenant: Tenant,
  ) {
    super(settings);
    this.#tenant = tenant;
  }

  public override async reserve(key: string, product: string, quantity: number): Promise<void> {
    await Promise.resolve();
    if (this.#reservations.has(key)) return;
    const of = `${this.#tenant.id} ${product}`;
    const reserved = [...this.#reservations.values()]
      .filter((one) => one.of === of)
      .reduce((sum, one) => sum + one.quantity, 0);
    if (reserved + quantity > this.suppliedOf(product)) throw new SoldOutError();
    this.#reservations.set(key, { of, quantity });
  }

  public override async release(key: string): Promise<void> {
    await Promise.resolve(this.#reservations.delete(key));
  }
}

/** In the tables of the tenant, wherever those are. */
@injectable()
export class StockInDatabase extends Stock {
  readonly #work: UnitOfWork<PgPoolClient>;

  public constructor(
    @InjectMonitor(StockSettings) settings: SectionMonitor<StockSettings>,
    @InjectUnitOfWork(ordersWork) work: UnitOfWork<PgPoolClient>,
  ) {
    super(settings);
    this.#work = work;
  }

  public override async reserve(key: string, product: string, quantity: number): Promise<void> {
    await this.#work.run(async ({ client }) => {
      const made = await client.query(
        'insert into reservations (key, product, quantity) values ($1, $2, $3) on conflict do nothing returning key',
        [key, product, quantity],
      );
      if (made.rows.length === 0) return;
      const reserved = await client.query<{ reserved: number }>(
        `insert into stock (product, reserved) values ($1, $2) on conflict (tenant_id, product)
          do update set reserved = stock.reserved + excluded.reserved returning reserved::float8 as reserved`,
        [product, quantity],
      );
      // The transaction is rolled back.
      if ((reserved.rows[0]?.reserved ?? 0) > this.suppliedOf(product)) throw new SoldOutError();
    });
  }

  public override async release(key: string): Promise<void> {
    await this.#work.run(async ({ client }) =>
      client.query(
        `with released as (delete from reservations where key = $1 returning product, quantity)
          update stock set reserved = reserved - released.quantity from released where stock.product = released.product`,
        [key],
      ),
    );
  }
}
