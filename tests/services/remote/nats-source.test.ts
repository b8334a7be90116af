// The source over a bucket of NATS KV, on a real server; skipped with the reason where there is none.
import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { natsSource, type NatsSourceOptions, type NatsStoreDriver } from '../../../src/sources/remote/nats/index.js';
import type { StoreSource } from '../../../src/sources/remote/postgres/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { natsIsReachable } from '../brokers/nats-world.js';
import { worldName } from '../databases/world-name.js';
import { FaultProxy } from '../fault-proxy.js';
import { storeStories } from './store-stories.js';
import { contractOf, type StoreKind } from './store-world.js';

const bucket = worldName('remote');
const isReachable = await natsIsReachable();
const suite = isReachable ? describe : describe.skip;

let proxy: FaultProxy;
let admin: NatsConnection;

beforeAll(async () => {
  if (!isReachable) return;
  proxy = await FaultProxy.to(4_222);
  admin = await connect({ servers: '127.0.0.1:4222' });
});

afterAll(async () => {
  if (!isReachable) return;
  await proxy.close();
  await (await jetstreamManager(admin)).streams.delete(`KV_${bucket}`);
  await admin.close();
});

// The packages are those of the tests, and not beside the source.
const driver = (): NatsStoreDriver => ({ connect, headers, jetstream, jetstreamManager });

const through = (port: number, options: NatsSourceOptions & { readonly documents?: unknown }): StoreSource => {
  const given = { ...options };
  delete given.documents;
  const client = async (): Promise<NatsConnection> =>
    connect({ servers: `127.0.0.1:${String(port)}`, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  return natsSource({ ...given, bucket, client, driver });
};

const kind = (): StoreKind => ({
  proxy,
  direct: (options) => through(4_222, options),
  source: (options) => through(proxy.port, options),
  spoil: async (namespace, text) => {
    admin.publish(`$KV.${bucket}.${namespace}`, text);
    await admin.flush();
  },
  forget: async (namespace) => {
    await (await jetstreamManager(admin)).streams.purge(`KV_${bucket}`, { filter: `$KV.${bucket}.${namespace}` });
  },
});

suite('natsSource, as every source,', () => {
  // A message takes no more than 1 MB, and the server that leads the bucket is asked, which does not lag.
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

suite('natsSource', () => {
  const stories = storeStories.filter(([name]) => !name.startsWith('holds a document for each tenant'));
  it.each(stories)(
    '%s',
    async (_, story) => {
      await expect(story(kind())).resolves.toBeUndefined();
    },
    300_000,
  );

  it('hears of a write from the server, and not by a look after some time', async () => {
    const source = through(4_222, { namespace: 'pushed' });
    let expected = await source.write({ a: 0 }, { expected: undefined });
    const ends = new AbortController();
    const heard = new Set<unknown>();
    const events = new EventEmitter();
    const changed = (revision: unknown): void => {
      heard.add(revision);
      events.emit('changed');
    };
    const [clock, logger] = [new FakeClock(), new RecordingLogger()];
    // Its time stands still: whoever would try again later never does.
    const context = { environment: 'test', signal: ends.signal, changed, pollInterval: 1_000, clock, logger };
    await source.watch?.(context);
    for (let a = 1; a <= 3; a++) {
      expected = await source.write({ a }, { expected });
      while (!heard.has(expected)) await once(events, 'changed');
    }
    expect(logger.records).toEqual([]);
    ends.abort();
    await source.close?.();
  });

  it.each([
    [{ namespace: 'a b' }, 'namespace must be a name without spaces'],
    [{ namespace: 'orders', bucket: 'a.b' }, 'bucket must be a name of letters, digits, _ and -'],
    [{ namespace: 'orders', client: 'nats://app:hunter2@nats' }, 'client must be a function, or a connection'],
  ])('refuses %j', (options, why) => {
    // As a caller without types would write it.
    const call = (): unknown => natsSource(options as NatsSourceOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(why);
    expect(call).not.toThrow('hunter2');
  });
});
