import { describe, expect, it } from '@jest/globals';
import { overReplicas, Replicas, ReplicaSettings } from '../../../src/factories/databases/settings/index.js';
import { defineResource, resourceIdentifier } from '../../../src/factories/resources/index.js';
import {
  DatabaseDefinition,
  TransactionSettings,
  unitOfWork,
  unitOfWorkIdentifier,
  type RunOptions,
} from '../../../src/factories/transactions/index.js';
import { section } from '../../../src/index.js';
import { world } from '../resources/world.js';

/** A server that may be out of reach, and whose connections may all be in use. */
class Server {
  isUp = true;
  isBusy = false;
  isEnded = false;
  constructor(readonly name: string) {}

  answer(): void {
    if (!this.isUp) throw Object.assign(new Error('secret of the driver'), { code: 'ECONNREFUSED' });
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function replicated(...names: readonly string[]) {
  const servers = new Map(['primary', ...names].map((name) => [name, new Server(name)]));
  const find = (name: string): Server => servers.get(name) ?? new Server('nobody');
  const pool = defineResource({
    name: 'orders',
    create: ({ name, clock, logger }) => {
      const primary = find('primary');
      const settings = names.map((host) => Object.assign(new ReplicaSettings(), { host }));
      Replicas.attach(primary, settings, {
        name,
        clock,
        logger,
        open: ({ host }) => find(host),
        probe: async (server) => {
          await Promise.resolve();
          server.answer();
        },
        end: async (server) => {
          await Promise.resolve();
          server.isEnded = true;
        },
      });
      return primary;
    },
    close: async (primary) => Replicas.of(primary)?.end(),
  });
  const transactor = overReplicas<Server, { at: string }>({
    acquire: async (server) => {
      await Promise.resolve();
      server.answer();
      return { client: { at: server.name }, release: () => undefined };
    },
    exhausted: ({ isBusy }) => (isBusy ? 1 : undefined),
    begin: async () => Promise.resolve(),
    commit: async () => Promise.resolve(true),
    rollback: async () => Promise.resolve(),
    dialect: 'postgresql',
    query: async () => Promise.resolve({ rows: [], count: 0 }),
    isConflict: () => false,
  });
  const database = new DatabaseDefinition(pool, transactor);
  const settings = section(TransactionSettings, { path: 'transactions' });
  const definition = unitOfWork({ over: database, from: settings });
  const made = await world({ sections: [settings], resources: [database, definition] });
  const work = made.container.get(unitOfWorkIdentifier(definition));
  await turns();
  return {
    ...made,
    find,
    pool: made.container.get(resourceIdentifier(database)),
    /** Where a transaction runs. */
    where: async (options: RunOptions = { accessMode: 'read-only' }) => work.run(options, ({ client }) => client.at),
  };
}

describe('Read replicas', () => {
  it('are read from by turns, and never written to', async () => {
    const { where } = await replicated('one', 'two');
    const read = [await where(), await where(), await where(), await where()];
    expect(read.sort()).toEqual(['one', 'one', 'two', 'two']);
    expect(await where({})).toBe('primary');
    expect(await where({ accessMode: 'read-only', reads: 'primary' })).toBe('primary');
    expect(await where({ accessMode: 'read-only', isolation: 'serializable' })).toBe('primary');
  });

  it('are what the settings of the transactions say', async () => {
    const { where, edit } = await replicated('one');
    await edit({ transactions: { accessMode: 'read-only' } });
    expect(await where({})).toBe('one');
    await edit({ transactions: { accessMode: 'read-only', reads: 'primary' } });
    expect(await where({})).toBe('primary');
    expect(await where({ reads: 'replica' })).toBe('one');
  });

  it('are left for the others, and then for the primary, when they are out of reach', async () => {
    const { where, find, logger, pool } = await replicated('one', 'two');
    await expect(pool.health()).resolves.not.toHaveProperty('note');
    find('one').isUp = false;
    expect([await where(), await where()]).toEqual(['two', 'two']);
    await expect(pool.health()).resolves.toMatchObject({
      status: 'healthy',
      note: 'Replicas out of reach: one. What would be read from them is read from the others.',
    });
    find('two').isUp = false;
    expect([await where(), await where()]).toEqual(['primary', 'primary']);
    const { note } = await pool.health();
    expect(note).toBe('Replicas out of reach: one, two. What would be read from them is read from the primary.');
    const logged = logger.records.filter(({ event }) => event === 'config.database.replica-down');
    expect(logged.map(({ message }) => message)).toEqual([
      'The replica one of orders is out of reach (Error ECONNREFUSED); others are read from, or the primary.',
      'The replica two of orders is out of reach (Error ECONNREFUSED); others are read from, or the primary.',
    ]);
  });

  it('are read from again when they answer, which no transaction waits for', async () => {
    const { where, find, logger, clock } = await replicated('one');
    find('one').isUp = false;
    expect(await where()).toBe('primary');
    clock.advance(5_000);
    await turns();
    find('one').isUp = true;
    expect(await where()).toBe('primary');
    clock.advance(5_000);
    await turns();
    expect(await where()).toBe('one');
    const events = logger.records.map(({ event }) => event).filter((event) => event.startsWith('config.database'));
    expect(events).toEqual(['config.database.replica-down', 'config.database.replica-up']);
  });

  it('are waited for last when all of their connections are in use, and are not out of reach for that', async () => {
    const { where, find } = await replicated('one', 'two');
    find('one').isBusy = true;
    expect([await where(), await where()]).toEqual(['two', 'two']);
    find('two').isBusy = true;
    find('two').isUp = false;
    find('one').isUp = false;
    await expect(where()).rejects.toThrow('secret of the driver');
    find('one').isBusy = false;
    find('one').isUp = true;
    expect(await where()).toBe('one');
  });

  it('end with the database, and do not keep it from starting', async () => {
    const { container, find, clock } = await replicated('one');
    find('one').isUp = false;
    await container.unbindAllAsync();
    expect(find('one').isEnded).toBe(true);
    expect(clock.waiting).toBe(0);
  });
});
