// The source over Redis, on a real server, with the package redis; skipped with the reason where one of them is missing.
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  redisSource,
  type NodeRedisClient,
  type NodeRedisConnection,
} from '../../../src/sources/remote/redis/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { FaultProxy } from '../fault-proxy.js';
import { storeStories } from './store-stories.js';
import { contractOf, type Faults, type StoreKind } from './store-world.js';

const PORT = 6_379;

/** What the tests ask of the package. */
interface NodeRedis {
  createClient(options: { socket: { host: string; port: number; reconnectStrategy?: false } }): NodeRedisConnection;
}

function installedRedis(): NodeRedis | undefined {
  try {
    // The package has it; its thousands of types would take longer to check than the tests to run.
    return createRequire(import.meta.url)('redis') as NodeRedis;
  } catch {
    process.stderr.write('Skipped: the package redis is not installed (npm ci --prefix tests/services).\n');
    return undefined;
  }
}

const redis = installedRedis();

async function connected(
  port: number,
  socket: { readonly reconnectStrategy?: false } = {},
): Promise<NodeRedisConnection> {
  if (redis === undefined) throw new Error('The package redis is not installed.');
  const client = redis.createClient({ socket: { host: '127.0.0.1', port, ...socket } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function redisIsReachable(): Promise<boolean> {
  if (redis === undefined) return false;
  try {
    (await connected(PORT, { reconnectStrategy: false })).destroy();
    return true;
  } catch {
    process.stderr.write('Skipped: Redis on 127.0.0.1:6379 is not there.\n');
    return false;
  }
}

const isReachable = await redisIsReachable();
const suite = isReachable ? describe : describe.skip;

let proxy: FaultProxy;
let admin: NodeRedisConnection;

beforeAll(async () => {
  if (!isReachable) return;
  proxy = await FaultProxy.to(PORT);
  admin = await connected(PORT);
});

afterAll(async () => {
  if (!isReachable) return;
  await proxy.close();
  admin.destroy();
});

const key = (namespace: string, name: string): string => `uno-config:{${namespace}}:${name}`;

const kind = (): StoreKind => ({
  proxy,
  direct: (options) => redisSource({ ...options, client: async () => connected(PORT) }),
  source: (options, faults) => redisSource({ ...options, client: async () => faultyClient(faults) }),
  spoil: async (namespace, text) => {
    await admin.sendCommand(['HSET', key(namespace, 'documents'), '', text]);
  },
  forget: async (namespace) => {
    await admin.sendCommand([
      'DEL',
      ...['head', 'documents', 'releases', 'instances'].map((name) => key(namespace, name)),
    ]);
  },
});

/** Reads of a replica that lags: what was there before the last release. */
async function faultyClient(faults: Faults): Promise<NodeRedisClient & Pick<NodeRedisConnection, 'destroy'>> {
  const client = await connected(proxy.port);
  return {
    sendCommand: async (words: string[]) => {
      const answer: unknown = await client.sendCommand(words);
      if (!faults.lags || words[0] !== 'EVAL' || !Array.isArray(answer)) return answer;
      const [revision] = answer as [string];
      const before = String(Number(revision) - 1);
      const namespace = /\{(.*)\}/.exec(words[3] ?? '')?.[1] ?? '';
      const releases = key(namespace, 'releases');
      // Entries of an id and a list of names and values, as the source writes them.
      const [entry] = (await admin.sendCommand(['XREVRANGE', releases, `${before}-0`, '-', 'COUNT', '1'])) as [
        [string, string[]]?,
      ];
      const { changes } = JSON.parse(entry?.[1][3] ?? '{"changes":{}}') as { changes: Record<string, string> };
      return [before, '0', ['', changes['']]];
    },
    duplicate: () => client.duplicate(),
    destroy: () => client.destroy(),
  };
}

suite('redisSource with the package redis, as every source,', () => {
  const cases = sourceContract(contractOf(kind));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await expect(one.run()).resolves.toBeUndefined();
  });
});

suite('redisSource with the package redis', () => {
  it.each(storeStories)(
    '%s',
    async (_, story) => {
      await expect(story(kind())).resolves.toBeUndefined();
    },
    300_000,
  );
});
