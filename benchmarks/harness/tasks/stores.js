// What happens inside a process that measures settings in a store of this machine, by the clients of tests/services.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { importBuilt, importOurs } from '../packages.js';
import { quantile } from '../statistics.js';

const installed = createRequire(new URL('../../../tests/services/package.json', import.meta.url));
const ROUNDS = 200;
const namespace = `bench-${process.pid}`;

const stores = {
  async redis() {
    const { Redis } = installed('ioredis');
    const { redisSource } = await importBuilt('sources/remote/redis/index.js');
    const bare = new Redis();
    const key = `uno-config:{${namespace}}:releases`;
    return {
      source: () => redisSource({ namespace, jitter: '0ms', client: () => new Redis() }),
      heard: async (revision) => bare.xread('BLOCK', 10_000, 'STREAMS', key, `${revision - 1}-0`),
      close: async () => {
        const names = ['head', 'documents', 'releases', 'instances'];
        await bare.del(...names.map((name) => `uno-config:{${namespace}}:${name}`));
        bare.disconnect();
      },
    };
  },
  async nats() {
    const { connect, headers } = installed('@nats-io/transport-node');
    const { jetstream, jetstreamManager } = installed('@nats-io/jetstream');
    const { natsSource } = await importBuilt('sources/remote/nats/index.js');
    const bucket = namespace;
    const bare = await connect({ servers: '127.0.0.1:4222' });
    const driver = () => ({ connect, headers, jetstream, jetstreamManager });
    const client = async () => connect({ servers: '127.0.0.1:4222' });
    let messages;
    return {
      source: () => natsSource({ namespace: 'bench', bucket, jitter: '0ms', client, driver }),
      // While there is no bucket, a listener would be taken for one that has not answered yet.
      listen: async () => {
        messages = bare.subscribe(`$KV.${bucket}.>`)[Symbol.asyncIterator]();
        await bare.flush();
      },
      heard: async () => messages.next(),
      close: async () => {
        await (await jetstreamManager(bare)).streams.delete(`KV_${bucket}`);
        await bare.close();
      },
    };
  },
  async etcd() {
    const { etcdSource } = await importBuilt('sources/remote/etcd/index.js');
    const { address, stop } = await startEtcd();
    const watch = await fetch(`${address}/v3/watch`, {
      method: 'POST',
      body: JSON.stringify({ create_request: { key: 'AA==', range_end: 'AA==' } }),
    });
    // One line for the watch itself, then one for each change; a write is one of them.
    const lines = linesOf(watch.body);
    await lines.next();
    let first = true;
    return {
      source: () => etcdSource({ namespace, jitter: '0ms', address }),
      heard: async () => {
        if (first) await lines.next();
        first = false;
        return lines.next();
      },
      close: async () => {
        await lines.return();
        await stop();
      },
    };
  },
};

const missing = {
  redis: async () => unreachable(6379, 'Redis'),
  nats: async () => unreachable(4222, 'NATS'),
  etcd: async () => (spawnSync('etcd', ['--version']).status === 0 ? undefined : 'the program etcd is not installed'),
};

/** Why a store cannot be measured here. */
export async function missingFor(kind) {
  return { missing: await missing[kind]() };
}

async function unreachable(port, name) {
  const socket = connectSocket(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return undefined;
  } catch {
    return `${name} on 127.0.0.1:${port} is not there`;
  } finally {
    socket.destroy();
  }
}

async function* linesOf(body) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    const lines = text.split('\n');
    text = lines.pop();
    yield* lines;
  }
}

/** A server of its own, without waiting for the disk. */
async function startEtcd() {
  const folder = await mkdtemp(path.join(tmpdir(), 'uno-etcd-'));
  const [address, peer] = await Promise.all([freeAddress(), freeAddress()]);
  const server = spawn(
    'etcd',
    [
      ...['--data-dir', folder, '--listen-client-urls', address, '--advertise-client-urls', address],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
      '--unsafe-no-fsync',
    ],
    { stdio: 'ignore' },
  );
  const isUp = async () => {
    try {
      return (await fetch(`${address}/health`)).ok;
    } catch {
      return false;
    }
  };
  for (let tries = 0; tries < 200 && !(await isUp()); tries += 1) await setTimeout(50);
  const stop = async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
    await rm(folder, { recursive: true, force: true });
  };
  return { address, stop };
}

async function freeAddress() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return `http://127.0.0.1:${port}`;
}

/** Milliseconds from the begin of a write to the store's own notice of it, and to the published generation. */
export async function timeStore(kind) {
  const { ConfigModule, ConfigSection, ReloadService } = await importOurs('uno-config');
  const { IsInt } = await importOurs('class-validator');
  const { Container } = await importOurs('inversify');
  class Pricing {
    n = 0;
  }
  IsInt()(Pricing.prototype, 'n');
  ConfigSection('pricing')(Pricing);
  const store = await stores[kind]();
  const writer = store.source();
  let expected = await writer.write({ pricing: { n: 0 } }, { expected: undefined });
  await store.listen?.();
  const container = new Container();
  const reload = { watch: true, debounce: '1ms' };
  await container.loadAsync(ConfigModule.fromOptions({ sections: [Pricing], sources: [store.source()], reload }));
  const reloads = container.get(ReloadService);
  let tell = () => undefined;
  reloads.events.on('ConfigChanged', () => tell());
  const [bare, ours] = [[], []];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const published = new Promise((resolve) => (tell = resolve)).then(() => performance.now());
    const heard = store.heard(expected + 1).then(() => performance.now());
    const before = performance.now();
    expected = await writer.write({ pricing: { n: round } }, { expected });
    bare.push((await heard) - before);
    ours.push((await published) - before);
  }
  await reloads.close();
  await writer.close();
  await store.close();
  return {
    bare: quantile(bare, 0.5),
    bare99: quantile(bare, 0.99),
    ours: quantile(ours, 0.5),
    ours99: quantile(ours, 0.99),
  };
}
