import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { LoadContext, LogRecord } from '../../src/core/index.js';
import { configFolder } from '../../src/sources/index.js';
import { failureOf, layersOf, temporaryFolder } from './file-fixtures.js';

const FILES = {
  'app.yaml': 'a: 1',
  'app.production.json': '{"a":2}',
  'app.prod.eu-west-1.toml': 'a = 3',
  'app.production.blue.yml': 'a: 4',
  'app.production.eu-west-1.blue.jsonc': '{"a":5,}',
  'app.dev.yaml': 'a: 6',
  'app.test.yaml': 'a: 7',
  'other.production.yaml': 'a: 8',
  'app.yaml.bak': 'a: 9',
  'README.md': '',
};

async function fileNames(
  selectors: Partial<LoadContext>,
  files: Readonly<Record<string, string>> = FILES,
): Promise<string[]> {
  const folder = await temporaryFolder(files);
  const layers = await layersOf(configFolder(folder), selectors);
  return layers.map(({ name }) => name.slice(folder.length + 1));
}

describe('configFolder', () => {
  it.each<[Partial<LoadContext>, string[]]>([
    [{ environment: 'development' }, ['app.yaml', 'app.dev.yaml']],
    [{ environment: 'test', region: 'eu-west-1' }, ['app.yaml', 'app.test.yaml']],
    [{ environment: 'production' }, ['app.yaml', 'app.production.json']],
    [
      { environment: 'production', region: 'eu-west-1' },
      ['app.yaml', 'app.production.json', 'app.prod.eu-west-1.toml'],
    ],
    [{ environment: 'production', deployment: 'blue' }, ['app.yaml', 'app.production.json', 'app.production.blue.yml']],
    [
      { environment: 'production', region: 'eu-west-1', deployment: 'blue' },
      [
        'app.yaml',
        'app.production.json',
        'app.prod.eu-west-1.toml',
        'app.production.blue.yml',
        'app.production.eu-west-1.blue.jsonc',
      ],
    ],
    [{ environment: 'production', region: 'us-east-1' }, ['app.yaml', 'app.production.json']],
  ])('reads for %j the files %j, a more special one above', async (selectors, expected) => {
    expect(await fileNames(selectors)).toEqual(expected);
  });

  it.each([
    ['region', 'eu.west', '.', 'eu-west'],
    ['zone', '../a', '.', '---a'],
    ['deployment', 'blue/green', '/', 'blue-green'],
    ['cohort', 'a\\b', '\\', 'a-b'],
  ])('refuses the %s %s, which no file can be named after', async (name, word, wrong, instead) => {
    const folder = await temporaryFolder({ 'app.yaml': 'a: 1' });
    const error = await failureOf(layersOf(configFolder(folder), { environment: 'production', [name]: word }));
    expect(error).toMatchObject({
      code: 'invalid-selector',
      message:
        `The ${name} "${word}" holds "${wrong}", so no file can be named after it.\n` +
        `Give the option ${name}, or UNO_${name.toUpperCase()}, without ".", "/" and "\\", as in ${instead}; ` +
        'or an empty one, which selects nothing.',
    });
  });

  it('reads a file once that names the region and the deployment with one word', async () => {
    const files = { 'app.prod.blue.yaml': '' };
    expect(await fileNames({ environment: 'production', region: 'blue', deployment: 'blue' }, files)).toEqual([
      'app.prod.blue.yaml',
    ]);
  });

  it('orders all combinations of selectors, and says which ones chose a file', async () => {
    const selectors = ['eu', 'eu-a', 'green', 'canary'];
    const names = ['region', 'zone', 'deployment', 'cohort'];
    // From one selector to all, each combination: what is further to the right counts twice as much as what is left of it.
    const combinations = Array.from({ length: 16 }, (_, bits) => selectors.filter((__, at) => (bits >> at) & 1));
    const ordered = ['app.yaml', ...combinations.map((words) => `${['app', 'prod', ...words].join('.')}.yaml`)];
    const others = ['app.prod.us.yaml', 'app.prod.green.eu.yaml', 'app.prod.beta.yaml', 'app.dev.eu.yaml'];
    const folder = await temporaryFolder(Object.fromEntries([...ordered, ...others].map((name) => [name, 'a: 1'])));
    const layers = await layersOf(configFolder(folder), {
      environment: 'production',
      ...Object.fromEntries(names.map((name, at) => [name, selectors[at] ?? ''] as const)),
    });
    expect(layers.map(({ name }) => name.slice(folder.length + 1))).toEqual(ordered);
    expect(layers[0]?.chosenBy).toBeUndefined();
    expect(layers.slice(1).map(({ chosenBy }) => chosenBy)).toEqual(
      combinations.map((words) => ({
        environment: 'production',
        ...Object.fromEntries(words.map((word) => [names[selectors.indexOf(word)] ?? '', word] as const)),
      })),
    );
  });

  it('takes another name, and names itself by it', async () => {
    const folder = await temporaryFolder(FILES);
    const source = configFolder(folder, { name: 'other', references: false });
    const layers = await layersOf(source, { environment: 'production' });
    expect(layers).toMatchObject([{ name: join(folder, 'other.production.yaml'), references: false }]);
    expect(source.name).toBe(join(folder, 'other'));
  });

  it('reads a file that several files import once', async () => {
    const files = { 'app.yaml': '$import: base.yaml', 'app.dev.yaml': '$import: base.yaml', 'base.yaml': '' };
    expect(await fileNames({}, files)).toEqual(['base.yaml', 'app.yaml', 'app.dev.yaml']);
  });

  it.each([
    [{ 'app.yaml': '', 'app.json': '{}' }, 'app.json and app.yaml'],
    [{ 'app.yaml': '', 'app.prod.yaml': '', 'app.production.yaml': '' }, 'app.prod.yaml and app.production.yaml'],
    [{ 'app.dev.eu.yml': '', 'app.development.eu.toml': '' }, 'app.dev.eu.yml and app.development.eu.toml'],
  ])('refuses two files for the same selectors: %j', async (files, shown) => {
    const error = await failureOf(fileNames({}, files));
    expect(error.code).toBe('ambiguous-file');
    expect(error.message).toContain(`The files ${shown} in`);
  });

  it('refuses a file for an environment that does not exist, also when it would not apply', async () => {
    const error = await failureOf(fileNames({}, { 'app.yaml': '', 'app.prodution.yaml': '' }));
    expect(error.code).toBe('unknown-environment');
    expect(error.message).toContain('is for "prodution", which is not an environment.');
    expect(error.message).toContain('dev, development, test, testing, prod, production');
  });

  it.each(['app.prod.a.b.c.d.e.yaml', 'app.prod..yaml'])('refuses the name %s', async (name) => {
    const error = await failureOf(fileNames({}, { 'app.yaml': '', [name]: '' }));
    expect(error.code).toBe('invalid-file-name');
    expect(error.message).toContain(`The name of the file ${name}`);
  });

  it.each([
    ['app', 'production.json'],
    ['app', 'app-production.yaml'],
    ['app', 'app_prod.toml'],
    ['app', 'production.app.yaml'],
    ['app', 'eu-west-1.yaml'],
    ['app', 'app-blue.yaml'],
    ['default', 'default-production.json'],
  ])('refuses beside %s.yaml a file that nobody would read: %s', async (name, stray) => {
    const folder = await temporaryFolder({ [`${name}.yaml`]: '', [stray]: '' });
    const source = configFolder(folder, { name });
    const error = await failureOf(layersOf(source, { region: 'eu-west-1', deployment: 'blue' }));
    expect(error.code).toBe('invalid-file-name');
    const ending = stray.slice(stray.lastIndexOf('.'));
    expect(error.message).toBe(
      `The file ${stray} in ${folder} is named like an environment, a region or another selector, and would be ignored.\n` +
        `Name it ${name}.{environment}${ending}, import it, or move it out of the folder.`,
    );
  });

  it('takes files of such names that are imported, or will be in another environment', async () => {
    const files = {
      'app.yaml': '$import: production.yaml',
      'app.test.yaml': '$import: [./test.yaml]',
      'production.yaml': 'a: 1',
      'test.yaml': 'a: 2',
    };
    const folder = await temporaryFolder(files);
    expect(await layersOf(configFolder(folder))).toHaveLength(2);
    expect(await layersOf(configFolder(folder), { environment: 'test' })).toHaveLength(4);
  });

  it('lets the files of other programs be, and names them', async () => {
    const records: LogRecord[] = [];
    const folder = await temporaryFolder({
      'app.yaml': '$import: shared.yaml',
      'shared.yaml': '',
      'worker.yaml': '',
      'worker.production.yaml': '',
      'notes.txt': '',
      'production.txt': '',
    });
    const source = configFolder(folder);
    for (let time = 0; time < 2; time++) await layersOf(source, { logger: { log: (record) => records.push(record) } });
    expect(records).toEqual([
      {
        level: 'info',
        event: 'config.source.unused-files',
        message: `${folder} has files that are not read as settings: worker.production.yaml, worker.yaml.`,
        fields: { source: join(folder, 'app'), files: ['worker.production.yaml', 'worker.yaml'] },
      },
    ]);
  });

  it('says that no file fits', async () => {
    const error = await failureOf(fileNames({ environment: 'test' }, { 'app.prod.yaml': '' }));
    expect(error.code).toBe('source-not-found');
    expect(error.message).toContain('has no configuration file for test: neither app.* nor app.test.*.');
  });

  it('says that the folder does not exist', async () => {
    expect((await failureOf(layersOf(configFolder('/nowhere')))).code).toBe('source-not-found');
  });

  it('says that the folder is a link to nothing', async () => {
    const folder = await temporaryFolder();
    await symlink('/nowhere/config', join(folder, 'config'));
    const { message } = await failureOf(layersOf(configFolder(join(folder, 'config'))));
    expect(message).toContain('config is a symbolic link to /nowhere/config, which does not exist.');
  });

  it('reports a mistake in a file', async () => {
    expect((await failureOf(fileNames({}, { 'app.yaml': 'a: [' }))).code).toBe('invalid-yaml');
  });

  it('has an id that is equal for equal arguments only', () => {
    expect(configFolder('config').id).toBe(configFolder('config').id);
    expect(configFolder('config').id).not.toBe(configFolder('config', { name: 'other' }).id);
  });

  it('refuses a wrong option at once', () => {
    expect(() => configFolder('')).toThrow(
      new TypeError('configFolder: folder must be the path of a file or folder; got an empty string.'),
    );
    expect(() => configFolder('config', { name: '' })).toThrow(TypeError);
  });
});
