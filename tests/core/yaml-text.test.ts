import { describe, expect, it } from '@jest/globals';
import fc, { anyCharacter } from '../fast-check.js';
import { load } from 'js-yaml';
import { yamlText } from '../../src/core/index.js';

const scalars = [
  fc.string(),
  fc.string({ unit: anyCharacter }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
];
const words = fc.constantFrom(
  'yes',
  'No',
  'null',
  '~',
  '1',
  '0x1',
  '1e3',
  '2026-01-01',
  'a: b',
  'a #b',
  '- a',
  'https://x/y',
  '',
);

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(...scalars, words, fc.constant(null)),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(words, fc.string()).filter((key) => key !== '__proto__'),
      tie('tree'),
      { maxKeys: 4 },
    ),
  ),
}));

describe('yamlText', () => {
  it('reads back as what it was made from', () => {
    fc.assert(
      fc.property(tree, (value) => {
        // JSON has no -0, and no map without a prototype.
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(load(yamlText(plain))).toEqual(plain);
      }),
    );
  });

  it('puts the first key of an item behind its dash', () => {
    expect(yamlText({ a: [{ b: 1, c: [] }, [2, 3]], d: {} })).toBe(
      'a:\n  - b: 1\n    c: []\n  - - 2\n    - 3\nd: {}\n',
    );
  });

  it('leaves plain what nobody could take for something else', () => {
    expect(yamlText({ a: 'text', b: 'config/app.yaml', c: 'http://x', d: 'on', e: 12n, f: Infinity })).toBe(
      'a: text\nb: config/app.yaml\nc: http://x\nd: "on"\ne: 12\nf: "Infinity"\n',
    );
  });
});
