import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConfigSource } from '../../src/core/index.js';
import { object, yamlFile } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { DatabaseSettings, HttpSettings } from './shop-settings.js';

const sections = [HttpSettings, DatabaseSettings];

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

describe('validate', () => {
  it('checks all three environments and says what is wrong in each, in the words of the error', async () => {
    const exported = module({ sections, sources: [object({ http: { prot: 80 } })] });
    const { code, out, error } = await run(folder, ['validate'], exported);
    expect([code, error]).toEqual([1, '']);
    const unknown = `  - http.prot: is not a known key\n    from http.prot (object)\n    Did you mean http.port?\n`;
    expect(out.split(unknown)).toEqual([
      'development: 1 setting is not valid (development):\n',
      'test: 1 setting is not valid (test):\n',
      expect.stringMatching(
        /^production: 2 settings are not valid \(production\):\n {2}- http.host: must be set in production/,
      ),
      '',
    ]);
  });

  it('ends with 0 when all are valid', async () => {
    const exported = module({ sections, sources: [object({ http: { host: 'shop' } })] });
    const { code, out } = await run(folder, ['validate'], exported);
    expect([code, out]).toEqual([
      0,
      ['development', 'test', 'production'].map((name) => `${name}: all 8 settings are valid.\n`).join(''),
    ]);
  });

  it('says of a field that is typed SecureValue and not declared as a secret that it is plain text', async () => {
    const shop = await folderWith({
      'uno.config.ts': "import { Vault } from './settings/vault.js';\n",
      'settings/vault.ts': "import './deeper';\nclass Vault {\n  @MinLength(4) pin!: SecureValue<string>;\n}\n",
      'settings/deeper/index.ts': '@IsString() key!: SecureValue<string>;\n',
    });
    const exported = module({ sections, sources: [], validateIn: ['test'] });
    const { code, out } = await run(shop, ['validate'], exported);
    expect([code, out]).toEqual([
      1,
      'test: all 8 settings are valid.\n' +
        'settings/vault.ts:3:17: pin, which is typed SecureValue and not declared with @Secure: it is bound as plain text\n' +
        'settings/deeper/index.ts:1:13: key, which is typed SecureValue and not declared with @Secure: it is bound as plain text\n',
    ]);
    const json = await run(shop, ['validate', '--format', 'json'], exported);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, undeclared: [{ line: 3 }, { line: 1 }] });
    await removeFolder(shop);
  });

  it.each([
    ['-e', 'dev'],
    ['--env', 'Development'],
  ])('checks one environment with %s %s', async (option, name) => {
    const { code, out } = await run(folder, ['validate', option, name], module({ sections, sources: [] }));
    expect([code, out]).toEqual([0, 'development: all 8 settings are valid.\n']);
  });

  it('checks the environments that the definition names, and all with --all', async () => {
    const exported = module({ sections, sources: [], validateIn: ['test', 'development'] });
    const { out } = await run(folder, ['validate'], exported);
    expect(out).toMatch(/^test: .*\ndevelopment: .*\n$/);
    expect((await run(folder, ['validate', '--all'], exported)).code).toBe(1);
  });

  it('checks only the environment that the definition fixes', async () => {
    const { out } = await run(folder, ['validate'], module({ sections, sources: [], environment: 'test' }));
    expect(out).toBe('test: all 8 settings are valid.\n');
  });

  it('hands the selectors to the sources', async () => {
    const load = jest.fn<ConfigSource['load']>(() => ({}));
    const words = ['validate', '--env', 'test', '--region', 'eu', '--deployment', 'blue'];
    await run(folder, words, module({ sections, sources: [{ load }] }));
    expect(load).toHaveBeenCalledWith(
      expect.objectContaining({ environment: 'test', region: 'eu', deployment: 'blue' }),
    );
  });

  it('writes stable JSON', async () => {
    const exported = module({ sections, sources: [object({ http: { port: '80a' } })] });
    const { code, out } = await run(folder, ['validate', '--env', 'test', '--format', 'json'], exported);
    expect([code, JSON.parse(out)]).toEqual([
      1,
      {
        ok: false,
        environments: [
          {
            environment: 'test',
            ok: false,
            issues: [
              {
                code: 'not-an-integer',
                path: 'http.port',
                message: 'must be an integer, got "80a"',
                hint: expect.any(String),
                origin: { kind: 'object', source: 'object', key: 'http.port' },
                related: [],
              },
            ],
          },
        ],
      },
    ]);
    expect(out.endsWith('}\n')).toBe(true);
  });

  it('keeps every key in the JSON of an issue that has neither place nor hint', async () => {
    const source: ConfigSource = { name: 'mine', load: () => Promise.reject(new Error('no route')) };
    const { out } = await run(
      folder,
      ['validate', '-e', 'test', '--format=json'],
      module({ sections, sources: [source] }),
    );
    expect(JSON.parse(out)).toHaveProperty('environments.0.issues', [
      {
        code: 'source-unreachable',
        path: '',
        message: 'mine cannot be reached: it threw Error.',
        hint: 'Check that it runs and can be reached from here.',
        origin: null,
        related: [],
      },
    ]);
  });

  it('counts a file that is not there as settings that are not valid', async () => {
    const exported = module({ sections, sources: [yamlFile('not/there.yaml')] });
    const { code, out } = await run(folder, ['validate', '-e', 'test', '--format', 'json'], exported);
    expect([code, JSON.parse(out)]).toMatchObject([
      1,
      { environments: [{ issues: [{ code: 'source-not-found', hint: expect.stringContaining('optional') }] }] },
    ]);
  });

  it('never shows a secret', async () => {
    const exported = module({ sections, sources: [object({ database: { password: ['hunter2'], url: 7, tags: 1 } })] });
    for (const format of ['text', 'json']) {
      const { code, out, error } = await run(folder, ['validate', '--format', format], exported);
      expect([code, `${out}${error}`.includes('hunter2')]).toEqual([1, false]);
    }
  });

  it('closes the sources, whether they load or not', async () => {
    const close = jest.fn(() => {
      throw new Error('cannot close');
    });
    const source: ConfigSource = { load: () => ({ http: { port: 'x' } }), close };
    expect((await run(folder, ['validate', '-e', 'test'], module({ sections, sources: [source] }))).code).toBe(1);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('keeps the program’s own logger out of its output', async () => {
    const log = jest.fn();
    await run(folder, ['validate'], module({ sections, sources: [], logger: { log } }));
    expect(log).not.toHaveBeenCalled();
  });

  it('paints the names of the environments', async () => {
    const { out } = await run(folder, ['validate'], module({ sections, sources: [] }), true);
    expect(out).toContain('\u001b[32mtest\u001b[39m: all');
    expect(out).toContain('\u001b[31mproduction\u001b[39m: 1 setting');
  });

  it.each([
    [['--env', 'prd'], '--env "prd" is not an environment.\nDid you mean prod?'],
    [
      ['--env', 'moon'],
      '--env "moon" is not an environment.\nLegal: dev, development, test, testing, prod, production; ' +
        "or declare its kind: environments: { moon: 'production' }.",
    ],
    [['--env', 'test', '--all'], '--all and --env contradict each other.\nWrite one of them.'],
  ])('refuses %j', async (words, error) => {
    const outcome = await run(folder, ['validate', ...words], module({ sections, sources: [] }));
    expect(outcome).toMatchObject({ code: 2, out: '', error: `uno-config: ${error}\n` });
  });
});
