import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { ConfigStore, createSectionMonitor, loadGeneration, type Generation } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 80;
}

@ConfigSection('pool')
class PoolSettings {
  @IsInt() public size: number = 1;
}

const [HTTP, POOL] = [0, 1];

const load = async (port: number, size: number, previous?: Generation): Promise<Generation> =>
  loadGeneration(
    { sections: [HttpSettings, PoolSettings], sources: [object({ http: { port }, pool: { size } })], env: {} },
    previous && { previous },
  );

function monitorsOf(store: ConfigStore) {
  return {
    http: createSectionMonitor<HttpSettings>(store, HTTP),
    pool: createSectionMonitor<PoolSettings>(store, POOL),
  };
}

describe('a section monitor', () => {
  it('follows every commit, also to a generation that was not made from the one in use', async () => {
    const first = await load(1, 1);
    const second = await load(2, 1, first);
    const third = await load(3, 3, second);
    const store = new ConfigStore(first);
    const { http, pool } = monitorsOf(store);
    const seen = [first, second, third, first, third, second].map((generation) => {
      store.commit(generation);
      return [http.current === generation.instances[HTTP], pool.current === generation.instances[POOL]];
    });
    expect(seen).toEqual(Array.from({ length: 6 }, () => [true, true]));
  });

  it('is the same for everybody who asks for that section of that store', async () => {
    const [one, other] = [new ConfigStore(await load(1, 1)), new ConfigStore(await load(1, 1))];
    const { http, pool } = monitorsOf(one);
    expect(createSectionMonitor(one, HTTP)).toBe(http);
    expect([pool, createSectionMonitor(other, HTTP)]).not.toContain(http);
  });

  it('has moved with all others before the first listener is told', async () => {
    const store = new ConfigStore(await load(1, 1));
    const { http, pool } = monitorsOf(store);
    const seen: unknown[] = [];
    store.onCommit(() => seen.push([http.current.port, pool.current.size]));
    http.onChange((current) => seen.push([current.port, pool.current.size]));
    store.commit(await load(2, 2));
    expect(seen).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });

  it('tells of changes of its section only, until nobody listens', async () => {
    const [first, second] = [await load(1, 1), await load(2, 1)];
    const store = new ConfigStore(first);
    const { http, pool } = monitorsOf(store);
    const told: unknown[] = [];
    const stop = http.onChange((current, previous) => told.push(['http', previous.port, current.port]));
    pool.onChange(() => told.push('pool'));
    const third = await load(3, 1, second);
    for (const generation of [await load(2, 1, first), third]) store.commit(generation);
    stop();
    store.commit(await load(4, 1, third));
    expect(told).toEqual([
      ['http', 1, 2],
      ['http', 2, 3],
      // Made from nothing that the store knew before, so every section of it is another one.
      'pool',
    ]);
  });

  it('tells its listeners and those of the store in the order in which they came', async () => {
    const store = new ConfigStore(await load(1, 1));
    const { http, pool } = monitorsOf(store);
    const told: string[] = [];
    pool.onChange(() => told.push('pool'));
    store.onCommit(() => told.push('store'));
    http.onChange(() => told.push('http'));
    store.onCommit(() => told.push('store again'));
    store.commit(await load(2, 2));
    expect(told).toEqual(['pool', 'store', 'http', 'store again']);
  });
});
