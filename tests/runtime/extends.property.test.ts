import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { createLayer } from '../../src/core/index.js';
import { loadGeneration, Overlay, section, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { MapOf, Merge } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import fc from '../fast-check.js';
import { told } from './overlay-fixtures.js';

class Pool {
  @IsInt() max: number = 10;
  @IsInt() min: number = 1;
}

class Store {
  @IsString() host: string = 'localhost';
  @IsString() note: string = '';
  @ValidateNested() @Type(() => Pool) pool: Pool = new Pool();
  @Merge('append') @IsString({ each: true }) tags: readonly string[] = [];
  @MapOf(() => Pool) pools: Readonly<Record<string, Pool>> = {};
}

const NAMES = ['a', 'b', 'c'] as const;
const sections = NAMES.map((path) => section(Store, { path, name: path }));

const texts = fc.constantFrom('x', 'y', '${a.host}', '${b.note:-none}', '${c.host}-', '${b.pool.max}', '!unset');
const numbers = fc.constantFrom<unknown>(1, 2, '3', '${a.pool.min}', '!unset');
const optional = { requiredKeys: [] };
const pool = fc.record(
  { max: numbers, min: numbers, $extends: fc.constantFrom('a.pool', 'c.pool', 'b.pools.one', 'two', '!unset') },
  optional,
);
const store = fc.record(
  {
    $extends: fc.constantFrom('a', 'b', 'c', '!unset'),
    host: texts,
    note: texts,
    pool: fc.oneof({ weight: 5, arbitrary: pool }, { weight: 1, arbitrary: fc.constantFrom('!unset', '${a.pool}') }),
    tags: fc.array(texts, { maxLength: 2 }),
    pools: fc.record({ one: pool, two: pool }, optional),
  },
  optional,
);
const stores = fc.record({ a: store, b: store, c: store }, optional);
const trees = fc
  .tuple(stores, fc.option(stores))
  .map(([all, module]) => ({ ...all, ...(module && { modules: { m: module } }) }));

function optionsOf(...layers: readonly object[]): LoadOptions {
  const sources = layers.map((values, at) => object(values, { name: `layer ${String(at)}` }));
  return { sections, sources, environment: 'test', env: {} };
}

/** What all see, and what the module sees, in words. */
async function seen(making: Promise<Generation>): Promise<unknown> {
  const view = making.then((generation) => generation.view('m'));
  return Promise.all([told(making), told(view)]);
}

describe('groups that inherit, whatever is said of them', () => {
  it('come to the same from a generation before as from nothing, which is left as it was', async () => {
    const edits = fc.array(fc.tuple(trees, stores), { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(edits, async (steps) => {
        let previous: Generation | undefined;
        for (const [low, high] of steps) {
          const options = optionsOf(low, high);
          const before = previous && (await seen(Promise.resolve(previous)));
          const next = loadGeneration(options, previous && { previous });
          expect(await seen(next)).toEqual(await seen(loadGeneration(options)));
          expect(previous && (await seen(Promise.resolve(previous)))).toEqual(before);
          const after = await next.catch(() => undefined);
          const kept = after?.instances.map((one, at) => one === previous?.instances[at]);
          const equal = after?.instances.map(
            (one, at) => JSON.stringify(one) === JSON.stringify(previous?.instances[at]),
          );
          expect(kept).toEqual(equal);
          previous = after ?? previous;
        }
      }),
    );
  });

  it('come to the same in an overlay as in one load of all layers', async () => {
    await fc.assert(
      fc.asyncProperty(trees, trees, stores, async (low, own, high) => {
        const parent = await loadGeneration(optionsOf(low, high)).catch(() => undefined);
        if (parent === undefined) return;
        const options = { ...optionsOf(low, high), above: 1 };
        const overlay = new Overlay(parent, [createLayer({ name: 'layer own', tree: own })], options);
        const whole = optionsOf(low, high);
        const [first, ...above] = whole.sources;
        const between = { load: () => createLayer({ name: 'layer own', tree: own }) };
        const all = { ...whole, sources: [...(first === undefined ? [] : [first]), between, ...above] };
        expect(await seen(overlay.generation())).toEqual(await seen(loadGeneration(all)));
        const made = await overlay.generation().catch(() => undefined);
        made?.instances.forEach((one, at) => {
          const isEqual = JSON.stringify(one) === JSON.stringify(parent.instances[at]);
          expect(one === parent.instances[at]).toBe(isEqual);
        });
      }),
    );
  });

  it('are told with the place where each value stands', async () => {
    await fc.assert(
      fc.asyncProperty(stores, async (values) => {
        const generation = await loadGeneration(optionsOf(values)).catch(() => undefined);
        const wrong = (generation?.describe() ?? []).filter(({ path, origin, value }) => {
          const { winner } = generation?.explain(path) ?? {};
          // A text that is filled in says something else where it stands.
          const isFilled = JSON.stringify([winner?.value]).includes('${');
          if (winner?.unset === true) return false;
          const isTrue = winner === undefined || isFilled || String(winner.value) === String(value);
          return !isTrue || JSON.stringify(winner?.origin) !== JSON.stringify(origin);
        });
        expect(wrong).toEqual([]);
      }),
    );
  });
});
