import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { stringify } from 'smol-toml';
import { formatPlace } from '../../src/core/index.js';
import { tomlFile } from '../../src/sources/index.js';
import { parseFileText } from '../../src/sources/format/file-parse.js';
import { tomlFormat } from '../../src/sources/format/toml-format.js';
import { failureOf, layerOf, plain, temporaryFolder } from './file-fixtures.js';

const parse = (text: string) => parseFileText('app.toml', text, tomlFormat);

describe('tomlFile', () => {
  it('makes one layer of a file, with the place of each value', async () => {
    const folder = await temporaryFolder({ 'app.toml': '[database]\nhost = "db"\nport = 5432\n' });
    const path = join(folder, 'app.toml');
    const layer = await layerOf(tomlFile(path));
    expect(layer).toMatchObject({ name: path, kind: 'file', folder });
    expect(plain(layer.tree)).toEqual({ database: { host: 'db', port: 5432 } });
    expect(formatPlace(layer.locate(['database', 'port']))).toBe(`${path}:3:8`);
  });

  it('has an id that is equal for equal arguments only', () => {
    expect(tomlFile('app.toml').id).toBe(tomlFile('app.toml').id);
    expect(tomlFile('app.toml').id).not.toBe(tomlFile('other.toml').id);
  });
});

describe('the TOML format', () => {
  it.each(['', '# nothing\n'])('takes %j for no settings', async (text) => {
    expect(plain((await parse(text)).tree)).toEqual({});
  });

  it('makes texts of dates and times', async () => {
    const { tree } = await parse('a = 1979-05-27T07:32:00Z\nb = 1979-05-27\nc = [07:32:00]');
    expect(plain(tree)).toEqual({ a: '1979-05-27T07:32:00.000Z', b: '1979-05-27', c: ['07:32:00.000'] });
  });

  it('keeps every digit of an integer, and written infinities', async () => {
    const { tree } = await parse('a = 9007199254740993\nb = [-9007199254740993]\nc = 7\nd = inf');
    expect({ ...tree }).toEqual({ a: 9007199254740993n, b: [-9007199254740993n], c: 7, d: Number.POSITIVE_INFINITY });
  });

  it.each([
    ['a = 1\na = 2', 'duplicate-key', 'this key or table is already defined', 2, 1],
    ['[a]\r\n[a]', 'duplicate-key', 'this key or table is already defined', 2, 2],
    ['a = "x', 'invalid-toml', 'this text is not closed', 1, 5],
    ['a = b', 'invalid-toml', 'expected a value; a string must be in quotes', 1, 5],
    ['a', 'invalid-toml', 'expected "=" and a value after the key', 1, 1],
    ['a = 1 b', 'invalid-toml', 'expected the end of the line after the value', 1, 7],
    ['a = [1,', 'invalid-toml', 'this [ is not closed', 1, 5],
    ['a = "\\ud800"', 'invalid-toml', 'this escape is not known', 1, 6],
    [
      'a = "\0"',
      'invalid-toml',
      'a text or comment may not contain a control character or, in single quotes, a line break',
      1,
      6,
    ],
    [
      'a = 1e400',
      'number-out-of-range',
      'this number is too large; the largest is about 1.8e308; a text that looks like a number, such as a commit id, goes in quotes',
      1,
      5,
    ],
  ])('refuses %j: %s', async (text, code, message, line, column) => {
    const error = await failureOf(parse(text));
    expect(error).toMatchObject({ code, category: 'parse' });
    expect(error.cause).toBeUndefined();
    expect(error.issues).toMatchObject([{ code, message, origin: { kind: 'file', source: 'app.toml', line, column } }]);
  });

  it('refuses 20,000 levels, of values and of keys', async () => {
    const ofValues = await failureOf(parse(`a = ${'['.repeat(20_000)}`));
    expect(ofValues.code).toBe('too-deep');
    expect(ofValues.message).toContain('maps and lists may be nested 100 levels deep at most');
    const ofKeys = await failureOf(parse(`${'a.'.repeat(20_000)}a = 1`));
    expect(ofKeys.code).toBe('too-deep');
    expect(ofKeys.issues[0]?.origin).toMatchObject({ line: 1, column: 1 });
  });

  it('quotes nothing of the file', async () => {
    const error = await failureOf(parse('password = "hunter2"\ntoken = hunter3'));
    expect(`${error.message}${error.stack ?? ''}`).not.toContain('hunter');
  });

  it.each([
    '__proto__ = {polluted = 1}',
    '[__proto__]\npolluted = 1',
    'a.__proto__.polluted = 1',
    '[constructor.prototype]\npolluted = 1',
    '[[__proto__]]\npolluted = 1',
  ])('touches no prototype with %j', async (text) => {
    const { tree } = await parse(text);
    expect(JSON.stringify(tree)).toContain('"polluted":1');
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('dates and integers of TOML', () => {
  it.each(['2023-02-29', '2023-04-31', '2023-02-30T10:00:00Z', '1900-02-29 10:00:00', '[1, 2023-06-31]'])(
    'are refused when they do not exist: %s',
    async (written) => {
      const error = await failureOf(parse(`# dates\na.b = ${written}`));
      expect(error.code).toBe('invalid-toml');
      expect(error.issues[0]).toMatchObject({
        message: 'this day or time does not exist',
        origin: { line: 2, column: written.startsWith('[') ? 11 : 7 },
      });
    },
  );

  it.each([
    ['2024-02-29', '2024-02-29'],
    ['2000-02-29t23:59:59.5-07:00', '2000-02-29T23:59:59.500-07:00'],
    ['1979-05-27 07:32:00', '1979-05-27T07:32:00.000'],
    ['07:32:00', '07:32:00.000'],
    ['07:32', '07:32:00.000'],
  ])('are kept when they do: %s', async (written, kept) => {
    expect((await parse(`a = ${written}`)).tree).toEqual({ a: kept });
  });

  it('have 1,000 digits at most, as in JSON and YAML', async () => {
    expect((await parse(`a = ${'9'.repeat(1_000)}`)).tree).toEqual({ a: BigInt('9'.repeat(1_000)) });
    for (const sign of ['', '-']) {
      const error = await failureOf(parse(`a = [${sign}1${'0'.repeat(1_000)}]`));
      expect([error.code, error.issues[0]?.message]).toEqual([
        'number-out-of-range',
        'this number is too large; the largest is about 1.8e308; a text that looks like a number, such as a commit id, goes in quotes',
      ]);
    }
  });
});

describe('places in TOML', () => {
  const text = [
    'top = 1 # one', //                          1
    '"quo.ted" = \'b\'', //                      2
    '[server.http]', //                          3
    'port = 80', //                              4
    'tls.cert = """', //                         5
    'x"""', //                                   6
    '[[server.routes]]', //                      7
    'path = "/a"', //                            8
    '[[server.routes]]', //                      9
    'path = "/b"', //                           10
    '[server.routes.limits]', //                11
    'rate = 5', //                              12
    '[__proto__]', //                           13
    'x = { y = [1, # two', //                   14
    "  { z = '''q'''' }], \"\\u0061\" = 2 }", // 15
    'last = 1979-05-27 07:32:00', //            16
  ].join('\n');

  it.each([
    ['top', '1:7'],
    ['quo.ted', '2:13'],
    ['server/http', '3:1'],
    ['server/http/port', '4:8'],
    ['server/http/tls/cert', '5:12'],
    ['server/routes', '7:1'],
    ['server/routes/0/path', '8:8'],
    ['server/routes/1', '9:1'],
    ['server/routes/1/path', '10:8'],
    ['server/routes/1/limits/rate', '12:8'],
    ['__proto__', '13:1'],
    ['__proto__/x/y/0', '14:12'],
    ['__proto__/x/y/1/z', '15:9'],
    ['__proto__/x/a', '15:33'],
    ['__proto__/last', '16:8'],
    ['missing', '1:1'],
  ])('%s stands at %s', async (path, place) => {
    const { locate } = await parse(text);
    expect(formatPlace(locate(path.split('/')))).toBe(`app.toml:${place}`);
  });

  const leaf = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.string(),
    fc.constantFrom('#', '"', "'''", 'two\nlines', '\\', ']'),
  );
  const name = fc.oneof(fc.string({ minLength: 1, maxLength: 4 }), fc.constantFrom('a', '1', 'x.y', '"', '='));
  const { document } = fc.letrec<{ value: unknown; document: Record<string, unknown> }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('document')),
    document: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  }));

  it('are where each value starts', async () => {
    await fc.assert(
      fc.asyncProperty(document, async (values) => {
        const written = stringify(values);
        const { tree, locate } = await parse(written);
        const lines = written.split('\n');
        for (const [path, value] of leaves(tree)) {
          const { line = 0, column = 0 } = locate(path);
          const rest = [lines[line - 1]?.slice(column - 1) ?? ''].concat(lines.slice(line)).join('\n');
          expect(rest.startsWith(typeof value === 'string' ? JSON.stringify(value).slice(0, 2) : String(value))).toBe(
            true,
          );
        }
      }),
    );
  });
});

function leaves(node: unknown, path: readonly string[] = []): (readonly [readonly string[], unknown])[] {
  if (typeof node !== 'object' || node === null) return [[path, node]];
  const entries: [string, unknown][] = Object.entries(node);
  return entries.flatMap(([name, value]) => leaves(value, [...path, name]));
}
