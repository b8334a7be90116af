import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigLayer, LoadContext, LogRecord } from '../../src/core/index.js';
import { formatIssue, formatOrigin, isConfigLayer } from '../../src/core/index.js';
import type { EnvFilesOptions } from '../../src/sources/index.js';
import { envFiles } from '../../src/sources/index.js';
import { caught } from './caught.js';
import { leaf, loadContext, section } from './schema-of.js';

const SCHEMA = section({
  database: section({ host: leaf(), port: leaf('integer'), url: { node: leaf(), envNames: ['DATABASE_URL'] } }),
  httpServer: section({ port: { node: leaf(), envNames: ['PORT'] }, appName: leaf() }),
  pool: section({ max: leaf() }),
  test: section({ x: leaf() }),
  local: section({ x: leaf() }),
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'env-files-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
}

async function load(
  options: EnvFilesOptions = {},
  context: Partial<LoadContext> = {},
): Promise<readonly ConfigLayer[]> {
  const layers = await envFiles({ folder, prefix: 'APP_', ...options }).load(loadContext(SCHEMA, context));
  if (!Array.isArray(layers) || !layers.every(isConfigLayer)) throw new Error('envFiles answers a list of layers.');
  return layers;
}

async function trees(options?: EnvFilesOptions, context?: Partial<LoadContext>): Promise<readonly unknown[]> {
  return (await load(options, context)).map(({ tree }) => tree);
}

async function fileNames(context: Partial<LoadContext>, options?: EnvFilesOptions): Promise<readonly string[]> {
  return (await load(options, context)).map(({ name }) => name.slice(folder.length + 1));
}

describe('envFiles', () => {
  it('needs no file and no folder', async () => {
    expect([await load(), await load({ folder: join(folder, 'missing') })]).toEqual([[], []]);
  });

  it('reads the files that apply, a later one winning', async () => {
    const names = ['.env', '.env.production', '.env.development', '.env.database', '.env.local', '.env.example'];
    await write(Object.fromEntries(names.map((name) => [name, ''])));
    expect([await fileNames({}), await fileNames({ environment: 'production' })]).toEqual([
      ['.env', '.env.development', '.env.database', '.env.local'],
      ['.env', '.env.production', '.env.database'],
    ]);
  });

  it('gives a section in camelCase two spellings of its file', async () => {
    await write({ '.env.httpServer': 'PORT=2', '.env.http-server': 'PORT=1' });
    expect(await trees()).toEqual([{ httpServer: { port: '1' } }, { httpServer: { port: '2' } }]);
  });

  it('gives sections that are called like an environment or local no file', async () => {
    await write({ '.env.test': 'X=1', '.env.local': 'X=1' });
    expect([await fileNames({}), await trees({}, { environment: 'test' })]).toEqual([['.env.local'], [{}]]);
  });

  it('reads no files of sections when told so', async () => {
    await write({ '.env.database': 'PORT=1' });
    expect(await load({ sections: false })).toEqual([]);
  });

  it('reads names like those of the environment, and leaves foreign ones alone', async () => {
    await write({ '.env': 'APP_DATABASE__PORT=5432\nexport APP_DATABASE__HOST = db # here\nOTHER=1\nDATABASE_URL=x' });
    expect(await trees()).toEqual([{ database: { port: '5432', host: 'db', url: 'x' } }]);
  });

  it('lets names in the file of a section leave out prefix and section', async () => {
    await write({
      '.env.database': 'PORT=1\nAPP_DATABASE__HOST=db\nDATABASE_URL=x',
      '.env.httpServer': 'APP_NAME=orders',
    });
    expect(await trees()).toEqual([
      { database: { port: '1', host: 'db', url: 'x' } },
      { httpServer: { appName: 'orders' } },
    ]);
  });

  it('takes a short name for the section before it takes it for the declared name of another field', async () => {
    await write({ '.env': 'PORT=80', '.env.database': 'PORT=5432' });
    expect(await trees()).toEqual([{ httpServer: { port: '80' } }, { database: { port: '5432' } }]);
  });

  it('takes a short name for the section before it takes it for another section', async () => {
    await write({ '.env.database': 'POOL__MAX=1\nDATABASE__PORT=2\nURL=3' });
    expect(await trees({ prefix: '' })).toEqual([{ pool: { max: '1' }, database: { port: '2', url: '3' } }]);
  });

  it('puts unknown names where binding reports them, with their place', async () => {
    await write({ '.env': '\n\n APP_DATABASE__PROT=1', '.env.database': 'PROT=1\nAPP_DATABASE__PROT2=1' });
    const [plain, own] = await load();
    expect([plain?.tree, own?.tree]).toEqual([{ database: { prot: '1' } }, { database: { prot: '1', prot2: '1' } }]);
    expect([plain?.locate(['database', 'prot']), own?.locate(['database', 'prot'])]).toEqual([
      { kind: 'env-file', source: join(folder, '.env'), key: 'APP_DATABASE__PROT', line: 3, column: 2 },
      { kind: 'env-file', source: join(folder, '.env.database'), key: 'PROT', line: 1, column: 1 },
    ]);
    expect(own?.spell?.(['database', 'port'])).toBe('APP_DATABASE__PORT');
  });

  it('calls a file by the path it was given', async () => {
    await write({ '.env': 'APP_DATABASE__PORT=1' });
    const before = process.cwd();
    process.chdir(folder);
    const [layer] = await load({ folder: '.' });
    process.chdir(before);
    expect(formatOrigin(layer?.locate(['database', 'port']) ?? { kind: 'custom', source: '', key: '' })).toBe(
      'APP_DATABASE__PORT (.env:1:1)',
    );
  });

  it.each([
    ['A=$A', '$A'],
    ['A=$B', '$B'],
    ['A=${B:-$(id)}', '${B:-$(id)}'],
    ["A='$(id)'", '$(id)'],
    ['A=`id`', 'id'],
    ['A="line\\nline"', 'line\nline'],
    ['A="line\nline"', 'line\nline'],
    ['A="a # b" # c', 'a # b'],
    ['export A=1', '1'],
    [`A=${'${'.repeat(1000)}`, '${'.repeat(1000)],
    ['\uFEFFA=1', '1'],
    ['A=1\r\n', '1'],
    ['A=hello world', 'hello world'],
  ])('reads %j as dotenv does, expanding nothing', async (line, value) => {
    await write({ '.env.database': line.replace('A', 'HOST') });
    expect(await trees()).toEqual([{ database: { host: value } }]);
  });

  it.each(['A=', 'A=""', "A='' # none"])(
    'takes %j for "not set", and for a text where that is asked for',
    async (line) => {
      await write({ '.env.database': line.replace('A', 'HOST') });
      expect(await trees()).toEqual([{}]);
      expect(await trees({ emptyVariables: 'keep' })).toEqual([{ database: { host: '' } }]);
    },
  );

  it('gives a field the content of the file that its variable names', async () => {
    await write({ '.env': 'APP_DATABASE__HOST_FILE=secrets/host' });
    expect(await trees({ fileVariables: true })).toEqual([{ database: { host: '${file:secrets/host}' } }]);
  });

  it('never writes process.env', async () => {
    await write({ '.env': 'APP_DATABASE__PORT=1\nUNO_CONFIG_NEVER_SET=1' });
    const before = { ...process.env };
    await load();
    expect({ ...process.env }).toEqual(before);
  });

  it('lets the last of repeated names count, and warns without the values', async () => {
    await write({ '.env': 'APP_DATABASE__PORT=111\n\nAPP_DATABASE__PORT=222' });
    const records: LogRecord[] = [];
    const tree = await trees({}, { logger: { log: (record) => records.push(record) } });
    const path = join(folder, '.env');
    expect([tree, records]).toEqual([
      [{ database: { port: '222' } }],
      [
        {
          level: 'warn',
          event: 'config.source.repeated-key',
          message: `${path} sets APP_DATABASE__PORT more than once; line 3 overrides the one above it.`,
          fields: { source: path, key: 'APP_DATABASE__PORT', line: 3 },
        },
      ],
    ]);
  });

  it('may leave ${…} to be plain text, and names the folder of files it refers to', async () => {
    await write({ '.env': '' });
    const layers = [...(await load()), ...(await load({ references: false }))];
    expect(layers.map((layer) => [layer.references, layer.folder])).toEqual([
      [true, folder],
      [false, folder],
    ]);
  });

  it('stops when the load is no longer wanted', async () => {
    await write({ '.env': 'A=1' });
    await expect(load({}, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  });

  it('has one id for equal options', () => {
    const ids = [{ folder: 'a' }, { folder: './a' }, { folder: 'b' }].map((options) => envFiles(options).id);
    expect([ids[0]?.startsWith('env-files:'), ids[0] === ids[2]]).toEqual([true, false]);
  });

  it.each([
    [{ folder: '' }, 'envFiles: folder must be the path of a file or folder; got an empty string.'],
    [{ maxSize: '0B' }, 'envFiles: maxSize must be more than nothing; got "0B".'],
    [{ separator: '_' }, "envFiles: separator must be a string such as '__' or '.', without letters and digits"],
    // A caller in JavaScript.
    [
      { prefix: null as unknown as string },
      "envFiles: prefix must be a string that ends with what separates it from a name, such as 'APP_'; got null.",
    ],
  ])('refuses the options %j', (options, message) => {
    expect(() => envFiles(options)).toThrow(message);
  });
});

describe('envFiles and bad files', () => {
  it('reports the names of all files at once, without their values', async () => {
    await write({
      '.env': '__proto__=hunter2\nAPP____PROTO____X=hunter2\nAPP_DATABASE__PORT=1',
      '.env.database': 'A____B=1\n__proto__=1\nconstructor=1',
      '.env.local': 'APP_DATABASE={}\nAPP_DATABASE__PORT=1',
    });
    const error = await caught(() => load());
    expect([error.code, error.category, error.message.split('\n')[0], error.message.includes('hunter2')]).toEqual([
      'forbidden-key',
      'source',
      'Some names in the environment files cannot be used.',
      false,
    ]);
    expect(
      error.issues.map((issue) => `${issue.code} ${String(issue.origin?.key)}:${String(issue.origin?.line)}`),
    ).toEqual([
      'forbidden-key APP____PROTO____X:2',
      'invalid-key A____B:1',
      'forbidden-key __proto__:2',
      'forbidden-key constructor:3',
      'conflicting-keys APP_DATABASE:1',
    ]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('refuses __proto__ where no prefix tells whose it is', async () => {
    await write({ '.env': '__proto__=1' });
    expect((await caught(() => load({ prefix: '' }))).issues.map(formatIssue)).toEqual([
      `the key "__proto__" is reserved\n    from __proto__ (${join(folder, '.env')}:1:1)\n    Rename or remove it.`,
    ]);
  });

  it.each([
    ['source-unreadable', 'it is a folder, not a file', () => mkdir(join(folder, '.env'))],
    ['source-unreadable', 'its symbolic links form a loop', () => symlink('.env', join(folder, '.env'))],
    ['source-too-large', 'is larger than 20 bytes', () => write({ '.env': 'x'.repeat(21) })],
    ['invalid-encoding', 'is not UTF-8', () => write({ '.env': Buffer.from([0x41, 0x3d, 0xff]) })],
    ['invalid-text', 'holds a NUL character', () => write({ '.env': 'A=1\nB=\0hunter2' })],
  ])('answers %s: %s', async (code, message, prepare) => {
    await prepare();
    const error = await caught(() => load({ maxSize: '20B' }));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.message).toContain(join(folder, '.env'));
    expect(error.message).not.toContain('hunter2');
  });

  it('says where a NUL stands', async () => {
    await write({ '.env': 'A=1\r\nB=\0' });
    expect((await caught(() => load())).issues[0]?.origin).toMatchObject({ line: 2, column: 3 });
  });

  it('takes a link to nothing for a missing file', async () => {
    await symlink('nowhere', join(folder, '.env'));
    expect(await load()).toEqual([]);
  });

  it('refuses a file in the place of the folder', async () => {
    await write({ plain: '' });
    expect((await caught(() => load({ folder: join(folder, 'plain') }))).message).toContain('plain');
  });
});
