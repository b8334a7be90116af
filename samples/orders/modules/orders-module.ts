import { ContainerModule } from 'inversify';
import { ChangeJournal } from '../services/change-journal.js';
import { OrderDatabase } from '../services/order-database.js';
import { OrdersServer } from '../services/orders-server.js';
import { PaymentClient } from '../services/payment-client.js';
import { PriceCalculator } from '../services/price-calculator.js';

/** The service's own classes. They take settings in their constructors, whichever module binds those. */
export const ordersModule = new ContainerModule(({ bind }) => {
  bind(ChangeJournal).toSelf().inSingletonScope();
  bind(OrderDatabase).toSelf().inSingletonScope();
  bind(PaymentClient).toSelf().inSingletonScope();
  bind(PriceCalculator).toSelf().inSingletonScope();
  bind(OrdersServer).toSelf().inSingletonScope();
});
