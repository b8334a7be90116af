// The source over etcd, on a server of its own; skipped with the reason where the program is not installed.
import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { etcdSource } from '../../../src/sources/remote/etcd/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { OwnServer } from '../brokers/own-server.js';
import { FaultProxy } from '../fault-proxy.js';
import { etcd } from './store-servers.js';
import { storeStories } from './store-stories.js';
import { contractOf, type StoreKind } from './store-world.js';

const hasServer = spawnSync('etcd', ['--version']).status === 0;
if (!hasServer) process.stderr.write('Skipped: the program etcd is not installed.\n');
const suite = hasServer ? describe : describe.skip;

let proxy: FaultProxy;
let server: OwnServer;

async function ask(path: string, body: object): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${String(server.port)}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return response.json();
}

beforeAll(async () => {
  if (!hasServer) return;
  const { program, words } = etcd('http', ['--unsafe-no-fsync']);
  server = await OwnServer.start(program, words);
  const isUp = async (): Promise<boolean> =>
    ask('/v3/kv/range', { key: 'eA==' }).then(
      () => true,
      () => false,
    );
  // A new process has no other sign of being ready.
  while (!(await isUp())) await setTimeout(50);
  proxy = await FaultProxy.to(server.port);
});

afterAll(async () => {
  if (!hasServer) return;
  await proxy.close();
  await server.close();
});

const encoded = (text: string): string => Buffer.from(text).toString('base64');

const kind = (): StoreKind => ({
  proxy,
  direct: (options) => etcdSource({ ...options, address: `http://127.0.0.1:${String(server.port)}` }),
  source: (options) => etcdSource({ ...options, address: `http://127.0.0.1:${String(proxy.port)}` }),
  spoil: async (namespace, text) => {
    await ask('/v3/kv/put', { key: encoded(`/uno-config/${namespace}/documents/`), value: encoded(text) });
  },
  forget: async (namespace) => {
    await ask('/v3/kv/deleterange', {
      key: encoded(`/uno-config/${namespace}/`),
      range_end: encoded(`/uno-config/${namespace}0`),
    });
  },
});

suite('etcdSource, as every source,', () => {
  // A single server does not lag behind itself, and takes no more than 1.5 MiB.
  const left = [
    'never goes back to an older state',
    'waits for the state that it was notified of',
    'carries ten megabytes',
  ];
  const cases = sourceContract(contractOf(kind)).filter(({ name }) => !left.includes(name));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await expect(one.run()).resolves.toBeUndefined();
  });
});

suite('etcdSource', () => {
  it.each(storeStories)(
    '%s',
    async (_, story) => {
      await expect(story(kind())).resolves.toBeUndefined();
    },
    300_000,
  );
});
