import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule } from '../../src/container/index.js';
import type { Clock, ConfigMetricsPort, ConfigSource } from '../../src/core/index.js';
import { ConfigMetrics, type ConfigMetricsOptions, type MetricsSnapshot } from '../../src/observability/index.js';
import { ConfigCache, loadSettings, ReloadService } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { jsonFile, object } from '../../src/sources/index.js';
import { FakeClock } from '../runtime/fake-clock.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 80;
  @IsString() public label: string = '';
}

interface World {
  readonly container: Container;
  readonly reloads: ReloadService;
  readonly clock: FakeClock;
  readonly reload: (values: object) => Promise<void>;
}

async function world(metrics: ConfigMetricsPort): Promise<World> {
  const container = new Container();
  const clock = new FakeClock();
  let values: object = {};
  const source: ConfigSource = {
    load: () => {
      clock.advance(250);
      return values;
    },
  };
  const options = {
    sections: [HttpSettings],
    sources: [source],
    environment: 'test',
    env: {},
    clock,
    metrics,
  } as const;
  await container.loadAsync(ConfigModule.fromOptions(options));
  const reloads = container.get(ReloadService);
  return {
    container,
    reloads,
    clock,
    reload: async (next) => {
      values = next;
      await reloads.reload('asked');
    },
  };
}

const counters = (snapshot: MetricsSnapshot, name: string): readonly unknown[] =>
  snapshot.counters
    .filter((counter) => counter.name === name)
    .map(({ attributes, value }) => [...Object.values(attributes), value]);

async function measured(options?: ConfigMetricsOptions): Promise<World & { readonly metrics: ConfigMetrics }> {
  const metrics = new ConfigMetrics(options);
  return { ...(await world(metrics)), metrics };
}

describe('ConfigMetrics', () => {
  it('counts loads by result', async () => {
    const { metrics, reload } = await measured();
    await reload({ http: { port: 'many' } });
    expect(counters(metrics.snapshot(), 'config.loads')).toEqual([
      ['ok', 1],
      ['failed', 1],
    ]);
  });

  it('counts reloads by result', async () => {
    const { metrics, reload } = await measured();
    await reload({ http: { port: 81 } });
    await reload({ http: { port: 81 } });
    await reload({ http: { port: 'many' } });
    expect(counters(metrics.snapshot(), 'config.reloads')).toEqual([
      ['committed', 1],
      ['unchanged', 1],
      ['rejected', 1],
    ]);
  });

  it('measures loads, their phases and reloads in seconds', async () => {
    const { metrics, reload } = await measured();
    await reload({ http: { port: 81 } });
    const { histograms } = metrics.snapshot();
    const sums = histograms.map(({ name, attributes, count, sum }) => [name, ...Object.values(attributes), count, sum]);
    expect(sums).toEqual([
      // A reload takes what has been read: it has no such phase.
      ['config.load.phase.duration', 'read', 1, 0.25],
      ['config.load.phase.duration', 'merge', 2, 0],
      ['config.load.phase.duration', 'resolve', 2, 0],
      ['config.load.phase.duration', 'bind', 2, 0],
      ['config.load.phase.duration', 'check', 2, 0],
      ['config.load.duration', 'ok', 2, 0.25],
      ['config.reload.phase.duration', 'prepare', 1, 0],
      ['config.reload.phase.duration', 'commit', 1, 0],
      ['config.reload.duration', 'committed', 1, 0],
    ]);
  });

  it('measures how long dependants take to prepare, and to commit, in reloads and rollbacks', async () => {
    const { metrics, reload, reloads, clock } = await measured();
    let vetoes = false;
    reloads.register({
      name: 'pool',
      prepare: () => {
        clock.advance(2_000);
        if (vetoes) throw new Error('cannot connect');
        return {
          commit: () => {
            clock.advance(30);
          },
        };
      },
    });
    await reload({ http: { port: 81 } });
    await reloads.rollback(1);
    vetoes = true;
    await reload({ http: { port: 82 } });
    const phases = metrics
      .snapshot()
      .histograms.filter(({ name }) => name === 'config.reload.phase.duration')
      .map(({ attributes, count, sum }) => [...Object.values(attributes), count, sum]);
    expect(phases).toEqual([
      ['prepare', 3, 6],
      ['commit', 2, 0.06],
    ]);
  });

  it('keeps the least and the most of what it measures', () => {
    const metrics = new ConfigMetrics();
    for (const value of [3, 1, 2]) metrics.record('config.load.duration', value, { result: 'ok' });
    expect(metrics.snapshot().histograms).toEqual([
      { name: 'config.load.duration', unit: 's', attributes: { result: 'ok' }, count: 3, sum: 6, min: 1, max: 3 },
    ]);
  });

  it('gives the age of the settings in use when it is asked, until the reload service is closed', async () => {
    const { metrics, clock, reloads } = await measured();
    clock.advance(2_000);
    const age = metrics.snapshot().gauges;
    await reloads.close();
    expect(age).toEqual([{ name: 'config.generation.age', unit: 's', attributes: {}, value: 2 }]);
    expect(metrics.snapshot().gauges).toEqual([]);
  });

  it('counts reads of sections when it is asked to', async () => {
    const { metrics, container } = await measured({ sectionReads: true });
    container.get(HttpSettings);
    container.get(HttpSettings);
    expect(counters(metrics.snapshot(), 'config.section.reads')).toEqual([['http', 2]]);
  });

  it('does not count reads of sections otherwise', async () => {
    const { metrics, container } = await measured();
    container.get(HttpSettings);
    expect(counters(metrics.snapshot(), 'config.section.reads')).toEqual([]);
  });

  it('counts hits, stale answers and misses of the cache', async () => {
    const clock = new FakeClock();
    const cache = new ConfigCache(clock);
    const metrics = new ConfigMetrics();
    const sources = [object({})];
    const ask = async (staleWhileRevalidate: boolean): Promise<unknown> =>
      cache.get(HttpSettings, { sources, metrics, ttl: '1s', staleWhileRevalidate, environment: 'test' });
    await ask(false);
    await ask(false);
    clock.advance(1_000);
    await ask(true);
    expect(counters(metrics.snapshot(), 'config.cache.requests')).toEqual([
      ['miss', 1],
      ['hit', 1],
      ['stale', 1],
    ]);
  });

  it('counts the bytes that files hold, whatever characters they make', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'uno-config-'));
    try {
      const file = join(folder, 'app.json');
      await writeFile(file, '{"http":{"port":81,"label":"ä"}}');
      const metrics = new ConfigMetrics();
      const source = jsonFile(file, { name: 'app.json' });
      await loadSettings(HttpSettings, { sources: [source], environment: 'test', env: {}, metrics });
      expect(counters(metrics.snapshot(), 'config.source.read')).toEqual([['app.json', 33]]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('takes the same attributes in another order for the same', () => {
    const metrics = new ConfigMetrics();
    metrics.count('config.loads', 1, { a: 1, b: 2 });
    metrics.count('config.loads', 1, { b: 2, a: 1 });
    expect(metrics.snapshot().counters).toHaveLength(1);
  });

  it('gives snapshots that later measurements do not move', () => {
    const metrics = new ConfigMetrics();
    metrics.count('config.loads', 1);
    const before = metrics.snapshot();
    metrics.count('config.loads', 1);
    expect(before.counters[0]?.value).toBe(1);
  });

  it('passes everything on where it is told to', async () => {
    const calls: unknown[] = [];
    const forward: ConfigMetricsPort = {
      count: (name) => calls.push(name),
      record: (name) => calls.push(name),
      observe: (name) => {
        calls.push(name);
        return () => calls.push('ended');
      },
    };
    const { reloads } = await measured({ forward });
    await reloads.close();
    expect(calls.slice(-4)).toEqual(['config.loads', 'config.load.duration', 'config.generation.age', 'ended']);
  });

  it('stops no load when measuring fails', async () => {
    const fail = (): never => {
      throw new Error('no meter');
    };
    const { reloads } = await world({ count: fail, record: fail, observe: fail });
    expect((await reloads.reload('asked')).status).toBe('unchanged');
  });

  it('is not needed', async () => {
    const clock: Clock = new FakeClock();
    const options = { sources: [object({ http: { port: 81 } })], environment: 'test', env: {}, clock } as const;
    expect(await loadSettings(HttpSettings, options)).toEqual({ port: 81, label: '' });
  });
});
