// Servers that are killed and come back with the same data; each by a client that the source makes from `connection`.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { Redis } from 'ioredis';
import pg from 'pg';
import { configHealth } from '../../../src/observability/index.js';
import { planLoad, startReloads } from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { etcdSource } from '../../../src/sources/remote/etcd/index.js';
import { natsSource } from '../../../src/sources/remote/nats/index.js';
import { postgresSource, type StoreSource } from '../../../src/sources/remote/postgres/index.js';
import { redisSource } from '../../../src/sources/remote/redis/index.js';
import { isInstalled, OwnServer } from '../brokers/own-server.js';
import { etcd, NATS, POSTGRES, REDIS } from './store-servers.js';

@ConfigSection('count')
class CountSettings {
  @IsInt() public readonly n: number = 0;
}

const often = { namespace: 'orders', poll: '200ms', timeout: '10s', jitter: '0ms' };
const kinds = [
  [
    'Redis',
    REDIS,
    (port: number) => redisSource({ ...often, connection: { host: '127.0.0.1', port }, driver: () => ({ Redis }) }),
  ],
  [
    'NATS',
    NATS,
    (port: number) =>
      natsSource({ ...often, connection: { port }, driver: () => ({ connect, headers, jetstream, jetstreamManager }) }),
  ],
  ['etcd', etcd(), (port: number) => etcdSource({ ...often, address: `http://127.0.0.1:${String(port)}` })],
  [
    'PostgreSQL',
    POSTGRES,
    (port: number) =>
      postgresSource({
        ...often,
        connection: { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' },
        driver: () => pg,
      }),
  ],
] as const;

const servers: OwnServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => server.close()));
});

describe.each(kinds)('%s', (_, { program, version, words }, sourceOf) => {
  const suite = isInstalled(program, version) ? describe : describe.skip;

  suite('that is killed', () => {
    it('is stale and not forgotten, and what was written survives', async () => {
      const server = await OwnServer.start(program, words);
      servers.push(server);
      const writer = sourceOf(server.port);
      const first = await untilTaken(async () => writer.write({ count: { n: 1 } }, { expected: undefined }));
      const source: StoreSource = sourceOf(server.port);
      const options = { sections: [CountSettings], sources: [source], environment: 'test', env: {} };
      const { store, reloads } = await startReloads(options, planLoad(options, false), {
        watch: true,
        debounce: '1ms',
      });
      let moved = (): void => undefined;
      reloads.events.on(() => {
        moved();
      });
      const until = async (isSo: () => boolean): Promise<void> => {
        while (!isSo()) await new Promise<void>((resolve) => (moved = resolve));
      };
      await server.kill();
      await until(() => configHealth(reloads).sources[0]?.status === 'stale');
      expect(store.current.get(CountSettings).n).toBe(1);
      await server.restart();
      await untilTaken(async () => writer.write({ count: { n: 2 } }, { expected: first }));
      await until(() => store.current.get(CountSettings).n === 2);
      await until(() => configHealth(reloads).sources[0]?.status === 'ok');
      expect((await writer.store.history(5)).length).toBe(2);
      await reloads.close();
      await writer.close?.();
    });
  });
});

/** A server that has just been started may not take anything yet. */
async function untilTaken<T>(write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (Reflect.get(Object(error) as object, 'code') !== 'source-unreachable') throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
