import { describe, expect, it } from '@jest/globals';
import { parse } from 'dotenv';
import fc from '../fast-check.js';
import { readEnvFileLines } from '../../src/sources/names/env-file-keys.js';

function places(text: string): readonly string[] {
  return readEnvFileLines(text).keys.map(({ name, line, column }) => `${name}:${String(line)}:${String(column)}`);
}

describe('readEnvFileLines', () => {
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

  it.each<[string, string, number[]]>([
    ['words, and names that cannot be', '# c\nA=1\nhello\n\n!B=1\n=1\nC 5', [3, 5, 6, 7]],
    ['a mark of a conflict', '<<<<<<< HEAD\nA=1\n=======\nA=2', [1, 3]],
    ['what follows a quote that never ends', 'A="x\nmore\nB=1', [2]],
    ['none where a value has several lines', 'A="x\nmore # y"\n  # c\nexport B=', []],
    ['a last line of blanks', 'A=1\n  ', []],
  ])('tells lines that assign nothing: %s', (_, text, strays) => {
    expect(readEnvFileLines(text).strays).toEqual(strays);
  });

  it('tells the first hundred of them', () => {
    expect(readEnvFileLines('x\n'.repeat(101)).strays).toHaveLength(100);
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
        const names = new Set(readEnvFileLines(text).keys.map(({ name }) => name));
        names.delete('__proto__');
        expect([...names].sort()).toEqual(Object.keys(parse(text)).sort());
      }),
    );
  });

  it('ends soon on a large file of unfinished quotes', () => {
    expect(readEnvFileLines('A="\\"\n'.repeat(50_000)).keys.length).toBeGreaterThan(0);
  });
});
