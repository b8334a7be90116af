import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  ConfigSection,
  jsonFile,
  ListOf,
  loadSettings,
  Secure,
  SecureValue,
  TenantScope,
  yamlFile,
  type ConfigSource,
} from '../../../src/index.js';
import { accessPolicy } from '../../../src/access.js';
import { keyFile, Keyset, publicKeyset, scopeHash } from '../../../src/keys.js';
import { generateKeyset, putKeyset, rotateKey } from '../../security/keysets.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { module, run, type Outcome } from '../fake-io.js';

@ConfigSection('db')
class DbSettings {
  @Secure({ level: 'encrypt', optional: true }) readonly password?: SecureValue<string>;
  @Secure({ level: 'sealed', as: 'text', readers: 'injected', optional: true }) readonly key?: SecureValue<string>;
  @TenantScope('system') @Secure({ level: 'encrypt', optional: true }) readonly systemKey?: SecureValue<string>;
  @Secure({ level: 'encrypt' }) @ListOf(() => String) readonly tokens: readonly SecureValue<string>[] = [];
}

const document = generateKeyset('orders');
const keyset = Keyset.of(document);
const TOKEN = /[{]jwe[}][\w.-]+/;
let folder: string;

const text = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
const make = (words: readonly string[], secret = 'swordfish', exported?: unknown): Promise<Outcome> =>
  run(folder, words, exported, false, undefined, secret);
const KEYS = ['--keyring', 'keys.json', '--app', 'orders', '--env', 'production'];
const encrypt = (path: string, ...words: readonly string[]): Promise<Outcome> =>
  make(['encrypt', path, ...KEYS, ...words]);
const cfg = scopeHash({ app: 'orders', environment: 'production', path: 'db.password' });
const opened = (token: string, scope = cfg): string => keyset.open(token.trim(), [scope]).bytes.toString();

/** A configuration file with the class, the keys and the application. */
async function configured(): Promise<unknown> {
  await writeFile(join(folder, 'uno.config.ts'), '');
  const secrets = { keyring: keyFile(join(folder, 'keys.json')), app: 'orders' };
  return module({ sections: [DbSettings], sources: [], secrets, environment: 'test' });
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await putKeyset(join(folder, 'keys.json'), document);
});

describe('encrypt', () => {
  it('prints a value for its place, and says which place', async () => {
    const { code, out, error } = await encrypt('db.password');
    expect([code, opened(out), error]).toEqual([
      0,
      'swordfish',
      'Value for db.password in production of orders: for db.password in production of orders\n',
    ]);
  });

  it('takes the keys as they are when the value has been typed', async () => {
    await writeFile(join(folder, 'uno.config.ts'), '');
    const keysets = [keyset, Keyset.of(rotateKey(document, 'encrypt'))];
    const keyring = { name: 'rotated meanwhile', load: () => Promise.resolve(keysets.shift() ?? keyset) };
    const exported = module({ sections: [DbSettings], sources: [], secrets: { keyring, app: 'orders' } });
    const { out } = await make(['encrypt', 'db.password', '--env', 'production', '--json'], 'swordfish', exported);
    expect(JSON.parse(out)).toMatchObject({ kid: 'orders/3' });
  });

  it.each([
    ['environment', { app: 'orders', environment: 'production' }],
    ['app', { app: 'orders' }],
  ])('makes a value for any path with --scope %s', async (scope, bound) => {
    expect(opened((await encrypt('db.password', '--scope', scope)).out, scopeHash(bound))).toBe('swordfish');
  });

  it('makes a value that opens for one tenant, and refuses a path that no tenant may set', async () => {
    const { out, error } = await encrypt('db.password', '--tenant', 'acme');
    const bound = { app: 'orders', environment: 'production', path: 'db.password', tenant: 'acme' };
    expect(opened(out, scopeHash(bound))).toBe('swordfish');
    expect(() => opened(out)).toThrow('could not be opened');
    expect(error).toContain('for db.password in production of orders, for tenant acme');
    const refused = await make(['encrypt', 'db.systemKey', '--tenant', 'acme'], 'swordfish', await configured());
    expect([refused.code, refused.error]).toEqual([
      2,
      'uno-config: db.systemKey is set for all tenants; none may set it for itself.\nLeave out --tenant.\n',
    ]);
  });

  it.each(['encrypt', 'seal'])('does not repeat a value that was written among the words: %s', async (command) => {
    const { code, out, error } = await make([command, 'db.password', 'swordfish', ...KEYS]);
    expect([code, out, error]).toEqual([
      2,
      '',
      `uno-config: The value is no word of the command line, where others can read it: it is asked for, or read from the input.
Write uno-config ${command} <path>.
`,
    ]);
  });

  it('prints JSON without the value', async () => {
    const { out } = await encrypt('db.password', '--json');
    const { token, ...rest } = JSON.parse(out) as { readonly token: string };
    expect([opened(token), rest, out.includes('swordfish')]).toEqual([
      'swordfish',
      { for: 'db.password in production of orders', kid: 'orders/1' },
      false,
    ]);
  });

  it('takes keys and application of the configuration file, and what it makes is opened by a load', async () => {
    const sources: ConfigSource[] = [];
    const secrets = { keyring: keyFile(join(folder, 'keys.json')), app: 'orders' };
    await writeFile(join(folder, 'uno.config.ts'), '');
    const exported = module({ sections: [DbSettings], sources, secrets, environment: 'test' });
    const { out } = await make(['encrypt', 'db.tokens[1]'], 'pearl', exported);
    await writeFile(join(folder, 'app.json'), JSON.stringify({ db: { tokens: [out.trim()] } }));
    const { tokens } = await loadSettings(DbSettings, {
      sources: [jsonFile(join(folder, 'app.json'))],
      secrets,
      env: {},
      environment: 'test',
    });
    expect(tokens[0]?.use((token) => token)).toBe('pearl');
  });

  it.each([
    [
      'app.yaml',
      '# top\r\ndb:\r\n  user: me # who\r\n  password:   hunter2   # secret\r\n',
      'hunter2   #',
      '"TOKEN"   #',
    ],
    ['app.yaml', 'db: { user: me, password: hunter2, port: 1 }', 'hunter2', '"TOKEN"'],
    ['app.yaml', "db:\n  password: 'it''s'\n  port: 1", "'it''s'", '"TOKEN"'],
    ['app.yaml', 'db:\n  "pass-word": "a # b"', '"a # b"', '"TOKEN"'],
    ['app.yaml', 'db:\n  password: # none yet\n  port: 1\n', 'password:', 'password: "TOKEN"'],
    ['app.yaml', 'a: &p hunter2\ndb:\n  password: *p\n', '*p', '"TOKEN"'],
    ['app.yaml', 'db:\n  password: 12345', '12345', '"TOKEN"'],
    ['app.yaml', 'db:\n  password: |\n    hunter2\n', '|\n    hunter2', '"TOKEN"'],
    [
      'app.yaml',
      'db:\r\n  password: >-   # why\r\n\r\n    a\r\n\r\n      b\r\n\r\n  port: 1',
      '>-   # why\r\n\r\n    a\r\n\r\n      b',
      '"TOKEN"   # why',
    ],
    ['app.yaml', 'db:\n  password: |+\n    a\n\n\n  port: 1\n', '|+\n    a', '"TOKEN"'],
    ['app.yaml', 'db:\n    password: |1\n      a\n     b\n    port: 1\n', '|1\n      a\n     b', '"TOKEN"'],
    ['app.yaml', 'db:\n  password: |1\n    a\n   # b\n  # why\n  port: 1\n', '|1\n    a\n   # b', '"TOKEN"'],
    ['app.yaml', 'db:\n  password: !!str |\n    # a\n  # why\n  port: 1\n', '|\n    # a', '"TOKEN"'],
    ['app.yaml', 'db:\n  password: "a\n    b" # why\n', '"a\n    b"', '"TOKEN"'],
    ['app.json', '{"db":{"password": "a\\"b" , "port": 1}}', '"a\\"b"', '"TOKEN"'],
    ['app.json', '\uFEFF{"db":{"password":null}}', 'null', '"TOKEN"'],
    ['app.jsonc', '{"db":{"password": "x", /* y */},}', '"x"', '"TOKEN"'],
    ['app.toml', '[db]\npassword = "hunter2" # why\nport = 1\n', '"hunter2"', '"TOKEN"'],
    ['app.toml', "db = { password = '''a\nb''', port = 1 }", "'''a\nb'''", '"TOKEN"'],
    ['.env', 'A=1\r\nexport APP_DB__PASSWORD="hunter2" # why\r\nB=2', '"hunter2"', 'TOKEN'],
    ['.env.production', 'DB__PASSWORD=hunter2', 'hunter2', 'TOKEN'],
    ['.env', "DB__PASSWORD='a\nb'\nX=1\n", "'a\nb'", 'TOKEN'],
    ['.env', 'DB__PASSWORD=\nX=1\n', 'DB__PASSWORD=', 'DB__PASSWORD=TOKEN'],
  ])('puts it into %s in place of what stands there, and changes nothing else: %j', async (file, was, old, wanted) => {
    await writeFile(join(folder, file), was);
    await chmod(join(folder, file), 0o640);
    const { code, out, error } = await encrypt('db.password', '--in', file);
    expect([error.split('\n').slice(1), code, out]).toEqual([[''], 0, `wrote ${file}\n`]);
    const now = await text(file);
    const [token = ''] = TOKEN.exec(now) ?? [];
    expect(now).toBe(was.replace(old, () => wanted.replace('TOKEN', token)));
    expect(opened(token)).toBe('swordfish');
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o640);
  });

  it('takes what stands there with --current', async () => {
    await writeFile(join(folder, 'app.yaml'), 'db:\n  password: hunter2\n');
    const { error } = await encrypt('db.password', '--in', 'app.yaml', '--current');
    expect(error).toBe('for db.password in production of orders\n');
    const now = await text('app.yaml');
    expect(opened(TOKEN.exec(now)?.[0] ?? '')).toBe('hunter2');
    expect(await encrypt('db.password', '--in', 'app.yaml', '--current')).toMatchObject({
      code: 2,
      error: 'uno-config: app.yaml has an encrypted value there already.\n',
    });
    expect(await text('app.yaml')).toBe(now);
  });

  it.each([
    ['app.yaml', 'db:\n  user: me # who\n', 'db:\n  password: "TOKEN"\n  user: me # who\n'],
    ['app.yaml', 'db:\n\n    # who\n    user: me\nx: 1', 'db:\n    password: "TOKEN"\n\n    # who\n    user: me\nx: 1'],
    ['app.yaml', 'db: # later\nx: 1\n', 'db: # later\n  password: "TOKEN"\nx: 1\n'],
    ['app.yaml', 'db: { user: me }\n', 'db: { password: "TOKEN", user: me }\n'],
    ['app.yaml', 'db: {}\n', 'db: { password: "TOKEN" }\n'],
    ['app.yaml', 'x: 1', 'x: 1\ndb:\n  password: "TOKEN"\n'],
    ['app.yaml', '', 'db:\n  password: "TOKEN"\n'],
    ['app.yaml', '# nothing yet\n', '# nothing yet\ndb:\n  password: "TOKEN"\n'],
    ['app.yaml', 'x:\r\n  y: 1\r\n', 'x:\r\n  y: 1\r\ndb:\r\n  password: "TOKEN"\r\n'],
    ['app.yaml', '{ x: 1 }\n', '{ db: { password: "TOKEN" }, x: 1 }\n'],
    [
      'app.json',
      '{\n  "db": {\n    "user": "me"\n  }\n}\n',
      '{\n  "db": {\n    "password": "TOKEN",\n    "user": "me"\n  }\n}\n',
    ],
    ['app.json', '{"x": 1}', '{"db": { "password": "TOKEN" }, "x": 1}'],
    ['app.json', '{ "db": {} }', '{ "db": { "password": "TOKEN" } }'],
    ['app.jsonc', '{\n  // who\n  "x": 1,\n}', '{\n  // who\n  "db": { "password": "TOKEN" },\n  "x": 1,\n}'],
    ['app.toml', '[db]\nuser = "me"\n', '[db]\npassword = "TOKEN"\nuser = "me"\n'],
    ['app.toml', 'x = 1', 'x = 1\n\n[db]\npassword = "TOKEN"\n'],
    ['app.toml', '', '[db]\npassword = "TOKEN"\n'],
    ['app.toml', 'db = { user = "me" }\n', 'db = { password = "TOKEN", user = "me" }\n'],
    ['app.toml', 'db.user = "me"\n[x]\n', 'db.password = "TOKEN"\ndb.user = "me"\n[x]\n'],
  ])('puts it into %s, which does not have the key yet: %j', async (file, was, wanted) => {
    await writeFile(join(folder, file), was);
    expect(await encrypt('db.password', '--in', file)).toMatchObject({ code: 0, out: `wrote ${file}\n` });
    const now = await text(file);
    const [token = ''] = TOKEN.exec(now) ?? [];
    expect(now).toBe(wanted.replace('TOKEN', () => token));
    expect(opened(token)).toBe('swordfish');
    expect(await encrypt('db.password', '--in', file, '--current')).toMatchObject({
      code: 2,
      error: `uno-config: ${file} has an encrypted value there already.\n`,
    });
  });

  it('puts it beside the first key of an item, and above the first of a table in the middle', async () => {
    await writeFile(join(folder, 'app.yaml'), 'users:\n  - name: me\n  - name: you\n');
    expect((await encrypt('users[1].password', '--in', 'app.yaml')).code).toBe(0);
    expect((await text('app.yaml')).replace(TOKEN, 'TOKEN')).toBe(
      'users:\n  - name: me\n  - password: "TOKEN"\n    name: you\n',
    );
    await writeFile(join(folder, 'app.toml'), 'x = 1\n\n[db] # here\nuser = "me"\n\n[z]\n');
    expect((await encrypt('db.pool.password', '--in', 'app.toml')).code).toBe(0);
    expect((await text('app.toml')).replace(TOKEN, 'TOKEN')).toBe(
      'x = 1\n\n[db] # here\npool.password = "TOKEN"\nuser = "me"\n\n[z]\n',
    );
  });

  it.each([
    ['app.yaml', 'password: ', '00123'],
    ['app.yaml', 'password: ', '1.50'],
    ['app.yaml', 'password: ', '0x1F'],
    ['app.yaml', 'password: ', '1e3'],
    ['app.yaml', 'password: ', '.inf'],
    ['app.yaml', 'password: ', 'true'],
    ['app.yaml', 'password: ', '2024-01-02'],
    ['app.yaml', 'password: ', '123456789012345678901234567890'],
    ['app.json', '"password": ', '1.50'],
    ['app.json', '"password": ', '1E3'],
    ['app.json', '"password": ', '123456789012345678901234567890'],
    ['app.toml', 'password = ', '1_000'],
    ['app.toml', 'password = ', '0x1F'],
    ['app.toml', 'password = ', '1.50'],
    ['app.toml', 'password = ', '2024-01-02'],
    ['.env', 'DB__PASSWORD=', '00123'],
  ])('takes what stands in %s to the letter: %s%s', async (file, before, letters) => {
    const around: Readonly<Record<string, readonly [string, string]>> = {
      'app.yaml': ['db:\n  ', ' # why\n  port: 1\n'],
      'app.json': ['{"db":{', ', "port": 1}}'],
      'app.toml': ['[db]\n', ' # why\nport = 1\n'],
      '.env': ['', '\n'],
    };
    const [start = '', end = ''] = around[file] ?? [];
    await writeFile(join(folder, file), `${start}${before}${letters}${end}`);
    expect(await encrypt('db.password', '--in', file, '--current')).toMatchObject({ code: 0 });
    const now = await text(file);
    expect(opened(TOKEN.exec(now)?.[0] ?? '')).toBe(letters);
    expect(now.endsWith(end)).toBe(true);
  });

  it.each([
    [
      'a: &p 00123\ndb:\n  password: *p\n',
      '3:3',
      'It is an alias: put what it names in quotes, behind its anchor; then do this again.',
    ],
    ['db:\n  password: !!int "5"\n', '2:3', 'Put it in quotes; then do this again.'],
  ])('takes nothing that may mean something else than it looks: %j', async (was, place, wayOut) => {
    await writeFile(join(folder, 'app.yaml'), was);
    const { code, error } = await encrypt('db.password', '--in', 'app.yaml', '--current');
    expect([code, error, await text('app.yaml')]).toEqual([
      2,
      `uno-config: app.yaml:${place} cannot be taken literally: it is not a string, and its value may differ from how it is written.\n` +
        `${wayOut}\n`,
      was,
    ]);
  });

  it.each(['db:\n  password: # none yet\n', 'db:\n  password: ~\n', 'db:\n  user: me\n'])(
    'takes nothing where nothing stands: %j',
    async (was) => {
      await writeFile(join(folder, 'app.yaml'), was);
      const { code, error } = await encrypt('db.password', '--in', 'app.yaml', '--current');
      expect([code, error, await text('app.yaml')]).toEqual([
        2,
        expect.stringMatching(
          /^uno-config: app\.yaml:[12]:[13] has no value to take\.\nLeave out --current, and type it\.\n$/,
        ),
        was,
      ]);
    },
  );

  it.each([
    [
      'dbs.password',
      'There is no secret "dbs.password": no field with @Secure is at that path.\nDid you mean db.password?\n',
    ],
    [
      'db.pasword',
      'There is no secret "db.pasword": no field with @Secure is at that path.\nDid you mean db.password?\n',
    ],
    [
      'http.port',
      'There is no secret "http.port": no field with @Secure is at that path.\nThe secrets are db.password, db.key, db.systemKey, db.tokens.0.\n',
    ],
  ])('makes nothing for a path that the classes do not have: %s', async (path, message) => {
    const exported = await configured();
    const { code, error, out } = await make(['encrypt', path, '--env', 'production'], 'swordfish', exported);
    expect([code, error, out]).toEqual([2, expect.stringContaining(`uno-config: ${message}`), '']);
  });

  it('makes a value for the name that the class has, however the path is spelled', async () => {
    const exported = await configured();
    const { error } = await make(['encrypt', 'DB.pass-word', '--env', 'production'], 'swordfish', exported);
    expect(error).toContain('for db.password in production of orders\n');
  });

  it('takes a block with its line breaks', async () => {
    await writeFile(join(folder, 'app.yaml'), 'db:\n  password: |\n    -----BEGIN-----\n    abc\n  port: 1\n');
    await encrypt('db.password', '--in', 'app.yaml', '--current');
    const now = await text('app.yaml');
    expect(now).toBe(`db:\n  password: "${TOKEN.exec(now)?.[0] ?? ''}"\n  port: 1\n`);
    expect(opened(TOKEN.exec(now)?.[0] ?? '')).toBe('-----BEGIN-----\nabc\n');
  });

  it.each([
    [
      'app.yaml',
      'db:\n  user: me\n  password: a\n    b\n',
      'uno-config: app.yaml:3:3 cannot be changed: its value is written in a form that cannot be replaced by itself.\n' +
        'Write anything in its place, in one line and in quotes, without a tag or an anchor; then do this again.\n',
    ],
    ['app.yaml', 'db:\n  password: &p |\n    a\n  other: *p\n', 'app.yaml:2:3 cannot be changed'],
    ['app.yaml', 'db:\n  password: { a: 1 }\n', 'there is more than a single value at the path'],
    ['app.yaml', 'db: me\n', 'there is a single value above the path'],
    ['app.yaml', 'db:\n  - user: me\n', 'the list at the path has no such item'],
    [
      'app.yaml',
      'x: &x { a: 1 }\ndb: *x\n',
      'uno-config: app.yaml:2:1 cannot be changed: the key is not there, and cannot be inserted without changing something else.\n' +
        'Write the key there, with any value; then do this again.\n',
    ],
    ['app.json', '{"db": null}', 'app.json:1:2 cannot be changed: the key is not there'],
    ['app.yaml', 'db: [', 'it is not valid YAML'],
    ['app.txt', 'db', 'its extension is not that of YAML, JSON or TOML'],
    ['.env', 'X=1', 'there is no variable whose name ends with the path'],
    ['.env', 'A_DB__PASSWORD=1\nB_DB__PASSWORD=2', 'the names of 2 variables end with the path'],
  ])('changes nothing of %s: %j', async (file, was, why) => {
    await writeFile(join(folder, file), was);
    const { code, error } = await encrypt('db.password', '--in', file);
    expect([code, error, await text(file)]).toEqual([2, expect.stringContaining(why), was]);
  });

  it.each([
    [['encrypt', 'db.password', '--keyring', 'keys.json'], 'It is not known for which application.'],
    [['encrypt', 'db.password', '--app', 'orders'], 'There are no keys.'],
    [['encrypt', 'db..password', ...KEYS], '"db..password" is not a path'],
    [
      ['encrypt', 'db.password', ...KEYS, '--in', 'missing.yaml'],
      'missing.yaml cannot be changed: the system says ENOENT.',
    ],
    [['encrypt', 'db.password', ...KEYS, '--current'], '--current needs --in <file>.'],
  ])('says what is missing: %j', async (words, message) => {
    const { code, error } = await make(words);
    expect([code, error]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('seal', () => {
  it('needs nothing but the public half, which others may read', async () => {
    await writeFile(join(folder, 'public.json'), publicKeyset(document).toText(), { mode: 0o644 });
    const words = ['seal', 'db.password', '--keyring', 'public.json', '--app', 'orders', '--env', 'production'];
    const { code, out } = await make(words);
    expect([code, opened(out), keyset.inspect(out.trim())?.sealed]).toEqual([0, 'swordfish', true]);
    const refused = await make(['encrypt', ...words.slice(1)]);
    expect([refused.code, refused.error]).toEqual([
      2,
      expect.stringContaining('The keyset orders has no key to encrypt with.'),
    ]);
  });

  it('is opened by a load', async () => {
    await writeFile(join(folder, 'app.yaml'), 'db:\n  key: x\n');
    await make(['seal', 'db.key', ...KEYS, '--in', 'app.yaml']);
    const access = accessPolicy([{ effect: 'allow', paths: ['db.key'], rights: ['use'], readers: ['*'] }]);
    const { key } = await loadSettings(DbSettings, {
      sources: [yamlFile(join(folder, 'app.yaml'))],
      secrets: { keyring: keyFile(join(folder, 'keys.json')), app: 'orders', access },
      env: {},
      environment: 'production',
    });
    expect(key?.use((value) => value)).toBe('swordfish');
  });

  it('is refused for a field of another level, where the classes are known, and so is encrypt', async () => {
    const exported = await configured();
    const sealed = await make(['seal', 'db.password'], 'x', exported);
    expect([sealed.code, sealed.out, sealed.error]).toEqual([
      2,
      '',
      expect.stringContaining(
        'db.password is declared with level encrypt, and opens no value that "seal" makes.\nWrite: uno-config encrypt db.password.',
      ),
    ]);
    const encrypted = await make(['encrypt', 'db.key'], 'x', exported);
    expect([encrypted.code, encrypted.error]).toEqual([2, expect.stringContaining('Write: uno-config seal db.key.')]);
  });
});
