import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { createLayer, UNSET } from '../../src/core/index.js';
import { section } from '../../src/runtime/index.js';
import { Alias, ConfigSection, EnvName, ListOf, MapOf, Merge, mergeBy } from '../../src/sections/index.js';
import { cliArgs, jsonFile, object, processEnv, yamlFile } from '../../src/sources/index.js';
import { ConfigSandbox } from '../../src/testing/index.js';
import { issuesOf, loaded, made, RecordingLogger, refused } from './loading.js';

class PoolSettings {
  @IsInt() maxSize = 10;
}

class RouteSettings {
  @IsString() name = '';
  @IsString() target = '/';
}

@ConfigSection('app')
class AppSettings {
  @Alias('hostname', 'server') @IsString() host = 'localhost';
  @EnvName('PORT') @IsInt() port = 80;
  @IsOptional() @IsString() user?: string;
  @IsString({ each: true }) plain: readonly string[] = ['p'];
  @Merge('append') @IsString({ each: true }) appended: readonly string[] = [];
  @Merge('unique') @Alias('only') @IsString({ each: true }) unique: readonly string[] = [];
  @Merge(mergeBy('name')) @ListOf(() => RouteSettings) routes: readonly RouteSettings[] = [];
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
  @MapOf(() => PoolSettings) pools: Readonly<Record<string, PoolSettings>> = {};
  @IsOptional() @IsObject() free?: object;
}

describe('layers', () => {
  const env = (variables: Record<string, string>) => processEnv({ prefix: 'A_', env: variables });

  it('win when they are later, leaf by leaf', async () => {
    const sources = [object({ app: { host: 'a', port: 1, pool: { maxSize: 1 } } }), object({ app: { port: 2 } })];
    expect(await made(AppSettings, sources)).toMatchObject({ host: 'a', port: 2, pool: { maxSize: 1 } });
  });

  it('replace lists, or combine them as the field says, whatever they are written in', async () => {
    const settings = await made(AppSettings, [
      object({
        app: {
          plain: ['a'],
          appended: ['a'],
          unique: ['a', 'b'],
          routes: [{ name: 'x', target: '/x' }, { name: 'y' }],
        },
      }),
      env({ A_APP__PLAIN: 'b', A_APP__APPENDED: 'b,c', A_APP__ONLY: 'b, c' }),
      object({ app: { appended: '["d"]', routes: '[{"name":"y","target":"/y"},{"name":"z"}]' } }),
    ]);
    expect(settings).toMatchObject({ plain: ['b'], appended: ['a', 'b', 'c', 'd'], unique: ['a', 'b', 'c'] });
    expect(settings.routes.map(({ name, target }) => name + target)).toEqual(['x/x', 'y/y', 'z/']);
  });

  it('report a list that cannot be read, with its place', async () => {
    expect(await issuesOf([AppSettings], [env({ A_APP__APPENDED: 'a,,b' })])).toEqual([
      'malformed-list app.appended: must be a list without empty items, got "a,,b"',
    ]);
  });

  it('leave a list with references as text until they are resolved', async () => {
    const values = { app: { appended: '${app.plain}', plain: ['x', 'y'] } };
    expect((await made(AppSettings, values)).appended).toEqual(['x', 'y']);
  });

  it.each([
    ['the symbol', UNSET],
    ['the token', { $unset: true }],
  ])('remove what lower ones said with %s', async (_, unset) => {
    const sources = [
      object({ app: { host: 'a', user: 'u', pool: { maxSize: 1 }, pools: { one: {}, two: {} } } }),
      object({ app: { host: unset, user: unset, pool: unset, pools: { one: unset } } }),
    ];
    const settings = await made(AppSettings, sources);
    expect(settings).toMatchObject({ host: 'localhost', pool: { maxSize: 10 } });
    expect([settings.user, Object.keys(settings.pools)]).toEqual([undefined, ['two']]);
  });

  it('may set again what a lower one has unset', async () => {
    const sources = [{ host: 'a' }, { host: { $unset: true } }, { host: 'b' }].map((app) => object({ app }));
    expect((await made(AppSettings, sources)).host).toBe('b');
  });

  it('spell keys in any case, and by their aliases', async () => {
    const values = { app: { server: 'h', pool: { 'max-size': 1 }, pools: { a: { MAX_SIZE: 2 } } } };
    const { host, pool, pools } = await made(AppSettings, values);
    expect([host, pool.maxSize, pools['a']?.maxSize]).toEqual(['h', 1, 2]);
  });

  it('cannot write one key twice', async () => {
    const error = await refused([AppSettings], { app: { host: 'a', hostname: 'b' } });
    expect(error.issues).toMatchObject([
      {
        code: 'duplicate-key',
        path: ['app', 'hostname'],
        message: 'is written twice, as "host" and as "hostname"',
        hint: 'Keep one of them.',
      },
    ]);
  });

  it('read exact names of the environment, which the compiled name beats', async () => {
    expect((await made(AppSettings, [env({ PORT: '1' })])).port).toBe(1);
    expect((await made(AppSettings, [env({ PORT: '1', A_APP__PORT: '2' })])).port).toBe(2);
  });

  it('come from everywhere at once', async () => {
    await using sandbox = await ConfigSandbox.create();
    await sandbox.write('base.yaml', 'app:\n  host: base\n  port: 1\n  user: base\n');
    const sources = [
      yamlFile(await sandbox.write('app.yaml', '$import: base.yaml\napp:\n  port: 2\n')),
      jsonFile(await sandbox.write('app.json', '{"app":{"user":{"$unset":true}}}')),
      env({ A_APP__POOL__MAX_SIZE: '5' }),
      cliArgs({ argv: ['--app.pool.max-size=6'] }),
    ];
    const settings = await made(AppSettings, sources);
    expect(settings).toMatchObject({ host: 'base', port: 2, pool: { maxSize: 6 } });
    expect(settings.user).toBeUndefined();
  });
});

describe('unknown keys', () => {
  const values = { app: { hots: 'x', pool: { maxsise: 1 } }, databse: {} };

  it('are errors with the nearest legal spelling, in all layers and at any depth', async () => {
    const error = await refused([AppSettings], values);
    expect(error.issues.map(({ path, hint }) => [path.join('.'), hint])).toEqual([
      ['app.hots', 'Did you mean app.host?'],
      ['app.pool.maxsise', 'Did you mean app.pool.maxSize?'],
      [
        'databse',
        'The keys here are app, modules. Remove it, declare it in a settings class, or list it under foreignKeys.',
      ],
    ]);
  });

  it('are told in the spelling of their source', async () => {
    const error = await refused(
      [AppSettings],
      [processEnv({ prefix: 'A_', env: { A_APP__PROT: '1', A_APP__HOSTT: '' } })],
    );
    expect(error.message).toContain('from A_APP__PROT (environment)\n    Did you mean A_APP__PORT?');
  });

  it('are told with the name that is there, and the one that should be', async () => {
    const env = processEnv({ prefix: 'A_', env: { A_APPP__POOL__MAX_SIZE: '1' } });
    const { message } = await refused([AppSettings], [env, cliArgs({ argv: ['--aapp.max-size=1'] })]);
    expect(message.split('\n').slice(1).join('\n')).toBe(`  - appp: is not a known key
    from A_APPP__POOL__MAX_SIZE (environment)
    Did you mean A_APP__POOL__MAX_SIZE?
  - aapp: is not a known key
    from --aapp.max-size (command line)
    Did you mean --app.max-size?`);
  });

  it('are told together with everything else, also where a name is only in another spelling', async () => {
    const env = processEnv({ prefix: 'A_', env: { A_APP__POOL__MAXSIZE: '1', A_APP__HOTS: '1', A_APP__PORT: 'x' } });
    expect(await issuesOf([AppSettings], [env])).toEqual([
      'not-an-integer app.port: must be an integer, got "x"',
      'unknown-key app.pool.maxSize: is not a known key in this spelling',
      'unknown-key app.hots: is not a known key',
    ]);
    const logger = new RecordingLogger();
    const lenient = processEnv({ prefix: 'A_', env: { A_APP__POOL__MAXSIZE: '1' } });
    await loaded([AppSettings], [lenient], { unknownKeys: 'warn', logger });
    expect(logger.of('config.issue').map(({ level }) => level)).toEqual(['warn']);
  });

  it('are told to be nested where a dot was meant to do that', async () => {
    const { issues } = await refused([AppSettings], {
      'app.pool.max-size': 1,
      app: { 'pool.maxSize': 1, 'colour.red': 1 },
    });
    expect(issues.map(({ hint }) => hint)).toEqual([
      'A dot does not nest here: write max-size below pool below app.',
      'A dot does not nest here: write maxSize below pool.',
      'The keys here are host, port, user, plain, appended, unique, routes, pool and 2 more. Remove it, declare it in a settings class, or list it under foreignKeys.',
    ]);
  });

  it('can be warnings', async () => {
    const logger = new RecordingLogger();
    await loaded([AppSettings], values, { unknownKeys: 'warn', logger });
    expect(logger.of('config.issue').map(({ level, fields }) => [level, fields['path']])).toEqual([
      ['warn', 'app.hots'],
      ['warn', 'app.pool.maxsise'],
      ['warn', 'databse'],
    ]);
  });

  it('can be ignored', async () => {
    const logger = new RecordingLogger();
    await loaded([AppSettings], values, { unknownKeys: 'ignore', logger });
    expect(logger.of('config.issue')).toEqual([]);
  });

  it('are nobody’s business below foreign keys', async () => {
    const foreign = { logging: { level: 'x' }, vendor: { acme: { a: 1 }, other: 1 } };
    expect(await issuesOf([AppSettings], foreign, { foreignKeys: ['logging', 'vendor.acme'] })).toEqual([
      'unknown-key vendor: is not a known key',
    ]);
    expect((await loaded([AppSettings], foreign, { foreignKeys: ['logging', 'vendor'] })).number).toBe(1);
  });

  it('leave $schema at the root to editors, and only there', async () => {
    expect(await issuesOf([AppSettings], { $schema: 's', app: { $schema: 's' } })).toEqual([
      'unknown-key app.$schema: is not a known key',
    ]);
  });
});

describe('evil keys', () => {
  const polluted = (): unknown => (Object.prototype as Readonly<Record<string, unknown>>)['polluted'];

  it.each([
    ['at the root', '{"__proto__":{"polluted":1}}'],
    ['in a section', '{"app":{"__proto__":{"polluted":1}}}'],
    ['in a map', '{"app":{"pools":{"__proto__":{"polluted":1}}}}'],
    ['in an open structure', '{"app":{"free":{"a":[{"constructor":{"prototype":{"polluted":1}}}]}}}'],
    ['as constructor', '{"constructor":{"prototype":{"polluted":1}}}'],
    ['as prototype', '{"prototype":{"x":1}}'],
    ['with others', '{"app":{"host":"h"},"__proto__":{}}'],
    ['in JSON text', '{"app":{"pool":"{\\"__proto__\\":{\\"polluted\\":1}}"}}'],
    ['in JSON text of an open structure', '{"app":{"free":"{\\"__proto__\\":{\\"polluted\\":1}}"}}'],
  ])('%s are refused and touch nothing', async (_, text) => {
    await using sandbox = await ConfigSandbox.create();
    const file = jsonFile(await sandbox.write('evil.json', text));
    const fromObject = object(JSON.parse(text) as object);
    const plain = { load: () => JSON.parse(text) as object };
    for (const sources of [[file], [fromObject], [plain], [fromObject, fromObject]]) {
      const { issues, code } = await refused([AppSettings], sources, { unknownKeys: 'ignore' });
      expect([code, ...issues.map((issue) => issue.code)].join()).toMatch(/forbidden-key|reserved-key/);
    }
    expect([polluted(), ({} as Record<string, unknown>)['x']]).toEqual([undefined, undefined]);
  });

  it.each(['__proto____polluted', 'A___PROTO____POLLUTED', 'A_APP____PROTO____X', 'A_CONSTRUCTOR__PROTOTYPE__X'])(
    'of the environment (%s) touch nothing',
    async (name) => {
      await loaded([AppSettings], [processEnv({ prefix: 'A_', env: { [name]: 'x' } })]).catch(String);
      expect([polluted(), ({} as Record<string, unknown>)['x']]).toEqual([undefined, undefined]);
    },
  );

  it('that shadow methods are plain data in open structures', async () => {
    const free = { toJSON: 'x', then: 'y', hasOwnProperty: 1, toString: 2 };
    expect((await made(AppSettings, { app: { free } })).free).toEqual(free);
  });

  it('cannot be a path', () => {
    expect(() => section(PoolSettings, { path: 'a.__proto__' })).toThrow('the key "__proto__" is reserved');
  });
});

describe('a layer without bounds', () => {
  const nested = (levels: number): object => {
    let value: object = {};
    for (let level = 0; level < levels; level++) value = { below: value };
    return value;
  };

  it('is refused where it is nested too deeply, with the place', async () => {
    const source = { name: 'deep', load: () => ({ app: { free: nested(150) } }) };
    const { code, message } = await refused([AppSettings], [source]);
    expect([code, message.split('\n')[0]]).toEqual([
      'too-deep',
      'The values of deep are nested more than 100 levels deep, or contain themselves.',
    ]);
  });

  it('is refused the same way where the source makes the layer itself', async () => {
    const layer = createLayer({ name: 'deep', tree: { app: { free: nested(150) } } });
    const { issues } = await refused([AppSettings], [{ load: () => layer }]);
    expect(issues.map(({ code, message, path }) => [code, message, path.length])).toContainEqual([
      'too-deep',
      'is nested more than 100 levels deep',
      101,
    ]);
  });

  it('may be nested up to the bound', async () => {
    const source = { load: () => ({ app: { free: nested(97) } }) };
    expect((await made(AppSettings, [source])).free).toEqual(nested(97));
  });
});
