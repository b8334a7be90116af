import { optional } from 'uno-config';
import { postgresSource, type PgStoreDriver } from 'uno-config/sources/postgres';
import type { ConfigSource } from 'uno-config';

/**
 * Prices that are kept in PostgreSQL, over those of the files. `npx uno-config push` changes them in all programs at once.
 * None while nothing has been pushed, or where there is no `DATABASE_URL`.
 */
export function pricesFrom(address: string | undefined, driver: () => PgStoreDriver): readonly ConfigSource[] {
  if (address === undefined) return [];
  const { hostname, port, username, password, pathname } = new URL(address);
  const store = postgresSource({
    namespace: 'orders/prices',
    connection: {
      host: hostname,
      ...(port !== '' && { port: Number(port) }),
      user: decodeURIComponent(username),
      ...(password !== '' && { password: () => decodeURIComponent(password) }),
      database: decodeURIComponent(pathname.slice(1)),
    },
    driver,
  });
  return [optional(store)];
}
