import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { ConfigStore } from '../../src/runtime/index.js';
import { ConfigSection, Describe, Duration, IsDuration, ListOf, MapOf } from '../../src/sections/index.js';
import { object, processEnv, yamlFile } from '../../src/sources/index.js';
import { ConfigSandbox } from '../../src/testing/index.js';
import { caught } from '../sources/caught.js';
import { issuesOf, loaded, made, RecordingLogger, refused } from './loading.js';
import { throwAnything } from './throwing.js';

class PoolSettings {
  @IsInt() maxSize = 10;
}

@ConfigSection('app')
class AppSettings {
  @Describe('Host name.', { example: 'db.internal' }) @IsString() host = 'localhost';
  @IsInt() port = 80;
  @IsOptional() @IsString() user?: string;
  @IsDuration() timeout = Duration.of('10s');
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
  @IsString({ each: true }) tags: readonly string[] = ['a'];
  @ListOf(() => PoolSettings) pools: readonly PoolSettings[] = [];
  @MapOf(() => String) labels: Readonly<Record<string, string>> = {};
  @IsOptional() @IsObject() free?: object;
}

const origin = (source: string, key: string, kind = 'object') => ({ kind, source, key });
const low = object({ app: { host: 'low', port: '1', labels: { x: '1' } } }, { name: 'low' });
const high = object({ app: { host: 'high', pool: { 'max-size': '5' } } }, { name: 'high' });

describe('explain', () => {
  it('gives the value, the winner and every loser down to the default', async () => {
    const generation = await loaded([AppSettings], [low, high]);
    const { value, winner, losers, path, references } = generation.explain('app.host');
    expect({ path, value, winner, losers, references }).toEqual({
      path: 'app.host',
      value: 'high',
      winner: { value: 'high', origin: origin('high', 'app.host'), unset: false },
      losers: [
        { value: 'low', origin: origin('low', 'app.host'), unset: false },
        { value: 'localhost', origin: origin('default', 'app.host', 'default'), unset: false },
      ],
      references: [],
    });
  });

  it('says of a path that no class declares that it is none, and which was meant', async () => {
    const generation = await loaded([AppSettings]);
    const texts = ['app.prot', 'ap.pool.max-size', 'other', 'app.pools[3]', 'app.user', 'app.pool.maxSize.x'].map(
      (path) => String(generation.explain(path)),
    );
    expect(texts.map((text) => text.replace(/.*\n {2}/, ''))).toEqual([
      'no settings class declares it; did you mean app.port?',
      'no settings class declares it; did you mean app.pool.maxSize?',
      'no settings class declares it',
      'no source sets it, and it has no default',
      'no source sets it, and it has no default',
      'no source sets it, and it has no default',
    ]);
  });

  it('names the text that a list item was read from', async () => {
    const generation = await loaded([AppSettings], [processEnv({ prefix: 'APP_', env: { APP_APP__TAGS: 'x,y' } })]);
    expect(String(generation.explain('app.tags[1]'))).toBe(
      'app.tags.1 = "y"\n  from APP_APP__TAGS (environment): "x,y"',
    );
  });

  it('does not quote a group in one text that may hold a secret', async () => {
    const env = { APP_APP__FREE: '{"password":"hunter2","size":1}' };
    const generation = await loaded([AppSettings], [processEnv({ prefix: 'APP_', env })]);
    expect(String(generation.explain('app.free'))).toBe(
      "app.free = { password: '[secure]', size: 1 }\n  from APP_APP__FREE (environment): [secure]",
    );
    expect(String(generation.explain('app.free.size'))).toBe(
      'app.free.size = 1\n  from APP_APP__FREE (environment): [secure]',
    );
  });

  it('names the reference that brought in a whole group', async () => {
    const source = object({ app: { pool: '${app.free.pool}', free: { pool: { maxSize: 7 } } } }, { name: 'file' });
    const generation = await loaded([AppSettings], [source]);
    expect(String(generation.explain('app.pool.maxSize'))).toBe(
      `app.pool.maxSize = 7
  from app.pool (file): "\${app.free.pool}"
  through \${app.free.pool}
  over app.pool.maxSize (default): 10`,
    );
  });

  it('says the same as text', async () => {
    const generation = await loaded([AppSettings], [low, high]);
    expect(String(generation.explain('app.host'))).toBe(
      `app.host = "high"
  Host name.
  from app.host (high)
  over app.host (low): "low"
  over app.host (default): "localhost"`,
    );
    expect(String(generation.explain('app.port'))).toBe(
      'app.port = 80'.replace('80', '1') + '\n  from app.port (low): "1"\n  over app.port (default): 80',
    );
  });

  it('takes any legal spelling, and tells the source’s own', async () => {
    const generation = await loaded([AppSettings], [high]);
    const { path, value, winner } = generation.explain('app.pool.MAX_SIZE');
    expect([path, value, winner?.origin.key]).toEqual(['app.pool.maxSize', 5, 'app.pool.max-size']);
  });

  it('says what was unset, and what nothing sets', async () => {
    const generation = await loaded([AppSettings], [low, object({ app: { host: { $unset: true } } }, { name: 'off' })]);
    expect(String(generation.explain('app.host'))).toBe(
      `app.host = "localhost"
  Host name.
  from app.host (off), which unsets it
  over app.host (low): "low"
  over app.host (default)`.replace('(default)', '(default): "localhost"'),
    );
    expect(String(generation.explain('app.user'))).toBe(
      'app.user = (not set)\n  no source sets it, and it has no default',
    );
    expect(generation.explain('app.nothing')).toMatchObject({ value: undefined, losers: [], settings: [] });
  });

  it('follows references', async () => {
    const values = { app: { host: 'h', user: '${app.host}-${env:USER:-nobody}' } };
    const generation = await loaded([AppSettings], values);
    const { value, references } = generation.explain('app.user');
    expect([value, references]).toEqual(['h-nobody', ['${app.host}', '${env:USER}']]);
    expect(String(generation.explain('app.user'))).toContain('  through ${app.host}, ${env:USER}');
  });

  it('explains all settings below a group', async () => {
    const generation = await loaded([AppSettings], [low, high]);
    const { settings } = generation.explain('app');
    expect(settings.map(({ path }) => path)).toEqual(generation.describe().map(({ path }) => path));
    expect(String(generation.explain('app.pool'))).toBe(
      'app.pool.maxSize = 5\n  from app.pool.max-size (high): "5"\n  over app.pool.maxSize (default): 10',
    );
  });

  it('looks into lists, maps and open structures', async () => {
    const values = {
      app: { tags: ['x', 'y'], pools: [{ maxSize: 1 }], labels: { 'a.b': 'c' }, free: { a: { b: [1] } } },
    };
    const generation = await loaded([AppSettings], values);
    const asked = ['app.tags', 'app.tags.1', 'app.pools.0.maxSize', 'app.labels["a.b"]', 'app.free.a.b.0'];
    expect(asked.map((path) => generation.explain(path).value)).toEqual([['x', 'y'], 'y', 1, 'c', 1]);
  });

  it('refuses what is no path', async () => {
    const generation = await loaded([AppSettings]);
    for (const path of ['', 'a..b', '__proto__.x', 'a.constructor.prototype', 'toString.constructor'])
      expect((await caught(() => generation.explain(path))).code).toBe('invalid-path');
    expect(generation.explain('toString').value).toBeUndefined();
  });

  it('names line and column of files, and names of variables', async () => {
    await using sandbox = await ConfigSandbox.create({ chdir: true });
    await sandbox.write('app.yaml', 'app:\n  host: file\n');
    const sources = [yamlFile('app.yaml'), processEnv({ prefix: 'A_', env: { A_APP__HOST: 'env' } })];
    expect(String((await loaded([AppSettings], sources)).explain('app.host'))).toContain(
      '  from A_APP__HOST (environment)\n  over app.host (app.yaml:2:9): "file"',
    );
  });
});

describe('the description of a generation', () => {
  it('lists all settings with value, type and origin', async () => {
    const descriptions = (await loaded([AppSettings], [low, high])).describe();
    const rows = descriptions.map(({ path, value, type, origin: from }) => [path, value, type, from?.source]);
    expect(new Set(rows)).toEqual(
      new Set([
        ['app.host', 'high', 'string', 'high'],
        ['app.port', 1, 'integer', 'low'],
        ['app.timeout', '10s', 'duration', 'default'],
        ['app.pool.maxSize', 5, 'integer', 'high'],
        ['app.tags', ['a'], 'list of string', 'default'],
        ['app.pools', [], 'list of PoolSettings', 'default'],
        ['app.labels.x', '1', 'string', 'low'],
        ['app.user', undefined, 'string', undefined],
        ['app.free', undefined, 'anything', undefined],
      ]),
    );
    expect(descriptions.find(({ path }) => path === 'app.host')).toMatchObject({
      description: 'Host name.',
      examples: ['db.internal'],
    });
  });
});

describe('references', () => {
  it('reach values, defaults, whole sections and variables', async () => {
    const values = { app: { user: '${app.pool.maxSize} of ${app.timeout}', port: '${env:P}', pools: ['${app.pool}'] } };
    const settings = await made(AppSettings, values, { env: { P: '9' } });
    expect([settings.user, settings.port, settings.pools]).toEqual(['10 of 10s', 9, [{ maxSize: 10 }]]);
  });

  it('look into a group that a reference brings in, and take from the defaults what it does not say', async () => {
    const values = {
      app: { pool: '${app.free.pool}', port: '${app.pool.maxSize}', user: '${app.pool.max-size}!', free: { pool: {} } },
    };
    const { port, user } = await made(AppSettings, values);
    expect([port, user]).toEqual([10, '10!']);
    values.app.free.pool = { maxSize: 7 };
    const again = await made(AppSettings, values);
    expect([again.pool.maxSize, again.port, again.user]).toEqual([7, 7, '7!']);
  });

  it('are told one by one when one looks into the group that another one brings in', async () => {
    const values = { app: { pool: '${app.free.pool}', port: '${app.pool.maxSize}', free: { pool: { maxSize: 7 } } } };
    const generation = await loaded([AppSettings], values);
    expect(String(generation.explain('app.port'))).toBe(
      `app.port = 7
  from app.port (object): "\${app.pool.maxSize}"
  through \${app.pool.maxSize}
  over app.port (default): 80`,
    );
    expect(generation.explain('app.pool.maxSize').references).toEqual(['${app.free.pool}']);
  });

  it('become texts in fields of text, items of lists too', async () => {
    const values = {
      app: { host: '${app.port}', user: '${app.timeout}', tags: ['${app.port}'], free: { a: '${app.port}' } },
    };
    const { host, user, tags, free } = await made(AppSettings, values);
    expect([host, user, tags, free]).toEqual(['80', '10s', ['80'], { a: 80 }]);
  });

  it('to what nobody declares come with what was meant', async () => {
    const values = { app: { host: '${app.usr}', user: '${ap.pol.max_sise}', tags: ['${app.labels.x}', '${app.${'] } };
    const { issues } = await refused([AppSettings], values);
    expect(issues.map(({ hint }) => hint)).toEqual([
      'Did you mean ${app.user}?',
      'Did you mean ${app.pool.maxSize}?',
      'Set app.labels.x, or give a fallback: ${app.labels.x:-…}.',
      'Write $${ for a literal ${.',
    ]);
  });

  it('may stand in initialisers', async () => {
    @ConfigSection('greeting')
    class Greeting {
      @IsString() name = 'you';
      @IsString() text = 'hello ${greeting.name}';
    }
    expect((await made(Greeting, { greeting: { name: 'me' } })).text).toBe('hello me');
    expect((await made(Greeting, { greeting: { text: 'x' } })).text).toBe('x');
  });

  it('read files from the allowed folders only, without the final newline', async () => {
    await using sandbox = await ConfigSandbox.create({ chdir: true });
    await sandbox.write('in/host.txt', 'from file\n\n');
    const fileRoots = [sandbox.path('in')];
    const read = { app: { host: '${file:in/host.txt}' } };
    expect((await made(AppSettings, read, { fileRoots })).host).toBe('from file\n');
    const outside = {
      app: { host: '${file:/etc/passwd}', user: '${file:in/none:-nobody}', free: { a: '${file:in/none}' } },
    };
    expect(await issuesOf([AppSettings], outside, { fileRoots })).toEqual([
      'file-refused app.host: refers to the file /etc/passwd, which is outside the folders that may be read',
      'source-not-found app.free.a: refers to the file in/none, which does not exist',
    ]);
  });

  it('that cannot be resolved are told once, and not as missing values', async () => {
    const values = {
      app: { host: '${no.where}', port: '${app.port}', user: '${a..b}', timeout: '${', tags: ['${x}'] },
    };
    expect(await issuesOf([AppSettings], values)).toEqual([
      'unresolved-reference app.host: refers to ${no.where}, which no source sets',
      'reference-cycle app.port: refers to itself: app.port -> app.port',
      'malformed-reference app.user: cannot be read: "a..b" is not a path: it cannot be read from character 2 on',
      expect.stringContaining('malformed-reference app.timeout: cannot be read'),
      'unresolved-reference app.tags.0: refers to ${x}, which no source sets',
    ]);
    expect((await refused([AppSettings], { app: { host: '${x}' } })).category).toBe('reference');
  });
});

describe('secrets', () => {
  const CANARY = 'hunter2-canary';

  class Credentials {
    @IsString() name = 'n';
  }
  @ConfigSection('vault')
  class VaultSettings {
    @IsString() password = 'none';
    @IsOptional() @IsString() apiKey?: string;
    @IsOptional() @IsObject() extra?: object;
    @IsOptional() @ValidateNested() @Type(() => Credentials) credentials?: Credentials;
    @MapOf(() => String) headers: Readonly<Record<string, string>> = {};
    @IsOptional() @IsString() url?: string;
    @IsOptional() @IsString() built?: string;
    @MapOf(() => String) copied: Readonly<Record<string, string>> = {};
    @IsInt() port = 1;
  }
  const secret = {
    password: CANARY,
    'api-key': CANARY,
    extra: { deep: [{ token: [CANARY] }], clientSecret: { value: CANARY } },
    credentials: { name: CANARY },
    headers: { authorization: CANARY },
    url: `postgres://app:${CANARY}@db/x`,
    built: 'key ${vault.apiKey} and ${vendor.deep.password}',
    copied: '{"a":"${vault.password}"}',
  };
  const env = { VAULT_TOKEN: CANARY };

  /** Everything that comes out of a load, whichever way it goes. */
  async function outputs(values: object, vendor: object = { deep: { password: CANARY } }): Promise<string> {
    const logger = new RecordingLogger();
    const told: unknown[] = [];
    const sources = [object({ vault: { password: `${CANARY}-low` } }), object({ vault: values, vendor })];
    const options = { logger, env, foreignKeys: ['vendor'] };
    try {
      const generation = await loaded([VaultSettings], sources, options);
      const store = new ConfigStore(generation);
      told.push(store.describe(), store.explain('vault'), String(store.explain('vault')));
      for (const { path } of store.describe()) told.push(store.explain(path), String(store.explain(path)));
      for (const path of ['vault.extra.deep.0.token.0', 'vault.extra.clientSecret.value', 'vendor.deep.password'])
        told.push(store.explain(path), String(store.explain(path)));
    } catch (error) {
      const { message, stack, cause, issues } = await caught(() => throwAnything(error));
      told.push(message, stack, cause, issues, error);
    }
    told.push(logger.records);
    return JSON.stringify(told);
  }

  it('by name are in no output of a load that succeeds', async () => {
    const told = await outputs(secret);
    expect(told).toContain('[secure]');
    expect(told).not.toContain('hunter2');
  });

  it('are in no output when they come out of a group that a reference brings in', async () => {
    const looked = { copied: '${vendor}', built: '${vault.copied.plain}', url: 'x${vault.copied.plain}' };
    const told = await outputs(
      { ...looked, extra: { plain: 'key ${env:VAULT_TOKEN}' } },
      { plain: '${vault.extra.plain}' },
    );
    expect(told).toContain('[secure]');
    expect(told).not.toMatch(/hunter2|not valid/);
  });

  it.each([
    ['another field', { ...secret, port: 'x' }],
    ['their type', { password: [CANARY], apiKey: { a: CANARY }, credentials: CANARY, headers: `{"cookie": ${CANARY}` }],
    ['items of maps', { headers: { cookie: [CANARY], authorization: { a: CANARY } } }],
    ['what was built from one', { port: '${env:VAULT_TOKEN}', password: CANARY }],
    ['unknown keys', { passwrod: CANARY, secretKey: CANARY, extra: 'x' }],
    ['a key that is reserved', { extra: { password: { constructor: CANARY } } }],
  ])('by name are in no output of a load that fails because of %s', async (_, values) => {
    const told = await outputs(values);
    expect(told).toMatch(/not valid/);
    expect(told).not.toContain('hunter2');
  });
});

describe('the log', () => {
  it('tells at debug level who won over whom', async () => {
    const logger = new RecordingLogger();
    await loaded([AppSettings], [low, high], { logger });
    expect(logger.of('config.precedence')).toContainEqual({
      level: 'debug',
      event: 'config.precedence',
      message: 'app.host = "high" from app.host (high), over app.host (low), app.host (default).',
      fields: {
        path: 'app.host',
        value: 'high',
        winner: 'app.host (high)',
        losers: ['app.host (low)', 'app.host (default)'],
      },
    });
    expect(logger.of('config.precedence').map(({ fields }) => fields['path'])).not.toContain('app.timeout');
  });

  it('costs nothing at debug level where that is off', async () => {
    const logger = Object.assign(new RecordingLogger(), { isEnabled: (level: string) => level !== 'debug' });
    await loaded([AppSettings], [low, high], { logger });
    expect(logger.of('config.precedence')).toEqual([]);
  });

  it('tells what was loaded', async () => {
    const logger = new RecordingLogger();
    await loaded([AppSettings], [low, high], { logger, region: 'eu' });
    expect(logger.of('config.loaded')).toMatchObject([
      {
        level: 'info',
        message: 'Loaded 1 section from 2 layers.',
        fields: { generation: 1, environment: 'test', region: 'eu', sections: ['app'], layers: ['low', 'high'] },
      },
    ]);
  });

  it('tells every issue, with code, path and origin', async () => {
    const logger = new RecordingLogger();
    await refused([AppSettings], { app: { port: 'x' } }, { logger });
    expect(logger.of('config.issue').map(({ level, fields }) => [level, fields])).toEqual([
      ['error', { code: 'not-an-integer', path: 'app.port', origin: 'app.port (object)' }],
    ]);
    expect(logger.of('config.loaded')).toEqual([]);
  });

  it('may fail without harm', async () => {
    const fails = (): never => {
      throw new Error('disk full');
    };
    const logger = { log: fails, isEnabled: fails };
    expect((await made(AppSettings, [low], { logger })).host).toBe('low');
    expect(await issuesOf([AppSettings], { app: { port: 'x' } }, { logger })).toHaveLength(1);
  });
});
