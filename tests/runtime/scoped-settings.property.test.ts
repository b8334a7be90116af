import { describe, expect, it } from '@jest/globals';
import { IsOptional, IsString } from 'class-validator';
import { isConfigMap, mergeMaps, type ConfigMap } from '../../src/core/index.js';
import { loadGeneration, type Generation } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import fc from '../fast-check.js';

class Texts {
  @IsOptional() @IsString() readonly one?: string;
  @IsOptional() @IsString() readonly two?: string;
  @IsOptional() @IsString() readonly three?: string;
}

@ConfigSection('a')
class A extends Texts {}

@ConfigSection('b')
class B extends Texts {}

// Above another section, and beside it.
@ConfigSection('b.c')
class C extends Texts {}

@ConfigSection('group.d')
class D extends Texts {}

const SECTIONS = [A, B, C, D];
const SCOPES = ['m', 'm/x', 'm/y', 'n', 'n/x', 'none'];

/** References lead to other sections with a fallback, so that no load fails; to `a`, nothing of which leads on. */
const text = fc.constantFrom('1', '2', 'x ${a.one:-none}', '${a.two:-2}${a.three:-}');
const texts = (value: fc.Arbitrary<string>): fc.Arbitrary<ConfigMap> =>
  fc.record({ one: value, two: value, three: value }, { requiredKeys: [] });
const overridable = fc.record(
  {
    a: texts(fc.constantFrom('1', '2', '3')),
    b: fc.tuple(texts(text), fc.option(texts(text))).map(([own, c]) => (c === null ? own : { ...own, c })),
    group: fc.record({ d: texts(text) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const moduleTree = fc
  .tuple(overridable, fc.dictionary(fc.constantFrom('x', 'y'), overridable, { maxKeys: 2 }))
  .map(([own, components]) => ({ ...own, components }));
const layer = fc
  .tuple(overridable, fc.dictionary(fc.constantFrom('m', 'n'), moduleTree, { maxKeys: 2 }))
  .map(([own, modules]) => ({ ...own, modules }));
const layers = fc.array(layer, { minLength: 1, maxLength: 3 });

const load = async (trees: readonly object[], previous?: Generation): Promise<Generation> =>
  loadGeneration(
    { sections: SECTIONS, sources: trees.map((tree) => object(tree)), environment: 'test', env: {} },
    previous === undefined ? {} : { previous },
  );

const seen = (generation: Generation): readonly (readonly object[])[] =>
  [generation, ...SCOPES.map((scope) => generation.view(scope))].map(({ instances }) => instances);

/** What a scope is to see, put together by hand: the documents first, then the more specific over the less. */
function flattened(trees: readonly ConfigMap[], scope: string): ConfigMap {
  const whole = trees.reduce((below, above) => mergeMaps(below, above), {});
  const [name = '', component = ''] = scope.split('/');
  const { modules, ...everybody } = whole;
  const { components, ...module } = mapAt(modules, name);
  return mergeMaps(mergeMaps(everybody, module), mapAt(components, component));
}

function mapAt(tree: unknown, key: string): ConfigMap {
  const value = isConfigMap(tree) ? tree[key] : undefined;
  return isConfigMap(value) ? value : {};
}

describe('What scopes see', () => {
  it('is what one document would say, put together by hand', async () => {
    await fc.assert(
      fc.asyncProperty(layers, fc.constantFrom(...SCOPES), async (trees, scope) => {
        const view = (await load(trees)).view(scope);
        const alone = await load([flattened(trees, scope)]);
        expect(view.instances).toEqual(alone.instances);
      }),
    );
  });

  it('is the same from the generation before as from nothing, which is not written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(layers, { minLength: 2, maxLength: 4 }), async (steps) => {
        const [first = [], ...edits] = steps;
        let previous = await load(first);
        for (const trees of edits) {
          // A generation has as many sources as the one before.
          const next = first.map((_, index) => trees[index] ?? {});
          const before = structuredClone(seen(previous).map((all) => all.map((one) => ({ ...one }))));
          const incremental = await load(next, previous);
          expect(seen(incremental)).toEqual(seen(await load(next)));
          expect(seen(previous).map((all) => all.map((one) => ({ ...one })))).toEqual(before);
          previous = incremental;
        }
      }),
    );
  });

  it('keeps every instance that says what it said, and shares what is as it is for everybody', async () => {
    await fc.assert(
      fc.asyncProperty(layers, async (trees) => {
        const first = await load(trees);
        const again = await load(structuredClone(trees), first);
        for (const [at, instances] of seen(first).entries()) {
          for (const [index, instance] of instances.entries()) expect(seen(again)[at]?.[index]).toBe(instance);
        }
        const free = SCOPES.filter((scope) => {
          const [name = ''] = scope.split('/');
          return trees.every((tree) => Object.keys(mapAt(tree.modules, name)).length === 0);
        });
        expect(free.every((scope) => first.view(scope) === first)).toBe(true);
      }),
    );
  });
});
