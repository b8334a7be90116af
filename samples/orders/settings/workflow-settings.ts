import { ConfigSection, Describe, MapOf, Rule, TenantScope } from 'uno-config';
import { OutboxSettings } from 'uno-config/outbox';
import { ProjectionsSettings } from 'uno-config/projections';
import { SagasSettings } from 'uno-config/sagas';

@TenantScope('system')
@ConfigSection('sagas', { description: 'How orders are fulfilled: retries, timeouts, how many at a time.' })
export class OrderSagas extends SagasSettings {}

@TenantScope('system')
@ConfigSection('outbox', { description: 'Events that wait to be published.' })
export class OrdersOutbox extends OutboxSettings {}

@TenantScope('system')
@ConfigSection('projections', { description: 'Tables that are kept up with events.' })
export class OrdersProjections extends ProjectionsSettings {}

@ConfigSection('stock', { description: 'What is in the warehouse.' })
export class StockSettings {
  @Describe('How many of a product may be sold; what is not listed is never sold out.')
  @MapOf(() => Number)
  public readonly supplied: Readonly<Record<string, number>> = {};

  @Rule('supplies are whole numbers from 0', { fields: ['supplied'] })
  public suppliesCount(): boolean {
    return Object.values(this.supplied).every((supply) => Number.isSafeInteger(supply) && supply >= 0);
  }
}
