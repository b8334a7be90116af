import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { ConfigError, createLayer, isConfigMap, type ConfigLayer, type ConfigSource } from '../../src/core/index.js';
import { factsOf } from '../../src/runtime/generation/generation.js';
import { loadGeneration, section, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { ConfigSection, ListOf, MapOf, Merge, mergeBy, RestartRequired } from '../../src/sections/index.js';
import fc from '../fast-check.js';
import { issuesOf, loaded } from './loading.js';

class Item {
  @IsOptional() @IsString() id?: string;
  @IsOptional() @IsInt() n?: number;
}

class Db {
  @IsString() host: string = 'localhost';
  @IsOptional() @IsString() password?: string;
}

@ConfigSection('orders')
class Orders {
  @IsString() name: string = 'orders';
  @Merge('append') @IsInt({ each: true }) sizes: readonly number[] = [];
  @Merge(mergeBy('id')) @ListOf(() => Item) items: readonly Item[] = [];
  @ValidateNested() @Type(() => Db) db: Db = new Db();
}

@ConfigSection('orders.db')
class OrdersDb extends Db {
  @IsInt() pool: number = 1;
}

@ConfigSection('orders.http')
class OrdersHttp {
  @IsInt() @RestartRequired() port: number = 80;
  @MapOf(() => Number) limits: Readonly<Record<string, number>> = {};
}

@ConfigSection('billing')
class Billing {
  @IsString() url: string = 'http://${orders.db.host}:${orders.http.port}';
  @IsOptional() @IsString() note?: string | null;
}

@ConfigSection('deep.er.still')
class Still {
  @IsString() text: string = '';
  @Merge('unique') @IsString({ each: true }) tags: readonly string[] = [];
}

const SECTIONS = [Orders, OrdersDb, OrdersHttp, Billing, Still];
const SECTION_KEYS = ['orders', 'billing', 'deep'] as const;

const texts = fc.constantFrom(
  'a',
  'b',
  '',
  '${billing.note:-none}',
  '${deep.er.still.text}',
  '$${x}',
  '!unset',
  'x ${orders.name}',
);
const numbers = fc.constantFrom<unknown>(1, 2, 80, '81', '${orders.db.pool:-5}', { $unset: true }, 'no number');
const list = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 3 });
const item = fc.record({ id: fc.constantFrom('x', 'y'), n: fc.constantFrom(1, 2) }, { requiredKeys: [] });
const unset = fc.constant({ $unset: true });
const db = fc.record({ host: texts, password: fc.constantFrom('p', 'q'), pool: numbers }, { requiredKeys: [] });
const http = fc.record(
  { port: numbers, limits: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(1, 2)) },
  { requiredKeys: [] },
);
const mostly = <T>(often: fc.Arbitrary<T>, ...rarely: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: often }, ...rarely);
const orders = fc.record(
  {
    name: texts,
    sizes: list,
    items: fc.array(item, { maxLength: 2 }),
    db: mostly(db, unset),
    http: mostly(http, unset, fc.constant('${deep.er}')),
  },
  { requiredKeys: [] },
);
const billing = fc.record({ url: texts, note: fc.oneof(texts, fc.constant(null)) }, { requiredKeys: [] });
const still = fc.record(
  { text: texts, tags: fc.array(texts, { maxLength: 2 }), port: fc.constant(1) },
  { requiredKeys: ['text'] },
);
const trees = {
  orders: mostly(orders, unset, fc.constant('${gone:-}'), fc.constant(null), fc.constant('{"name":"json"}')),
  billing: mostly(billing, unset, fc.constant(5)),
  deep: mostly(
    fc.record({ er: mostly(fc.record({ still }, { requiredKeys: [] }), unset) }, { requiredKeys: [] }),
    unset,
  ),
};

/** One edit: what a source says of a key of the root from now on; nothing when `undefined`. */
const edits = fc.array(
  fc.oneof(
    ...SECTION_KEYS.map((key) =>
      fc.record({ source: fc.nat(2), key: fc.constant(key), value: fc.option(trees[key], { nil: undefined }) }),
    ),
  ),
  { minLength: 1, maxLength: 8 },
);

/** Sources that hand back the layer they gave before until a test says something else. */
class World {
  readonly options: LoadOptions;
  readonly #layers: ConfigLayer[];

  constructor(count: number) {
    this.#layers = Array.from({ length: count }, (_, index) =>
      createLayer({ name: `source ${String(index)}`, tree: {} }),
    );
    const sources = this.#layers.map((_, index): ConfigSource => ({ load: () => this.#layers[index] ?? {} }));
    this.options = { sections: SECTIONS, sources, environment: 'test', env: {}, unknownKeys: 'ignore' };
  }

  say(index: number, key: string, value: unknown): void {
    const { name = '', tree = {} } = this.#layers[index] ?? {};
    const kept = Object.entries({ ...tree, [key]: value }).filter(([, said]) => said !== undefined);
    // Copied, as by a parser: nothing is known by being the same object.
    this.#layers[index] = createLayer({ name, tree: structuredClone(Object.fromEntries(kept)) });
  }
}

async function outcomeOf(loading: Promise<Generation>): Promise<unknown> {
  try {
    const generation = await loading;
    // A map that is equal to the one before keeps the order of its keys.
    const described = new Map(generation.describe().map((setting) => [setting.path, setting]));
    const told = new Map([...described.keys()].map((path) => [path, String(generation.explain(path))]));
    return { instances: generation.instances, described, told };
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return new Set(
      error.issues.map(({ code, path, origin }) =>
        code === 'reference-cycle' ? code : JSON.stringify([code, path, origin]),
      ),
    );
  }
}

/** Frozen all the way down; what no freezing reaches is written down, to be compared. */
function frozen(value: unknown, entries: unknown[] = [], seen = new Set<unknown>()): readonly unknown[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return entries;
  seen.add(value);
  if (value instanceof Map || value instanceof Set) {
    entries.push(value, [...value]);
    for (const each of value) frozen(each, entries, seen);
  } else if (Array.isArray(value) || isConfigMap(value)) {
    for (const each of Object.values(value)) frozen(each, entries, seen);
    Object.freeze(value);
  }
  return entries;
}

describe('a generation that is made from the one before', () => {
  it('is what it would be if it were made from nothing, and leaves the one before as it was', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        const world = new World(3);
        let current = await loadGeneration(world.options);
        const touched = new Set<string | undefined>();
        for (const { source, key, value } of changes) {
          world.say(source, key, value);
          touched.add(key);
          const { readings, rows, wanted, groups, instances } = factsOf(current);
          const before = frozen([readings, rows, wanted, groups]);
          const again = loadGeneration(world.options, { previous: current });
          const outcome = await outcomeOf(again);
          expect(frozen([readings, rows, wanted, groups])).toEqual(before);
          const good = await again.catch(() => undefined);
          const held = good !== undefined && factsOf(good).wishes.length > 0;
          // What waits for a restart is not what a first load would give.
          expect(held ? undefined : outcome).toEqual(held ? undefined : await outcomeOf(loadGeneration(world.options)));
          if (good === undefined) continue;
          const remade: unknown[] = [];
          for (const row of factsOf(good).wanted) {
            const old = wanted[row.segment.index];
            const isTouched = touched.has(row.segment.path[0]) || row.segment.path.length === 0;
            const from = [row, ...row.segment.declared.map(({ index }) => factsOf(good).wanted[index])];
            const refers = from.some((each) => each?.parts.some(({ holdsReferences }) => holdsReferences));
            if (!isTouched && !refers && row !== old) remade.push(row.segment.path);
          }
          expect(remade).toEqual([]);
          expect(good.instances.every((instance, index) => instance === instances[index])).toBe(
            good.number === current.number,
          );
          current = good;
          touched.clear();
        }
      }),
    );
  });
});

describe('what is no map at or above a section', () => {
  it.each([
    ['null', null, 'nothing (null)'],
    ['a number', 5, 'a single value'],
    ['a boolean', true, 'a single value'],
    ['a list', [1], 'a list'],
    ['an empty string', '', 'an empty string'],
    ['a text', 'x', 'a single value'],
  ])('is an issue at its place when it is %s', async (_, value, word) => {
    const message = `must be a map of settings, got ${word}`;
    expect(await issuesOf(SECTIONS, { orders: value })).toEqual([`not-a-section orders: ${message}`]);
    expect(await issuesOf(SECTIONS, { deep: value })).toEqual([`not-a-section deep: ${message}`]);
    expect(await issuesOf(SECTIONS, { deep: { er: value } })).toEqual([`not-a-section deep.er: ${message}`]);
    expect(await issuesOf(SECTIONS, { orders: { http: value } })).toEqual([`not-a-section orders.http: ${message}`]);
  });

  it.each([
    ['the token', { $unset: true }],
    ['the text', '!unset'],
  ])('resets all sections below when it is unset, by %s', async (_, token) => {
    const base = {
      orders: { name: 'n', db: { host: 'h' }, http: { port: 1 } },
      deep: { er: { still: { text: 't' } } },
    };
    const sources = [{ load: () => base }, { load: () => ({ orders: token, deep: token }) }];
    const generation = await loaded(SECTIONS, sources);
    const [orders, db, http, , still] = generation.instances;
    expect([orders, db, http, still]).toMatchObject([
      { name: 'orders' },
      { host: 'localhost' },
      { port: 80 },
      { text: '' },
    ]);
    expect(generation.explain('deep.er.still.text').winner).toMatchObject({ unset: true, origin: { key: 'deep' } });
  });

  it('is nothing when it is an empty variable', async () => {
    const layer = createLayer({ name: 'environment', kind: 'environment', tree: { orders: ' ' } });
    const { instances } = await loaded(SECTIONS, [{ load: () => ({ orders: { name: 'n' } }) }, { load: () => layer }]);
    expect(instances[0]).toMatchObject({ name: 'n' });
  });
});

describe('a reference in place of a group', () => {
  const brings = { deep: { er: { still: { text: 'brought' } } }, billing: { note: '${deep.er.still.text}' } };

  it('brings in all sections below, and an upper map replaces it', async () => {
    const low = { other: { http: { port: 7 }, name: 'brought' }, orders: '${other}' };
    const options = { unknownKeys: 'ignore' } as const;
    const one = await loaded(SECTIONS, [{ load: () => low }], options);
    expect([one.instances[0], one.instances[2]]).toMatchObject([{ name: 'brought' }, { port: 7 }]);
    const high = { orders: { name: 'own' } };
    const two = await loaded(SECTIONS, [{ load: () => low }, { load: () => high }], options);
    expect([two.instances[0], two.instances[2]]).toMatchObject([{ name: 'own' }, { port: 80 }]);
  });

  it('sees what stands deep in a group of sections', async () => {
    expect((await loaded(SECTIONS, brings)).instances[3]).toMatchObject({ note: 'brought' });
  });
});

describe('sections that lie in one another', () => {
  it('share what their fields have in common, and one changes without the other', async () => {
    const world = new World(1);
    world.say(0, 'orders', { name: 'n', db: { host: 'h', pool: 3 } });
    const first = await loadGeneration(world.options);
    expect(first.instances.slice(0, 2)).toMatchObject([{ db: { host: 'h' } }, { host: 'h', pool: 3 }]);
    world.say(0, 'orders', { name: 'm', db: { host: 'h', pool: 3 } });
    const second = await loadGeneration(world.options, { previous: first });
    expect(second.instances[0]).toMatchObject({ name: 'm' });
    expect(second.instances[1]).toBe(first.instances[1]);
    world.say(0, 'orders', { name: 'm', db: { host: 'i', pool: 3 } });
    const third = await loadGeneration(world.options, { previous: second });
    expect(third.instances.slice(0, 2)).toMatchObject([{ db: { host: 'i' } }, { host: 'i' }]);
  });

  it('may not be spelled twice', async () => {
    expect(await issuesOf([section(Db, { path: 'dbOne' }), Orders], { dbOne: {}, 'db-one': {} })).toEqual([
      'duplicate-key db-one: is written twice, as "dbOne" and as "db-one"',
    ]);
  });
});

describe('a field that keeps its value until a restart', () => {
  it('is seen with that value by all references', async () => {
    const world = new World(1);
    world.say(0, 'orders', { http: { port: 80 }, name: 'on ${orders.http.port}' });
    const first = await loadGeneration(world.options);
    world.say(0, 'orders', { http: { port: 90 }, name: 'on ${orders.http.port}' });
    const second = await loadGeneration(world.options, { previous: first });
    expect(second.instances).toMatchObject([{ name: 'on 80' }, {}, { port: 80 }, { url: 'http://localhost:80' }, {}]);
    expect(second.instances).toBe(first.instances);
    expect(factsOf(second).wishes.map(({ change }) => [change.path, change.before, change.after])).toEqual([
      ['orders.http.port', 80, 90],
    ]);
  });

  it('is seen so in a group that is brought in as a whole, too', async () => {
    const world = new World(1);
    const said = (port: number) => ({ http: { port, limits: { a: port } }, items: [] });
    world.say(0, 'orders', said(80));
    world.say(0, 'deep', { er: { still: { text: '${orders.http.limits.a}', tags: ['${orders.http.port}'] } } });
    const first = await loadGeneration(world.options);
    world.say(0, 'orders', said(90));
    const second = await loadGeneration(world.options, { previous: first });
    expect(second.instances[4]).toMatchObject({ text: '90', tags: ['80'] });
    expect(second.instances[2]).toMatchObject({ port: 80, limits: { a: 90 } });
  });

  it('must be able to take its new value, or the reload fails', async () => {
    const world = new World(1);
    world.say(0, 'orders', { http: { port: 80 } });
    const first = await loadGeneration(world.options);
    world.say(0, 'orders', { http: { port: 'many' } });
    await expect(loadGeneration(world.options, { previous: first })).rejects.toThrow(
      'orders.http.port: must be an integer',
    );
  });
});
