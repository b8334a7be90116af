import { pathToFileURL } from 'node:url';
import { pg } from 'uno-config/databases/pg';
import { dbos, type DbosDriver } from 'uno-config/sagas/dbos';
import { localSagas } from 'uno-config/sagas/local';
import { OrderFulfilment } from '../services/order-fulfilment.js';
import { DatabaseSettings } from '../settings/database-settings.js';
import { OrderSagas } from '../settings/workflow-settings.js';
import { driver, installed, migrated, persistence } from './persistence.js';

const shared = { from: OrderSagas, sagas: [OrderFulfilment] };

/** A pool of its own: DBOS keeps one of its connections for as long as it runs. */
const engineDatabase = pg({ name: 'sagas', from: DatabaseSettings, server: migrated, driver, probeTimeout: '30s' });

/** In your PostgreSQL runs of sagas outlive the process, by DBOS; else they are kept in it. */
export const sagas =
  persistence === 'postgres'
    ? dbos({
        ...shared,
        over: engineDatabase,
        driver: async () =>
          // The package's own type is known to a service that has it among its dependencies.
          (await import(pathToFileURL(installed.resolve('@dbos-inc/dbos-sdk')).href)) as DbosDriver,
      })
    : localSagas({ name: 'sagas', ...shared });

/** Where runs are kept, in words. */
export const sagasPlace = persistence === 'postgres' ? 'by DBOS in PostgreSQL' : 'in this process';

export const sagaResources = persistence === 'postgres' ? [engineDatabase, sagas] : [sagas];
