import { ContainerModule } from 'inversify';
import { OrderDatabase } from '../services/order-database.js';
import { OrdersServer } from '../services/orders-server.js';
import { PriceCalculator } from '../services/price-calculator.js';

/** The service's own classes. They take settings in their constructors, whichever module binds those. */
export const ordersModule = new ContainerModule(({ bind }) => {
  bind(OrderDatabase).toSelf().inSingletonScope();
  bind(PriceCalculator).toSelf().inSingletonScope();
  bind(OrdersServer).toSelf().inSingletonScope();
});
