// What engines and brokers keep is read by others: backups, consoles, people who look at a queue. A secret must not be there,
// neither one that an application has put into an event, nor what an error said, nor the password of the connection.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { derivedSecret } from '../../src/core/index.js';
import { Projection, type ProjectionHandler, type StoredEvent } from '../../src/factories/projections/index.js';
import type { PgPoolClient } from '../../src/factories/databases/pg/index.js';
import type { Transaction } from '../../src/factories/transactions/index.js';
import { brokerWorld, event } from '../factories/brokers/broker-contract.js';
import { OrderSaga } from '../factories/sagas/order-saga.js';
import { Ledger } from '../factories/sagas/saga-contract.js';
import { CANARY, leaksIn } from '../stories/leaks/canary.js';
import { rabbitCase, rabbitIsReachable, RabbitWorld } from './brokers/rabbit-world.js';
import { redisIsReachable } from './brokers/redis-world.js';
import { postgresWorld, type PostgresWorld } from './databases/postgres-world.js';
import { outboxProgram, postgresDatabase } from './outbox/outbox-world.js';
import { canProject, eventually, projectionProgram } from './projections/projection-world.js';
import { bullmqProgram } from './sagas/bullmq-world.js';
import { sagaProgram } from './sagas/saga-world.js';

const secret = derivedSecret(CANARY, []);
const refuse = (): never => {
  throw Object.assign(new Error(`the password is ${CANARY}`), { code: 'E_REFUSED' });
};

/** All rows of all tables, by table. */
async function allRows({ ask }: PostgresWorld): Promise<ReadonlyMap<string, string>> {
  const tables = await ask(`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
  const rows = new Map<string, string>();
  for (const { name } of tables) {
    const found = await ask(`select t::text as row from ${String(name)} t`);
    rows.set(String(name), found.map(({ row }) => String(row)).join('\n'));
  }
  return rows;
}

/** Does something on a database of its own that asks for no password, with the canary as one, and looks what it has kept. */
async function keptBy(work: (settings: object, world: PostgresWorld) => Promise<void>): Promise<string[]> {
  const world = await postgresWorld('leaks');
  try {
    await work({ ...world.settings, password: CANARY }, world);
    const rows = await allRows(world);
    expect([...rows].flatMap(([table, text]) => leaksIn(text).map(() => table))).toEqual([]);
    return [...rows].filter(([, text]) => text !== '').map(([table]) => table);
  } finally {
    await world.close();
  }
}

@Projection('refused', { types: ['Placed'] })
class Refused implements ProjectionHandler<StoredEvent, PgPoolClient> {
  public async create({ client }: Transaction<PgPoolClient>): Promise<void> {
    await client.query('create table refused (n int)');
  }

  public async project(): Promise<void> {
    await Promise.resolve();
    refuse();
  }
}

const hasPostgres = await canProject();
const hasRabbit = await rabbitIsReachable();
const hasRedis = await redisIsReachable();

(hasPostgres ? describe : describe.skip)('no secret is in the tables', () => {
  it('of an outbox and an inbox', async () => {
    const tables = await keptBy(async (settings) => {
      const publisher = { publish: async () => Promise.resolve().then(refuse) };
      const once = { retry: { maxAttempts: 1 }, poll: '20ms' };
      const { work, outbox, inbox, close } = await outboxProgram(postgresDatabase(settings), publisher, once);
      await work.run((tx) => {
        tx.raise(event('order.placed', { secret }), { key: 'a' });
      });
      await eventually(async () => (await outbox.parked()).length === 1);
      await inbox.once(event('order.placed', { secret }), () => undefined);
      await expect(inbox.once(event('order.placed', { secret }), refuse)).rejects.toThrow(CANARY);
      await close();
    });
    expect(tables).toEqual(expect.arrayContaining(['public.uno_outbox', 'public.uno_inbox_id']));
  });

  it('of projections and their events', async () => {
    const tables = await keptBy(async (settings) => {
      const given = { default: { onError: 'park', poll: '20ms', retry: { maxAttempts: 1 } } };
      const { projections, close } = await projectionProgram(settings, [Refused], given);
      await projections.store.appendToStream('order-1', [{ type: 'Placed', data: { secret } }]);
      await eventually(async () => (await projections.parked('refused')).length === 1);
      await close();
    });
    expect(tables).toEqual(expect.arrayContaining(['public.emt_messages', 'public.uno_projection_parked']));
  });

  it('of sagas on DBOS', async () => {
    const tables = await keptBy(async (settings, world) => {
      const ledger = new Ledger();
      const place = { ...world.settings, ...settings };
      const { sagas, close } = await sagaProgram(place, [OrderSaga], ledger);
      ledger.fails = (what) => (what === 'charge' ? refuse() : undefined);
      const run = await sagas.start(OrderSaga, {}, { id: '1' });
      await expect(run.outcome()).resolves.toMatchObject({ because: 'charge threw Error E_REFUSED' });
      await close();
    });
    expect(tables).toEqual(expect.arrayContaining(['uno_sagas.workflow_status', 'uno_sagas.operation_outputs']));
  });
});

(hasRabbit ? describe : describe.skip)('no secret is at RabbitMQ', () => {
  it('in a message, its headers, or those of a dead letter', async () => {
    const world = new RabbitWorld();
    const queues = { billing: { maxDeliveries: 1 }, audit: {} };
    const settings = { ...world.settings(), queues };
    const { events, close } = await brokerWorld(rabbitCase(world), settings);
    events.subscribe({ queue: 'billing' }, async () => Promise.resolve().then(refuse));
    await events.publish(event('order.placed', { secret }), { key: 'a' });
    const connection = await connect('amqp://guest:guest@127.0.0.1:5672');
    const channel = await connection.createChannel();
    for (const queue of ['audit', 'billing.dead']) {
      let message = await channel.get(`${settings.queuePrefix}${queue}`);
      await eventually(async () => {
        if (message === false) message = await channel.get(`${settings.queuePrefix}${queue}`);
        return message !== false;
      });
      const { properties, fields, content } = message as Exclude<typeof message, false>;
      expect(content.toString()).toContain('order.placed');
      expect(leaksIn(JSON.stringify([properties, fields, content.toString()]))).toEqual([]);
    }
    await connection.close();
    await close();
    await world.close();
  });
});

/** What a copy of the broker would be made of, as its own tool exports it; otherwise why not is printed. */
function exportedDefinitions(): string | undefined {
  const words = ['-q', 'export_definitions', '-'];
  const { status, stdout } = spawnSync('rabbitmqctl', words, { encoding: 'utf8', timeout: 60_000 });
  if (status === 0) return stdout;
  process.stderr.write(
    'Skipped: rabbitmqctl does not export the definitions of RabbitMQ to the user of this process.\n',
  );
  return undefined;
}

const canExport = hasRabbit && exportedDefinitions() !== undefined;

(canExport ? describe : describe.skip)('no secret is in what RabbitMQ exports', () => {
  it('as the definitions of its exchanges, queues, bindings and policies', async () => {
    const world = new RabbitWorld();
    const settings = { ...world.settings(), queues: { billing: { maxDeliveries: 1 }, audit: {} } };
    const { events, close } = await brokerWorld(rabbitCase(world), settings);
    events.subscribe({ queue: 'billing' }, async () => Promise.resolve().then(refuse));
    await events.publish(event('order.placed', { secret }), { key: 'a' });
    const definitions = exportedDefinitions() ?? '';
    expect(definitions).toContain(`${settings.queuePrefix}billing`);
    expect(leaksIn(definitions)).toEqual([]);
    await close();
    await world.close();
  });
});

/** All keys of Redis that begin so, and what they hold, whatever their kind. */
async function allKeys(redis: Redis, prefix: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const key of await redis.keys(`${prefix}*`)) {
    const kind = await redis.type(key);
    const read: Record<string, () => Promise<unknown>> = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      set: () => redis.smembers(key),
      zset: () => redis.zrange(key, '0', '-1'),
      stream: () => redis.xrange(key, '-', '+'),
    };
    found.set(key, JSON.stringify(await read[kind]?.()));
  }
  return found;
}

(hasRedis ? describe : describe.skip)('no secret is in the keys of Redis', () => {
  it('of sagas on BullMQ', async () => {
    const schema = `uno_leaks_${String(process.pid)}`;
    const ledger = new Ledger();
    const redis = new Redis({ host: '127.0.0.1' });
    const { sagas, close } = await bullmqProgram(schema, {}, [OrderSaga], [], ledger);
    ledger.fails = (what) => (what === 'charge' ? refuse() : undefined);
    const run = await sagas.start(OrderSaga, {}, { id: '1' });
    await expect(run.outcome()).resolves.toMatchObject({ because: 'charge threw Error E_REFUSED' });
    const kept = await allKeys(redis, `{${schema}`);
    expect([...kept.values()].some((text) => text.includes('charge threw Error E_REFUSED'))).toBe(true);
    expect([...kept].flatMap(([key, text]) => leaksIn(key + text).map(() => key))).toEqual([]);
    await close();
    await redis.del(...(await redis.keys(`{${schema}*`)));
    await redis.quit();
  });
});
