import { describe, expect, it } from '@jest/globals';
import { createLayer, originAtPath, UNRESOLVED, UNSET, type ConfigMap } from '../../../src/core/index.js';
import { snapshotLayer } from '../../../src/runtime/recovery/take-snapshot.js';
import { sourceKeys } from '../../../src/runtime/recovery/source-answer.js';
import { loadContext } from '../../sources/file-fixtures.js';

const rules = { schema: loadContext().schema, isSecret: (path: readonly string[]) => path.includes('password') };
const kept = (tree: ConfigMap): unknown =>
  snapshotLayer({ layer: createLayer({ name: 'service', tree }), tree }, rules).tree;

describe('snapshotLayer', () => {
  it('keeps values, nested and in lists', () => {
    const tree = { a: { b: [1, 'x', { c: true }] }, d: null, e: 5n, f: new Date(0), g: UNSET, h: [], i: {} };
    expect(kept(tree)).toEqual(tree);
  });

  it('leaves out what is secret by its path, leaf by leaf', () => {
    const tree = {
      password: 'a',
      list: [{ password: 1, user: 'u' }],
      nested: { password: { old: 'b', older: ['c'] } },
    };
    expect(kept(tree)).toEqual({
      password: UNRESOLVED,
      list: [{ password: UNRESOLVED, user: 'u' }],
      nested: { password: { old: UNRESOLVED, older: [UNRESOLVED] } },
    });
  });

  it('keeps that a secret is not set', () => {
    expect(kept({ a: { password: null }, b: { password: UNSET } })).toEqual({
      a: { password: null },
      b: { password: UNSET },
    });
  });

  it('leaves out what seems secret by its text, in a URL too', () => {
    const url = 'postgres://app:hunter2@db/x';
    expect(kept({ a: url, b: new URL(url), c: 'db/x' })).toEqual({ a: UNRESOLVED, b: UNRESOLVED, c: 'db/x' });
  });

  it('leaves out what no text can hold', () => {
    expect(kept({ a: () => 1, b: /x/, c: undefined })).toEqual({ a: UNRESOLVED, b: UNRESOLVED });
  });

  it('keeps the origin of every value, and what a layer needs to be what it was', () => {
    const origin = { kind: 'file', source: 'a.yaml', key: 'a', line: 2, column: 3 } as const;
    const tree = { a: 1, b: [2] };
    const locate = (path: readonly string[]) => (path[0] === 'a' ? origin : originAtPath('file', 'a.yaml', path));
    const layer = createLayer({ name: 'a.yaml', kind: 'file', tree, references: false, folder: '/etc', locate });
    const snapshot = snapshotLayer({ layer, tree }, rules);
    expect(snapshot).toMatchObject({ name: 'a.yaml', kind: 'file', references: false, folder: '/etc' });
    expect([...snapshot.origins]).toEqual([
      ['a', origin],
      ['b.0', originAtPath('file', 'a.yaml', ['b', '0'])],
    ]);
  });

  it('leaves the origins of a very large layer out', () => {
    const tree = { list: Array.from({ length: 10_001 }, (_, index) => index) };
    expect(snapshotLayer({ layer: createLayer({ name: 'x', tree }), tree }, rules).origins.size).toBe(0);
  });
});

describe('sourceKeys', () => {
  it('tells all sources apart, by what is the same in the next process', () => {
    const load = () => ({});
    const sources = [
      { load, name: 'a', id: 'x' },
      { load, name: 'a' },
      { load, name: 'a' },
      { load },
      { load, id: 'x' },
    ];
    expect(sourceKeys(sources)).toEqual(['id:x', 'name:a', 'name:a#2', 'place:3', 'id:x#2']);
  });
});
