import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { factsOf, loadGeneration, section, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { ListOf, MapOf, Merge, mergeBy, RestartRequired } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import fc from '../fast-check.js';

class Pool {
  @IsInt() @RestartRequired() max: number = 10;
  @IsInt() min: number = 1;
}

class Item {
  @IsString() id: string = 'none';
  @IsInt() size: number = 0;
}

class Store {
  @IsString() @RestartRequired() host: string = 'localhost';
  @IsString() note: string = '';
  @ValidateNested() @Type(() => Pool) pool: Pool = new Pool();
  @MapOf(() => Pool) pools: Readonly<Record<string, Pool>> = {};
  @Merge('append') @IsString({ each: true }) tags: readonly string[] = [];
  @Merge(mergeBy('id')) @ListOf(() => Item) items: readonly Item[] = [];
}

const NAMES = ['a', 'b', 'c'] as const;
const sections = NAMES.map((path) => section(Store, { path, name: path }));

const optional = { requiredKeys: [] };
const texts = fc.constantFrom('x', 'y', '${a.host}', '${b.note:-none}', '${c.host}', '${b.pool.max}', '!unset');
const numbers = fc.constantFrom<unknown>(1, 2, '3', '${a.pool.min}', '${b.pool.max}', '!unset');
const pool = fc.record({ max: numbers, min: numbers }, optional);
const item = fc.record({ id: fc.constantFrom('p', 'q', '!unset'), size: numbers }, optional);
const store = fc.record(
  {
    host: texts,
    note: texts,
    pool,
    pools: fc.record({ one: pool, two: pool }, optional),
    tags: fc.array(texts, { maxLength: 2 }),
    items: fc.array(item, { maxLength: 2 }),
  },
  optional,
);
const stores = fc.record({ a: store, b: store, c: store }, optional);

function optionsOf(...layers: readonly object[]): LoadOptions {
  const sources = layers.map((values, at) => object(values, { name: `layer ${String(at)}` }));
  return { sections, sources, environment: 'test', env: {} };
}

/** The fields that stay until a restart, by their paths. */
function staying({ instances }: Generation): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [at, name] of NAMES.entries()) {
    // The sections are three of this class.
    const { host, pool: own, pools } = instances[at] as Store;
    values.set(`${name}.host`, host).set(`${name}.pool.max`, own.max);
    for (const [key, { max }] of Object.entries(pools)) values.set(`${name}.pools.${key}.max`, max);
  }
  return values;
}

/** A layer that says what stays. */
function layerOf(values: ReadonlyMap<string, unknown>): object {
  const tree: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let map = tree;
    // Made here, of maps alone.
    for (const key of keys) map = (map[key] ??= {}) as Record<string, unknown>;
    map[last] = value;
  }
  return tree;
}

describe('fields that need a restart, whatever the sources want', () => {
  it('stay, all else is as if a layer over all said what stays, and the wishes are what a start would bring', async () => {
    const edits = fc.array(fc.tuple(stores, stores), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(edits, async (steps) => {
        let before: Generation | undefined;
        for (const [low, high] of steps) {
          const fresh = await loadGeneration(optionsOf(low, high)).catch(() => undefined);
          const made = await loadGeneration(optionsOf(low, high), before && { previous: before }).catch(
            () => undefined,
          );
          if (made === undefined || fresh === undefined || before === undefined) {
            before ??= made;
            continue;
          }
          const now = staying(made);
          const kept = new Map([...staying(before)].filter(([path]) => now.has(path)));
          expect(new Map([...now].filter(([path]) => kept.has(path)))).toEqual(kept);
          expect(made.instances).toEqual((await loadGeneration(optionsOf(low, high, layerOf(kept)))).instances);
          const wanted = [...staying(fresh)].filter(([path, value]) => kept.has(path) && kept.get(path) !== value);
          expect(
            factsOf(made)
              .wishes.map((wish) => [wish.change.path, wish.wanted])
              .sort(),
          ).toEqual(wanted.sort());
          before = made;
        }
      }),
    );
  });
});
