import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { normaliseAgain } from '../../src/binding/normalise-again.js';
import { normaliseLayer, planOf, type NormalisedLayer } from '../../src/binding/index.js';
import { createLayer, UNSET, type ConfigLayer, type ConfigMap, type SectionNode } from '../../src/core/index.js';

class PoolSettings {
  @IsInt() maxSize = 1;
}

class AppSettings {
  @IsString() host = 'x';
  @ValidateNested() @Type(() => PoolSettings) mainPool = new PoolSettings();
  @ValidateNested() @Type(() => PoolSettings) sparePool = new PoolSettings();
  @ValidateNested() @Type(() => PoolSettings) otherPool = new PoolSettings();
}

const schema = (): SectionNode => planOf(AppSettings).schema;
const layerOf = (tree: ConfigMap, references = true): ConfigLayer => createLayer({ name: 'file', tree, references });
const first = (tree: ConfigMap): NormalisedLayer => normaliseLayer(layerOf(tree), schema());
const again = (before: NormalisedLayer, tree: ConfigMap, references = true): NormalisedLayer | undefined =>
  normaliseAgain(layerOf(tree, references), schema(), before);

const TREE = { host: 'h', 'main-pool': { max_size: 1 }, sparePool: { maxSize: 2 }, otherPool: { maxSize: 3 } };

describe('a layer that is normalised again', () => {
  it('comes to what it would from the start, and shares what has not changed', () => {
    const before = first(TREE);
    const tree = { ...TREE, 'main-pool': { 'max-size': 9 } };
    const after = again(before, tree);
    const { layer, ...fresh } = first(tree);
    expect(after).toMatchObject({ tree: fresh.tree, issues: [], unknownKeys: [], holdsReferences: false });
    expect(after?.tree).toEqual({
      host: 'h',
      mainPool: { maxSize: 9 },
      sparePool: { maxSize: 2 },
      otherPool: { maxSize: 3 },
    });
    expect([after?.layer.tree, layer.tree]).toEqual([tree, tree]);
    expect(after?.tree['sparePool']).toBe(before.tree['sparePool']);
    // The count of values only grows, so that changes one after the other are bounded as well.
    expect(after?.values).toBeGreaterThan(before.values);
  });

  it('leaves the earlier one as it was', () => {
    const before = first(TREE);
    again(before, { ...TREE, host: 'i' });
    expect(before.tree['host']).toBe('h');
  });

  it('says what the changed part holds, and what the earlier one held', () => {
    const plain = first(TREE);
    expect(again(plain, { ...TREE, host: '${a}' })).toMatchObject({ holdsReferences: true, holdsUnset: false });
    expect(again(plain, { ...TREE, host: UNSET })).toMatchObject({ holdsReferences: false, holdsUnset: true });
    expect(again(first({ ...TREE, host: '${a}' }), TREE)).toMatchObject({ holdsReferences: true });
    expect(again(first({ ...TREE, host: UNSET }), TREE)).toMatchObject({ holdsUnset: true });
  });

  it.each<[string, ConfigMap]>([
    ['has a key more', { ...TREE, more: 1 }],
    ['has a key less', { host: 'h', 'main-pool': { max_size: 1 }, sparePool: { maxSize: 2 } }],
    [
      'has another key',
      { host: 'h', main_pool: TREE['main-pool'], sparePool: TREE.sparePool, otherPool: TREE.otherPool },
    ],
    ['has changed in more than half', { ...TREE, host: 'i', 'main-pool': {}, sparePool: {} }],
    ['has something to report', { ...TREE, sparePool: { maxSiz: 1 } }],
    ['has a reserved key', { ...TREE, sparePool: JSON.parse('{"__proto__":{}}') as unknown }],
    ['has lost a value', { ...TREE, sparePool: '' }],
  ])('is looked at as a whole when it %s', (_, tree) => {
    expect(again(first(TREE), tree)).toBeUndefined();
  });

  it('may have changed in half of its keys', () => {
    expect(again(first(TREE), { ...TREE, host: 'i', sparePool: { maxSize: 8 } })?.tree).toMatchObject({
      host: 'i',
      sparePool: { maxSize: 8 },
    });
  });

  it('is looked at as a whole when the earlier one had something to report, or other references', () => {
    const odd = { ...TREE, more: 1 };
    expect(again(first(odd), { ...odd, host: 'i' })).toBeUndefined();
    const twice = { ...TREE, mainPool: { maxSize: 1 } };
    expect(again(first(twice), { ...twice, host: 'i' })).toBeUndefined();
    const empty = { ...TREE, otherPool: '' };
    expect(again(first(empty), { ...empty, host: 'i' })).toBeUndefined();
    expect(again(first(TREE), { ...TREE, host: 'i' }, false)).toBeUndefined();
  });

  it('is looked at as a whole when it may hold too many values', () => {
    const before = { ...first(TREE), values: 2_000_000 };
    expect(again(before, { ...TREE, host: 'i' })).toBeUndefined();
    expect(again({ ...before, values: 1_999_999 }, { ...TREE, host: 'i' })?.values).toBe(2_000_000);
  });
});
