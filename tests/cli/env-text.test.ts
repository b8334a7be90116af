import { describe, expect, it } from '@jest/globals';
import { parse } from 'dotenv';
import fc from '../fast-check.js';
import { envText } from '../../src/cli/print-command.js';

const lines = (value: unknown): string =>
  envText([{ path: 'a.b', value, type: 'text', examples: [] }], (path) => path.join('_').toUpperCase());

describe('envText', () => {
  it.each([
    ['plain', 'A_B=plain\n'],
    ['https://x/y?z', "A_B='https://x/y?z'\n"],
    ["it's", 'A_B="it\'s"\n'],
    [`"it's"`, 'A_B=`"it\'s"`\n'],
    [12n, 'A_B=12\n'],
    [true, 'A_B=true\n'],
    [[1, 'a'], `A_B='[1,"a"]'\n`],
    [{ x: 1n }, `A_B='{"x":"1"}'\n`],
    ['', 'A_B=\n'],
    [undefined, ''],
    [null, ''],
  ])('writes %p', (value, text) => {
    expect(lines(value)).toBe(text);
  });

  it.each([
    ["it's C:\\new", "A_B=`it's C:\\new`\n"],
    ["it's $HOME", "A_B=`it's $HOME`\n"],
    ['C:\\data dir\\', 'A_B=C:\\data dir\\\n'],
    ['two\r\nlines', 'A_B="two\\r\nlines"\n'],
    [{ x: `it's \`\\` }, 'A_B=\'{"x":"it\\u0027s `\\\\"}\'\n'],
    ['"it\'s" `x`', '# A_B has a value that no quotes of such a file can hold.\n'],
    ['#\\', '# A_B has a value that no quotes of such a file can hold.\n'],
  ])('writes %p so that it is read as it was meant, or not at all', (value, text) => {
    expect(lines(value)).toBe(text);
  });

  it('is read by dotenv as it was meant, whatever stands on the next lines', () => {
    const parts = fc.constantFrom('a', "'", '"', '`', '\\', '\n', '\r', '#', ' ', '$', '\\n');
    const text = fc.oneof(
      fc.string(),
      fc.array(parts, { maxLength: 8 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        const read = parse(lines(one) + lines(other).replace('A_B', 'C_D'));
        const held = Object.entries({ A_B: one, C_D: other }).filter(([, value]) => !lines(value).startsWith('#'));
        expect(read).toEqual(Object.fromEntries(held));
      }),
    );
  });

  it('needs no other quotes for lists and maps', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.array(fc.string())), (value) => {
        expect(JSON.parse(parse(lines(value))['A_B'] ?? '')).toEqual(value);
      }),
    );
  });
});
