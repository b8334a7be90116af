import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { normaliseMap, planOf } from '../../src/binding/index.js';
import { createLayer, UNSET, type ConfigMap, type LayerOptions, type SectionNode } from '../../src/core/index.js';
import { Alias, ListOf, MapOf, Merge } from '../../src/sections/index.js';

class PoolSettings {
  @IsInt() maxSize = 1;
}

class AppSettings {
  @Alias('hostname') @IsString() host = 'x';
  @IsInt() port = 1;
  @IsOptional() @IsObject() free?: object;
  @IsOptional() @Type(() => Date) since?: Date;
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
  @ListOf(() => PoolSettings) list: readonly PoolSettings[] = [];
  @MapOf(() => PoolSettings) pools: Readonly<Record<string, PoolSettings>> = {};
  @IsString({ each: true }) names: readonly string[] = [];
  @Merge('append') @IsString({ each: true }) @Alias('more') added: readonly string[] = [];
}

function normalised(tree: ConfigMap, options: Partial<LayerOptions> = {}): ReturnType<typeof normaliseMap> {
  const layer = createLayer({ name: 'file', kind: 'file', ...options, tree });
  return normaliseMap(layer, tree, planOf(AppSettings));
}

const treeOf = (tree: ConfigMap): ConfigMap => normalised(tree).tree;

describe('a layer in canonical keys', () => {
  it('is the layer’s own tree where nothing need be changed, and shares what stays', () => {
    const tree = {
      port: 2,
      host: 'h',
      free: { a: [1, { b: 2 }] },
      pool: { maxSize: 3 },
      list: [{ maxSize: 1 }],
      pools: { one: { maxSize: 1 } },
      names: ['a'],
    };
    expect(treeOf(tree)).toBe(tree);
    const changed = treeOf({ ...tree, 'max-port': 1, hostname: 'g' });
    expect([changed['list'] === tree.list, changed['free'] === tree.free]).toEqual([true, true]);
  });

  it('never changes the layer’s own tree', () => {
    const tree = { hostname: 'h', pool: { max_size: 1 }, list: [{ 'max-size': 2 }], pools: { one: { MAXSIZE: 3 } } };
    const before = structuredClone(tree);
    expect(treeOf(tree)).toEqual({
      host: 'h',
      pool: { maxSize: 1 },
      list: [{ maxSize: 2 }],
      pools: { one: { maxSize: 3 } },
    });
    expect(tree).toEqual(before);
  });

  it('copies only the items of a list that are changed', () => {
    const list = [{ maxSize: 1 }, { 'max-size': 2 }, { maxSize: 3 }];
    const after = treeOf({ list })['list'] as readonly unknown[];
    expect(after).toEqual([{ maxSize: 1 }, { maxSize: 2 }, { maxSize: 3 }]);
    expect([after[0] === list[0], after[2] === list[2]]).toEqual([true, true]);
  });

  it('reads structures that are written as text', () => {
    expect(treeOf({ pool: ' {"max-size": 1}', pools: '{"a":{"max_size":2}}', list: '[{"maxsize":3}]' })).toEqual({
      pool: { maxSize: 1 },
      pools: { a: { maxSize: 2 } },
      list: [{ maxSize: 3 }],
    });
  });

  it('leaves other texts to binding', () => {
    const tree = { pool: 'text', pools: '[1]', list: '{"a":1}', names: 'a,b', free: '{"a":1}', host: '{', since: 'x' };
    expect(treeOf(tree)).toBe(tree);
    expect(treeOf({ pool: '{"a":' })).toEqual({ pool: '{"a":' });
  });

  it('drops the empty strings of variables where they say nothing', () => {
    const ofVariables = (tree: ConfigMap): ConfigMap => {
      const { tree: after, issues } = normalised(tree, { kind: 'environment' });
      expect(issues).toEqual([]);
      return after;
    };
    expect(ofVariables({ port: '', since: '', pool: ' ', list: '', pools: '', names: '', added: '' })).toEqual({});
    expect(ofVariables({ port: ' ', host: '', free: '' })).toEqual({ port: ' ', host: '', free: '' });
    expect(ofVariables({ hostname: '' })).toEqual({ host: '' });
  });

  it('takes the empty strings of a file for slips, but for texts', () => {
    const { tree, issues } = normalised({
      port: '',
      'SIN-CE': '',
      pool: ' ',
      more: '',
      hostname: '',
      pools: { a: '' },
    });
    expect(tree).toEqual({ host: '', pools: {} });
    expect(issues.map(({ code, path, origin }) => [code, path.join('.'), origin?.key])).toEqual([
      ['empty-string', 'port', 'port'],
      ['empty-string', 'since', 'SIN-CE'],
      ['empty-string', 'pool', 'pool'],
      ['empty-string', 'added', 'more'],
      ['empty-string', 'pools.a', 'pools.a'],
    ]);
    expect(issues[0]).toMatchObject({
      message: 'is an empty string, which only a string field may be',
      hint: 'Write a value, or remove the key to keep the value of lower sources or the class.',
    });
  });

  it('keeps the text of an empty list or map, which takes the place of what lower layers say', () => {
    const tree = { list: '[]', pools: ' {}', added: '[]', names: '[ ]' };
    expect(treeOf(tree)).toBe(tree);
    expect(treeOf({ pool: '{}' })).toEqual({ pool: {} });
  });

  it('reads the items of a list that is to be merged, from whatever text', () => {
    expect(treeOf({ added: 'a, b', names: 'a, b' })).toEqual({ added: ['a', 'b'], names: 'a, b' });
    expect(treeOf({ more: 'a' })).toEqual({ added: ['a'] });
    expect(treeOf({ added: '["a"]' })).toEqual({ added: ['a'] });
    for (const added of [{ a: 1 }, ['a'], 5, null]) {
      const tree = { added };
      expect(treeOf(tree)).toBe(tree);
    }
    expect(treeOf({ added: 'a,,b' })).toEqual({ added: 'a,,b' });
    expect(treeOf({ added: '${names}, c' })).toEqual({ added: '${names}, c' });
  });

  it('takes single values and instances as they are', () => {
    const tree = { since: new Date(0), pool: new PoolSettings(), free: null, host: null, port: 1n, names: UNSET };
    expect(treeOf(tree)).toBe(tree);
  });
});

describe('an instance in a layer', () => {
  it('is not looked into', () => {
    const pool = Object.assign(new PoolSettings(), { 'max-size': '${x}', constructor: 1 });
    const { tree, holdsReferences, unknownKeys, issues } = normalised({ pool, free: { pool } });
    expect([tree['pool'], holdsReferences, unknownKeys, issues]).toEqual([pool, false, [], []]);
    expect(tree['pool']).toBe(pool);
  });
});

describe('references in a layer', () => {
  it.each<[string, ConfigMap]>([
    ['in a field', { host: '${a}' }],
    ['in a number', { port: '${a}' }],
    ['in another spelling', { hostname: 'x${a}' }],
    ['in an open structure', { free: { a: ['${b}'] } }],
    ['in a list', { names: ['${a}'] }],
    ['instead of a structure', { pool: '${a}' }],
    ['in a structure written as text', { pool: '{"maxSize":"${a}"}' }],
    ['in an unknown key', { other: '${a}' }],
  ])('are seen %s', (_, tree) => {
    expect(normalised(tree).holdsReferences).toBe(true);
    expect(normalised(tree, { references: false }).holdsReferences).toBe(false);
  });

  it('are not seen where there are none', () => {
    const { holdsReferences, holdsUnset } = normalised({ host: '$a {b}', free: { a: ['x'] }, names: ['y'] });
    expect([holdsReferences, holdsUnset]).toEqual([false, false]);
  });
});

describe('unset tokens in a layer', () => {
  it.each<[string, ConfigMap, ConfigMap]>([
    ['of a field', { host: { $unset: true } }, { host: UNSET }],
    ['of a section', { pool: { $unset: true } }, { pool: UNSET }],
    ['of an entry', { pools: { a: { $unset: true } } }, { pools: { a: UNSET } }],
    ['as the symbol', { free: { a: UNSET } }, { free: { a: UNSET } }],
    ['in JSON text', { pool: '{"$unset":true}' }, { pool: UNSET }],
  ])('are seen %s', (_, tree, after) => {
    const { holdsUnset, tree: read } = normalised(tree);
    expect([holdsUnset, read]).toEqual([true, after]);
  });

  it.each<[string, ConfigMap]>([
    ['another value', { free: { $unset: false } }],
    ['a text', { free: { $unset: 'true' } }],
    ['more than the token', { free: { $unset: true, a: 1 } }],
    ['an empty map', { free: {} }],
  ])('are not %s', (_, tree) => {
    expect(normalised(tree)).toMatchObject({ holdsUnset: false, tree });
  });
});

describe('what is wrong with keys', () => {
  const locate: NonNullable<LayerOptions['locate']> = (path) => ({
    kind: 'file',
    source: 'value',
    key: path.join('/'),
  });
  const placed: Partial<LayerOptions> = {
    locate,
    locateKey: (path) => ({ kind: 'file', source: 'key', key: path.join('/') }),
  };
  const EVIL = JSON.parse('{"a":1,"__proto__":{"b":1}}') as ConfigMap;

  it('stands where the key does, spelled as in its source', () => {
    const tree = { free: EVIL, pools: { Big: { 'max-siz': 1 } }, hostname: 'a', host: 'b' };
    const { issues, unknownKeys } = normalised(tree, placed);
    expect(unknownKeys).toEqual([
      {
        code: 'unknown-key',
        path: ['pools', 'Big', 'max-siz'],
        message: 'is not a known key',
        nearest: ['pools', 'Big', 'maxSize'],
        origin: { kind: 'file', source: 'key', key: 'pools/Big/max-siz' },
      },
    ]);
    expect(issues).toEqual([
      {
        code: 'forbidden-key',
        path: ['free', '__proto__'],
        message: 'the key "__proto__" is reserved',
        origin: { kind: 'file', source: 'key', key: 'free/__proto__' },
        hint: 'Rename it.',
      },
      {
        code: 'duplicate-key',
        path: ['hostname'],
        message: 'is written twice, as "host" and as "hostname"',
        origin: { kind: 'file', source: 'key', key: 'hostname' },
        hint: 'Keep one of them.',
      },
    ]);
  });

  it('stands where the value does when the source knows no better', () => {
    const { unknownKeys } = normalised({ Pool: { other: 1 } }, { locate });
    expect(unknownKeys).toMatchObject([{ path: ['pool', 'other'], origin: { source: 'value', key: 'Pool/other' } }]);
  });

  it('is told of a key in two other spellings, too', () => {
    const { issues, tree } = normalised({ pool: { max_size: 1, 'max-size': 2 } });
    expect(issues.map(({ message }) => message)).toEqual(['is written twice, as "max_size" and as "max-size"']);
    expect(tree).toEqual({ pool: { maxSize: 2 } });
  });

  it('leaves a reserved key out of the tree, wherever it stands', () => {
    for (const [tree, after] of [
      [EVIL, { a: 1 }],
      [{ free: [EVIL] }, { free: [{ a: 1 }] }],
      [{ pools: JSON.parse('{"__proto__":{}}') as unknown }, { pools: {} }],
    ] as const) {
      const { tree: read, issues } = normalised(tree);
      expect([read, Object.keys(read), issues.map(({ code }) => code)]).toEqual([
        after,
        Object.keys(after),
        ['forbidden-key'],
      ]);
    }
  });

  it('is not looked for in an unknown key, but for what could reach a prototype', () => {
    const { tree, unknownKeys, issues } = normalised({ other: { Any: 1, sub: EVIL } });
    expect(tree).toEqual({ other: { Any: 1, sub: { a: 1 } } });
    expect([unknownKeys.map(({ path }) => path), issues.map(({ path }) => path)]).toEqual([
      [['other']],
      [['other', 'sub', '__proto__']],
    ]);
  });

  it('is not told of keys that belong to somebody else', () => {
    const open: SectionNode = { kind: 'section', open: true, keys: new Map(), spellings: new Map() };
    const own = { a: { B: 1 } };
    const { tree, unknownKeys } = normaliseMap(createLayer({ name: 'file', tree: own }), own, open);
    expect([tree, unknownKeys]).toEqual([{ a: { B: 1 } }, []]);
  });
});

describe('what somebody has put on all objects of the process', () => {
  it('is no key of any map', () => {
    Object.defineProperty(Object.prototype, 'port', { value: 666, enumerable: true, configurable: true });
    try {
      const tree = { host: 'h', pool: {} };
      const found = normalised(tree);
      expect(found.tree).toBe(tree);
      expect([found.unknownKeys, found.values]).toEqual([[], 2]);
      expect(treeOf({ pool: { $unset: true } })).toEqual({ pool: UNSET });
    } finally {
      Reflect.deleteProperty(Object.prototype, 'port');
    }
  });
});

describe('a layer that is nested too deeply', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

  it('has an issue at the level that is too deep, and nothing below it', () => {
    const { issues, tree } = normalised({ free: nested(101) });
    expect(issues).toEqual([
      {
        code: 'too-deep',
        path: ['free', ...Array<string>(100).fill('a')],
        message: 'is nested more than 100 levels deep',
        origin: { kind: 'file', source: 'file', key: `free${'.a'.repeat(100)}` },
      },
    ]);
    expect(JSON.stringify(tree)).toBe(`{"free":${'{"a":'.repeat(100)}{}${'}'.repeat(101)}`);
    expect(normalised({ free: nested(100) }).issues).toEqual([]);
  });

  it('is one as well where lists are nested', () => {
    const lists = (levels: number): unknown => (levels === 0 ? 1 : [lists(levels - 1)]);
    expect(normalised({ free: lists(101) }).issues.map(({ code }) => code)).toEqual(['too-deep']);
    expect(normalised({ free: lists(100) }).issues).toEqual([]);
  });
});
