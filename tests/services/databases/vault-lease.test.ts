import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { resourceIdentifier } from '../../../src/factories/resources/index.js';
import { ConfigModule, ReloadService, section } from '../../../src/index.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { Cloud } from '../../sources/remote/cloud-world.js';
import { FakeLeases, leaseOn } from '../../sources/remote/fake-vault.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from './postgres-world.js';

const isReachable = await postgresIsReachable();
/** Lets callers and the server go on. */
const turn = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

const orders = pg({ name: 'orders', from: PostgresSettings, driver: async () => import('pg'), drainTimeout: '20s' });

(isReachable ? describe : describe.skip)('a pool with a credential that Vault makes', () => {
  let world: PostgresWorld;
  beforeAll(async () => {
    world = await postgresWorld('lease');
  });
  afterAll(async () => {
    // Roles are those of the whole server: none is left behind, even by a test that has failed.
    const left = await world.ask('select rolname from pg_roles where rolname like $1', [
      `v-%-${world.settings.database}`,
    ]);
    for (const { rolname } of left) await world.ask(`drop role "${String(rolname)}"`);
    await world.close();
  });

  it('moves to the next user before the one in use ends, and no caller loses a query', async () => {
    const clock = new FakeClock();
    const suffix = world.settings.database;
    const nameOf = (user: string): string => `${user}-${suffix}`;
    const engine = new FakeLeases(
      () => clock.monotonic() / 1_000,
      async (user, password) => {
        await world.ask(`create role "${nameOf(user)}" login password '${password}'`);
      },
      nameOf,
    );
    const cloud = await Cloud.open(engine);
    const { host, port, database } = world.settings;
    const container = new Container();
    await container.loadAsync(
      ConfigModule.fromOptions({
        environment: 'test',
        env: {},
        clock,
        sections: [section(PostgresSettings, { path: 'orders.db' })],
        sources: [{ load: () => ({ orders: { db: { host, port, database } } }) }, leaseOn(cloud.port)],
        resources: [orders],
        reload: { watch: true },
      }),
    );
    const pool = container.get(resourceIdentifier(orders));
    const users = new Set<unknown>();
    const failures: unknown[] = [];
    let isOver = false;
    const callers = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        await pool
          .use(async (client) => client.query<{ name: string }>('select current_user as name'))
          .then(
            ({ rows: [row] }) => users.add(row?.name),
            (error: unknown) => failures.push(error),
          );
      }
    });
    const reloads = container.get(ReloadService);
    const outcomes = new Set<string>();
    const seen = async (number: number): Promise<void> => {
      while (!users.has(nameOf(`v-orders-${String(number)}`))) await turn();
    };
    await seen(1);
    for (let rotation = 2; rotation <= 4; rotation++) {
      // The poll of the source comes at these times, too; a reload is waited for.
      for (let due = 0; due < 3; due++) {
        clock.advance(40_000);
        outcomes.add((await reloads.reload('the lease is due')).status);
      }
      await seen(rotation);
      const old = nameOf(`v-orders-${String(rotation - 1)}`);
      const sessions = async (): Promise<number> =>
        (await world.ask('select 1 from pg_stat_activity where usename = $1', [old])).length;
      while ((await sessions()) > 0) await turn();
      // As Vault does when the lease is over.
      await world.ask(`drop role "${old}"`);
    }
    isOver = true;
    await Promise.all(callers);
    expect(failures).toEqual([]);
    expect([...outcomes]).not.toContain('rejected');
    expect([...users]).toEqual([1, 2, 3, 4].map((number) => nameOf(`v-orders-${String(number)}`)));
    // Renewed in between, not made anew each time.
    expect(cloud.requests.filter(({ path }) => path === '/v1/sys/leases/renew').length).toBeGreaterThanOrEqual(3);
    await container.unbindAllAsync();
    await cloud.close();
  });
});
