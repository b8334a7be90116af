// The source over MariaDB, on a real server, with both drivers; skipped with the reason where there is none.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as mariadb from 'mariadb';
import { createPool } from 'mysql2/promise';
import { mysqlSource, type MysqlOwnPool } from '../../../src/sources/remote/mysql/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { mysqlIsReachable, mysqlWorld, type MysqlWorld } from '../databases/mysql-world.js';
import { FaultProxy } from '../fault-proxy.js';
import { storeStories } from './store-stories.js';
import { contractOf, type Faults, type StoreKind } from './store-world.js';

const isReachable = await mysqlIsReachable();
const suite = isReachable ? describe : describe.skip;

let world: MysqlWorld;
let proxy: FaultProxy;

beforeAll(async () => {
  if (!isReachable) return;
  world = await mysqlWorld('remote');
  proxy = await FaultProxy.to(3_306);
});

afterAll(async () => {
  if (!isReachable) return;
  await proxy.close();
  await world.close();
});

const table = (name: string): string => `${world.settings.database}.uno_config_${name}`;

const kind = (): StoreKind => ({
  proxy,
  // Written with one driver and read with the other.
  direct: (options) =>
    mysqlSource({
      ...options,
      client: () => mariadb.createPool({ ...world.settings, connectionLimit: 2, minimumIdle: 0 }),
    }),
  source: (options, faults) => mysqlSource({ ...options, client: () => faultyPool(faults) }),
  spoil: async (namespace, text) => {
    await world.ask(`update ${table('documents')} set content = ? where namespace = ? and replaced is null`, [
      text,
      namespace,
    ]);
  },
  forget: async (namespace) => {
    for (const name of ['documents', 'releases']) {
      await world.ask(`delete from ${table(name)} where namespace = ?`, [namespace]);
    }
  },
});

function faultyPool(faults: Faults): MysqlOwnPool {
  const pool = createPool({ ...world.settings, port: proxy.port, connectionLimit: 3 });
  return {
    getConnection: async () => {
      const connection = await pool.getConnection();
      return {
        query: async (sql) => connection.query(sql),
        execute: async (sql, values) => {
          const [own, namespace] = [sql.includes('left join') && faults.lags, values?.[0] ?? null];
          if (!own) return connection.execute(sql, values);
          const lagging = `where revision < (select max(revision) from uno_config_releases where namespace = ?) and namespace = ?`;
          return connection.execute(sql.replace('where namespace = ?', lagging), [namespace, ...(values ?? [])]);
        },
        release: () => {
          connection.release();
        },
        destroy: () => {
          connection.destroy();
        },
      };
    },
    end: async () => pool.end(),
  };
}

suite('mysqlSource, as every source,', () => {
  const cases = sourceContract(contractOf(kind));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await expect(one.run()).resolves.toBeUndefined();
  });
});

suite('mysqlSource', () => {
  it.each(storeStories)(
    '%s',
    async (_, story) => {
      await expect(story(kind())).resolves.toBeUndefined();
    },
    300_000,
  );
});
