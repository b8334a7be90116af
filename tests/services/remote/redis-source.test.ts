// The source over Redis, on a real server, with ioredis; skipped with the reason where there is none.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { redisSource } from '../../../src/sources/remote/redis/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { FaultProxy } from '../fault-proxy.js';
import { storeStories } from './store-stories.js';
import { contractOf, type Faults, type StoreKind } from './store-world.js';

const server = { host: '127.0.0.1', port: 6_379 };
const isReachable = await redisIsReachable();
const suite = isReachable ? describe : describe.skip;

let proxy: FaultProxy;
let admin: Redis;

async function redisIsReachable(): Promise<boolean> {
  const client = new Redis({ ...server, lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    client.disconnect();
    return true;
  } catch {
    process.stderr.write('Skipped: Redis on 127.0.0.1:6379 is not there.\n');
    return false;
  }
}

beforeAll(async () => {
  if (!isReachable) return;
  proxy = await FaultProxy.to(server.port);
  admin = new Redis(server);
});

afterAll(async () => {
  if (!isReachable) return;
  await proxy.close();
  admin.disconnect();
});

const key = (namespace: string, name: string): string => `uno-config:{${namespace}}:${name}`;

const kind = (): StoreKind => ({
  proxy,
  direct: (options) => redisSource({ ...options, client: () => new Redis(server) }),
  source: (options, faults) => redisSource({ ...options, client: () => faultyClient(faults) }),
  spoil: async (namespace, text) => {
    await admin.hset(key(namespace, 'documents'), '', text);
  },
  forget: async (namespace) => {
    await admin.del(...['head', 'documents', 'releases', 'instances'].map((name) => key(namespace, name)));
  },
});

/** Reads of a replica that lags: what was there before the last release. */
function faultyClient(faults: Faults) {
  const client = new Redis({ host: server.host, port: proxy.port, maxRetriesPerRequest: 1 });
  client.on('error', () => undefined);
  return {
    call: async (command: string, ...values: (string | number)[]) => {
      const answer = await client.call(command, ...values);
      if (!faults.lags || command !== 'EVAL' || !Array.isArray(answer)) return answer;
      const [revision] = answer as [string];
      const namespace = /\{(.*)\}/.exec(String(values[2]))?.[1] ?? '';
      const [entry] = await admin.xrevrange(
        key(namespace, 'releases'),
        `${String(Number(revision) - 1)}-0`,
        '-',
        'COUNT',
        1,
      );
      const { changes } = JSON.parse(entry?.[1][3] ?? '{"changes":{}}') as { changes: Record<string, string> };
      return [String(Number(revision) - 1), '0', ['', changes['']]];
    },
    duplicate: (options: object) => client.duplicate(options),
    disconnect: () => {
      client.disconnect();
    },
  };
}

suite('redisSource, as every source,', () => {
  const cases = sourceContract(contractOf(kind));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await expect(one.run()).resolves.toBeUndefined();
  });
});

suite('redisSource', () => {
  it.each(storeStories)(
    '%s',
    async (_, story) => {
      await expect(story(kind())).resolves.toBeUndefined();
    },
    300_000,
  );
});
