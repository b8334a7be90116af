import { ContainerModule } from 'inversify';
import { persistence } from './persistence.js';
import { ChangeJournal } from '../services/change-journal.js';
import { OrderDesk } from '../services/order-desk.js';
import { OrderLoad } from '../services/order-load.js';
import { OrderLog, OrderLogInDatabase, OrderLogInMemory } from '../services/order-log.js';
import { OrderStore, OrdersInDatabase, OrdersInMemory } from '../services/order-store.js';
import { OrdersServer } from '../services/orders-server.js';
import { PaymentClient } from '../services/payment-client.js';
import { PriceCalculator } from '../services/price-calculator.js';
import { Shipping } from '../services/shipping.js';
import { Stock, StockInDatabase, StockInMemory } from '../services/stock.js';

/** The service's own classes. They take settings in their constructors, whichever module binds those. */
export function createOrdersModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(ChangeJournal).toSelf().inSingletonScope();
    const isInMemory = persistence === 'memory';
    bind(OrderStore)
      .to(isInMemory ? OrdersInMemory : OrdersInDatabase)
      .inSingletonScope();
    bind(OrderLog)
      .to(isInMemory ? OrderLogInMemory : OrderLogInDatabase)
      .inSingletonScope();
    bind(Stock)
      .to(isInMemory ? StockInMemory : StockInDatabase)
      .inSingletonScope();
    bind(OrderDesk).toSelf().inSingletonScope();
    bind(Shipping).toSelf().inSingletonScope();
    bind(PaymentClient).toSelf().inSingletonScope();
    bind(PriceCalculator).toSelf().inSingletonScope();
    bind(OrderLoad).toSelf().inSingletonScope();
    bind(OrdersServer).toSelf().inSingletonScope();
  });
}
