import { describe, expect, it } from '@jest/globals';
import { fileReferences } from '../../../src/core/index.js';

const everywhere = (): boolean => true;

describe('fileReferences', () => {
  it('finds the files of all texts, with the place of each text', () => {
    const tree = { a: '${file:one}', b: [{ c: 'x${file:two}y${file:three}' }], d: 1, e: 'plain', f: null };
    expect(fileReferences(tree, [], everywhere)).toEqual([
      { name: 'one', at: ['a'] },
      { name: 'two', at: ['b', '0', 'c'] },
      { name: 'three', at: ['b', '0', 'c'] },
    ]);
  });

  it('finds those in fallbacks', () => {
    expect(fileReferences({ a: '${x:-y${file:one:-${file:two}}}' }, [], everywhere)).toEqual([
      { name: 'one', at: ['a'] },
      { name: 'two', at: ['a'] },
    ]);
  });

  it('finds none in what is no reference to a file, or cannot be read', () => {
    expect(
      fileReferences({ a: '${env:one}', b: '${file}', c: '$${file:two}', d: '${file:three' }, [], everywhere),
    ).toEqual([]);
  });

  it('finds none in texts whose source takes them literally', () => {
    const tree = { a: '${file:one}', b: '${file:two}' };
    expect(fileReferences(tree, [], (path) => path[0] === 'b')).toEqual([{ name: 'two', at: ['b'] }]);
  });

  it('does not look into value objects', () => {
    class Held {
      readonly text = '${file:one}';
    }
    expect(fileReferences({ held: new Held() }, [], everywhere)).toEqual([]);
  });

  it('asks about texts with references only', () => {
    const asked: string[] = [];
    fileReferences({ a: 'plain', b: '${x}' }, [], (path) => {
      asked.push(path.join('.'));
      return true;
    });
    expect(asked).toEqual(['b']);
  });
});
