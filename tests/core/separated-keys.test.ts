import { describe, expect, it } from '@jest/globals';
import { type ConfigPath, onlySeparatedKeys, type SectionNode, separatedKeys } from '../../src/core/index.js';
import { leaf, section } from '../sources/schema-of.js';

const schema = section({
  db: section({ port: leaf('integer'), pool: section({ maxSize: leaf('integer') }) }),
  dbPort: leaf('integer'),
});

describe('keys that are run together', () => {
  it.each<[string, ConfigPath | undefined]>([
    ['dbpoolmaxsize', ['db', 'pool', 'maxSize']],
    ['dbpool', ['db', 'pool']],
    ['dbpools', undefined],
    ['', undefined],
  ])('of %s are %j', (folded, path) => {
    expect(separatedKeys(folded, schema)).toEqual(path);
  });

  it('are known only where one field can be meant', () => {
    expect([onlySeparatedKeys('dbport', schema), onlySeparatedKeys('dbpoolmaxsize', schema)]).toEqual([
      undefined,
      ['db', 'pool', 'maxSize'],
    ]);
  });

  it('are given up where they can be cut in too many ways', () => {
    const keys = new Map<string, SectionNode['keys'] extends ReadonlyMap<string, infer K> ? K : never>();
    const endless: SectionNode = {
      kind: 'section',
      keys,
      spellings: new Map(['a', 'aa'].map((key) => [key, key])),
      open: false,
    };
    for (const name of ['a', 'aa']) keys.set(name, { name, node: endless, aliases: [], envNames: [], secret: false });
    expect(separatedKeys(`${'a'.repeat(400)}b`, endless)).toBeUndefined();
  });
});
