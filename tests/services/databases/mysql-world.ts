import { createConnection } from 'mariadb';
import { isLeftOver, worldName } from './world-name.js';

/** A database of its own, and a user with a password, on the server of this machine. */
export interface MysqlWorld {
  readonly settings: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly database: string;
  };
  /** Asks the server by a connection that no pool knows. */
  readonly ask: (text: string, values?: unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Gives the user another password. */
  readonly password: (password: string) => Promise<void>;
  /** How many sessions the user has. */
  readonly sessions: () => Promise<number>;
  readonly close: () => Promise<void>;
}

const server = { host: '127.0.0.1', port: 3_306 };

/** Whether MySQL or MariaDB is there and lets root in; otherwise why not is printed. */
export async function mysqlIsReachable(): Promise<boolean> {
  try {
    const connection = await createConnection({ ...server, user: 'root', connectTimeout: 5_000 });
    await connection.end();
    return true;
  } catch (error) {
    const kind = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    process.stderr.write(`Skipped: MySQL on 127.0.0.1:3306 is not there, or wants a password of root (${kind}).\n`);
    return false;
  }
}

export async function mysqlWorld(name: string): Promise<MysqlWorld> {
  const database = worldName(name);
  const admin = await createConnection({ ...server, user: 'root' });
  const drop = async (which = database): Promise<void> => {
    await admin.query(`drop database if exists ${which}`);
    await admin.query(`drop user if exists ${which}@'%', ${which}@localhost`);
  };
  const there = await admin.query<{ name: string }[]>('select schema_name as name from information_schema.schemata');
  for (const { name: old } of there) if (isLeftOver(old)) await drop(old);
  await admin.query(`create database ${database}`);
  for (const host of ['%', 'localhost']) {
    await admin.query(`create user ${database}@'${host}' identified by 'hunter2'`);
    await admin.query(`grant all on ${database}.* to ${database}@'${host}'`);
    await admin.query(`grant process on *.* to ${database}@'${host}'`);
  }
  const ask: MysqlWorld['ask'] = async (text, values) => admin.query(text, values);
  return {
    settings: { ...server, user: database, password: 'hunter2', database },
    ask,
    password: async (password) => {
      for (const host of ['%', 'localhost']) await ask(`alter user ${database}@'${host}' identified by '${password}'`);
    },
    sessions: async () => (await ask('select 1 from information_schema.processlist where user = ?', [database])).length,
    close: async () => {
      await drop();
      await admin.end();
    },
  };
}
