import { describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { mariadb, mysql, MysqlSettings } from '../../../src/factories/databases/mysql/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { resourceIdentifier } from '../../../src/factories/resources/index.js';
import {
  unitOfWork,
  unitOfWorkIdentifier,
  type DatabaseDefinition,
} from '../../../src/factories/transactions/index.js';
import { ConfigModule, section, type SectionInput } from '../../../src/index.js';
import { FaultProxy } from '../fault-proxy.js';
import { mysqlIsReachable, mysqlWorld } from './mysql-world.js';
import { postgresIsReachable, postgresWorld } from './postgres-world.js';

interface Primary {
  readonly settings: { readonly port: number };
  readonly close: () => Promise<void>;
}

// What is asked here, each of them can do.
type Definition = DatabaseDefinition<
  { query(sql: string): Promise<unknown> },
  { query(sql: string): Promise<unknown> }
>;

const postgres = section(PostgresSettings, { path: 'database' });
const shop = section(MysqlSettings, { path: 'database' });
const name = 'orders';
const drivers: readonly (readonly [string, boolean, () => Promise<Primary>, SectionInput, Definition])[] = [
  [
    'pg',
    await postgresIsReachable(),
    async () => postgresWorld('replicas'),
    postgres,
    pg({ name, from: postgres, driver: async () => import('pg') }),
  ],
  [
    'mysql2',
    await mysqlIsReachable(),
    async () => mysqlWorld('replicas'),
    shop,
    mysql({ name, from: shop, driver: async () => import('mysql2/promise') }),
  ],
  [
    'mariadb',
    await mysqlIsReachable(),
    async () => mysqlWorld('replicas'),
    shop,
    mariadb({ name, from: shop, driver: async () => import('mariadb') }),
  ],
];

for (const [driver, isReachable, open, place, definition] of drivers) {
  (isReachable ? describe : describe.skip)(`Replicas by ${driver}`, () => {
    it('are read from, by a password of the primary, and left when they are gone', async () => {
      const primary = await open();
      const proxy = await FaultProxy.to(primary.settings.port);
      const work = unitOfWork({ over: definition });
      const container = new Container();
      const database = { ...primary.settings, replicas: [{ host: '127.0.0.1', port: proxy.port }] };
      await container.loadAsync(
        ConfigModule.fromOptions({
          environment: 'test',
          env: {},
          sections: [place],
          sources: [{ name: 'values', load: () => ({ database }) }],
          resources: [definition, work],
        }),
      );
      const pool = container.get(resourceIdentifier(definition));
      const unit = container.get(unitOfWorkIdentifier(work));
      const read = async (atOnce: () => Promise<void> = async () => Promise.resolve()): Promise<unknown> =>
        unit.run({ accessMode: 'read-only' }, async ({ client }) => {
          await atOnce();
          return client.query('select 1 as one');
        });
      while ('note' in (await pool.health())) await new Promise((resolve) => setTimeout(resolve, 5));
      let reading = 0;
      let all: () => void = () => undefined;
      const allReading = new Promise<void>((resolve) => (all = resolve));
      const atOnce = async (): Promise<void> => {
        if (++reading === 3) all();
        return allReading;
      };
      await Promise.all([read(atOnce), read(atOnce), read(atOnce)]);
      expect(proxy.connections).toBeGreaterThanOrEqual(3);
      proxy.refuse();
      proxy.reset();
      // Each connection of its pool is lost, and nothing has been done on it when that is found.
      await expect(read()).resolves.toBeDefined();
      await expect(Promise.all([read(), read(), read()])).resolves.toHaveLength(3);
      const { status, note } = await pool.health();
      expect(status).toBe('healthy');
      expect(note).toContain('out of reach');
      await container.unbindAllAsync();
      await proxy.close();
      await primary.close();
    });
  });
}
