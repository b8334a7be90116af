import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import type { ConfigMap, MergeStrategy, SchemaKey, SchemaNode, SectionNode } from '../../src/core/index.js';
import { isConfigMap, mergeTrees, sameValue, UNSET } from '../../src/core/index.js';
import { deepFrozen } from './deep-frozen.js';

const LEAF: SchemaNode = { kind: 'leaf', type: 'anything' };
const OPEN = section({});

function section(
  keys: Readonly<Record<string, { readonly node: SchemaNode; readonly merge?: MergeStrategy }>>,
): SectionNode {
  const entries = Object.entries(keys).map(([name, { node, merge }]): [string, SchemaKey] => {
    const key = { name, node, aliases: [], envNames: [], secret: false };
    return [name, merge === undefined ? key : { ...key, merge }];
  });
  return { kind: 'section', keys: new Map(entries), spellings: new Map(), open: true };
}

function listsMergedBy(merge: MergeStrategy, item: SchemaNode = LEAF): SectionNode {
  return section({ list: { node: { kind: 'list', item }, merge } });
}

/** Merges frozen trees, so that a write to any of them fails the test. */
function merge(trees: readonly ConfigMap[], schema: SectionNode = OPEN): ConfigMap {
  return mergeTrees(deepFrozen(trees), schema);
}

describe('mergeTrees', () => {
  it('takes the later value of a key, and keeps the keys of both', () => {
    expect(merge([{ a: 1, b: 1 }, { b: 2, c: 2 }, { c: 3 }])).toEqual({ a: 1, b: 2, c: 3 });
  });

  it('merges objects key by key, however deep', () => {
    expect(merge([{ a: { b: { c: 1, d: 1 } } }, { a: { b: { d: 2 }, e: 2 } }])).toEqual({
      a: { b: { c: 1, d: 2 }, e: 2 },
    });
  });

  it('replaces lists as a whole', () => {
    expect(merge([{ list: [1, 2, 3] }, { list: [4] }])).toEqual({ list: [4] });
    expect(merge([{ list: [1, 2, 3] }, { list: [] }])).toEqual({ list: [] });
  });

  it('takes null as a value', () => {
    expect(merge([{ a: { b: 1 } }, { a: null }])).toEqual({ a: null });
    expect(merge([{ a: null }, { a: { b: 1 } }])).toEqual({ a: { b: 1 } });
  });

  it('takes undefined as nothing said', () => {
    expect(merge([{ a: 1 }, { a: undefined }])).toEqual({ a: 1 });
  });

  it.each<[string, ConfigMap, ConfigMap, unknown]>([
    ['a scalar over a map', { a: { b: 1 } }, { a: 'x' }, 'x'],
    ['a map over a scalar', { a: 'x' }, { a: { b: 1 } }, { b: 1 }],
    ['a list over a map', { a: { b: 1 } }, { a: [1] }, [1]],
    ['a map over a list', { a: [1] }, { a: { b: 1 } }, { b: 1 }],
    ['a value object over a map', { a: { b: 1 } }, { a: new URL('http://a/') }, new URL('http://a/')],
  ])('replaces a value of another kind: %s', (_what, lower, upper, value) => {
    expect(merge([lower, upper])['a']).toEqual(value);
  });

  it('is an empty map for no trees, and what the tree holds for one', () => {
    const only = { a: { b: 1 } };
    expect(merge([])).toEqual({});
    expect(merge([only])).toEqual(only);
    expect(merge([only])['a']).toBe(only.a);
  });

  it.each(['toString', 'valueOf', 'hasOwnProperty'])('does not take the inherited %s for a value', (key) => {
    const merged = merge([{ a: 1 }, { [key]: undefined }]);
    expect(Object.hasOwn(merged, key) ? merged[key] : undefined).toBeUndefined();
  });

  it('shares what only one tree has', () => {
    const [lower, upper] = [
      { a: { x: 1 }, both: { l: [1] } },
      { b: { y: 1 }, both: { u: [1] } },
    ];
    const merged = merge([lower, upper]);
    expect(merged['a']).toBe(lower.a);
    expect(merged['b']).toBe(upper.b);
    const both = merged['both'] as ConfigMap; // both trees have a map there
    expect(both['l']).toBe(lower.both.l);
    expect(both['u']).toBe(upper.both.u);
  });

  it('keeps the order in which keys were first said', () => {
    expect(
      Object.keys(
        merge([
          { b: 1, a: 1 },
          { c: 1, a: 2 },
        ]),
      ),
    ).toEqual(['b', 'a', 'c']);
  });
});

describe('mergeTrees with UNSET', () => {
  it('removes what lower layers said', () => {
    expect(
      merge([
        { a: 1, b: { c: 1, d: 1 } },
        { a: UNSET, b: { c: UNSET } },
      ]),
    ).toEqual({ b: { d: 1 } });
  });

  it('lets a later layer begin afresh', () => {
    expect(merge([{ a: { x: 1 } }, { a: UNSET }, { a: { y: 1 } }])).toEqual({ a: { y: 1 } });
  });

  it('leaves no trace where there was nothing to remove', () => {
    const merged = merge([{ a: UNSET }, { b: { c: UNSET } }]);
    expect(merged).toEqual({ b: {} });
    expect(Object.keys(merged)).toEqual(['b']);
  });

  it('removes items of lists, and what is unset inside them', () => {
    expect(merge([{ list: [1, UNSET, { a: UNSET, b: 1 }, [UNSET, 2]] }])).toEqual({ list: [1, { b: 1 }, [2]] });
    expect(merge([{ list: [1, { a: UNSET }] }])).toEqual({ list: [1, {}] });
  });

  it('shares what holds nothing unset', () => {
    const tree = { gone: UNSET, kept: { list: [1, { a: 1 }] }, list: [1] };
    const merged = merge([tree]);
    expect(merged['kept']).toBe(tree.kept);
    expect(merged['list']).toBe(tree.list);
  });

  it('is not searched for when the caller knows that there is none', () => {
    expect(mergeTrees([{ a: UNSET }], OPEN, false)).toEqual({ a: UNSET });
  });

  it('is found in deep lists in one walk', () => {
    let nested: unknown[] = [UNSET];
    for (let depth = 0; depth < 60; depth++) nested = [nested];
    expect(JSON.stringify(merge([{ nested }]))).toBe(`{"nested":${'['.repeat(61)}${']'.repeat(61)}}`);
  });
});

describe('mergeTrees by strategy', () => {
  it('appends', () => {
    expect(merge([{ list: [1, 2] }, { list: [2, 3] }, { list: [1] }], listsMergedBy('append'))).toEqual({
      list: [1, 2, 2, 3, 1],
    });
  });

  it('replaces when the schema says so', () => {
    expect(merge([{ list: [1] }, { list: [2] }], listsMergedBy('replace'))).toEqual({ list: [2] });
  });

  it('appends what is not there yet, by content', () => {
    const trees = [{ list: ['a', { x: [1] }, 'a'] }, { list: ['b', { x: [1] }, { x: [2] }, 'b', { x: [2] }, 'a'] }];
    expect(merge(trees, listsMergedBy('unique'))).toEqual({ list: ['a', { x: [1] }, 'a', 'b', { x: [2] }] });
  });

  it('takes a number and its text for one, because a variable has only text', () => {
    const trees = [{ list: [1, 2] }, { list: ['2', '3'] }, { list: [3, 4n, '4'] }];
    expect(merge(trees, listsMergedBy('unique'))).toEqual({ list: [1, 2, '3', 4n] });
    const keyed = [{ list: [{ id: 7, a: 1 }] }, { list: [{ id: '7', b: 2 }] }];
    expect(merge(keyed, listsMergedBy({ by: 'id' }))).toEqual({ list: [{ id: '7', a: 1, b: 2 }] });
  });

  it('finds repeated scalars of long lists fast', () => {
    const numbers = Array.from({ length: 30_000 }, (_, index) => index);
    const merged = merge([{ list: numbers }, { list: [...numbers, -1] }], listsMergedBy('unique'));
    expect(merged['list']).toEqual([...numbers, -1]);
  });

  it('merges the items that agree on a key, in place, and appends the others', () => {
    const trees = [
      {
        list: [
          { id: 'a', x: 1, deep: { l: 1 } },
          { id: 'b', x: 1 },
        ],
      },
      {
        list: [
          { id: 'c', x: 2 },
          { id: 'a', y: 2, deep: { u: 2 } },
        ],
      },
    ];
    expect(merge(trees, listsMergedBy({ by: 'id' }))).toEqual({
      list: [
        { id: 'a', x: 1, y: 2, deep: { l: 1, u: 2 } },
        { id: 'b', x: 1 },
        { id: 'c', x: 2 },
      ],
    });
  });

  it('appends items that have no such key of their own, or are no maps', () => {
    const trees = [{ list: [{ x: 1 }, 'text', null] }, { list: [{ y: 1 }, { id: undefined }, 'text', null] }];
    expect(merge(trees, listsMergedBy({ by: 'id' }))['list']).toHaveLength(7);
    expect(merge(trees, listsMergedBy({ by: 'toString' }))['list']).toHaveLength(7);
  });

  it('follows strategies inside the items it merges', () => {
    const item = section({ tags: { node: { kind: 'list', item: LEAF }, merge: 'append' } });
    const trees = [{ list: [{ id: 1, tags: ['a'] }] }, { list: [{ id: 1, tags: ['b'] }] }];
    expect(merge(trees, listsMergedBy({ by: 'id' }, item))).toEqual({ list: [{ id: 1, tags: ['a', 'b'] }] });
  });

  it('knows no strategy inside items of a field that is no list', () => {
    const item = section({ tags: { node: { kind: 'list', item: LEAF }, merge: 'append' } });
    const schema = section({ list: { node: { kind: 'map', item }, merge: { by: 'id' } } });
    const trees = [{ list: [{ id: 1, tags: ['a'] }] }, { list: [{ id: 1, tags: ['b'] }] }];
    expect(merge(trees, schema)).toEqual({ list: [{ id: 1, tags: ['b'] }] });
  });

  it('follows strategies in nested sections and in the values of maps', () => {
    const inner = listsMergedBy('append');
    const schema = section({ nested: { node: inner }, map: { node: { kind: 'map', item: inner } } });
    const trees = [
      { nested: { list: [1] }, map: { any: { list: [1] } } },
      { nested: { list: [2] }, map: { any: { list: [2] } } },
    ];
    expect(merge(trees, schema)).toEqual({ nested: { list: [1, 2] }, map: { any: { list: [1, 2] } } });
  });

  it('concerns lists only', () => {
    expect(merge([{ list: [1] }, { list: 'text' }], listsMergedBy('append'))).toEqual({ list: 'text' });
    expect(merge([{ list: 'text' }, { list: [1] }], listsMergedBy('append'))).toEqual({ list: [1] });
  });

  it('does not reach the lists of a map whose key is called like the field', () => {
    const schema = section({ outer: { node: LEAF, merge: 'append' } });
    expect(merge([{ outer: { list: [1] } }, { outer: { list: [2] } }], schema)).toEqual({ outer: { list: [2] } });
  });
});

describe('mergeTrees and prototypes', () => {
  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then'])(
    'touches none through the key %s',
    (key) => {
      const before = Reflect.ownKeys(Object.prototype);
      const evil = (): ConfigMap => ({
        a: JSON.parse(`{"${key}":{"polluted":1,"prototype":{"polluted":1}}}`) as object,
      });
      mergeTrees([evil(), evil(), { a: { b: 1 } }], OPEN);
      expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
      expect(({} as ConfigMap)['polluted']).toBeUndefined();
      expect((Object as unknown as ConfigMap)['polluted']).toBeUndefined(); // a function has keys, too
    },
  );

  it('leaves out an unchecked __proto__ rather than make it a prototype', () => {
    const merged = merge([{}, JSON.parse('{"__proto__":{"polluted":1},"a":1}') as ConfigMap]);
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(merged['polluted']).toBeUndefined();
    expect(merged).toEqual({ a: 1 });
  });

  it.each(['toString', 'hasOwnProperty', 'valueOf'])('merges %s as any other key', (key) => {
    expect(merge([{}, { [key]: { a: 1 } }])).toEqual({ [key]: { a: 1 } });
    expect(merge([{ [key]: { a: 1 } }, { [key]: { b: 1 } }])).toEqual({ [key]: { a: 1, b: 1 } });
  });
});

describe('mergeTrees as an algebra', () => {
  // Trees that agree on what is a map, a list or a scalar, as trees of one schema do.
  const { tree } = fc.letrec<{ tree: ConfigMap }>((tie) => ({
    tree: fc.record(
      {
        scalar: fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.boolean()),
        list: fc.array(fc.integer(), { maxLength: 3 }),
        left: fc.oneof({ depthSize: 'small' }, fc.constant({}), tie('tree')),
        right: fc.oneof({ depthSize: 'small' }, fc.constant({}), tie('tree')),
      },
      { requiredKeys: [] },
    ),
  }));

  it('does not depend on how layers are grouped', () => {
    fc.assert(
      fc.property(tree, tree, tree, (a, b, c) => {
        const together = merge([a, b, c]);
        expect(merge([merge([a, b]), c])).toEqual(together);
        expect(merge([a, merge([b, c])])).toEqual(together);
      }),
    );
  });

  it('has the empty tree as its identity', () => {
    fc.assert(
      fc.property(tree, (a) => {
        expect(merge([{}, a])).toEqual(a);
        expect(merge([a, {}])).toEqual(a);
      }),
    );
  });

  it('changes nothing when a tree is merged with itself', () => {
    fc.assert(
      fc.property(tree, (a) => {
        expect(merge([a, a])).toEqual(a);
        expect(merge([a, a], listsMergedBy('unique'))).toEqual(a);
      }),
    );
  });

  it('gives at each leaf what the last tree says that says anything', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (trees) => {
        const said = new Map(trees.flatMap((one) => [...leaves(one, '')]));
        expect(new Map(leaves(merge(trees), ''))).toEqual(said);
      }),
    );
  });
});

function* leaves(node: unknown, path: string): Generator<[string, unknown]> {
  if (!isConfigMap(node)) yield [path, node];
  else for (const key of Object.keys(node)) yield* leaves(node[key], `${path}.${key}`);
}

describe('sameValue', () => {
  it.each<[unknown, unknown]>([
    [1, 1],
    [NaN, NaN],
    ['a', 'a'],
    [null, null],
    [[], []],
    [
      [1, [2]],
      [1, [2]],
    ],
    [
      { a: 1, b: { c: [1] } },
      { b: { c: [1] }, a: 1 },
    ],
    [{}, Object.create(null)],
  ])('%j and %j are the same', (a, b) => {
    expect(sameValue(a, b)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [1, '1'],
    [0, false],
    [null, undefined],
    [[1], [1, 2]],
    [[1, 2], [1]],
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    [{}, []],
    [{}, null],
    [[], { length: 0 }],
    [{ length: 0 }, []],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, {}],
    [{}, { a: 1 }],
    [{ a: undefined }, { b: undefined }],
    [{ toString: undefined }, { a: undefined }],
    [new Date(0), new Date(0)],
    [new Date(0), {}],
    [{}, new Date(0)],
  ])('%j and %j are not', (a, b) => {
    expect(sameValue(a, b)).toBe(false);
  });
});
