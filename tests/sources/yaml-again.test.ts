import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { PROOF_RUNS } from '../proof-runs.js';
import { parseFileText } from '../../src/sources/file-parse.js';
import { yamlFormat } from '../../src/sources/yaml-format.js';
import { edits, parseAgainAndAnew } from './edits.js';

/** What an entry of the root may look like, its key put before it. */
const ENTRIES = [
  ...[': 1', ': text # comment', ':', ': ""', ": 'a\n\n  b'", ': "a\\\n  b"', ': a\n  b', ': !unset', ': 0x10'],
  ...[':\n  x: 1\n  y: [1, 2]', ':\n- 1\n- x: 2', ':\n  - 1\n\n  -\n    - 2', ': {x: 1,\n  y: 2}', ': [1,\n  2]'],
  ...[': |\n  a\n   b\n', ': >-\n  a\n\n', ': |+\n  a\n\n', ': |2\n   a', ' : 3', ':\n  x:\n    y: 1\n  # c', ': |\n'],
  ...[
    ': &a 1',
    ': *a',
    ':\n  <<: {x: 1}\n  y: 2',
    ': &b {x: &c 1, y: *c}',
    ': 99999999999999999999',
    ': |2-\n   a\n\n',
  ],
];
const KEYS = ['a', 'b', '"c"', "'a b'", '1', '0x10', '~', '__proto__', 'ö', '"<<"', '$import', 'a:b', '? d'];

const entry = fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...ENTRIES)).map(([key, value]) => `${key}${value}`);
const document = fc
  .tuple(
    fc.constantFrom('', '', '', '# top\n', '---\n', '%YAML 1.2\n---\n', '\n\n', '&root\n'),
    fc.uniqueArray(entry, { maxLength: 5, selector: (text) => /^[^:\s]*/.exec(text)?.[0] }),
    fc.constantFrom('\n', '\n', '\r\n', '\n\n', '\n# c\n'),
    fc.constantFrom('\n', '', '\n...\n', '\n# end'),
  )
  .map(([top, entries, between, end]) => top + entries.join(between) + end);

const SNIPPETS = [
  ...['', '', '', '1', '0', ' ', '  ', '\n', '\n ', '\n  ', '\t', '\n\t', '\r', 'x', ':', ': ', '- ', '\n- ', '"', "'"],
  ...[
    '#',
    ' # c',
    '{',
    '}',
    '[',
    ']',
    ',',
    '|',
    '>',
    '|+\n',
    '&a ',
    '&a 1',
    '*a',
    '!unset',
    '? ',
    '\n? ',
    '<<: {x: 1}',
  ],
  ...[
    '---\n',
    '\n---\n',
    '\n...\n',
    '%',
    '\nx: 2\n',
    '\n  x: 1',
    '\n  - 1',
    '\ufeff',
    '\0',
    '"\\ud83d"',
    '1e999',
    '!!str ',
  ],
];

describe('a YAML text that is parsed again after an edit', () => {
  it('holds and reports what it would if it had never been parsed before', async () => {
    let all = 0;
    await fc.assert(
      fc.asyncProperty(document, edits(SNIPPETS), async (text, steps) => {
        const readable = await parseFileText('app', text, yamlFormat).catch(() => undefined);
        fc.pre(readable !== undefined);
        const { again, anew, shared } = await parseAgainAndAnew(yamlFormat, text, steps);
        expect(again).toEqual(anew);
        all += shared;
      }),
    );
    // It would all hold for a parser that never shares anything.
    expect(all).toBeGreaterThan(PROOF_RUNS / 10);
  });

  it('shares everything but the entry that was edited', async () => {
    const text = "# top\na:\n  x: 1\nb: |\n  y\n\n'c':\n- 3\n";
    const before = await parseFileText('app.yaml', text, yamlFormat);
    const longer = await parseFileText('app.yaml', text.replace('1', '1000'), yamlFormat, before);
    const after = await parseFileText('app.yaml', text.replace('1', '1000').replace('3', '4'), yamlFormat, longer);
    expect(after.tree).toEqual({ a: { x: 1000 }, b: 'y\n', c: [4] });
    expect(longer.tree['c']).toBe(before.tree['c']);
    expect(after.tree['a']).toBe(longer.tree['a']);
  });

  it.each([
    ['another key', 'a: 1\nb: 2\n', 'a: 1\nc: 2\n'],
    ['a longer key', 'a: 1\nb: 2\n', 'a: 1\nb c: 2\n'],
    ['one key more', 'a: 1\n', 'a: 1\nb: 2\n'],
    ['edits in two entries', 'a: 1\nb: 2\n', 'a: 3\nb: 4\n'],
    ['a mistake', 'a: 1\nb: 2\n', 'a: [1\nb: 2\n'],
    ['an entry that runs into the next', 'a: 1\nb: 2\n', 'a: 1b: 2\n'],
    ['an end of the document', 'a: 1\nb: 2\n', 'a: 1\n...\nb: 2\n'],
    ['a second document', 'a: 1\nb: 2\n', 'a: 1\n---\nb: 2\n'],
    ['an entry that names another', 'a: &x 1\nb: 2\n', 'a: &x 1\nb: *x\n'],
    ['entries that name each other', 'a: &x 1\nb: *x\nc: 1\n', 'a: &x 1\nb: *x\nc: 2\n'],
    ['a merge', 'a: {x: 1}\nb: 2\n', 'a: {<<: {x: 1}}\nb: 2\n'],
    ['a document with directives', '%YAML 1.2\n---\na: 1\n', '%YAML 1.2\n---\na: 2\n'],
    ['a map within braces', '{\na: 1,\nb: 2}\n', '{\na: 3,\nb: 2}\n'],
    ['nothing at all', 'a: 1\n', ''],
  ])('leaves %s to the parser', async (_, text, next) => {
    const before = await parseFileText('app.yaml', text, yamlFormat);
    expect(before.again(next)).toBeUndefined();
  });
});
