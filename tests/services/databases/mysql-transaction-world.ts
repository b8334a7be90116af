import type { Pool as MariadbPool, PoolConnection as MariadbConnection } from 'mariadb';
import type { Pool, PoolConnection, RowDataPacket } from 'mysql2/promise';
import { setTimeout } from 'node:timers/promises';
import { mariadb, mysql, MysqlSettings } from '../../../src/factories/databases/mysql/index.js';
import type { DatabaseDefinition } from '../../../src/factories/transactions/index.js';
import { mysqlWorld } from './mysql-world.js';
import { ANOMALIES, databaseSection, type TransactionWorld } from './transaction-world.js';

type Row = Readonly<Record<string, unknown>>;
type Ask<C> = (client: C, text: string, values?: unknown[]) => Promise<readonly Row[]>;

/** MySQL by `mysql2`, with two connections. */
export async function mysql2Transactions(): Promise<TransactionWorld<Pool, PoolConnection>> {
  const database = mysql({ name: 'database', from: MysqlSettings, driver: async () => import('mysql2/promise') });
  return transactions('tx2', database, async (client, text, values) => {
    const [rows] = await client.query<RowDataPacket[]>(text, values);
    return rows;
  });
}

/** MySQL by `mariadb`, with two connections. */
export async function mariadbTransactions(): Promise<TransactionWorld<MariadbPool, MariadbConnection>> {
  const database = mariadb({ name: 'database', from: MysqlSettings, driver: async () => import('mariadb') });
  return transactions('txm', database, async (client, text, values) => client.query<Row[]>(text, values));
}

async function transactions<P, C extends object>(
  name: string,
  database: DatabaseDefinition<P, C>,
  ask: Ask<C>,
): Promise<TransactionWorld<P, C>> {
  const world = await mysqlWorld(name);
  const table = `${world.settings.database}.notes`;
  await world.ask(`create table ${table} (id int primary key, n int not null default 0) engine = innodb`);
  const ids = (rows: readonly Row[]): readonly number[] => rows.map(({ id }) => Number(id));
  const ours = 'select id from information_schema.processlist where user = ?';
  return {
    database,
    section: databaseSection(MysqlSettings),
    settings: { ...world.settings, pool: { max: 2 } },
    insert: async (client, id) => ask(client, 'insert into notes (id) values (?)', [id]),
    raise: async (client, id) => ask(client, 'update notes set n = n + 1 where id = ?', [id]),
    number: async (client, id) => Number((await ask(client, 'select n from notes where id = ?', [id]))[0]?.['n']),
    set: async (client, id, to) => ask(client, 'update notes set n = ? where id = ?', [to, id]),
    anomalies: {
      'read-uncommitted': ANOMALIES,
      'read-committed': ['non-repeatable read', 'phantom read', 'lost update', 'write skew'],
      'repeatable-read': ['lost update', 'write skew'],
      serializable: [],
    },
    ids: async (client) => ids(await ask(client, 'select id from notes order by id')),
    session: async (client) => Number((await ask(client, 'select connection_id() as id'))[0]?.['id']),
    isOpen: async (client) => Number((await ask(client, 'select @@in_transaction as open'))[0]?.['open']) === 1,
    sleep: async (client, seconds) => ask(client, 'select sleep(?)', [seconds]),
    mode: async (client) => {
      // A transaction of InnoDB begins with its first read, and what is told of it is a tenth of a second old.
      await ask(client, 'select id from notes');
      let row: Row | undefined;
      while (row === undefined) {
        await setTimeout(150);
        [row] = await ask(
          client,
          `select trx_isolation_level as isolation, trx_is_read_only as ro from information_schema.innodb_trx
            where trx_mysql_thread_id = connection_id()`,
        );
      }
      return {
        isolation: String(row['isolation']).toLowerCase().replace(' ', '-'),
        isReadOnly: Number(row['ro']) === 1,
      };
    },
    seen: async () => ids(await world.ask(`select id from ${table} order by id`)),
    empty: async () => {
      await world.ask(`delete from ${table}`);
    },
    sessions: world.sessions,
    inTransaction: async () => {
      await setTimeout(150);
      const open = `select 1 from information_schema.innodb_trx where trx_mysql_thread_id in (${ours})`;
      return (await world.ask(open, [world.settings.user])).length;
    },
    close: world.close,
  };
}
