import { ContainerModule } from 'inversify';
import type { Persistence } from './persistence.js';
import { ChangeJournal } from '../services/change-journal.js';
import { OrderLoad } from '../services/order-load.js';
import { OrderStore, OrdersInDatabase, OrdersInMemory } from '../services/order-store.js';
import { OrdersServer } from '../services/orders-server.js';
import { PaymentClient } from '../services/payment-client.js';
import { PriceCalculator } from '../services/price-calculator.js';

/** The service's own classes. They take settings in their constructors, whichever module binds those. */
export function createOrdersModule(persistence: Persistence): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(ChangeJournal).toSelf().inSingletonScope();
    bind(OrderStore)
      .to(persistence === 'memory' ? OrdersInMemory : OrdersInDatabase)
      .inSingletonScope();
    bind(PaymentClient).toSelf().inSingletonScope();
    bind(PriceCalculator).toSelf().inSingletonScope();
    bind(OrderLoad).toSelf().inSingletonScope();
    bind(OrdersServer).toSelf().inSingletonScope();
  });
}
