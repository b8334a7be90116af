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

  it('is read by dotenv as it was meant', () => {
    const text = fc.string().filter((value) => !/["\\`\r]/.test(value) || !value.includes("'"));
    fc.assert(
      fc.property(text, (value) => {
        fc.pre(!value.includes('\r'));
        expect(parse(lines(value))).toEqual({ A_B: value });
      }),
    );
  });
});
