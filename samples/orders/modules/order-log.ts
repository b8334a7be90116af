import { pathToFileURL } from 'node:url';
import { outbox } from 'uno-config/outbox';
import { emmett, type EmmettDriver } from 'uno-config/projections/emmett';
import { unitOfWork } from 'uno-config/transactions';
import { ProductTotals } from '../services/product-totals.js';
import { OrdersOutbox, OrdersProjections } from '../settings/workflow-settings.js';
import { events } from './broker.js';
import { database, installed } from './persistence.js';

const published = outbox({ over: database, from: OrdersOutbox, source: '/orders', to: events });

/** Transactions of no tenant: events are kept in one place for all, and say whose they are. */
export const logWork = unitOfWork({ over: database, outbox: published, name: 'order log' });

/** The events of orders, in Emmett's store, and what is projected from them. */
export const orderLog = emmett({
  over: logWork,
  from: OrdersProjections,
  projections: [ProductTotals],
  driver: async () =>
    // The package's own type is known to a service that has it among its dependencies.
    (await import(pathToFileURL(installed.resolve('@event-driven-io/emmett-postgresql')).href)) as EmmettDriver,
});

export const orderLogResources = [published, logWork, orderLog];
