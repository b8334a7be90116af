import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { PROOF_RUNS } from '../proof-runs.js';
import { parseFileText } from '../../src/sources/file-parse.js';
import { jsonFormat, jsonWithCommentsFormat } from '../../src/sources/json-format.js';
import { edits, parseAgainAndAnew } from './edits.js';

const KEYS = ['a', 'b', 'c', '__proto__', 'a"b\\', 'ö', 'x:y', '$import'] as const;

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(0, -1.5e300, 'text', 'a"}b\\', '{"c":1}', '😀', 'k: v', true, null, '', 90071992547409),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('map'),
  ),
  map: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 5 }),
}));

/** Mostly what may stand somewhere in JSON, so that many edits leave a valid text. */
const SNIPPETS = [
  ...['', '', '1', '0', '9', ' ', '\n', 'x', 'true', '"', '\\', ',', ':', '{', '}', '[', ']', '"a"', '{}', '[1, 2]'],
  ...['"a": 1, ', ', "b": 2', '/* c */', '// c\n', '"\\ud83d"', '99999999999999999999', '1e999', '{"a": 1, "a": 2}'],
];

describe('a JSON text that is parsed again after an edit', () => {
  it.each([jsonFormat, jsonWithCommentsFormat])(
    'holds and reports what it would if it had never been parsed before ($name)',
    async (format) => {
      let all = 0;
      await fc.assert(
        fc.asyncProperty(json.map, fc.constantFrom(0, 2), edits(SNIPPETS), async (map, indent, steps) => {
          const { again, anew, shared } = await parseAgainAndAnew(format, JSON.stringify(map, null, indent), steps);
          expect(again).toEqual(anew);
          all += shared;
        }),
      );
      // It would all hold for a parser that never shares anything.
      expect(all).toBeGreaterThan(PROOF_RUNS / 20);
    },
    60_000,
  );

  it('shares everything but the value that was edited', async () => {
    const text = '{ "a": { "x": 1 }, "b": { "y": 2 }, "c": [3] }';
    const before = await parseFileText('app.json', text, jsonFormat);
    const longer = await parseFileText('app.json', text.replace('1', '1000'), jsonFormat, before);
    const after = await parseFileText('app.json', text.replace('1', '1000').replace('3', '4'), jsonFormat, longer);
    expect(after.tree).toEqual({ a: { x: 1000 }, b: { y: 2 }, c: [4] });
    expect([longer.tree['b'], longer.tree['c'], after.tree['a'], after.tree['b']]).toEqual([
      before.tree['b'],
      before.tree['c'],
      longer.tree['a'],
      before.tree['b'],
    ]);
    expect(longer.tree['b']).toBe(before.tree['b']);
    expect(after.tree['a']).toBe(longer.tree['a']);
  });

  it('knows where a key stands after a value before it has grown', async () => {
    const before = await parseFileText('app.json', '{"a": 1, "b": 2}', jsonFormat);
    const grown = await parseFileText('app.json', '{"a": 1000000000, "b": 2}', jsonFormat, before);
    expect(grown.again('{"a": 1000000000, "c": 2}')).toBeUndefined();
    expect(grown.again('{"a": 1000000000, "b": 3}')?.root).toEqual({ a: 1_000_000_000, b: 3 });
  });

  it.each([
    ['another key', '{"a": 1, "b": 2}', '{"a": 1, "c": 2}'],
    ['one key more', '{"a": 1}', '{"a": 1, "b": 2}'],
    ['a key put into a value', '{"a": 1}', '{"a": 1, "a": 2}'],
    ['edits in two values', '{"a": 1, "b": 2}', '{"a": 3, "b": 4}'],
    ['a mistake', '{"a": 1}', '{"a": }'],
    ['a key that is written twice', '{"a": {"x": 1, "y": 2}}', '{"a": {"x": 1, "x": 2}}'],
    ['nothing at all', '{"a": 1}', ''],
  ])('leaves %s to the parser', async (_, text, next) => {
    const before = await parseFileText('app.json', text, jsonFormat);
    expect(before.again(next)).toBeUndefined();
  });
});
