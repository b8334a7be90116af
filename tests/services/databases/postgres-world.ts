import { Client } from 'pg';
import { isLeftOver, worldName } from './world-name.js';

/** A server, and who may do anything there. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
}

/** A database of its own on the server of this machine. */
export interface PostgresWorld {
  readonly settings: PostgresServer & { readonly database: string };
  /** Asks the server by a connection that no pool knows. */
  readonly ask: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  /** How many sessions a program has here, by its application name or a pattern of `like`; others may run it elsewhere. */
  readonly sessions: (applicationName: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

const local: PostgresServer = { host: '127.0.0.1', port: 5_432, user: 'postgres' };

/** Whether PostgreSQL is there and lets anybody in; otherwise why not is printed. */
export async function postgresIsReachable(): Promise<boolean> {
  const client = new Client({ ...local, database: 'postgres', connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    const kind = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    process.stderr.write(`Skipped: PostgreSQL on 127.0.0.1:5432 is not there, or wants a password (${kind}).\n`);
    return false;
  }
}

export async function postgresWorld(name: string, server = local): Promise<PostgresWorld> {
  const database = worldName(name);
  const admin = new Client({ ...server, database: 'postgres' });
  await admin.connect();
  const { rows } = await admin.query<{ name: string }>('select datname as name from pg_database');
  for (const { name: old } of rows) {
    if (isLeftOver(old)) await admin.query(`drop database if exists "${old}" with (force)`);
  }
  await admin.query(`create database ${database}`);
  const inside = new Client({ ...server, database });
  await inside.connect();
  return {
    settings: { ...server, database },
    ask: async (text, values) => {
      const { rows } = await inside.query<Record<string, unknown>>(text, values);
      return rows;
    },
    sessions: async (applicationName) => {
      const { rows } = await inside.query<{ n: number }>(
        'select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name like $1',
        [applicationName],
      );
      return rows[0]?.n ?? 0;
    },
    close: async () => {
      await inside.end();
      await admin.query(`drop database ${database} with (force)`);
      await admin.end();
    },
  };
}
