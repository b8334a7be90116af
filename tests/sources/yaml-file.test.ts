import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { dump } from 'js-yaml';
import { UNSET, formatPlace } from '../../src/core/index.js';
import { yamlFile } from '../../src/sources/index.js';
import { parseFileText } from '../../src/sources/format/file-parse.js';
import { yamlFormat } from '../../src/sources/format/yaml-format.js';
import { failureOf, layerOf, temporaryFolder } from './file-fixtures.js';

const parse = (text: string) => parseFileText('app.yaml', text, yamlFormat);

describe('yamlFile', () => {
  it('makes one layer of a file, with the place of each value', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'database:\n  host: db\n  port: 5432\n' });
    const path = join(folder, 'app.yaml');
    const layer = await layerOf(yamlFile(path));
    expect(layer).toMatchObject({ name: path, kind: 'file', folder, tree: { database: { host: 'db', port: 5432 } } });
    expect(formatPlace(layer.locate(['database', 'port']))).toBe(`${path}:3:9`);
  });

  it('has an id that is equal for equal arguments only', () => {
    expect(yamlFile('app.yaml').id).toBe(yamlFile('app.yaml').id);
    expect(yamlFile('app.yaml').id).not.toBe(yamlFile('app.yaml', { references: false }).id);
  });

  it('passes on whether ${…} are references', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1' });
    expect((await layerOf(yamlFile(join(folder, 'app.yaml'), { references: false }))).references).toBe(false);
  });
});

describe('the YAML format', () => {
  it.each(['', '# nothing\n', '---\n', 'null\n', '---\n...\n'])('takes %j for no settings', async (text) => {
    const { tree, locate } = await parse(text);
    expect(tree).toEqual({});
    expect(locate(['a'])).toMatchObject({ line: 1, column: 1 });
  });

  it('reads the core schema: what YAML 1.1 took for booleans, octals and dates stays text', async () => {
    const text =
      'a: on\nb: off\nc: yes\nd: no\ne: 1_000\nf: 0o17\ng: 2001-01-01\nh: .nan\ni: 0x1F\nj: ~\nk: -0\nl: .inf';
    const { tree } = await parse(text);
    expect(tree).toEqual({
      a: 'on',
      b: 'off',
      c: 'yes',
      d: 'no',
      e: '1_000',
      f: 15,
      g: '2001-01-01',
      h: Number.NaN,
      i: 31,
      j: null,
      k: -0,
      l: Number.POSITIVE_INFINITY,
    });
  });

  it('keeps every digit of an integer', async () => {
    const { tree } = await parse(
      'a: 9007199254740993\nb: [-9007199254740993, 0xFFFFFFFFFFFFFFFF]\nc: 9007199254740991\nd: 1e22',
    );
    expect(tree).toEqual({
      a: 9007199254740993n,
      b: [-9007199254740993n, 18446744073709551615n],
      c: 9007199254740991,
      d: 1e22,
    });
  });

  it('reads !unset', async () => {
    expect((await parse('a: !unset\nb:\n  - !unset\n')).tree).toEqual({ a: UNSET, b: [UNSET] });
  });

  it('reads CRLF, and counts its lines once', async () => {
    const { tree, locate } = await parse('a:\r\n  b: 1\r\n  c: 2\r\n');
    expect(tree).toEqual({ a: { b: 1, c: 2 } });
    expect(locate(['a', 'c'])).toMatchObject({ line: 3, column: 6 });
  });

  it.each([
    ['- a', 'not-a-map', 'the file holds a list; settings are keys with values', 1, 1],
    ['text', 'not-a-map', 'the file holds a single value; settings are keys with values', 1, 1],
    [
      'a: 1\n---\nb: 2',
      'invalid-yaml',
      'the file holds 2 documents separated by ---; a configuration file is one',
      2,
      1,
    ],
    [
      '# c\n---\na: 1\n---\nb: 2',
      'invalid-yaml',
      'the file holds 2 documents separated by ---; a configuration file is one',
      4,
      1,
    ],
    ['a: 1\nb:\n  c: 1\n  c: 2', 'duplicate-key', 'this key is already set in the same map', 4, 3],
    ['a: {b: 1, b: 2}', 'duplicate-key', 'this key is already set in the same map', 1, 11],
    ['a: 1\n b: 2', 'invalid-yaml', 'this line is not indented like the other keys of its map', 2, 3],
    ...['a: b: c', 'a: @x', 'a: - b', 'a: "x" y'].map((text): [string, string, string, number, number] => [
      text,
      'invalid-yaml',
      'this cannot follow on the same line; a string with ": " in it, or that begins with a sign, must be in quotes',
      1,
      Math.max(4, text.indexOf(':', 2) + 1, text.indexOf('y') + 1),
    ]),
    [
      'a:\n  b: [1\nc: 2',
      'invalid-yaml',
      'a {, [ or quoted string that began before is not closed, or continues here without being indented more than its key',
      3,
      1,
    ],
    [
      'a:\n  b: [\n    1,\n  2\n  ]',
      'invalid-yaml',
      'a {, [ or quoted string that began before is not closed, or continues here without being indented more than its key',
      4,
      3,
    ],
    [
      'a: *',
      'invalid-yaml',
      'an anchor or alias needs a name; a string that begins with & or * must be in quotes',
      1,
      5,
    ],
    ['a: |x', 'invalid-yaml', 'nothing but a comment may follow | or > on its line', 1, 5],
    ['a: [1', 'invalid-yaml', 'a { or [ is not closed', 1, 6],
    ['a: "x', 'invalid-yaml', 'a quoted text is not closed', 1, 6],
    ['a: "\\q"', 'invalid-yaml', 'a backslash starts no known escape here; write \\\\ for a backslash', 1, 6],
    ['a: *x', 'invalid-yaml', 'no anchor (&name) before this alias (*name) has its name', 1, 5],
    ['a: &x &y 1', 'invalid-yaml', 'a value has one anchor and one tag at most', 1, 7],
    [
      'a: [\n  1\n]',
      'invalid-yaml',
      'the bracket that closes a { or [ must be indented more than the key of the { or [',
      3,
      1,
    ],
    ...(
      [
        ['a: 1\nport: {{ .Values.port }}', 2, 7],
        ['a: 1\nname: {{ x }}-s', 2, 7],
        ['a: {{- include "x" . }}', 1, 4],
        ['a:\n{{- if .x }}\n  b: 1\n{{- end }}', 2, 1],
        ['a: {% x %}', 1, 4],
        ['- {{ x }}', 1, 3],
      ] as const
    ).map(([text, line, column]): [string, string, string, number, number] => [
      text,
      'invalid-yaml',
      'this looks like a template that has not been filled in; to keep it as a text, put the whole value in quotes',
      line,
      column,
    ]),
    ['{a: {b: 1}: 2}', 'invalid-yaml', 'expected "," between the items of a { } or [ ]', 1, 11],
    ['a: 1\n? {b: 1}\n: 2', 'invalid-yaml', 'a key must be a text, not a map or a list', 2, 3],
    ['? [a]\n: b', 'invalid-yaml', 'a key must be a text, not a map or a list', 1, 3],
    ['a: \0', 'invalid-yaml', 'the file contains a NUL character', 1, 4],
    ['a: !unset x', 'invalid-yaml', 'this value does not fit its tag; !unset takes no value', 1, 4],
    [
      'a: !!js/function "x"',
      'unknown-tag',
      'this tag is not known; only !unset and the tags of the core schema, such as !!str, are',
      1,
      4,
    ],
    [
      'a: !!python/object:os.system {}',
      'unknown-tag',
      'this tag is not known; only !unset and the tags of the core schema, such as !!str, are',
      1,
      4,
    ],
    [
      'a: !secret [1]',
      'unknown-tag',
      'this tag is not known; only !unset and the tags of the core schema, such as !!str, are',
      1,
      4,
    ],
    [
      'a: 1e400',
      'number-out-of-range',
      'this number is too large; the largest is about 1.8e308; a text that looks like a number, such as a commit id, goes in quotes',
      1,
      4,
    ],
    [
      'a: "\\ud800"',
      'invalid-text',
      'an escape makes half of a surrogate pair, which is no character; write both halves',
      1,
      4,
    ],
    [
      'a: &x [*x]',
      'too-deep',
      'maps and lists may be nested 100 levels deep at most, and may not contain themselves',
      1,
      8,
    ],
    ['%YAML 1.2 1.1\n---\na: 1', 'invalid-yaml', 'this is not valid YAML', 2, 1],
  ])('refuses %j: %s', async (text, code, message, line, column) => {
    const error = await failureOf(parse(text));
    expect(error).toMatchObject({ code, category: 'parse' });
    expect(error.cause).toBeUndefined();
    expect(error.issues).toMatchObject([{ code, message, origin: { kind: 'file', source: 'app.yaml', line, column } }]);
  });

  it('quotes nothing of the file', async () => {
    const error = await failureOf(parse('password: hunter2\ntoken: [hunter3\nnext: *hunter4'));
    expect(`${error.message}${error.stack ?? ''}`).not.toContain('hunter');
  });

  it('refuses too many digits', async () => {
    expect((await failureOf(parse(`a: ${'9'.repeat(1001)}`))).code).toBe('number-out-of-range');
  });

  it.each(['[', '- ', '{a: '])('refuses 20,000 levels of %j in little time', async (opening) => {
    expect((await failureOf(parse(opening.repeat(20_000)))).code).toMatch(/^(?:too-deep|invalid-yaml)$/);
  });

  it('refuses aliases that multiply to a billion values', async () => {
    let text = 'a0: &a0 [x,x,x,x,x,x,x,x,x]\n';
    for (let n = 1; n < 9; n++)
      text += `a${String(n)}: &a${String(n)} [${Array(9)
        .fill(`*a${String(n - 1)}`)
        .join(',')}]\n`;
    const error = await failureOf(parse(text));
    expect(error.code).toBe('too-many-values');
    expect(error.message).toContain('the aliases multiply to too many values');
  });

  it('refuses a merge list of 4,000 aliases', async () => {
    const text = `a: &a {k: 1}\nb: {<<: [${Array(4000).fill('*a').join(', ')}]}`;
    const error = await failureOf(parse(text));
    expect(error.code).toBe('too-many-values');
    expect(error.message).toContain('a merge key (<<) may name 100 maps at most');
  });

  it('refuses merge keys that copy millions of keys', async () => {
    const keys = Array.from({ length: 1000 }, (_, n) => `  k${String(n)}: 1\n`).join('');
    const error = await failureOf(parse(`a: &a\n${keys}b:\n${'  - {<<: *a}\n'.repeat(1000)}`));
    expect(error.code).toBe('too-many-values');
    expect(error.message).toContain('the merge keys (<<) bring in too many keys');
  });

  it('takes a text of 10 MB', async () => {
    expect((await parse(`a: ${'x'.repeat(10_000_000)}`)).tree['a']).toHaveLength(10_000_000);
  });

  it.each([
    '<<: {__proto__: {polluted: 1}}',
    'b: &b {__proto__: {polluted: 1}}\nc: {<<: *b}',
    '__proto__: {polluted: 1}',
    'constructor: {prototype: {polluted: 1}}',
  ])('touches no prototype with %j', async (text) => {
    const { tree } = await parse(text);
    expect(JSON.stringify(tree)).toContain('"polluted":1');
    expect({}).not.toHaveProperty('polluted');
    expect(Object.getPrototypeOf(tree)).toBe(Object.prototype);
  });
});

describe('the keys of YAML', () => {
  it('are as they are written', async () => {
    const text = '1.10: a\n007: b\n0x10: c\n1e3: d\nTrue: e\n~: f\nmap: {1_0: g, .5: h}\n"1.0": i\n1: j';
    const { tree } = await parse(text);
    expect(Object.entries(tree)).toEqual(
      expect.arrayContaining([
        ['1.10', 'a'],
        ['007', 'b'],
        ['0x10', 'c'],
        ['1e3', 'd'],
        ['True', 'e'],
        ['~', 'f'],
        ['map', { '1_0': 'g', '.5': 'h' }],
        ['1.0', 'i'],
        ['1', 'j'],
      ]),
    );
  });

  it('have their place where they are an alias', async () => {
    const { tree, locate } = await parse('a: &n name\nb:\n  *n : value\n  other: 1\nc: &port 0x10\nd: {*port : 2}');
    expect(tree).toEqual({ a: 'name', b: { name: 'value', other: 1 }, c: 16, d: { '16': 2 } });
    expect([locate(['b', 'name']), locate(['d', '16'])].map(formatPlace)).toEqual(['app.yaml:3:8', 'app.yaml:6:13']);
  });

  it('are values as before where they are none', async () => {
    expect((await parse('a: 1.10\nb: [007, {c: 0x10}]\nd: &x 7\ne: *x\n<<: {f: 1}')).tree).toEqual({
      a: 1.1,
      b: [7, { c: 16 }],
      d: 7,
      e: 7,
      f: 1,
    });
  });
});

describe('places in YAML', () => {
  const text = [
    'plain: a', //                 1
    "single: 'b'", //            2
    'double: "c"', //              3
    'literal: |', //               4
    '  d', //                      5
    'below:', //                   6
    '  e', //                      7
    'tagged: !!str 5', //          8
    'base: &base {x: 1, y: 2}', // 9
    'copy: *base', //             10
    'merged:', //                 11
    '  <<: *base', //             12
    '  y: 3', //                  13
    'empty:', //                  14
    'list:', //                   15
    '  - f', //                   16
    '  - - g', //                 17
    '0x10: h', //                 18
    'many: {<<: [*base, {z: 1}]}', // 19
    'none: !unset', //            20
  ].join('\n');

  it.each([
    ['plain', '1:8'],
    ['single', '2:9'],
    ['double', '3:9'],
    ['literal', '5:3'],
    ['below', '7:3'],
    ['tagged', '8:15'],
    ['copy', '10:7'],
    ['copy.x', '9:17'],
    ['merged', '12:3'],
    ['merged.x', '9:17'],
    ['merged.y', '13:6'],
    ['empty', '14:1'],
    ['list.0', '16:5'],
    ['list.1.0', '17:7'],
    ['0x10', '18:7'],
    ['many.x', '9:17'],
    ['many.z', '19:24'],
    ['none', '20:7'],
    ['missing.key', '1:1'],
    ['list.7', '16:3'],
  ])('%s stands at %s', async (path, place) => {
    const { locate } = await parse(text);
    expect(formatPlace(locate(path.split('.')))).toBe(`app.yaml:${place}`);
  });

  const leaf = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.string(),
    fc.constantFrom('a: b', '- x', '#', 'two\nlines', ' x '),
  );
  const name = fc.oneof(fc.string({ minLength: 1, maxLength: 4 }), fc.constantFrom('a', '1', 'true', '<<', 'x y'));
  const { document } = fc.letrec<{ value: unknown; document: Record<string, unknown> }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value'), { minLength: 1, maxLength: 3 }), tie('document')),
    document: fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  }));
  const style = fc.record({
    indent: fc.integer({ min: 1, max: 4 }),
    flowLevel: fc.integer({ min: -1, max: 3 }),
    lineWidth: fc.constantFrom(-1, 20, 80),
    quoteStyle: fc.constantFrom('single' as const, 'double' as const),
    forceQuotes: fc.boolean(),
    seqNoIndent: fc.boolean(),
    noRefs: fc.constant(true),
  });

  it('are where each value starts, in every style of writing', async () => {
    await fc.assert(
      fc.asyncProperty(document, style, async (values, options) => {
        const written = dump(values, options);
        const { tree, locate } = await parse(written);
        const lines = written.split('\n');
        for (const [path, value] of leaves(tree)) {
          const { line = 0, column = 0 } = locate(path);
          const rest = [lines[line - 1]?.slice(column - 1) ?? ''].concat(lines.slice(line)).join('\n');
          expect(startsWithValue(rest, value)).toBe(true);
        }
      }),
    );
  });
});

// A quoted text starts with its quote, any other value with its own first character.
function startsWithValue(rest: string, value: unknown): boolean {
  const text = String(value);
  return rest.startsWith('"') || rest.startsWith("'") || rest.startsWith(text.trimStart().slice(0, 1));
}

function leaves(node: unknown, path: readonly string[] = []): (readonly [readonly string[], unknown])[] {
  if (typeof node !== 'object' || node === null) return [[path, node]];
  const entries: [string, unknown][] = Object.entries(node);
  return entries.flatMap(([name, value]) => leaves(value, [...path, name]));
}
