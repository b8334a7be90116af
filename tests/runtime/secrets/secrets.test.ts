import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString, MinLength, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import type { ConfigSource } from '../../../src/core/index.js';
import { createLayer, type SecureValue } from '../../../src/core/index.js';
import { loadGeneration, section, type LoadOptions } from '../../../src/runtime/index.js';
import { ConfigSection, ListOf, MapOf, Secure } from '../../../src/sections/index.js';
import { accessPolicy, type AccessRecord } from '../../../src/security/index.js';
import { object } from '../../../src/sources/index.js';
import { issuesOf, loaded, made, RecordingLogger, refused } from '../loading.js';
import { MemoryKeyring } from './keys.js';

const CANARY = 'canary-4d1f-hunter2';

class ReplicaSettings {
  @Secure({ level: 'encrypt', optional: true }) password?: SecureValue<string>;
}

@ConfigSection('database')
class DatabaseSettings {
  @IsString() host: string = 'localhost';
  @Secure({ level: 'encrypt', optional: true }) @MinLength(3) password?: SecureValue<string>;
  @Secure({ level: 'sealed', optional: true }) token?: SecureValue<Buffer>;
  @Secure({ optional: true }) @IsInt() pin?: SecureValue<number>;
  @Secure({ level: 'encrypt', optional: true }) url?: SecureValue<string>;
  @IsOptional() @IsString() plainUrl?: string;
  @Secure({ level: 'encrypt' }) @ListOf(() => String) keys: readonly SecureValue<string>[] = [];
  @Secure({ level: 'encrypt' }) @MapOf(() => String) byName: Readonly<Record<string, SecureValue<string>>> = {};
  @ValidateNested() @Type(() => ReplicaSettings) replica: ReplicaSettings = new ReplicaSettings();
}

@ConfigSection('audited')
class AuditedSettings {
  @Secure({ level: 'encrypt', audit: 'best-effort' }) readonly password!: SecureValue<string>;
  @Secure({ level: 'mask', audit: 'best-effort' }) @IsInt() readonly pin!: SecureValue<number>;
  @Secure({ level: 'sealed', audit: 'best-effort' }) @MinLength(1) readonly token!: SecureValue<Buffer>;
  @Secure({ level: 'sealed', audit: 'best-effort' }) readonly key!: SecureValue<Buffer>;
  @Secure({ audit: 'best-effort' }) readonly plain!: SecureValue<string>;
}

class PlainReplicaSettings {
  @IsString() password: string = '';
}

@ConfigSection('plain')
class PlainSettings {
  @IsString() host: string = 'localhost';
  @IsInt() port: number = 5432;
  @ListOf(() => String) hosts: readonly string[] = [];
  @ValidateNested() @Type(() => PlainReplicaSettings) replica: PlainReplicaSettings = new PlainReplicaSettings();
}

function given(keyring = new MemoryKeyring()): {
  readonly keyring: MemoryKeyring;
  readonly options: Partial<LoadOptions>;
} {
  // Who may use what is another story.
  const access = accessPolicy([{ effect: 'allow', paths: ['**'], rights: ['use'] }]);
  return { keyring, options: { secrets: { keyring, app: 'orders', access } } };
}

/** A file, as far as the policy of plain texts is concerned. */
function file(values: object, kind: 'file' | 'environment' = 'file'): ConfigSource {
  return { load: () => createLayer({ name: 'app.yaml', kind, tree: { ...values } }) };
}

describe('encrypted values', () => {
  it('put the key on record that they are under, however they are held', async () => {
    const { keyring, options } = given();
    const entries: AccessRecord[] = [];
    const audit = { record: async (entry: AccessRecord) => Promise.resolve(void entries.push(entry)) };
    const values = {
      audited: {
        password: keyring.encrypt('p', 'audited.password'),
        pin: keyring.encrypt('17', 'audited.pin'),
        token: keyring.seal('t', 'audited.token'),
        key: keyring.seal('base64:AAEC', 'audited.key'),
        plain: 'x',
      },
    };
    const settings = await made(AuditedSettings, values, { secrets: { ...options.secrets, audit } });
    for (const secret of Object.values(settings) as readonly SecureValue<unknown>[]) secret.use(() => undefined);
    expect(entries.map(({ path, kid }) => [path, kid])).toEqual([
      ['audited.password', 'orders/1'],
      ['audited.pin', 'orders/1'],
      ['audited.token', 'orders/2'],
      ['audited.key', 'orders/2'],
      ['audited.plain', undefined],
    ]);
  });

  it('open into secure fields wherever they stand: nested, in lists and in maps', async () => {
    const { keyring, options } = given();
    const settings = await made(
      DatabaseSettings,
      {
        database: {
          password: keyring.encrypt(CANARY, 'database.password'),
          token: keyring.seal('t0ken', 'database.token'),
          pin: keyring.encrypt('1234', 'database.pin'),
          keys: [keyring.encrypt('a', 'database.keys'), keyring.encrypt('b', 'database.keys')],
          byName: { x: keyring.encrypt('c', 'database.byName.x') },
          replica: { password: keyring.encrypt('d', 'database.replica.password') },
        },
      },
      options,
    );
    const texts = [settings.password, ...settings.keys, settings.byName['x'], settings.replica.password];
    expect(texts.map((secret) => secret?.use((text) => text))).toEqual([CANARY, 'a', 'b', 'c', 'd']);
    expect([settings.token?.use(String), settings.pin?.use((pin) => pin)]).toEqual(['t0ken', 1234]);
  });

  it.each([
    [
      'sealed with the public key',
      'database.password',
      'secret-sealed',
      'is sealed, and its field asks for one that is encrypted',
    ],
    ['sealed, in a list', 'database.keys', 'secret-sealed', 'is sealed, and its field asks for one that is encrypted'],
    [
      'sealed, for a masked field',
      'database.pin',
      'secret-sealed',
      'is sealed, and its field asks for one that is encrypted',
    ],
    ['encrypted, for a sealed field', 'database.token', 'secret-not-sealed', 'is not sealed, as its field asks for'],
    ['of Spring, for a sealed field', 'database.token', 'secret-not-sealed', 'is not sealed, as its field asks for'],
  ])('do not open as the level of their field is another: %s', async (how, path, code, why) => {
    const { keyring, options } = given();
    const text = how.startsWith('sealed') ? keyring.seal('1', path) : keyring.encrypt('1', path);
    const written = how.startsWith('of Spring') ? '{cipher}00' : text;
    const [, field = ''] = path.split('.');
    const database = { [field]: field === 'keys' ? [written] : written };
    expect(await issuesOf([DatabaseSettings], { database }, options)).toEqual([
      `${code} ${path}${field === 'keys' ? '.0' : ''}: holds an encrypted value that ${why}`,
    ]);
  });

  it('open inside a secret that is JSON, too, also when it is brought elsewhere', async () => {
    class Account {
      @Secure({ as: 'json', optional: true }) account?: SecureValue<object>;
      @Secure({ as: 'json', optional: true }) copy?: SecureValue<object>;
    }
    ConfigSection('billing')(Account);
    const { keyring, options } = given();
    const account = { user: 'app', keys: [{ key: keyring.encrypt(CANARY, 'billing.account.keys.key') }] };
    const { account: opened, copy } = await made(
      Account,
      { billing: { account, copy: '${billing.account}' } },
      options,
    );
    const data = { user: 'app', keys: [{ key: CANARY }] };
    expect([opened?.use((value) => value), copy?.use((value) => value)]).toEqual([data, data]);
  });

  it('are checked like plain ones, without a word of what they hold', async () => {
    const { keyring, options } = given();
    const error = await refused(
      [DatabaseSettings],
      {
        database: {
          password: keyring.encrypt('ab', 'database.password'),
          pin: keyring.encrypt(CANARY, 'database.pin'),
        },
      },
      options,
    );
    expect(error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
      'database.pin must be an integer, got [secure]',
      'database.password must be longer than or equal to 3 characters',
    ]);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(CANARY);
  });

  it.each([
    ['another path', { password: new MemoryKeyring().encrypt('x', 'database.url') }],
    ['other keys', { password: new MemoryKeyring().encrypt('x', 'database.password') }],
    ['no token at all', { password: '{jwe}nonsense' }],
  ])('made for %s are refused, and no lower layer takes their place', async (_, database) => {
    const { options } = given();
    const lower = object({ database: { password: 'fallback' } });
    expect(await issuesOf([DatabaseSettings], [lower, object({ database })], options)).toEqual([
      'secret-not-opened database.password: holds an encrypted value that could not be opened',
    ]);
  });

  it('made for another environment are refused, unless the scope is wider', async () => {
    const { keyring, options } = given();
    const source = object({ database: { password: keyring.encrypt(CANARY, 'database.password', 'production') } });
    expect(await issuesOf([DatabaseSettings], [source], options)).toHaveLength(1);
    expect(await loaded([DatabaseSettings], [source], { ...options, environment: 'production' })).toBeDefined();
    const forAll = keyring.forScope(CANARY, { app: 'orders' });
    const anywhere = object({ database: { password: forAll, url: forAll } });
    expect(await issuesOf([DatabaseSettings], [anywhere], options)).toHaveLength(2);
    const wide = { secrets: { keyring, app: 'orders', scope: 'app' as const } };
    expect(await loaded([DatabaseSettings], [anywhere], wide)).toBeDefined();
    const other = { secrets: { keyring, app: 'payments', scope: 'app' as const } };
    expect(await issuesOf([DatabaseSettings], [anywhere], other)).toHaveLength(2);
  });

  it('ask for a keyring where there is none', async () => {
    const { keyring } = given();
    const source = { database: { password: keyring.encrypt('x', 'database.password') } };
    const error = await refused([DatabaseSettings], source);
    expect(error.issues[0]).toMatchObject({ code: 'no-keyring', hint: 'Give the load the option secrets.keyring.' });
  });

  it('are refused in a field that is not declared as a secret', async () => {
    const { keyring, options } = given();
    const source = { database: { host: keyring.encrypt('x', 'database.host') } };
    expect(await issuesOf([DatabaseSettings], source, options)).toEqual([
      'secret-in-plain-field database.host: is a secret, or was built from one, but its field is not declared as one',
    ]);
  });
});

describe('references to secrets', () => {
  it('make a secret of a text that is built from one', async () => {
    const { keyring, options } = given();
    const password = keyring.encrypt(CANARY, 'database.password');
    const url = 'postgres://app:${database.password}@${database.host}/orders';
    const generation = await loaded([DatabaseSettings], { database: { password, url } }, options);
    const settings = generation.get(DatabaseSettings);
    expect(settings.url?.use((text) => text)).toBe(`postgres://app:${CANARY}@localhost/orders`);
    expect(generation.explain('database.url').toString()).not.toContain(CANARY);
  });

  it('are refused from a plain field', async () => {
    const { keyring, options } = given();
    const password = keyring.encrypt(CANARY, 'database.password');
    const plainUrl = 'postgres://${database.password}@db';
    expect(await issuesOf([DatabaseSettings], { database: { password, plainUrl } }, options)).toEqual([
      'secret-in-plain-field database.plainUrl: is a secret, or was built from one, but its field is not declared as one',
    ]);
  });

  const came = { password: CANARY, pin: 1234, keys: [CANARY, CANARY], replica: { password: CANARY } };

  it.each([
    ['in a longer text', { host: 'postgres://${database.password}@db' }, 'plain.host'],
    ['alone', { host: '${database.password}' }, 'plain.host'],
    ['that is a number', { port: '${database.pin}' }, 'plain.port'],
    ['that is an item of a list', { host: '${database.keys.1}' }, 'plain.host'],
    ['through a text that was built from one', { host: '${database.url}' }, 'plain.host'],
    ['in all of a list', { hosts: '${database.keys}' }, 'plain.hosts.0'],
    ['in a group', { replica: '${database.replica}' }, 'plain.replica.password'],
  ])('are refused from a plain field, too, when the secret came as plain text: one %s', async (_, plain, path) => {
    const database = { ...came, url: 'x${database.password}' };
    const error = await refused([DatabaseSettings, PlainSettings], { database, plain });
    const message = 'is a secret, or was built from one, but its field is not declared as one';
    expect(error.issues.map((issue) => [issue.path.join('.'), issue.message])).toContainEqual([path, message]);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(CANARY);
  });

  it('bring what came as plain text to other secret fields, with its type', async () => {
    const database = {
      url: 'x${source.pin}',
      pin: '${source.pin}',
      keys: '${source.keys}',
      byName: { all: '${source.password}' },
      replica: '${source.replica}',
    };
    const use = section(DatabaseSettings, { path: 'source', name: 'source' });
    const generation = await loaded([DatabaseSettings, use], { database, source: came });
    const { url, pin, keys, byName, replica } = generation.get(DatabaseSettings);
    expect([url, byName['all'], replica.password, ...keys].map((secret) => secret?.use((text) => text))).toEqual([
      'x1234',
      ...Array.from({ length: 4 }, () => CANARY),
    ]);
    expect(pin?.use((value) => value)).toBe(1234);
  });

  it('to what came as plain text change nothing in a reload in which nothing has changed', async () => {
    const load = (): object => ({ database: { ...came, url: 'x${database.pin}', keys: ['${database.password}'] } });
    const all: LoadOptions = { environment: 'test', env: {}, sections: [DatabaseSettings], sources: [{ load }] };
    const first = await loadGeneration(all);
    expect((await loadGeneration(all, { previous: first })).instances).toBe(first.instances);
  });

  it('never open a sealed one, which may be referred to as a whole', async () => {
    const { keyring, options } = given();
    const token = keyring.seal(CANARY, 'database.token');
    expect(await issuesOf([DatabaseSettings], { database: { token, url: 'x${database.token}' } }, options)).toEqual([
      'sealed-reference database.url: builds a string from a sealed value, which opens only while it is used',
    ]);
    const use = section(DatabaseSettings, { path: 'copy', name: 'copy' });
    const values = { database: { token }, copy: { token: '${database.token}' } };
    const generation = await loaded([DatabaseSettings, use], values, options);
    expect(generation.get(DatabaseSettings, 'copy').token?.use(String)).toBe(CANARY);
  });

  it.each([
    ['a field that took it over', { database: { url: '${source.token}', byName: { a: 'x${database.url}' } } }],
    ['a group that was brought in', { database: { byName: { a: 'x${group.token}' } }, group: '${source}' }],
  ])('never open a sealed one for a text, not even out of %s', async (_, values) => {
    const { keyring, options } = given();
    const use = section(DatabaseSettings, { path: 'source', name: 'source' });
    const source = { token: keyring.seal(CANARY, 'source.token') };
    const foreign = { ...options, foreignKeys: ['group'] };
    expect(await issuesOf([DatabaseSettings, use], { ...values, source }, foreign)).toContain(
      'sealed-reference database.byName.a: builds a string from a sealed value, which opens only while it is used',
    );
  });

  it('bring in no references: what is secret is never searched for them', async () => {
    const { keyring, options } = given();
    const password = keyring.encrypt('${database.host}', 'database.password');
    const settings = await made(DatabaseSettings, { database: { password, url: '${database.password}' } }, options);
    expect(settings.url?.use((text) => text)).toBe('${database.host}');
  });
});

describe('plain texts in fields that are to be kept encrypted', () => {
  it('are an error in production when they stand in a file', async () => {
    const { options } = given();
    const production = { ...options, environment: 'production' as const };
    expect(await issuesOf([DatabaseSettings], [file({ database: { password: CANARY } })], production)).toEqual([
      'plain-secret database.password: is in plain text, but is declared to be encrypted',
    ]);
    const variables = file({ database: { password: CANARY } }, 'environment');
    expect(await loaded([DatabaseSettings], [variables], production)).toBeDefined();
  });

  it('are a warning elsewhere, and nothing when the policy allows them', async () => {
    const { keyring, options } = given();
    const logger = new RecordingLogger();
    const source = file({ database: { password: CANARY, replica: { password: CANARY }, pin: 1234 } });
    await loaded([DatabaseSettings], [source], { ...options, logger });
    expect(logger.of('config.issue').map(({ level, fields }) => [level, fields['path']])).toEqual([
      ['warn', 'database.password'],
      ['warn', 'database.replica.password'],
    ]);
    expect(inspect(logger.records, { depth: null })).not.toContain(CANARY);
    const quiet = new RecordingLogger();
    const allowed = { secrets: { keyring, app: 'orders', plain: 'allow' as const }, logger: quiet };
    await loaded([DatabaseSettings], [source], allowed);
    expect(quiet.of('config.issue')).toEqual([]);
  });

  it('are told with the command that protects them as they are declared to be', async () => {
    const { options } = given();
    const source = file({ database: { password: CANARY, token: CANARY, keys: [CANARY] } });
    const { issues } = await refused([DatabaseSettings], [source], { ...options, environment: 'production' });
    expect(issues.map(({ hint }) => hint)).toEqual([
      'Encrypt it: npx uno-config encrypt database.password',
      'Seal it: npx uno-config seal database.token',
      'Encrypt it: npx uno-config encrypt database.keys.0',
    ]);
  });

  it('are fine as references to where the secret really is', async () => {
    const { options } = given();
    const source = file({ database: { password: '${env:DB_PASSWORD}' } });
    const production = { ...options, environment: 'production' as const, env: { DB_PASSWORD: CANARY } };
    const generation = await loaded([DatabaseSettings], [source], production);
    expect(generation.get(DatabaseSettings).password?.use((text) => text)).toBe(CANARY);
  });
});

describe('a reload with secrets', () => {
  it('keeps the instance when a value was encrypted again, and when the keys have moved', async () => {
    const { keyring, options } = given();
    let values = { database: { password: keyring.encrypt(CANARY, 'database.password') } };
    const source: ConfigSource = { load: () => values };
    const all: LoadOptions = {
      environment: 'test',
      env: {},
      ...options,
      sections: [DatabaseSettings],
      sources: [source],
    };
    const first = await loadGeneration(all);
    values = { database: { password: keyring.encrypt(CANARY, 'database.password') } };
    const again = await loadGeneration(all, { previous: first });
    expect(again.instances).toBe(first.instances);
    keyring.rotate();
    expect((await loadGeneration(all, { previous: again, only: new Set() })).instances).toBe(first.instances);
    values = { database: { password: keyring.encrypt('another', 'database.password') } };
    const next = await loadGeneration(all, { previous: first });
    expect(next.get(DatabaseSettings).password?.use((text) => text)).toBe('another');
  });

  it('is rejected when a value no longer opens', async () => {
    const { keyring, options } = given();
    let values = { database: { password: keyring.encrypt(CANARY, 'database.password') } };
    const source: ConfigSource = { load: () => values };
    const all: LoadOptions = {
      environment: 'test',
      env: {},
      ...options,
      sections: [DatabaseSettings],
      sources: [source],
    };
    const first = await loadGeneration(all);
    values = { database: { password: keyring.encrypt(CANARY, 'database.host') } };
    await expect(loadGeneration(all, { previous: first })).rejects.toThrow('holds an encrypted value that could not');
    expect(first.get(DatabaseSettings).password?.use((text) => text)).toBe(CANARY);
  });

  it('leaves sealed values that are in use open, when it is rejected and when they say the same under other keys', async () => {
    const { keyring, options } = given();
    let values = { database: { token: keyring.seal(CANARY, 'database.token') } };
    const source: ConfigSource = { load: () => values };
    const all: LoadOptions = {
      environment: 'test',
      env: {},
      ...options,
      sections: [DatabaseSettings],
      sources: [source],
    };
    const first = await loadGeneration(all);
    const opened = (): string | undefined => first.get(DatabaseSettings).token?.use(String);
    keyring.replace();
    await expect(loadGeneration(all, { previous: first })).rejects.toThrow('holds an encrypted value that could not');
    expect(opened()).toBe(CANARY);

    values = { database: { token: keyring.seal(CANARY, 'database.token') } };
    const again = await loadGeneration(all, { previous: first });
    expect(again.instances).toBe(first.instances);
    expect(opened()).toBe(CANARY);
  });
});
