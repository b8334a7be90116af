import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { canonicalKey } from '../../src/binding/plan/canonical-path.js';
import { canonicalPath, planOf, sourcePath } from '../../src/binding/index.js';
import { childNode, createLayer, type SectionNode } from '../../src/core/index.js';
import { Alias, ListOf, MapOf } from '../../src/sections/index.js';

class PoolSettings {
  @IsInt() maxSize = 1;
}

class AppSettings {
  @Alias('server') @IsString() host = 'x';
  @ValidateNested() @Type(() => PoolSettings) mainPool = new PoolSettings();
  @ListOf(() => PoolSettings) list: readonly PoolSettings[] = [];
  @MapOf(() => PoolSettings) pools: Readonly<Record<string, PoolSettings>> = {};
}

const schema = (): SectionNode => planOf(AppSettings);

describe('a canonical key', () => {
  it('is the declared one for every spelling of it', () => {
    const spelled = ['mainPool', 'main-pool', 'MAIN_POOL', 'Server', 'other-key'];
    expect(spelled.map((key) => canonicalKey(key, schema()))).toEqual([
      'mainPool',
      'mainPool',
      'mainPool',
      'host',
      'other-key',
    ]);
  });

  it('is the key itself where keys are data, or nothing is known', () => {
    const pools = childNode(schema(), 'pools');
    expect([canonicalKey('main-pool', pools), canonicalKey('main-pool', undefined)]).toEqual([
      'main-pool',
      'main-pool',
    ]);
  });
});

describe('the node below a key', () => {
  it('is that of the field, or of every item', () => {
    const pool = planOf(PoolSettings);
    expect(childNode(schema(), 'mainPool')).toBe(pool);
    expect(childNode(childNode(schema(), 'list'), '7')).toBe(pool);
    expect(childNode(childNode(schema(), 'pools'), 'any')).toBe(pool);
  });

  it('is not there below a single value, an unknown key, or nothing', () => {
    const below = [childNode(childNode(schema(), 'host'), 'a'), childNode(schema(), 'a'), childNode(undefined, 'a')];
    expect(below).toEqual([undefined, undefined, undefined]);
  });
});

describe('a canonical path', () => {
  it('is spelled as declared all the way down, but for keys that are data', () => {
    expect(canonicalPath(schema(), ['MAIN-POOL', 'max_size'])).toEqual(['mainPool', 'maxSize']);
    expect(canonicalPath(schema(), ['POOLS', 'My-Pool', 'max-size'])).toEqual(['pools', 'My-Pool', 'maxSize']);
    expect(canonicalPath(schema(), ['LIST', '0', 'maxsize'])).toEqual(['list', '0', 'maxSize']);
    expect(canonicalPath(schema(), ['server', 'max-size'])).toEqual(['host', 'max-size']);
  });
});

describe('the path in the spelling of a source', () => {
  const layer = () =>
    createLayer({
      name: 'file',
      tree: {
        SERVER: 'h',
        main_pool: { 'max-size': 1 },
        list: [{ MAXSIZE: 1 }],
        pools: { 'My-Pool': { max_size: 2 } },
      },
    });

  it.each([
    [['host'], ['SERVER']],
    [['mainPool'], ['main_pool']],
    [
      ['mainPool', 'maxSize'],
      ['main_pool', 'max-size'],
    ],
    [
      ['list', '0', 'maxSize'],
      ['list', '0', 'MAXSIZE'],
    ],
    [
      ['pools', 'My-Pool', 'maxSize'],
      ['pools', 'My-Pool', 'max_size'],
    ],
  ])('of %j is %j', (path, spelled) => {
    expect(sourcePath(layer(), schema(), path)).toEqual(spelled);
  });

  it('goes as far down as the source does', () => {
    expect(sourcePath(layer(), schema(), ['mainPool', 'other', 'deeper'])).toEqual(['main_pool']);
    expect(sourcePath(layer(), schema(), ['pools', 'my-pool'])).toEqual(['pools']);
  });

  it('goes on in canonical keys below a single value', () => {
    expect(sourcePath(layer(), schema(), ['host', 'a', 'b'])).toEqual(['SERVER', 'a', 'b']);
    expect(sourcePath(layer(), schema(), ['list', '3', 'maxSize'])).toEqual(['list', '3', 'maxSize']);
  });
});
