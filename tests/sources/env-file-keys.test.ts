import { describe, expect, it } from '@jest/globals';
import { parse } from 'dotenv';
import fc from '../fast-check.js';
import { findEnvFileKeys } from '../../src/sources/env-file-keys.js';

function places(text: string): readonly string[] {
  return findEnvFileKeys(text).map(({ name, line, column }) => `${name}:${String(line)}:${String(column)}`);
}

describe('findEnvFileKeys', () => {
  it.each([
    ['plain assignments', 'A=1\nB = 2\n\n  C=3', ['A:1:1', 'B:2:1', 'C:4:3']],
    ['export in front', 'export A=1\n\texport  B=2', ['A:1:8', 'B:2:10']],
    ['a colon', 'A: 1', ['A:1:1']],
    ['comments', '# A=1\nB=2 # C=3', ['B:2:1']],
    ['quoted values over several lines', 'A="x\nX=1\ny"\nB=\'\n\'\nC=`\n`\nD=1', ['A:1:1', 'B:4:1', 'C:6:1', 'D:8:1']],
    ['escaped quotes', 'A="x\\"\nX=1"\nB=1', ['A:1:1', 'B:3:1']],
    ['a quote that never ends', 'A="x\nB=1', ['A:1:1', 'B:2:1']],
    ['an empty value', 'A=\nB=1', ['A:1:1', 'B:2:1']],
    ['line ends of Windows and of old', 'A=1\r\nB=2\rC=3', ['A:1:1', 'B:2:1', 'C:3:1']],
    ['repeated keys', 'A=1\nA=2', ['A:1:1', 'A:2:1']],
    ['a key that dotenv drops', '__proto__=1', ['__proto__:1:1']],
    ['lines that assign nothing', 'hello\n!A=1\n=1', []],
  ])('reads %s', (_, text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it('finds the keys that dotenv finds, in any text', () => {
    const part = fc.constantFrom(
      ...Array.from('A=:# \n"\'`\\x1\t-.'),
      'B_C',
      '\r\n',
      'export ',
      'K=',
      'K="',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 16 }), (parts) => {
        const text = parts.join('');
        const names = new Set(findEnvFileKeys(text).map(({ name }) => name));
        names.delete('__proto__');
        expect([...names].sort()).toEqual(Object.keys(parse(text)).sort());
      }),
    );
  });

  it('ends soon on a large file of unfinished quotes', () => {
    expect(findEnvFileKeys('A="\\"\n'.repeat(50_000)).length).toBeGreaterThan(0);
  });
});
