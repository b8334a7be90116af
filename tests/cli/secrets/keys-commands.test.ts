import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { configFolder, ConfigSection, object, Secure, SecureValue, yamlFile } from '../../../src/index.js';
import { Keyset, KeysetDocument, scopeHash } from '../../../src/keys.js';
import { defineTenants, tenantFile } from '../../../src/tenants/index.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { module, run as plainRun } from '../fake-io.js';
import { numberedRun as run } from './numbered-run.js';

@ConfigSection('db')
class DbSettings {
  @Secure({ optional: true }) readonly password?: SecureValue<string>;
}

const cfg = scopeHash({ app: 'orders' });
let folder: string;

const keyset = async (file = 'keys.json'): Promise<Keyset> =>
  Keyset.of(KeysetDocument.parse(await readFile(join(folder, file))));
const put = (file: string, text: string): Promise<void> => writeFile(join(folder, file), text);
const text = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');

/** A keyring, and a file with a value under each of its keys. */
async function withValues(): Promise<void> {
  await run(folder, ['keys', 'generate', 'keys.json', '--name', 'orders']);
  const keys = await keyset();
  const bytes = Buffer.from('swordfish');
  await put('app.yaml', `a: '${keys.encrypt(bytes, cfg)}' # kept\nb: '${keys.seal(bytes, cfg)}'\n`);
}

beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('keys generate', () => {
  it('makes a file that only its owner can read, with a key for each use', async () => {
    expect(await run(folder, ['keys', 'generate', 'secret/orders.json'])).toMatchObject({
      code: 0,
      out: 'wrote secret/orders.json: orders/1 to encrypt, orders/2 to seal\n',
      error: '',
    });
    expect((await stat(join(folder, 'secret/orders.json'))).mode & 0o777).toBe(0o600);
    expect((await keyset('secret/orders.json')).keys.map(({ use }) => use)).toEqual(['encrypt', 'seal']);
  });

  it('leaves a file alone that is there', async () => {
    await put('keys.json', 'mine');
    expect(await run(folder, ['keys', 'generate', 'keys.json'])).toMatchObject({
      code: 2,
      error:
        'uno-config: keys.json already exists.\n' +
        'Its keys may be all that opens some values: "keys rotate" adds new ones to it.\n',
    });
    expect(await text('keys.json')).toBe('mine');
  });

  it('writes the public half for whoever seals', async () => {
    await run(folder, ['keys', 'generate', 'keys.json', '--name', 'orders', '--public', 'public.json']);
    const [, seals] = (await keyset()).keys;
    expect((await keyset('public.json')).keys).toMatchObject([{ kid: seals?.kid, use: 'seal', canOpen: false }]);
  });

  it('prints JSON without a key', async () => {
    const { out } = await run(folder, ['keys', 'generate', 'keys.json', '--use', 'encrypt', '--json']);
    expect(JSON.parse(out)).toMatchObject({ keyset: 'keys', keys: [{ kid: 'keys/1', state: 'primary' }] });
    const document = JSON.parse(await text('keys.json')) as { readonly keys: readonly { readonly k: string }[] };
    expect(out).not.toContain(document.keys[0]?.k);
  });

  it.each([
    [['--name', 'a b'], '"a b" cannot be the name of a keyset.'],
    [['--use', 'encrypt', '--public', 'p.json'], 'The keyset keys has no key to seal with.'],
  ])('makes nothing of %j', async (words, message) => {
    const { code, error } = await run(folder, ['keys', 'generate', 'keys.json', ...words]);
    expect([code > 0, error]).toEqual([true, expect.stringContaining(message)]);
    await expect(stat(join(folder, 'keys.json'))).rejects.toThrow('ENOENT');
  });

  it('says why a file cannot be written', async () => {
    await put('file', '');
    const { code, error } = await run(folder, ['keys', 'generate', 'file/keys.json']);
    expect([code, error]).toEqual([2, expect.stringContaining('file/keys.json cannot be written: the system says E')]);
  });
});

describe('keys rotate', () => {
  it('adds new keys, encrypts the values again, and says what is under which', async () => {
    await withValues();
    const was = await text('app.yaml');
    const { code, out, error } = await run(folder, ['keys', 'rotate', 'keys.json', 'app.yaml']);
    expect(out).toBe(
      [
        'added orders/3 to encrypt',
        'added orders/4 to seal',
        'app.yaml: 2 values encrypted again',
        '2 values encrypted again, 0 under the newest key already, in 1 file.',
        '  orders/3: 1 value',
        '  orders/4: 1 value',
        'No value is left under an older key.',
        '',
      ].join('\n'),
    );
    expect([code, error]).toEqual([0, '1 of 1 file: app.yaml\n']);
    const now = await text('app.yaml');
    const values = /\{jwe\}[\w.-]+/g;
    expect(now.replaceAll(values, '')).toBe(was.replaceAll(values, ''));
    const keys = await keyset();
    const kids = now.match(values)?.map((token) => keys.inspect(token)?.kid);
    expect(kids).toEqual(keys.keys.slice(2).map(({ kid }) => kid));
    expect((await stat(join(folder, 'keys.json'))).mode & 0o777).toBe(0o600);
  });

  describe('without files that are named', () => {
    /** A configuration file that reads the folder `config`, and a file that it does not read. */
    async function withSources(): Promise<unknown> {
      await withValues();
      const keys = await keyset();
      await mkdir(join(folder, 'config'));
      for (const file of ['config/app.yaml', 'config/app.production.yaml', 'config/app.test.eu.yaml'])
        await put(file, `db: { password: '${keys.encrypt(Buffer.from('swordfish'), cfg)}' }\n`);
      await put('uno.config.ts', '');
      return module({ sections: [DbSettings], sources: [object({}), configFolder(join(folder, 'config'))] });
    }

    it('takes those of the sources, for every environment, and says which', async () => {
      const exported = await withSources();
      const was = await text('app.yaml');
      const { code, out } = await run(folder, ['keys', 'rotate', 'keys.json'], exported);
      expect([code, out.split('\n').slice(2, 6), await text('app.yaml')]).toEqual([
        0,
        [
          'files of the sources in uno.config.ts:',
          '  config/app.production.yaml',
          '  config/app.test.eu.yaml',
          '  config/app.yaml',
        ],
        was,
      ]);
      const retired = await run(folder, ['keys', 'retire', 'keys.json', 'orders/1'], exported);
      expect(retired.out.split('\n')[0]).toBe('files of the sources in uno.config.ts:');
      expect(retired.out).toContain('No value is under orders/1 in 3 files.');
    });

    it('takes those of tenants, whose values nothing opens once the key is gone', async () => {
      await withSources();
      const keys = await keyset();
      await put('tenants.yaml', `acme: { db: { password: '${keys.encrypt(Buffer.from('swordfish'), cfg)}' } }\n`);
      const exported = module({
        sections: [DbSettings],
        sources: [],
        tenants: defineTenants({ layers: tenantFile(join(folder, 'tenants.yaml')) }),
      });
      const { out } = await run(folder, ['keys', 'rotate', 'keys.json'], exported);
      expect(out).toContain('files of the sources in uno.config.ts:\n  tenants.yaml\n');
      const kid = (await keyset()).inspect(/\{jwe\}[\w.-]+/.exec(await text('tenants.yaml'))?.[0] ?? '')?.kid;
      expect(kid).not.toBe(keys.keys[0]?.kid);
    });

    it('changes nothing where a source cannot say which files it reads', async () => {
      await withSources();
      const was = await text('keys.json');
      const exported = module({ sections: [DbSettings], sources: [yamlFile(join(folder, 'none.yaml'))] });
      const { code, error } = await run(folder, ['keys', 'rotate', 'keys.json'], exported);
      expect([code, error, await text('keys.json')]).toEqual([
        2,
        expect.stringMatching(/none\.yaml does not exist\.\n.*\nCorrect that, or name the files that have values\.\n$/),
        was,
      ]);
    });

    it.each([
      ['no source reads files', true],
      ['there is no configuration file', false],
    ])('takes those of the working directory where %s', async (_, configured) => {
      await withValues();
      if (configured) await put('uno.config.ts', '');
      const exported = module({ sections: [DbSettings], sources: [object({})] });
      const { out } = await run(folder, ['keys', 'rotate', 'keys.json'], exported);
      expect(out.split('\n').slice(2, 5)).toEqual([
        'configuration files of the working directory:',
        '  app.yaml',
        '  keys.json',
      ]);
    });
  });

  it('takes the configuration files of the working directory when none is named', async () => {
    await withValues();
    const { code, out } = await run(folder, ['keys', 'rotate', 'keys.json', '--use', 'encrypt', '--json']);
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({
        complete: true,
        rotated: 1,
        current: 1,
        files: [
          { file: 'app.yaml', rotated: 1, current: 1, left: 0 },
          { file: 'keys.json', rotated: 0, current: 0, left: 0 },
        ],
        before: { 'orders/1': 1, 'orders/2': 1 },
        after: { 'orders/2': 1, 'orders/3': 1 },
      }),
    ]);
  });

  it('writes nothing with --dry-run', async () => {
    await withValues();
    const was = [await text('app.yaml'), await text('keys.json')];
    const { out } = await run(folder, ['keys', 'rotate', 'keys.json', 'app.yaml', '--dry-run']);
    expect(out).toContain('would add orders/3 to encrypt\n');
    expect(out).toContain('app.yaml: 2 values would be encrypted again\n');
    expect([await text('app.yaml'), await text('keys.json')]).toEqual(was);
  });

  it('does it in two steps, for keys that must reach others first', async () => {
    await withValues();
    const was = await text('app.yaml');
    const first = await run(folder, ['keys', 'rotate', 'keys.json', '--keys-only']);
    expect([first.code, first.out, await text('app.yaml')]).toEqual([
      0,
      'added orders/3 to encrypt\nadded orders/4 to seal\n',
      was,
    ]);
    const second = await run(folder, ['keys', 'rotate', 'keys.json', 'app.yaml', '--continue']);
    expect([second.code, second.out.startsWith('app.yaml: 2 values encrypted again\n')]).toEqual([0, true]);
    expect((await keyset()).keys).toHaveLength(4);
  });

  it('ends with 1 where a value stays under an older key, and says where', async () => {
    await withValues();
    await put('bad.yaml', "\n  x: '{jwe}nothing'\n");
    const { code, out } = await run(folder, ['keys', 'rotate', 'keys.json', 'app.yaml', 'bad.yaml']);
    expect(code).toBe(1);
    expect(out).toContain('bad.yaml:2:7 begins like an encrypted value but is not one\n');
    expect(out).toContain('Some values may still be under an older key: keep that key until they are not.\n');
  });

  it('writes a new public half', async () => {
    await withValues();
    await run(folder, ['keys', 'rotate', 'keys.json', 'app.yaml', '--public', 'public.json']);
    expect((await keyset('public.json')).keys[0]?.kid).toBe((await keyset()).keys[3]?.kid);
  });

  it('refuses keys that others can read', async () => {
    await withValues();
    await chmod(join(folder, 'keys.json'), 0o644);
    const { code, error } = await run(folder, ['keys', 'rotate', 'keys.json']);
    expect([code, error]).toEqual([2, expect.stringContaining('are not safe: its mode is 0644.')]);
  });

  it('refuses two options that leave nothing to do', async () => {
    const { code, error } = await run(folder, ['keys', 'rotate', 'k', '--keys-only', '--continue']);
    expect([code, error]).toEqual([2, expect.stringContaining('--keys-only and --continue leave nothing to do.')]);
  });
});

describe('keys list', () => {
  it('shows the keys, and what is under each', async () => {
    await withValues();
    await run(folder, ['keys', 'rotate', 'keys.json', '--keys-only', '--use', 'encrypt']);
    const { out } = await run(folder, ['keys', 'list', 'keys.json', 'app.yaml']);
    expect(out.replaceAll(/\d{4}-[\d-]+T[\d:.]+Z/g, '<time>')).toBe(
      [
        'orders/1  encrypt  active     <time>  1 value',
        'orders/2  seal     primary    <time>  1 value',
        'orders/3  encrypt  primary    <time>  0 values',
        '',
      ].join('\n'),
    );
    const { out: json } = await run(folder, ['keys', 'list', 'keys.json', '--json']);
    expect(JSON.parse(json)).toMatchObject({ keyset: 'orders', keys: [{ kid: 'orders/1', state: 'active' }, {}, {}] });
    expect(json).not.toContain('values');
  });
});

describe('keys retire and keys destroy', () => {
  it('refuse while values are under the key', async () => {
    await withValues();
    await run(folder, ['keys', 'rotate', 'keys.json', '--keys-only']);
    const was = await text('keys.json');
    const refused = await run(folder, ['keys', 'retire', 'keys.json', 'orders/1', 'app.yaml']);
    expect([refused.code, refused.out]).toEqual([
      1,
      '1 value is under orders/1 in 1 file.\n' +
        'orders/1 is not retired. Encrypt them again first, with "keys rotate --continue"; or write --force.\n',
    ]);
    expect(await text('keys.json')).toBe(was);
    const forced = await run(folder, ['keys', 'retire', 'keys.json', 'orders/1', 'app.yaml', '--force', '--json']);
    expect([forced.code, JSON.parse(forced.out)]).toEqual([
      0,
      { kid: 'orders/1', state: 'retired', done: true, values: 1, files: 1 },
    ]);
    expect((await run(folder, ['keys', 'destroy', 'keys.json', 'orders/1', 'app.yaml'])).code).toBe(1);
    expect((await keyset()).keys[0]?.state).toBe('retired');
  });

  it('take a key out of use once nothing is under it', async () => {
    await withValues();
    await run(folder, ['keys', 'rotate', 'keys.json', 'app.yaml']);
    const kid = (await keyset()).keys[0]?.kid ?? '';
    for (const step of ['retire', 'destroy']) {
      const { code, out } = await plainRun(folder, ['keys', step, 'keys.json', kid, 'app.yaml']);
      const state = step === 'retire' ? 'retired' : 'destroyed';
      expect([code, out.replaceAll(kid, 'orders/1')]).toEqual([
        0,
        `No value is under orders/1 in 1 file.\norders/1 is ${state}.\n`,
      ]);
    }
    const keys = await keyset();
    expect(keys.keys).toHaveLength(3);
    const [token = ''] = /\{jwe\}[\w.-]+/.exec(await text('app.yaml')) ?? [];
    expect(keys.open(token, [cfg]).bytes.toString()).toBe('swordfish');
  });

  it('refuse when a file could not be read', async () => {
    await withValues();
    await run(folder, ['keys', 'rotate', 'keys.json', 'app.yaml']);
    const [token = ''] = /\{jwe\}[\w.-]+/.exec(await text('app.yaml')) ?? [];
    await put('split.yaml', `a: "${token.slice(0, 50)}\\\n   ${token.slice(50)}"`);
    const { code, out } = await run(folder, ['keys', 'retire', 'keys.json', 'orders/1']);
    expect([code, out]).toEqual([1, expect.stringContaining('split.yaml:1:5 is an encrypted value that is split')]);
  });

  it.each([
    ['orders/9', 'The keyset orders has no key of this name.'],
    ['orders/1', 'The key orders/1 is primary and cannot become retired.'],
  ])('say why %s cannot be retired', async (kid, message) => {
    await withValues();
    const { code, error } = await run(folder, ['keys', 'retire', 'keys.json', kid]);
    expect([code, error]).toEqual([2, expect.stringContaining(message)]);
  });
});
