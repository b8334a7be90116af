import { injectable } from 'inversify';
import { InjectBroker, type EventBroker } from 'uno-config/brokers';
import { events } from '../modules/broker.js';
import type { TenantOrder } from './product-totals.js';

/** Another service, as it were: it hears of orders by the broker alone, and packs a parcel for each. */
@injectable()
export class Shipping {
  readonly #parcels = new Map<string, string>();

  public constructor(@InjectBroker(events) broker: EventBroker) {
    // An event may come twice; its parcel is packed once.
    broker.subscribe({ queue: 'shipping' }, async ({ id, data }) => {
      // What this service itself has published.
      this.#parcels.set(id, (data as TenantOrder).tenant);
      return Promise.resolve('ack');
    });
  }

  /** How many parcels were packed for a tenant since the start. */
  public packedFor(tenant: string): number {
    return [...this.#parcels.values()].filter((of) => of === tenant).length;
  }
}
