// What happens inside a process that measures settings in Redis of this machine, by the client of tests/services.
import { createRequire } from 'node:module';
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
};

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
