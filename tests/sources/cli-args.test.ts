import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import type { ConfigLayer, SectionNode } from '../../src/core/index.js';
import { formatIssue, formatOrigin, isConfigLayer } from '../../src/core/index.js';
import type { CliArgsOptions } from '../../src/sources/index.js';
import { cliArgs } from '../../src/sources/index.js';
import { caught } from './caught.js';
import { leaf, listOf, loadContext, mapOf, section } from './schema-of.js';

const SCHEMA = section({
  database: section({
    host: leaf(),
    port: leaf('integer'),
    tls: leaf('boolean'),
    maxSize: { node: leaf('integer'), aliases: ['limit'] },
    pool: section({ max: leaf('integer') }),
  }),
  tags: listOf(leaf()),
  servers: listOf(section({ host: leaf() })),
  pools: mapOf(section({ max: leaf() })),
});

function load(argv: readonly string[], options: CliArgsOptions = {}, schema: SectionNode = SCHEMA): ConfigLayer {
  const layer = cliArgs({ ...options, argv }).load(loadContext(schema));
  if (!isConfigLayer(layer)) throw new Error('cliArgs answers one layer at once.');
  return layer;
}

function tree(...argv: readonly string[]): unknown {
  return load(argv).tree;
}

describe('cliArgs', () => {
  it.each([
    ['an equals sign', ['--database.port=5433'], { port: '5433' }],
    ['the next word', ['--database.port', '5433'], { port: '5433' }],
    ['a negative number', ['--database.port', '-5'], { port: '-5' }],
    ['a value with an equals sign', ['--database.host=a=b'], { host: 'a=b' }],
    ['kebab-case', ['--database.max-size=3'], { maxSize: '3' }],
    ['camelCase', ['--database.maxSize=3'], { maxSize: '3' }],
    ['an alias', ['--database.limit', '3'], { maxSize: '3' }],
    ['a yes-or-no field alone', ['--database.tls'], { tls: true }],
    ['a yes-or-no field before a positional', ['--database.tls', 'serve'], { tls: true }],
    ['a yes-or-no field with a word', ['--database.tls', 'false'], { tls: 'false' }],
    ['a yes-or-no field with a value', ['--database.tls=off'], { tls: 'off' }],
    ['a denied field', ['--no-database.tls'], { tls: false }],
    ['a denied field before a positional', ['--no-database.tls', 'true'], { tls: false }],
    ['the last of repeated options', ['--database.port=1', '--database.port', '2'], { port: '2' }],
    ['the last of yes and no', ['--database.tls', '--no-database.tls'], { tls: false }],
    ['a nested section as text', ['--database.pool={"max":1}'], { pool: '{"max":1}' }],
  ])('reads %s', (_, argv, database) => {
    expect(tree(...argv)).toEqual({ database });
  });

  it('appends repeated options to a list', () => {
    expect([tree('--tags', 'a', '--tags=b', '--tags', 'c'), tree('--tags', 'a,b')]).toEqual([
      { tags: ['a', 'b', 'c'] },
      { tags: 'a,b' },
    ]);
  });

  it('takes an empty value for "not set", and for a text where that is asked for', () => {
    const argv = ['--database.host=', '--database.port=', '--tags=', '--tags=a', '--database.pool='];
    expect(tree(...argv)).toEqual({ tags: 'a' });
    expect(load(argv, { emptyVariables: 'keep' }).tree).toEqual({ database: { host: '', port: '' }, tags: 'a' });
    expect(() => cliArgs({ emptyVariables: 'x' as 'keep' })).toThrow(
      'cliArgs: emptyVariables must be one of "unset", "keep"; got "x".',
    );
  });

  it('reads items of lists and maps', () => {
    expect(tree('--servers.1.host=b', '--servers.0.host=a', '--pools.EU_West.max=1')).toEqual({
      servers: [{ host: 'a' }, { host: 'b' }],
      pools: { EU_West: { max: '1' } },
    });
  });

  it('ends at a lone --, and ignores positionals, short options and options of the program', () => {
    const argv = [
      'serve',
      '-p',
      '80',
      '--verbose',
      '--log=debug',
      '--out',
      'file',
      '--database.port',
      '1',
      '--',
      '--database.port=2',
    ];
    expect(tree(...argv)).toEqual({ database: { port: '1' } });
  });

  it('does not take the value of a foreign option for its own', () => {
    expect(tree('--config', '--database.port=1', '--no-color', '--no-other.flag')).toEqual({ database: { port: '1' } });
  });

  it('knows a section that is itself called no-…', () => {
    const cache = section({ on: leaf('boolean') });
    const both = section({ cache, 'no-cache': cache });
    expect(load(['--no-cache.on'], {}, both).tree).toEqual({ 'no-cache': { on: true } });
  });

  it.each([
    ['--database.prot=1', ['database', 'prot'], '1'],
    ['--databse.port=1', ['databse', 'port'], '1'],
    ['--database.tlss', ['database', 'tlss'], true],
    ['--no-database.tlss', ['database', 'tlss'], false],
    ['--servers.0.hots=1', ['servers', '0', 'hots'], '1'],
  ])('puts %s where binding reports it', (word, path, value) => {
    const layer = load([word]);
    const origin = { kind: 'command-line', source: 'command line', key: word.split('=')[0] };
    let node: unknown = layer.tree;
    for (const key of path) node = Reflect.get(Object(node), key);
    expect([node, layer.locate(path)]).toEqual([value, origin]);
  });

  it('takes the value of an unknown option, so that it does not run into the next', () => {
    expect(tree('--database.prot', '1', '--database.port', '2')).toEqual({ database: { prot: '1', port: '2' } });
  });

  it('does not take a short option for the value of an unknown one', () => {
    expect(tree('--database.prot', '-v')).toEqual({ database: { prot: true } });
  });

  it('leaves an undotted option alone, however near it comes', () => {
    expect(tree('--tag=x', '--server')).toEqual({});
  });

  it('reports every foreign option when told so', () => {
    expect(load(['--verbose', '--log.level=debug'], { unknown: 'report' }).tree).toEqual({
      verbose: true,
      log: { level: 'debug' },
    });
  });

  it('names values as they were written, and spells any path', () => {
    const layer = load(['--database.max-size', '3', '--tags', 'a', '--tags', 'b']);
    expect(formatOrigin(layer.locate(['database', 'maxSize']))).toBe('--database.max-size (command line)');
    expect(layer.locate(['tags', '1']).key).toBe('--tags');
    expect(layer.locate(['database', 'port']).key).toBe('--database.port');
    expect(layer.spell?.(['database', 'maxSize'])).toBe('--database.max-size');
    expect(layer.spell?.(['pools', 'euWest', 'max'])).toBe('--pools.euWest.max');
  });

  it('reads the words of this process as they are when it loads', () => {
    const source = cliArgs();
    const before = process.argv;
    process.argv = ['node', 'app.js', '--database.port=7'];
    const layer = source.load(loadContext(SCHEMA));
    process.argv = before;
    expect([layer, source.id, cliArgs({ argv: [] }).id]).toMatchObject([
      { tree: { database: { port: '7' } } },
      cliArgs().id,
      undefined,
    ]);
  });

  it.each([
    // Callers in JavaScript.
    [
      { argv: 'x' as unknown as string[] },
      'cliArgs: argv must be a list, each item of which is a string; got a string.',
    ],
    [{ unknown: 'error' as 'report' }, 'cliArgs: unknown must be one of "ignore", "report"; got "error".'],
  ])('refuses the options %j', (options, message) => {
    expect(() => cliArgs(options)).toThrow(new TypeError(message));
  });
});

describe('cliArgs and bad options', () => {
  it.each([
    ['--__proto__.polluted=1', 'forbidden-key', 'the key "__proto__" is reserved'],
    ['--constructor.prototype.x=1', 'forbidden-key', 'the key "constructor" is reserved'],
    ['--database.__proto__.polluted=1', 'forbidden-key', 'the key "__proto__" is reserved'],
    ['--pools.prototype.max=1', 'forbidden-key', 'the key "prototype" is reserved'],
    ['--no-database.__proto__', 'forbidden-key', 'the key "__proto__" is reserved'],
    ['--database..port=1', 'invalid-key', 'has an empty key\n'],
    ['--database.=1', 'invalid-key', 'has an empty key\n'],
    ['--servers.first.host=1', 'invalid-key', 'servers: is a list, whose items have numbers'],
    ['--servers.1.host=1', 'missing-item', 'servers: has no item 0, although --servers.1.host gives item 1'],
    ['--database.port', 'missing-value', 'database.port: has no value\n'],
    ['--no-database.port', 'invalid-option', 'database.port: is not a yes-or-no field\n'],
    ['--no-database.tls=true', 'invalid-option', 'database.tls: takes no value after --no-\n'],
  ])('refuses %s', async (word, code, message) => {
    const error = await caught(() => load([word]));
    expect([error.code, error.category, error.issues.map(formatIssue), Reflect.get({}, 'polluted')]).toEqual([
      code,
      'source',
      [expect.stringContaining(message)],
      undefined,
    ]);
    expect(error.issues[0]?.origin?.key).toBe(word.split('=')[0]);
  });

  it('refuses an option of very many keys', async () => {
    const error = await caught(() => load([`--database${'.a'.repeat(40_000)}=1`]));
    expect(error.issues[0]).toMatchObject({ code: 'invalid-key', message: 'has more than 100 keys' });
  });

  it('reports all of them at once, with what to write instead', async () => {
    const error = await caught(() =>
      load([
        '--database.port',
        '--database.host',
        'db',
        '--no-tags',
        '--database.pool',
        '{}',
        '--database.pool.max',
        '1',
      ]),
    );
    expect(error.message).toBe(
      'Some names on the command line cannot be used.\n' +
        '  - database.port: has no value\n    from --database.port (command line)\n    Write --database.port=VALUE.\n' +
        '  - tags: is not a yes-or-no field\n    from --no-tags (command line)\n    Write --tags=VALUE.\n' +
        '  - database.pool: is given as a whole as --database.pool and in parts as --database.pool.max\n' +
        '    from --database.pool (command line)\n    Keep one of them.',
    );
  });

  it('survives any command line without touching a prototype', () => {
    const part = fc.constantFrom(
      '--',
      'no-',
      '.',
      '=',
      '__proto__',
      'constructor',
      'database',
      'servers',
      'tls',
      '0',
      '1',
      '-',
      'x',
    );
    const word = fc.oneof(
      fc.array(part, { maxLength: 7 }).map((parts) => parts.join('')),
      fc.string(),
    );
    const names = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        expect(outcomeOf(argv)).not.toBe('another error');
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(names);
      }),
    );
  });
});

function outcomeOf(argv: readonly string[]): string {
  try {
    load(argv);
    return 'loaded';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'another error';
  }
}
