// The source over etcd, on a server of its own; skipped with the reason where the program is not installed.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { etcdSource } from '../../../src/sources/remote/etcd/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { FaultProxy } from '../fault-proxy.js';
import { storeStories } from './store-stories.js';
import { contractOf, type StoreKind } from './store-world.js';

const hasServer = spawnSync('etcd', ['--version']).status === 0;
if (!hasServer) process.stderr.write('Skipped: the program etcd is not installed.\n');
const suite = hasServer ? describe : describe.skip;

let proxy: FaultProxy;
let server: ChildProcess;
let folder: string;
let port: number;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return free;
}

async function ask(path: string, body: object): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return response.json();
}

beforeAll(async () => {
  if (!hasServer) return;
  folder = await mkdtemp(join(tmpdir(), 'uno-etcd-'));
  port = await freePort();
  const [client, peer] = [`http://127.0.0.1:${String(port)}`, `http://127.0.0.1:${String(await freePort())}`];
  server = spawn(
    'etcd',
    [
      ...['--data-dir', folder, '--listen-client-urls', client, '--advertise-client-urls', client, '--unsafe-no-fsync'],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
    ],
    { stdio: 'ignore' },
  );
  for (let tries = 0; tries < 200; tries++) {
    const isUp = await ask('/v3/kv/range', { key: 'eA==' }).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    // A new process has no other sign of being ready.
    await setTimeout(50);
  }
  proxy = await FaultProxy.to(port);
});

afterAll(async () => {
  if (!hasServer) return;
  await proxy.close();
  server.kill('SIGKILL');
  await once(server, 'exit');
  await rm(folder, { recursive: true, force: true });
});

const encoded = (text: string): string => Buffer.from(text).toString('base64');

const kind = (): StoreKind => ({
  proxy,
  direct: (options) => etcdSource({ ...options, address: `http://127.0.0.1:${String(port)}` }),
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
