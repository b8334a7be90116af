import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigSection, Secure, SecureValue } from '../../../src/index.js';
import {
  keyFile,
  Keyset,
  KeysetDocument,
  localKeyProvider,
  openKeyset,
  rotateKey,
  scopeHash,
  wrapKeys,
  type KeyringOptions,
  type KeyProvider,
  type OpenKeysetOptions,
} from '../../../src/keys.js';
import { generateKeyset, putKeyset } from '../../security/keysets.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { module, type Outcome } from '../fake-io.js';
import { numberedIn, numberedRun } from './numbered-run.js';

@ConfigSection('db')
class DbSettings {
  @Secure({ optional: true }) readonly password?: SecureValue<string>;
}

const cfg = scopeHash({ app: 'orders' });
const passphrase = 'correct horse battery staple';
const cost = { N: 2 ** 14 };
const plain = generateKeyset('orders');
const master = randomBytes(32).toString('base64');
const provider: KeyProvider = localKeyProvider({ variable: 'MASTER', env: { MASTER: master } });
let folder: string;

const text = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
const documentNow = async (): Promise<KeysetDocument> => KeysetDocument.parse(await text('keys.json'));

/** The values of app.yaml, opened with the keys of the file, and the keys that they are under. */
async function values(options: OpenKeysetOptions): Promise<readonly unknown[]> {
  const keyset = await openKeyset(await documentNow(), options);
  const tokens = (await text('app.yaml')).match(/\{jwe\}[\w.-]+/g) ?? [];
  return tokens.map((token) => [
    numberedIn(keyset.inspect(token)?.kid ?? '', keyset.keys),
    keyset.open(token, [cfg]).bytes.toString(),
  ]);
}

/** How each key of the file is kept: as it is, or wrapped by what. */
async function kept(): Promise<readonly unknown[]> {
  const { keys } = JSON.parse(await text('keys.json')) as { keys: readonly Record<string, unknown>[] };
  return keys.map(({ k, d, wrapped }) => {
    const { kdf, provider: id } = (wrapped ?? {}) as Record<string, unknown>;
    return kdf ?? id ?? (typeof (k ?? d) === 'string' ? 'plain' : 'none');
  });
}

const cli = (
  words: readonly string[],
  typed?: string | readonly string[],
  exported?: unknown,
  secret = '',
): Promise<Outcome> =>
  numberedRun(folder, words, exported, false, undefined, secret, typeof typed === 'string' ? [typed] : typed);

async function configured(options: KeyringOptions): Promise<unknown> {
  await writeFile(join(folder, 'uno.config.ts'), '');
  const secrets = { keyring: keyFile(join(folder, 'keys.json'), options), app: 'orders' };
  return module({ sections: [DbSettings], sources: [], secrets });
}

beforeEach(async () => {
  folder = await temporaryFolder();
  const keyset = Keyset.of(plain);
  const bytes = Buffer.from('swordfish');
  await writeFile(join(folder, 'app.yaml'), `a: '${keyset.encrypt(bytes, cfg)}'\nb: '${keyset.seal(bytes, cfg)}'\n`);
});

afterEach(() => {
  delete process.env['UNO_KEYRING_PASSPHRASE'];
});

describe('a new keyring', () => {
  const generate = ['keys', 'generate', 'keys.json', '--name', 'orders', '--wrap'];
  const wrote = 'wrote keys.json: orders/1 to encrypt, orders/2 to seal, wrapped';
  const opens = async (options: OpenKeysetOptions): Promise<string> => {
    const keyset = await openKeyset(await documentNow(), options);
    return keyset.open(keyset.encrypt(Buffer.from('pearl'), cfg), [cfg]).bytes.toString();
  };

  it('is wrapped under the passphrase of the variable', async () => {
    process.env['UNO_KEYRING_PASSPHRASE'] = passphrase;
    expect(await cli([...generate, 'passphrase'])).toMatchObject({
      code: 0,
      out: `${wrote} under a passphrase\n`,
      error: '',
    });
    expect([await kept(), await opens({ passphrase })]).toEqual([['scrypt', 'scrypt'], 'pearl']);
    expect((await stat(join(folder, 'keys.json'))).mode & 0o777).toBe(0o600);
    expect((await cli(['keys', 'rotate', 'keys.json', '--keys-only'])).code).toBe(0);
    expect(await kept()).toEqual(['scrypt', 'scrypt', 'scrypt', 'scrypt']);
  });

  it('is wrapped under the passphrase of the configuration file', async () => {
    const exported = await configured({ passphrase: () => passphrase });
    expect((await cli([...generate, 'passphrase'], undefined, exported)).code).toBe(0);
    expect(await opens({ passphrase })).toBe('pearl');
  });

  it('is wrapped under a passphrase that is typed twice on a terminal', async () => {
    expect(await cli([...generate, 'passphrase'], [passphrase, passphrase])).toMatchObject({
      code: 0,
      error: 'New passphrase of keys.json: The same passphrase once more: ',
    });
    expect(await opens({ passphrase })).toBe('pearl');
  });

  it('is wrapped by a key provider of the configuration file, and has its public half', async () => {
    const exported = await configured({ providers: [provider] });
    const { code, out } = await cli([...generate, 'local', '--public', 'public.json'], undefined, exported);
    expect([code, out]).toEqual([0, `${wrote} by local\n`]);
    expect([await kept(), await opens({ providers: [provider] })]).toEqual([['local', 'local'], 'pearl']);
    const sealed = Keyset.of(KeysetDocument.parse(await text('public.json'))).seal(Buffer.from('pearl'), cfg);
    const keyset = await openKeyset(await documentNow(), { providers: [provider] });
    expect(keyset.open(sealed, [cfg]).bytes.toString()).toBe('pearl');
  });

  const refuses: KeyProvider = { ...provider, wrapKey: async () => Promise.reject(new Error('no')) };
  it.each<[string, string, readonly string[], KeyringOptions | undefined, string]>([
    [
      'whose passphrase nobody gives',
      'passphrase',
      [],
      undefined,
      'The keys of keys.json are to be wrapped under a passphrase.\n' +
        'Set UNO_KEYRING_PASSPHRASE, or do this on a terminal, where it is asked for.\n',
    ],
    [
      'whose passphrase is typed in two ways',
      'passphrase',
      [passphrase, 'correct horse'],
      undefined,
      'The two passphrases are not the same.\nNothing has been written: do it again.\n',
    ],
    [
      'without a configuration file',
      'local',
      [],
      undefined,
      'The key provider that --wrap names for the keys of keys.json is not known here.\n' +
        "Give it to the keyring of the configuration file: secrets: { keyring: keyFile('…', { providers: [ … ] }) }.\n",
    ],
    [
      'with a passphrase in place of a provider, which is not printed',
      passphrase,
      [],
      { providers: [provider] },
      'The key provider that --wrap names for the keys of keys.json is not known here.\n' +
        'The keyring of the configuration file has local. Or write --wrap passphrase.\n',
    ],
    [
      'whose provider refuses',
      'local',
      [],
      { providers: [refuses] },
      'The key orders/1 could not be wrapped: the key provider local refused, or could not be reached.\n',
    ],
  ])('is not written %s', async (_, by, typed, options, message) => {
    // Empty is as good as not set.
    process.env['UNO_KEYRING_PASSPHRASE'] = '';
    const exported = options === undefined ? undefined : await configured(options);
    const { code, error } = await cli([...generate, by], typed, exported);
    expect([code, error]).toEqual([2, expect.stringContaining(`uno-config: ${message}`)]);
    await expect(stat(join(folder, 'keys.json'))).rejects.toThrow('ENOENT');
  });
});

describe('a keyring under a passphrase', () => {
  beforeEach(async () => {
    await putKeyset(join(folder, 'keys.json'), await wrapKeys(plain, { passphrase, cost }));
  });

  it('is rotated with that of the variable, and its new keys are under it as well', async () => {
    process.env['UNO_KEYRING_PASSPHRASE'] = passphrase;
    const { code, out } = await cli(['keys', 'rotate', 'keys.json', 'app.yaml']);
    expect([code, out.split('\n')[0]]).toEqual([0, 'added orders/3 to encrypt']);
    expect(await kept()).toEqual(['scrypt', 'scrypt', 'scrypt', 'scrypt']);
    expect(await values({ passphrase })).toEqual([
      ['orders/3', 'swordfish'],
      ['orders/4', 'swordfish'],
    ]);
  });

  it('is asked for on a terminal, once', async () => {
    const { code, error } = await cli(['keys', 'rotate', 'keys.json', 'app.yaml'], passphrase);
    expect([code, error]).toEqual([0, 'Passphrase of keys.json: 1 of 1 file: app.yaml\n']);
    expect(await values({ passphrase })).toHaveLength(2);
  });

  it('takes that of the configuration file', async () => {
    const exported = await configured({ passphrase: async () => Promise.resolve(passphrase) });
    const { code, out } = await cli(['keys', 'list', 'keys.json', 'app.yaml'], undefined, exported);
    expect([code, out.match(/\d values?/g)]).toEqual([0, ['1 value', '1 value']]);
  });

  it('is not asked for to list the keys alone', async () => {
    expect(await cli(['keys', 'list', 'keys.json'])).toMatchObject({ code: 0, error: '' });
  });

  it.each([
    [
      'is not known',
      undefined,
      'The keys of keys.json are wrapped under a passphrase.\nSet UNO_KEYRING_PASSPHRASE, or',
    ],
    ['is another one', 'wrong', 'the passphrase is not the one that it was wrapped under'],
  ])('is left as it is where its passphrase %s', async (_, typed, message) => {
    const was = [await text('keys.json'), await text('app.yaml')];
    for (const words of [[], ['--keys-only'], ['--continue']]) {
      const { code, error } = await cli(['keys', 'rotate', 'keys.json', ...words], typed);
      expect([code, error]).toEqual([2, expect.stringContaining(message)]);
    }
    expect([await text('keys.json'), await text('app.yaml')]).toEqual(was);
  });

  it('loses a key when nothing is under it, and stays wrapped', async () => {
    process.env['UNO_KEYRING_PASSPHRASE'] = passphrase;
    await cli(['keys', 'rotate', 'keys.json', 'app.yaml']);
    for (const step of ['retire', 'destroy'])
      expect((await cli(['keys', step, 'keys.json', 'orders/1', 'app.yaml'])).code).toBe(0);
    expect(await kept()).toEqual(['scrypt', 'scrypt', 'scrypt']);
    expect(await values({ passphrase })).toHaveLength(2);
  });

  it('encrypts once the passphrase is known, and seals without it', async () => {
    const words = ['db.password', '--keyring', 'keys.json', '--app', 'orders', '--scope', 'app'];
    const encrypted = await cli(['encrypt', ...words], passphrase, undefined, 'pearl');
    expect(encrypted.error.startsWith('Passphrase of keys.json: Value for any path of orders: ')).toBe(true);
    const sealed = await cli(['seal', ...words], undefined, undefined, 'pearl');
    const keyset = Keyset.of(plain);
    const opened = [encrypted, sealed].map(({ out }) => keyset.open(out.trim(), [cfg]).bytes.toString());
    expect(opened).toEqual(['pearl', 'pearl']);
    expect((await cli(['encrypt', ...words], undefined, undefined, 'pearl')).code).toBe(2);
  });
});

describe('a keyring under a key provider', () => {
  beforeEach(async () => {
    await putKeyset(join(folder, 'keys.json'), await wrapKeys(plain, { provider }));
  });

  it('is rotated with the providers of the configuration file, and its new keys are under theirs', async () => {
    const exported = await configured({ providers: [provider] });
    const { code } = await cli(['keys', 'rotate', 'keys.json', 'app.yaml'], undefined, exported);
    expect([code, await kept()]).toEqual([0, ['local', 'local', 'local', 'local']]);
    expect(await values({ providers: [provider] })).toEqual([
      ['orders/3', 'swordfish'],
      ['orders/4', 'swordfish'],
    ]);
  });

  it.each([
    ['without a configuration file', undefined],
    ['without its provider', {}],
  ])('is left as it is %s', async (_, options) => {
    const was = await text('keys.json');
    const exported = options === undefined ? undefined : await configured(options);
    const { code, error } = await cli(['keys', 'rotate', 'keys.json'], undefined, exported);
    expect([code, error, await text('keys.json')]).toEqual([
      2,
      'uno-config: The keys of keys.json are wrapped by the key provider local, which is not known here.\n' +
        "Give it to the keyring of the configuration file: secrets: { keyring: keyFile('…', { providers: [ … ] }) }.\n",
      was,
    ]);
  });

  it('keeps a new key as the one before of its use: wrapped, or as it is', async () => {
    const sealOnly = generateKeyset('orders', { uses: ['seal'] });
    const mixed = rotateKey(await wrapKeys(sealOnly, { provider }), 'encrypt');
    await putKeyset(join(folder, 'keys.json'), mixed);
    const exported = await configured({ providers: [provider] });
    const { code } = await cli(['keys', 'rotate', 'keys.json', '--keys-only'], undefined, exported);
    const { keys } = await documentNow();
    expect([code, keys.map(({ use }) => use), await kept()]).toEqual([
      0,
      ['seal', 'encrypt', 'seal', 'encrypt'],
      ['local', 'plain', 'local', 'plain'],
    ]);
  });
});
