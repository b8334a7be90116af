import type { PgPoolClient } from 'uno-config/databases/pg';
import { Projection, type ProjectionHandler, type StoredEvent } from 'uno-config/projections';
import type { Transaction } from 'uno-config/transactions';
import type { Order } from './order-store.js';

/** An order, and whose it is. */
export interface TenantOrder extends Order {
  readonly tenant: string;
}

/** What is sold of each product, by tenant: a table that is kept up with the events of orders, and can be rebuilt from them. */
@Projection('product-totals', { types: ['OrderPlaced'] })
export class ProductTotals implements ProjectionHandler<StoredEvent<'OrderPlaced', TenantOrder>, PgPoolClient> {
  public async create({ client }: Transaction<PgPoolClient>): Promise<void> {
    await client.query(`create table product_totals (
      tenant text, product text, quantity bigint not null, total bigint not null, primary key (tenant, product))`);
  }

  public async project(
    events: readonly StoredEvent<'OrderPlaced', TenantOrder>[],
    { client }: Transaction<PgPoolClient>,
  ): Promise<void> {
    for (const { data } of events) {
      await client.query(
        `insert into product_totals values ($1, $2, $3, $4) on conflict (tenant, product) do update
          set quantity = product_totals.quantity + excluded.quantity, total = product_totals.total + excluded.total`,
        [data.tenant, data.product, data.quantity, data.total],
      );
    }
  }
}
