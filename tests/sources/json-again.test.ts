import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { ConfigError } from '../../src/core/index.js';
import { parseFileText, type ParsedFile } from '../../src/sources/file-parse.js';
import { jsonFormat, jsonWithCommentsFormat } from '../../src/sources/json-format.js';

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
const snippet = fc.constantFrom(
  ...['', '', '1', '0', '9', ' ', '\n', 'x', 'true', '"', '\\', ',', ':', '{', '}', '[', ']', '"a"', '{}', '[1, 2]'],
  ...['"a": 1, ', ', "b": 2', '/* c */', '// c\n', '"\\ud83d"', '99999999999999999999', '1e999', '{"a": 1, "a": 2}'],
);

/** Replaces a stretch of the text, given in thousandths of its length. */
const edit = fc.record({ at: fc.nat(1_000), length: fc.constantFrom(0, 0, 1, 1, 2, 5, 20), text: snippet });
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;

function edited(text: string, { at, length, text: put }: Edit): string {
  const start = Math.floor((text.length * at) / 1_000);
  return text.slice(0, start) + put + text.slice(start + length);
}

async function outcomeOf(parsing: Promise<ParsedFile>): Promise<unknown> {
  try {
    const { tree, locate, locateKey } = await parsing;
    return { tree, places: pathsOf(tree, []).map((path) => [locate(path), locateKey(path)]) };
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    const { code, message, issues } = error;
    return { code, message, issues };
  }
}

function pathsOf(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

describe('a JSON text that is parsed again after an edit', () => {
  it.each([jsonFormat, jsonWithCommentsFormat])(
    'holds and reports what it would if it had never been parsed before ($name)',
    async (format) => {
      let shared = 0;
      const edits = fc.array(edit, { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(json.map, fc.constantFrom(0, 2), edits, async (map, indent, steps) => {
          let text = JSON.stringify(map, null, indent);
          let before = await parseFileText('app.json', text, format);
          for (const step of steps) {
            const next = edited(text, step);
            const again = parseFileText('app.json', next, format, before);
            const anew = parseFileText('app.json', next, format);
            expect(await outcomeOf(again)).toEqual(await outcomeOf(anew));
            // As with a file: what cannot be read is forgotten, and the next version compared with the last good one.
            const good = await again.catch(() => undefined);
            if (good === undefined) continue;
            if (before.again(next) !== undefined) shared += 1;
            [text, before] = [next, good];
          }
        }),
        { numRuns: 200 },
      );
      // It would all hold for a parser that never shares anything.
      expect(shared).toBeGreaterThan(10);
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
