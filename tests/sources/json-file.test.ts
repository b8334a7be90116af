import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { ConfigError, formatPlace } from '../../src/core/index.js';
import { jsonFile } from '../../src/sources/index.js';
import { parseFileText } from '../../src/sources/format/file-parse.js';
import { jsonFormat, jsonWithCommentsFormat } from '../../src/sources/format/json-format.js';
import { failureOf, layerOf, temporaryFolder } from './file-fixtures.js';

const parse = (text: string) => parseFileText('app.json', text, jsonFormat);
const parseCommented = (text: string) => parseFileText('app.json', text, jsonWithCommentsFormat);

describe('jsonFile', () => {
  it('makes one layer of a file', async () => {
    const folder = await temporaryFolder({ 'app.json': '{\n  "database": { "port": 5432 }\n}\n' });
    const path = join(folder, 'app.json');
    const layer = await layerOf(jsonFile(path));
    expect(layer).toMatchObject({
      name: path,
      kind: 'file',
      references: true,
      folder,
      tree: { database: { port: 5432 } },
    });
  });

  it('finds the line and column of a value', async () => {
    const folder = await temporaryFolder({ 'app.json': '{\n  "database": { "port": 5432 }\n}\n' });
    const layer = await layerOf(jsonFile(join(folder, 'app.json'), { name: 'config/app.json' }));
    const origin = layer.locate(['database', 'port']);
    expect(origin).toMatchObject({ kind: 'file', key: 'database.port' });
    expect(formatPlace(origin)).toBe('config/app.json:2:25');
  });

  it('has an id that is equal for equal arguments only', () => {
    const id = jsonFile('app.json', { comments: true, name: 'a' }).id;
    expect(jsonFile('app.json', { name: 'a', comments: true }).id).toBe(id);
    expect(jsonFile('app.json', { name: 'a' }).id).not.toBe(id);
    expect(jsonFile('other.json', { name: 'a', comments: true }).id).not.toBe(id);
    expect(id).toMatch(/^jsonFile:/);
  });

  it('allows comments in a .jsonc file, or by option', async () => {
    const text = '{ "a": 1, // one\n}';
    const folder = await temporaryFolder({ 'a.jsonc': text, 'a.json': text });
    expect((await layerOf(jsonFile(join(folder, 'a.jsonc')))).tree).toEqual({ a: 1 });
    expect((await layerOf(jsonFile(join(folder, 'a.json'), { comments: true }))).tree).toEqual({ a: 1 });
    expect((await failureOf(layerOf(jsonFile(join(folder, 'a.json'))))).code).toBe('invalid-json');
  });

  it.each([
    ['path', () => jsonFile('')],
    ['path', () => jsonFile('a\0b')],
    ['maxSize', () => jsonFile('a', { maxSize: '0B' })],
    ['maxSize', () => jsonFile('a', { maxSize: '1.5' })],
    ['roots', () => jsonFile('a', { roots: [''] })],
  ])('refuses a wrong %s at once', (option, make) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(option);
  });

  it('honours the limit of its size', async () => {
    const folder = await temporaryFolder({ 'app.json': '{"a":1}' });
    expect((await failureOf(layerOf(jsonFile(join(folder, 'app.json'), { maxSize: '3B' })))).code).toBe(
      'source-too-large',
    );
  });

  it('stops when the load is aborted', async () => {
    const folder = await temporaryFolder({ 'app.json': '{}' });
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(layerOf(jsonFile(join(folder, 'app.json')), { signal })).rejects.toThrow('too late');
  });
});

describe('the JSON format', () => {
  it.each([
    ['', 'invalid-json', 'the file is empty; write {} for no settings', 1, 1],
    [' \n', 'invalid-json', 'the file is empty; write {} for no settings', 1, 1],
    ['[]', 'not-a-map', 'the file holds a list; settings are keys with values', 1, 1],
    [' 1', 'not-a-map', 'the file holds a single value; settings are keys with values', 1, 2],
    ['{"a":1} x', 'invalid-json', 'there is something after the end of the document', 1, 9],
    ['{"a":}', 'invalid-json', 'expected a value', 1, 6],
    ['{"a":', 'invalid-json', 'the file ends where a value is expected', 1, 6],
    ['{', 'invalid-json', 'the file ends inside a map; expected "}"', 1, 2],
    ['{a:1}', 'invalid-json', 'expected a key in double quotes or "}"', 1, 2],
    ['{"a":1,b:2}', 'invalid-json', 'expected a key in double quotes', 1, 8],
    ['{"a":\'1\'}', 'invalid-json', 'a string is in double quotes', 1, 6],
    ['{"a":1,}', 'invalid-json', 'a comma before "}" is not allowed in plain JSON', 1, 7],
    ['{"a":[1,]}', 'invalid-json', 'a comma before "]" is not allowed in plain JSON', 1, 8],
    ['{"a" 1}', 'invalid-json', 'expected ":" after the key', 1, 6],
    ['{"a":[1 2]}', 'invalid-json', 'expected "," or "]"', 1, 9],
    [
      '{"a":yes}',
      'invalid-json',
      'expected a value: a string is in double quotes, other words are true, false and null',
      1,
      6,
    ],
    ['{"a":01}', 'invalid-json', 'this is not a JSON number', 1, 6],
    ['{"a":"x', 'invalid-json', 'this text is not closed with a double quote', 1, 6],
    ['{"a":"\\x"}', 'invalid-json', 'a backslash starts no known escape here; write \\\\ for a backslash', 1, 7],
    [
      '{"a":"x\ny"}',
      'invalid-json',
      'a text may not contain a line break; write it as an escape such as \\n or \\u0000',
      1,
      8,
    ],
    [
      '{"a":"\0"}',
      'invalid-json',
      'a text may not contain a control character; write it as an escape such as \\n or \\u0000',
      1,
      7,
    ],
    ['{"a":\0}', 'invalid-json', 'expected a value', 1, 6],
    [
      '//\n{}',
      'invalid-json',
      'comments are not allowed here; set the option comments: true or name the file .jsonc',
      1,
      1,
    ],
    [
      '{"a":1 /**/}',
      'invalid-json',
      'comments are not allowed here; set the option comments: true or name the file .jsonc',
      1,
      8,
    ],
    ['{"a":1,\r\n"a":2}', 'duplicate-key', 'this key is already set in the same map', 2, 1],
    ['{"a":1,"\\u0061":2}', 'duplicate-key', 'this key is already set in the same map', 1, 8],
    ['{"a:":1,"b":{"x:y":1,"x\\u003Ay":2}}', 'duplicate-key', 'this key is already set in the same map', 1, 22],
    [
      '{"a":1e400}',
      'number-out-of-range',
      'this number is too large; the largest is about 1.8e308; a text that looks like a number, such as a commit id, goes in quotes',
      1,
      6,
    ],
    [
      '{"a":"\\ud800"}',
      'invalid-text',
      'an escape makes half of a surrogate pair, which is no character; write both halves',
      1,
      6,
    ],
    [
      '{"\\udc00":[1]}',
      'invalid-text',
      'an escape makes half of a surrogate pair, which is no character; write both halves',
      1,
      11,
    ],
  ])('refuses %j: %s', async (text, code, message, line, column) => {
    const error = await failureOf(parse(text));
    expect(error).toMatchObject({ code, category: 'parse' });
    expect(error.cause).toBeUndefined();
    expect(error.issues).toMatchObject([{ code, message, origin: { kind: 'file', source: 'app.json', line, column } }]);
  });

  it('says in the first line which file cannot be read, and the place below', async () => {
    expect((await failureOf(parse('{"password":"hunter2" x'))).message).toBe(
      'app.json cannot be read as JSON.\n  - expected "," or "}"\n    from app.json:1:23\nCorrect the file; nothing of it has been used.',
    );
  });

  it.each([20_000, 1_000_000])('refuses %i levels in little time', async (levels) => {
    expect((await failureOf(parse('['.repeat(levels)))).code).toBe('too-deep');
    const error = await failureOf(parse('['.repeat(levels) + ']'.repeat(levels)));
    expect(error.code).toBe('too-deep');
    expect(error.issues[0]?.origin).toMatchObject({ line: 1, column: 101 });
  });

  it('takes 100 levels', async () => {
    await expect(parse('{"a":'.repeat(100) + '1' + '}'.repeat(100))).resolves.toBeDefined();
  });

  it('takes a text of 10 MB', async () => {
    const { tree, locate } = await parse(`{"a":"${'x:\\n'.repeat(2_500_000)}"}`);
    expect(tree['a']).toHaveLength(7_500_000);
    expect(locate(['a'])).toMatchObject({ line: 1, column: 6 });
  });

  it('keeps every digit of an integer', async () => {
    const { tree } = await parse(
      '{"a":9007199254740993,"b":[-12345678901234567890],"c":1e22,"d":9007199254740991,"e":-0}',
    );
    expect(tree).toEqual({ a: 9007199254740993n, b: [-12345678901234567890n], c: 1e22, d: 9007199254740991, e: -0 });
  });

  it('refuses too many digits', async () => {
    expect((await failureOf(parse(`{"a":${'9'.repeat(1001)}}`))).code).toBe('number-out-of-range');
  });

  it('leaves $unset for the merge', async () => {
    expect((await parse('{"a":{"$unset":true}}')).tree).toEqual({ a: { $unset: true } });
  });

  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"a":{"__proto__":{"polluted":1}}}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"title":1233,"__proto__":{}}',
    '{"toJSON":"x","then":"y","hasOwnProperty":1,"constructor":{"name":"x"}}',
  ])('keeps the keys of %s as own keys and touches no prototype', async (text) => {
    const { tree } = await parse(text);
    expect(Object.keys(tree)).toEqual(Object.keys(JSON.parse(text) as object));
    expect({}).not.toHaveProperty('polluted');
  });

  it('finds the place of a forbidden key', async () => {
    const { locate } = await parse('{\n "a": {"__proto__": {"x": 1}}}');
    expect(locate(['a', '__proto__'])).toMatchObject({ line: 2, column: 21 });
  });
});

describe('the JSON format with comments', () => {
  it('keeps places true behind comments', async () => {
    const { tree, locate } = await parseCommented('// one\n{ /* two\n */ "a": 1, "b": "//no,]", // three\n}');
    expect(tree).toEqual({ a: 1, b: '//no,]' });
    expect(locate(['b'])).toMatchObject({ line: 3, column: 18 });
  });

  it.each([
    ['', 'the file is empty; write {} for no settings'],
    ['// only', 'the file is empty; write {} for no settings'],
    ['{"a":1 /* open', 'this comment is not closed with */'],
    ['{"a":1,,}', 'expected a key in double quotes'],
    ['{,}', 'expected a key in double quotes or "}"'],
    ['{"a":[ /* none */ , ]}', 'expected a value'],
    ['{"a":1 / 2}', 'expected "," or "}"'],
    ['{"a":"x // y', 'this text is not closed with a double quote'],
  ])('refuses %j', async (text, message) => {
    expect((await failureOf(parseCommented(text))).issues).toMatchObject([{ code: 'invalid-json', message }]);
  });

  it('reports a key that is written twice', async () => {
    expect((await failureOf(parseCommented('{"a":1,"a":2}'))).code).toBe('duplicate-key');
  });
});

const key = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('a', 'b', ':', 'a:b', '__proto__', '"'));
const { document } = fc.letrec<{ value: unknown; document: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('document'),
  ),
  document: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

describe('the JSON format, for every document', () => {
  it('finds the place where each value starts', async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.constantFrom(undefined, 1, '\t'), async (values, indent) => {
        const text = JSON.stringify(values, null, indent);
        const { tree, locate } = await parse(text);
        const lines = text.split('\n');
        for (const [path, value] of leaves(tree)) {
          const { line = 0, column = 0 } = locate(path);
          const rest = [lines[line - 1]?.slice(column - 1) ?? ''].concat(lines.slice(line)).join('\n');
          const written = typeof value === 'bigint' ? String(value) : JSON.stringify(value, null, indent);
          expect(rest.startsWith(written)).toBe(true);
        }
      }),
    );
  });

  it('refuses exactly what JSON.parse refuses, and keys written twice', async () => {
    const mutated = fc.tuple(
      document,
      fc.nat(),
      fc.nat(3),
      fc.constantFrom('', '"', ',', '{', ']', '1', ' ', '\\', '\n', 'e', '-'),
    );
    await fc.assert(
      fc.asyncProperty(mutated, async ([values, at, length, insert]) => {
        const text = JSON.stringify(values);
        const start = at % text.length;
        const changed = text.slice(0, start) + insert + text.slice(start + length);
        const outcome = await outcomeOf(changed);
        expect(outcome).toBe(referenceOutcome(changed, outcome));
      }),
    );
  });

  it('finds a key that is written twice wherever it is', async () => {
    const entries = fc.array(fc.tuple(key, fc.oneof(fc.string(), fc.integer(), fc.constant('::'))), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(entries, fc.boolean(), async (pairs, escape) => {
        const written = pairs.map(([name, value]) => `${quote(name, escape)}:${JSON.stringify(value)}`);
        const isRepeated = new Set(pairs.map(([name]) => name)).size < pairs.length;
        expect(await outcomeOf(`{"outer":{${written.join(',')}}}`)).toBe(isRepeated ? 'duplicate-key' : 'fine');
      }),
    );
  });
});

function quote(name: string, escape: boolean): string {
  return escape ? JSON.stringify(name).replace(/:/g, '\\u003a') : JSON.stringify(name);
}

async function outcomeOf(text: string): Promise<string> {
  try {
    await parse(text);
    return 'fine';
  } catch (error) {
    if (ConfigError.is(error)) return error.code;
    throw error;
  }
}

function referenceOutcome(text: string, outcome: string): string {
  try {
    const value: unknown = JSON.parse(text);
    // What JSON.parse accepts may still be refused for another reason than its syntax.
    if (Array.isArray(value) || typeof value !== 'object') return 'not-a-map';
    return outcome === 'invalid-json' ? 'fine' : outcome;
  } catch {
    return outcome === 'duplicate-key' ? outcome : 'invalid-json';
  }
}

function leaves(node: unknown, path: readonly string[] = []): (readonly [readonly string[], unknown])[] {
  if (typeof node !== 'object' || node === null) return [[path, node]];
  const entries: [string, unknown][] = Object.entries(node);
  return entries.flatMap(([name, value]) => leaves(value, [...path, name]));
}
