import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import type { ConfigSource } from '../../src/core/index.js';
import { ConfigCache, getConfig, invalidateConfig, section } from '../../src/runtime/index.js';
import { ConfigSection, Duration } from '../../src/sections/index.js';
import { barrier } from './barrier.js';
import { FakeClock } from './fake-clock.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() port = 80;
}

@ConfigSection('database.pool')
class PoolSettings {
  @IsInt() max = 10;
}

/** A source that counts its loads; its answer is the count. */
class CountingSource implements ConfigSource {
  count = 0;
  failing = false;
  gate: Promise<unknown> = Promise.resolve();

  declare readonly id?: string;

  constructor(id?: string) {
    if (id !== undefined) this.id = id;
  }

  async load(): Promise<object> {
    this.count += 1;
    const { count } = this;
    await this.gate;
    if (this.failing) throw new Error('down');
    return { http: { port: count }, database: { pool: { max: count } } };
  }
}

const counting = (id?: string): CountingSource => new CountingSource(id);

/** What is got once it is no longer `old`; a load under way needs a few turns, never a hundred. */
async function other(get: () => Promise<number>, old: number): Promise<number> {
  for (let turn = 0; turn < 100; turn++) {
    const got = await get();
    if (got !== old) return got;
  }
  return old;
}

const environment = 'test';

describe('ConfigCache', () => {
  it('loads once and shares the instance', async () => {
    const [cache, source] = [new ConfigCache(), counting()];
    const options = { sources: Object.freeze([source]), environment } as const;
    const first = await cache.get(HttpSettings, options);
    expect(await cache.get(HttpSettings, options)).toBe(first);
    expect(await cache.get(HttpSettings, { ...options, sources: [source] })).toBe(first);
    expect([source.count, Object.isFrozen(first)]).toEqual([1, true]);
  });

  it('shares one load among concurrent callers', async () => {
    const [cache, source, gate] = [new ConfigCache(), counting(), barrier<undefined>()];
    source.gate = gate.promise;
    const both = [1, 2].map(async () => cache.get(HttpSettings, { sources: [source], environment }));
    gate.open(undefined);
    const [one, two] = await Promise.all(both);
    expect([source.count, one === two]).toEqual([1, true]);
  });

  it('shares between sources that read the same thing, and not between others', async () => {
    const cache = new ConfigCache();
    const [one, same, other] = [counting('a'), counting('a'), counting()];
    const first = await cache.get(HttpSettings, { sources: [one], environment });
    expect(await cache.get(HttpSettings, { sources: [same], environment })).toBe(first);
    expect(await cache.get(HttpSettings, { sources: [other], environment })).not.toBe(first);
    expect(await cache.get(HttpSettings, { sources: [one, other], environment })).not.toBe(first);
    expect(same.count).toBe(0);
  });

  it('keeps selectors, sections and places apart', async () => {
    const [cache, source] = [new ConfigCache(), counting()];
    const sources = [source];
    await cache.get(HttpSettings, { sources, environment });
    await cache.get(HttpSettings, { sources, environment: 'production' });
    await cache.get(HttpSettings, { sources, environment, region: 'eu' });
    await cache.get(HttpSettings, { sources, environment, deployment: 'blue' });
    await cache.get(PoolSettings, { sources, environment });
    await cache.get(section(HttpSettings, { path: 'other' }), { sources, environment });
    expect(source.count).toBe(6);
  });

  it('forgets a load that failed', async () => {
    const [cache, source] = [new ConfigCache(), counting()];
    source.failing = true;
    const options = { sources: [source], environment } as const;
    await expect(cache.get(HttpSettings, options)).rejects.toThrow('source 1 cannot be reached');
    source.failing = false;
    expect((await cache.get(HttpSettings, options)).port).toBe(2);
  });

  it('refuses what cannot be used through the promise', async () => {
    const cache = new ConfigCache();
    const source = counting();
    await expect(cache.get(HttpSettings, { sources: [source], ttl: 'soon' })).rejects.toThrow(
      /^ttl must be a duration with a unit, /,
    );
    class Pathless {
      @IsInt() x = 1;
    }
    await expect(cache.get(Pathless, { sources: [source] })).rejects.toThrow('Pathless has no path');
    expect(source.count).toBe(0);
  });
});

describe('the ttl of ConfigCache', () => {
  const setUp = async (more: object = {}) => {
    const [clock, source] = [new FakeClock(), counting()];
    const cache = new ConfigCache(clock);
    const get = async (): Promise<number> =>
      (await cache.get(HttpSettings, { sources: [source], environment, ttl: '1m', ...more })).port;
    expect(await get()).toBe(1);
    return { cache, clock, source, get };
  };

  it('serves the instance until it ends, and then loads again', async () => {
    const { clock, get } = await setUp();
    clock.advance(59_999);
    const before = await get();
    clock.advance(1);
    expect([before, await get(), await get()]).toEqual([1, 2, 2]);
  });

  it('may be a Duration, and starts anew with each load', async () => {
    const { clock, get } = await setUp({ ttl: Duration.of('10s') });
    clock.advance(10_000);
    const second = await get();
    clock.advance(9_999);
    const still = await get();
    clock.advance(1);
    expect([second, still, await get()]).toEqual([2, 2, 3]);
  });

  it('makes one load for all who wait for it', async () => {
    const { clock, source, get } = await setUp();
    clock.advance(60_000);
    expect([await Promise.all([get(), get(), get()]), source.count]).toEqual([[2, 2, 2], 2]);
  });

  it('lets nobody wait with staleWhileRevalidate', async () => {
    const { clock, source, get } = await setUp({ staleWhileRevalidate: true });
    const gate = barrier<undefined>();
    source.gate = gate.promise;
    clock.advance(60_000);
    const stale = [await get(), await get()];
    gate.open(undefined);
    await gate.promise;
    const port = await other(get, 1);
    expect([stale, port, source.count]).toEqual([[1, 1], 2, 2]);
  });

  it('keeps the stale instance when the next load fails, and tries again', async () => {
    const { clock, source, get } = await setUp({ staleWhileRevalidate: true });
    source.failing = true;
    clock.advance(60_000);
    expect([await get(), source.count]).toEqual([1, 2]);
    for (let turn = 0; turn < 100 && source.count < 4; turn++) expect(await get()).toBe(1);
    source.failing = false;
    const port = await other(get, 1);
    expect(port).toBeGreaterThan(4);
  });

  it('tells who waits that the next load failed, and tries again', async () => {
    const { clock, source, get } = await setUp();
    source.failing = true;
    clock.advance(60_000);
    await expect(get()).rejects.toThrow('cannot be reached');
    source.failing = false;
    expect(await get()).toBe(3);
  });

  it('does not bring back what was invalidated while it was being replaced', async () => {
    const { cache, clock, source, get } = await setUp();
    const gate = barrier<undefined>();
    source.gate = gate.promise;
    clock.advance(60_000);
    const replacing = get();
    cache.invalidate('http');
    const fresh = get();
    gate.open(undefined);
    expect([await replacing, await fresh, await get(), source.count]).toEqual([2, 3, 3, 3]);
  });
});

describe('Callers of one ConfigCache', () => {
  it('are each served what is young enough for them', async () => {
    const [clock, source] = [new FakeClock(), counting()];
    const cache = new ConfigCache(clock);
    const get = async (ttl?: string): Promise<number> =>
      (await cache.get(HttpSettings, { sources: [source], environment, ...(ttl !== undefined && { ttl }) })).port;
    await get();
    clock.advance(10_000);
    expect([await get('1m'), await get('10s'), await get()]).toEqual([1, 2, 2]);
  });

  it('are refused a ttl without a unit, even where an instance is at hand', async () => {
    const cache = new ConfigCache();
    const options = { sources: [counting()], environment } as const;
    await cache.get(HttpSettings, options);
    await expect(cache.get(HttpSettings, { ...options, ttl: '20' })).rejects.toThrow(
      /^ttl must be a duration with a unit, /,
    );
  });

  it('do not share between environments that only their variables tell apart', async () => {
    const [cache, source] = [new ConfigCache(), counting()];
    const get = async (env: Record<string, string>): Promise<number> =>
      (await cache.get(HttpSettings, { sources: [source], env })).port;
    const ports = [
      await get({ UNO_ENV: 'test' }),
      await get({ UNO_ENV: 'production' }),
      await get({ UNO_ENV: 'test' }),
    ];
    expect([...ports, await get({ UNO_ENV: 'test', UNO_REGION: 'eu' })]).toEqual([1, 2, 1, 3]);
  });
});

describe('ConfigCache.invalidate', () => {
  const setUp = async () => {
    const [cache, source] = [new ConfigCache(), counting()];
    const options = { sources: [source], environment } as const;
    const ports = async (): Promise<number[]> => [
      (await cache.get(HttpSettings, options)).port,
      (await cache.get(PoolSettings, options)).max,
    ];
    expect(await ports()).toEqual([1, 2]);
    return { cache, ports, source, options };
  };

  it.each<[string, Parameters<ConfigCache['invalidate']>[0], number[]]>([
    ['one class', HttpSettings, [3, 2]],
    ['a path', 'http', [3, 2]],
    ['a path above', 'database', [1, 3]],
    ['a path below', 'database.pool.max', [1, 3]],
    ['a path in another spelling', 'DATA_BASE', [1, 3]],
    ['a path that only begins alike', 'data', [1, 2]],
    ['a class that is not held', class Other {}, [1, 2]],
    ['everything', undefined, [3, 4]],
  ])('forgets %s, and touches no other', async (_, what, after) => {
    const { cache, ports } = await setUp();
    cache.invalidate(what);
    expect(await ports()).toEqual(after);
  });

  it('does not keep a load that was under way', async () => {
    const [cache, source, gate] = [new ConfigCache(), counting(), barrier<undefined>()];
    source.gate = gate.promise;
    const options = { sources: [source], environment } as const;
    const first = cache.get(HttpSettings, options);
    cache.invalidate('http');
    const second = cache.get(HttpSettings, options);
    gate.open(undefined);
    expect([(await first).port, (await second).port, (await cache.get(HttpSettings, options)).port]).toEqual([1, 2, 2]);
  });

  it('refuses what is no path', async () => {
    const { cache } = await setUp();
    expect(() => {
      cache.invalidate('a..b');
    }).toThrow('"a..b" is not a path');
    expect(() => {
      // What JavaScript may pass.
      cache.invalidate(5 as unknown as string);
    }).toThrow(new TypeError('invalidate: name a settings class or a dotted path, or nothing to drop everything.'));
  });
});

describe('getConfig', () => {
  it('uses one cache for the process, which invalidateConfig empties', async () => {
    const source = counting();
    const options = { sources: [source], environment } as const;
    const first = await getConfig(HttpSettings, options);
    const again = await getConfig(HttpSettings, options);
    invalidateConfig(HttpSettings);
    const fresh = await getConfig(HttpSettings, options);
    expect([again === first, fresh.port]).toEqual([true, 2]);
  });
});
