// The source over PostgreSQL, on a real server; skipped with the reason where there is none.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool, type PoolClient } from 'pg';
import { postgresSource } from '../../../src/sources/remote/postgres/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { FaultProxy } from '../fault-proxy.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from '../databases/postgres-world.js';
import { storeStories } from './store-stories.js';
import { contractOf, type Faults, faulty, noticeFaults, type StoreKind } from './store-world.js';

const isReachable = await postgresIsReachable();
const suite = isReachable ? describe : describe.skip;

let world: PostgresWorld;
let proxy: FaultProxy;

beforeAll(async () => {
  if (!isReachable) return;
  world = await postgresWorld('remote');
  proxy = await FaultProxy.to(5_432);
});

afterAll(async () => {
  if (!isReachable) return;
  await proxy.close();
  await world.close();
});

/** Reads what a replica would that lags by one release. */
const LAGGING =
  'where namespace = $1 and revision < (select max(revision) from "uno_config"."releases" where namespace = $1)';

const kind = (): StoreKind => ({
  proxy,
  direct: (options) =>
    postgresSource({ ...options, client: () => new Pool({ ...world.settings, max: 2, idleTimeoutMillis: 100 }) }),
  source: (options, faults) => postgresSource({ ...options, client: () => faultyPool(faults) }),
  spoil: async (namespace, text) => {
    await world.ask('update uno_config.documents set content = $2 where namespace = $1 and replaced is null', [
      namespace,
      text,
    ]);
  },
  forget: async (namespace) => {
    await world.ask('delete from uno_config.documents where namespace = $1', [namespace]);
    await world.ask('delete from uno_config.releases where namespace = $1', [namespace]);
  },
});

function faultyPool(faults: Faults): Pick<Pool, 'end'> & ReturnType<typeof wrap> {
  const pool = new Pool({ ...world.settings, port: proxy.port, max: 3 });
  pool.on('error', () => undefined);
  return wrap(pool, faults);
}

function wrap(pool: Pool, faults: Faults) {
  return {
    query: async (text: string, values?: unknown[]) => {
      const seen = faults.lags && text.includes('left join') ? text.replace('where namespace = $1', LAGGING) : text;
      return pool.query<Record<string, unknown>>(seen, values);
    },
    connect: async () => heard(await pool.connect(), faults),
    end: async () => pool.end(),
  };
}

function heard(client: PoolClient, faults: Faults) {
  return {
    query: async (text: string, values?: unknown[]) => client.query<Record<string, unknown>>(text, values),
    on: (event: string, listener: (given?: unknown) => void) =>
      client.on(event as 'notification', event === 'notification' ? faulty(faults, listener) : listener),
    removeListener: (event: string, listener: (given?: unknown) => void) => client.removeListener(event, listener),
    release: (error?: boolean) => {
      client.release(error);
    },
  };
}

suite('postgresSource, as every source,', () => {
  const { network, ...subject } = contractOf(kind);
  const cases = sourceContract({ ...subject, ...(network && { network: { ...network, ...noticeFaults() } }) });
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await expect(one.run()).resolves.toBeUndefined();
  });
});

suite('postgresSource', () => {
  it.each(storeStories)(
    '%s',
    async (_, story) => {
      await expect(story(kind())).resolves.toBeUndefined();
    },
    300_000,
  );
});
