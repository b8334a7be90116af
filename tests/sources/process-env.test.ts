import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import type { ConfigLayer, ConfigPath, SectionNode } from '../../src/core/index.js';
import { formatIssue, formatOrigin, isConfigLayer, valueAt } from '../../src/core/index.js';
import type { ProcessEnvOptions } from '../../src/sources/index.js';
import { processEnv } from '../../src/sources/index.js';
import { caught } from './caught.js';
import { leaf, listOf, loadContext, mapOf, section } from './schema-of.js';

const SCHEMA = section({
  database: section({
    host: leaf(),
    port: leaf('integer'),
    url: { node: leaf(), envNames: ['DATABASE_URL', 'DB_URL'] },
    hostName: { node: leaf(), aliases: ['server-name'] },
    proto: leaf(),
    pool: section({ max: leaf('integer'), maxSize: leaf('integer') }),
  }),
  app: section({
    tags: listOf(leaf()),
    servers: listOf(section({ host: leaf() })),
    pools: mapOf(section({ max: leaf() })),
    extra: leaf('anything'),
  }),
  user: section({ name: leaf() }),
});

function load(
  env: Record<string, string>,
  options: ProcessEnvOptions = { prefix: 'APP_' },
  schema = SCHEMA,
): ConfigLayer {
  const layer = processEnv({ ...options, env }).load(loadContext(schema));
  if (!isConfigLayer(layer)) throw new Error('processEnv answers one layer at once.');
  return layer;
}

// Own properties even for `__proto__`.
function variables(entries: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(entries);
}

async function refusals(env: Record<string, string>, options?: ProcessEnvOptions): Promise<readonly string[]> {
  const error = await caught(() => load(env, options));
  expect(error.category).toBe('source');
  return [error.code, ...error.issues.map((issue) => `${issue.code}: ${formatIssue(issue)}`)];
}

describe('processEnv', () => {
  it('reads fields by the names compiled from the schema', () => {
    const env = { APP_DATABASE__HOST: 'db', APP_DATABASE__POOL__MAX_SIZE: '5', APP_USER__NAME: ' ' };
    expect(load(env).tree).toEqual({ database: { host: 'db', pool: { maxSize: '5' } }, user: { name: ' ' } });
  });

  it('takes an empty variable for "not set", whatever the type', () => {
    const names = [
      'DATABASE__HOST',
      'DATABASE__PORT',
      'APP__EXTRA',
      'APP__TAGS',
      'APP__POOLS',
      'USER',
      'APP__POOLS__X__MAX',
    ];
    expect(load(Object.fromEntries(names.map((name) => [`APP_${name}`, '']))).tree).toEqual({});
    expect(load({ DATABASE_URL: '', DB_URL: 'second' }).tree).toEqual({ database: { url: 'second' } });
  });

  it('keeps an empty string where that is asked for, though it is no list, map or section', () => {
    const env = { APP_DATABASE__HOST: '', APP_APP__TAGS: '', APP_APP__POOLS: '', APP_USER: '' };
    expect(load(env, { prefix: 'APP_', emptyVariables: 'keep' }).tree).toEqual({ database: { host: '' } });
  });

  it('still tells of an unknown name that is empty', () => {
    expect(load({ APP_DATABASE__PROT: '' }).tree).toEqual({ database: { prot: '' } });
  });

  it('gives a field the content of the file that NAME_FILE names, where that is asked for', () => {
    const options = { prefix: 'APP_', fileVariables: true };
    const env = { APP_DATABASE__HOST_FILE: '/run/secrets/host', APP_APP__TAGS_FILE: 'tags', DATABASE_URL_FILE: 'url' };
    const layer = load(env, options);
    expect(layer.tree).toEqual({
      database: { host: '${file:/run/secrets/host}', url: '${file:url}' },
      app: { tags: '${file:tags}' },
    });
    expect(layer.locate(['database', 'host']).key).toBe('APP_DATABASE__HOST_FILE');
    expect(load({ APP_DATABASE__HOST_FILE: '/run/secrets/host' }).tree).toEqual({});
    expect(load({ APP_DATABASE__HOST_FILE: '', APP_USER_FILE: 'x' }, options).tree).toEqual({ userFile: 'x' });
  });

  it('leaves a field its name that ends like that', () => {
    const schema = section({ tls: section({ key: leaf(), keyFile: leaf() }) });
    expect(load({ APP_TLS__KEY_FILE: 'a.pem' }, { prefix: 'APP_', fileVariables: true }, schema).tree).toEqual({
      tls: { keyFile: 'a.pem' },
    });
  });

  it('says how NAME_FILE is asked for where it is not, beside a declared NAME alone', () => {
    const unknown = (env: Record<string, string>): readonly string[] => (load(env).unknownKeys ?? []).map(formatIssue);
    expect(unknown({ APP_DATABASE__HOST_FILE: '/run/secrets/host' })).toEqual([
      'database.hostFile: is not a setting\n    from APP_DATABASE__HOST_FILE (environment)\n' +
        "    Write fileVariables: true in the source's options, for APP_DATABASE__HOST to be what is in the file that it names.",
    ]);
    expect(unknown({ APP_DATABASE__HOUSE_FILE: 'x' })).toEqual([]);
  });

  it('refuses NAME beside NAME_FILE, but not where NAME is empty', async () => {
    const options = { prefix: 'APP_', fileVariables: true };
    expect(await refusals({ APP_DATABASE__HOST: 'a', APP_DATABASE__HOST_FILE: 'b' }, options)).toEqual([
      'conflicting-keys',
      'conflicting-keys: database.host: is given twice, as APP_DATABASE__HOST and as APP_DATABASE__HOST_FILE\n' +
        '    from APP_DATABASE__HOST_FILE (environment)\n    Keep one of them.',
    ]);
    expect(load({ APP_DATABASE__HOST: '', APP_DATABASE__HOST_FILE: 'b' }, options).tree).toEqual({
      database: { host: '${file:b}' },
    });
  });

  it.each(['a}b', '${env:HOME}', 'a:-b', 'a$b'])(
    'does not let the name of a file say more than a name: %s',
    async (name) => {
      const found = await refusals({ APP_DATABASE__HOST_FILE: name }, { prefix: 'APP_', fileVariables: true });
      expect(found).toEqual([
        'invalid-key',
        'invalid-key: database.host: names a file with "$", braces or ":-" in its name, which cannot be referred to\n' +
          '    from APP_DATABASE__HOST_FILE (environment)\n    Rename the file, or mount it elsewhere.',
      ]);
    },
  );

  it.each<[string, object, string]>([
    [
      'emptyVariables',
      { emptyVariables: 'drop' },
      'processEnv: emptyVariables must be one of "unset", "keep"; got "drop".',
    ],
    ['fileVariables', { fileVariables: 'yes' }, 'processEnv: fileVariables must be true or false; got a string.'],
    [
      'fileVariables without references',
      { fileVariables: true, references: false },
      'processEnv: fileVariables needs references; leave out "references: false".',
    ],
  ])('refuses %s that cannot be meant', (_, options, message) => {
    expect(() => processEnv(options)).toThrow(new TypeError(message));
  });

  it('ignores what does not begin with the prefix', () => {
    expect(load({ PATH: '/bin', __proto____polluted: '1', app_database__port: '1', DATABASE__HOST: 'x' }).tree).toEqual(
      {},
    );
  });

  it('reads aliases spelled like fields, and declared names as they are', () => {
    const env = { APP_DATABASE__SERVER_NAME: 'a', DATABASE_URL: 'b' };
    expect(load(env).tree).toEqual({ database: { hostName: 'a', url: 'b' } });
  });

  it('lets the compiled name win over declared ones, and an earlier declared one over a later', () => {
    const urls = [
      load({ DB_URL: 'second', DATABASE_URL: 'first', APP_DATABASE__URL: 'ours' }),
      load({ DB_URL: 'second', DATABASE_URL: 'first' }),
    ].map(({ tree }) => valueAt(tree, ['database', 'url']));
    expect(urls).toEqual(['ours', 'first']);
  });

  it('refuses a field that is given by its name and by its alias', async () => {
    expect(await refusals({ APP_DATABASE__HOST_NAME: 'a', APP_DATABASE__SERVER_NAME: 'b' })).toEqual([
      'conflicting-keys',
      'conflicting-keys: database.hostName: is given twice, as APP_DATABASE__HOST_NAME and as APP_DATABASE__SERVER_NAME\n' +
        '    from APP_DATABASE__SERVER_NAME (environment)\n    Keep one of them.',
    ]);
  });

  it('reads lists item by item, in any order of the variables', () => {
    const servers = Array.from({ length: 11 }, (_, index): [string, string] => [
      `APP_APP__SERVERS__${String(10 - index)}__HOST`,
      `h${String(10 - index)}`,
    ]);
    expect(valueAt(load(variables(servers)).tree, ['app', 'servers'])).toEqual(
      Array.from({ length: 11 }, (_, index) => ({ host: `h${String(index)}` })),
    );
  });

  it('leaves whole lists, maps and sections as text', () => {
    const env = { APP_APP__TAGS: 'a,b,c', APP_APP__POOLS: '{"x":{}}', APP_DATABASE: '{"port":1}' };
    expect(load(env).tree).toEqual({ app: { tags: 'a,b,c', pools: '{"x":{}}' }, database: '{"port":1}' });
  });

  it('refuses a list with a gap', async () => {
    expect(await refusals({ APP_APP__TAGS__0: 'a', APP_APP__TAGS__999999999: 'c' })).toEqual([
      'missing-item',
      'missing-item: app.tags: has no item 1, although APP_APP__TAGS__999999999 gives item 999999999\n' +
        '    from APP_APP__TAGS__999999999 (environment)\n    Number the items from 0 on without gaps.',
    ]);
  });

  it.each(['00', '-1', '1e3', 'FIRST', '9'.repeat(400), '١'])('refuses %s as the number of an item', async (index) => {
    const [code, text] = await refusals({ [`APP_APP__SERVERS__${index}__HOST`]: 'x' });
    expect([code, text]).toEqual([
      'invalid-key',
      expect.stringMatching(
        /^invalid-key: app\.servers: is a list, and ".{1,41}" is not the number of an item\n.*\n {4}Write APP_APP__SERVERS__0 for/,
      ),
    ]);
  });

  it('lower-cases keys of maps that are all capitals and keeps the others', () => {
    const env = {
      APP_APP__POOLS__PRIMARY__MAX: '1',
      APP_APP__POOLS__EU_WEST__MAX: '2',
      APP_APP__POOLS__Mixed__MAX: '3',
    };
    expect(load(env).tree).toEqual({
      app: { pools: { primary: { max: '1' }, eu_west: { max: '2' }, Mixed: { max: '3' } } },
    });
  });

  it('refuses a section that is given as a whole and in parts, naming both variables, in either order', async () => {
    const text =
      'conflicting-keys: database.pool: is given as a whole as APP_DATABASE__POOL and in parts as APP_DATABASE__POOL__MAX\n' +
      '    from APP_DATABASE__POOL (environment)\n    Keep one of them.';
    const one = await refusals({ APP_DATABASE__POOL: '{}', APP_DATABASE__POOL__MAX: '1' });
    const other = await refusals({ APP_DATABASE__POOL__MAX: '1', APP_DATABASE__POOL: '{}' });
    expect([one, other]).toEqual([
      ['conflicting-keys', text],
      ['conflicting-keys', text],
    ]);
  });

  it('takes a blank section, list or map for not set', () => {
    const env = { APP_DATABASE__POOL: '', APP_DATABASE__POOL__MAX: '1', APP_APP__TAGS: ' ' };
    expect(load(env).tree).toEqual({ database: { pool: { max: '1' } } });
  });

  it('refuses a scalar that also has parts', async () => {
    expect((await refusals({ APP__A: '1', APP__A__B: '2' }, { prefix: 'APP__' }))[0]).toBe('conflicting-keys');
  });

  it('puts a name that no field has at its best guess, known under its own name', () => {
    const layer = load({ APP_DATABASE__PROT: '1', APP_DATABSE__POOL__MAX_SIZE: '2', APP_DATABASE__HOST__DEEP_ER: '3' });
    const at = (path: ConfigPath): string => formatOrigin(layer.locate(path));
    expect(layer.tree).toEqual({
      database: { prot: '1', host: { deep_er: '3' } },
      databse: { pool: { maxSize: '2' } },
    });
    expect([at(['database', 'prot']), at(['databse', 'pool', 'maxSize'])]).toEqual([
      'APP_DATABASE__PROT (environment)',
      'APP_DATABSE__POOL__MAX_SIZE (environment)',
    ]);
  });

  it.each([
    ['APP_DATABASE__POOL__MAXSIZE', 'database.pool.maxSize', 'APP_DATABASE__POOL__MAX_SIZE'],
    ['APP_database__pool__MAX_SIZE', 'database.pool.maxSize', 'APP_DATABASE__POOL__MAX_SIZE'],
    ['APP_DATABASE__servername', 'database.hostName', 'APP_DATABASE__HOST_NAME'],
    ['APP_APP__pools__PRIMARY__max', 'app.pools.primary.max', 'APP_APP__POOLS__PRIMARY__MAX'],
  ])('takes %s, which is a field in another spelling, for an unknown key', (name, path, right) => {
    const { tree, unknownKeys = [] } = load({ [name]: '1', APP_DATABASE__PORT: '2' });
    expect(tree).toEqual({ database: { port: '2' } });
    expect(unknownKeys.map((issue) => `${issue.code}: ${formatIssue(issue)}`)).toEqual([
      `unknown-key: ${path}: is not a known key in this spelling\n    from ${name} (environment)\n    Did you mean ${right}?`,
    ]);
  });

  it.each([
    ['APP_DATABASE_PORT', 'databasePort', 'APP_DATABASE__PORT'],
    ['APP_DATABASE_POOL_MAX_SIZE', 'databasePoolMaxSize', 'APP_DATABASE__POOL__MAX_SIZE'],
    ['APP_DATABASE__POOL_MAX_SIZE', 'database.poolMaxSize', 'APP_DATABASE__POOL__MAX_SIZE'],
    ['APP_DATABASE_POOL__MAX', 'databasePool.max', 'APP_DATABASE__POOL__MAX'],
  ])('says where the separator is missing in %s', (name, path, right) => {
    const { tree, unknownKeys = [] } = load({ [name]: '1', APP_DATABASE__HOST: '2' });
    expect(tree).toEqual({ database: { host: '2' } });
    expect(unknownKeys.map((issue) => `${issue.code}: ${formatIssue(issue)}`)).toEqual([
      `unknown-key: ${path}: is not a known key in this spelling\n    from ${name} (environment)\n    Did you mean ${right}?`,
    ]);
  });

  it('takes what Kubernetes says of a service for no setting, and says how to be rid of it', () => {
    const links = {
      APP_PORT: 'tcp://10.0.0.1:80',
      APP_PORT_80_TCP_ADDR: '10.0.0.1',
      APP_SERVICE_HOST: '10.0.0.1',
      APP_SERVICE_PORT_HTTP: '80',
    };
    const schema = section({ port: leaf('integer'), database: section({ port: leaf('integer') }) });
    const { tree, unknownKeys } = load({ ...links, APP_DATABASE__PORT: '1' }, { prefix: 'APP_' }, schema);
    expect(tree).toEqual({ database: { port: '1' } });
    expect(unknownKeys?.map(({ path, origin }) => [path.join('.'), origin?.key])).toEqual([
      ['port', 'APP_PORT'],
      ['port80TcpAddr', 'APP_PORT_80_TCP_ADDR'],
      ['serviceHost', 'APP_SERVICE_HOST'],
      ['servicePortHttp', 'APP_SERVICE_PORT_HTTP'],
    ]);
    expect(new Set(unknownKeys?.map(({ hint }) => hint))).toEqual(
      new Set([
        'Kubernetes sets it for the service "app": write enableServiceLinks: false in the spec of the pod, ' +
          "choose another prefix, or foreignKeys: ['port*', 'service*'].",
      ]),
    );
  });

  it('takes a name that ends like one of those for a setting where its text is none', () => {
    const schema = section({ port: leaf('integer') });
    const { tree, unknownKeys } = load({ APP_PORT: '80' }, { prefix: 'APP_' }, schema);
    expect([tree, unknownKeys]).toEqual([{ port: '80' }, undefined]);
  });

  it('leaves it to others what a name means that an open root does not declare', () => {
    const schema = section({ database: section({ port: leaf('integer') }) }, true);
    const { tree, unknownKeys } = load({ APP_DATABASE_PORT: '1' }, { prefix: 'APP_' }, schema);
    expect([tree, unknownKeys]).toEqual([{ databasePort: '1' }, undefined]);
  });

  it('knows which variable an unknown section came with', () => {
    const layer = load({ APP_DATABSE__POOL__MAX: '1' });
    expect([layer.locateKey?.(['databse']).key, layer.locateKey?.(['other']).key]).toEqual([
      'APP_DATABSE__POOL__MAX',
      'APP_OTHER',
    ]);
  });

  it('does not take the variables that name the environment for unknown keys', () => {
    expect(load({ UNO_ENV: 'prod', NODE_ENV: 'production' }, { prefix: 'UNO_' }).tree).toEqual({});
  });

  it('says where a value stands that is inside one JSON text, and how a section is spelled', () => {
    const layer = load({ APP_DATABASE__POOL: '{"max":1}' });
    expect(
      [['database', 'pool', 'max'], ['database'], ['app', 'pools', 'primary', 'max']].map(
        (path) => layer.locate(path).key,
      ),
    ).toEqual(['APP_DATABASE__POOL', 'APP_DATABASE', 'APP_APP__POOLS__PRIMARY__MAX']);
  });

  it('spells any path of the schema', () => {
    const layer = load({});
    const paths = [
      ['database', 'pool', 'maxSize'],
      ['app', 'servers', '0', 'host'],
      ['app', 'pools', 'Mixed', 'max'],
      ['newKey'],
    ];
    expect(paths.map((path) => layer.spell?.(path))).toEqual([
      'APP_DATABASE__POOL__MAX_SIZE',
      'APP_APP__SERVERS__0__HOST',
      'APP_APP__POOLS__Mixed__MAX',
      'APP_NEW_KEY',
    ]);
  });

  it('takes another separator', () => {
    expect(load({ 'app.DATABASE.POOL.MAX_SIZE': '1' }, { prefix: 'app.', separator: '.' }).tree).toEqual({
      database: { pool: { maxSize: '1' } },
    });
  });

  it('reads process.env as it is when it loads, and writes nothing to it', () => {
    const source = processEnv({ prefix: 'UNO_CONFIG_TEST_' });
    const before = { ...process.env };
    process.env['UNO_CONFIG_TEST_USER__NAME'] = 'late';
    const layer = source.load(loadContext(SCHEMA));
    delete process.env['UNO_CONFIG_TEST_USER__NAME'];
    expect([layer, { ...process.env }]).toMatchObject([{ tree: { user: { name: 'late' } } }, before]);
  });

  it('has one id for equal options over process.env, and none over other variables', () => {
    const ids = [{ prefix: 'A_' }, { prefix: 'A_' }, { prefix: 'B_' }, { env: {} }].map(
      (options) => processEnv(options).id,
    );
    expect([ids[0] === ids[1], ids[0] === ids[2], ids[3]]).toEqual([true, false, undefined]);
  });

  it.each([
    [{ separator: '_' }, "processEnv: separator must be a string such as '__' or '.', without letters and digits"],
    [{ separator: '' }, "processEnv: separator must be a string such as '__' or '.', without letters and digits"],
    [{ separator: 'x' }, "processEnv: separator must be a string such as '__' or '.', without letters and digits"],
    [{ separator: '-é' }, "processEnv: separator must be a string such as '__' or '.', without letters and digits"],
    [{ prefix: 'APP_ß' }, 'processEnv: prefix must be a string that ends with what separates it from a name'],
    [{ prefix: 'APP_𝒜' }, 'processEnv: prefix must be a string that ends with what separates it from a name'],
    // A caller in JavaScript.
    [
      { prefix: 5 as unknown as string },
      'processEnv: prefix must be a string that ends with what separates it from a name',
    ],
  ])('refuses the options %j', (options, message) => {
    expect(() => processEnv(options)).toThrow(new RegExp(`^${message}`));
  });

  it('takes separators and prefixes without letters, whatever else they are made of', () => {
    const env = { 'ß·DATABASE→PORT': '1', 'DATABASE→URL': 'x' };
    expect(load(env, { prefix: 'ß·', separator: '→' }).tree).toEqual({ database: { port: '1' } });
  });
});

describe('processEnv without a prefix', () => {
  it('takes legal and declared names only', () => {
    const env = {
      DATABASE__PORT: '1',
      DATABASE__PROT: '2',
      DB_URL: 'x',
      HOME: '/',
      DATABASE____X: '3',
      APP__SERVERS__X: '4',
    };
    expect(load(env, {}).tree).toEqual({ database: { port: '1', url: 'x' } });
  });

  it("does not take the machine's USER for a section, unless it is JSON", () => {
    expect([load({ USER: 'root' }, {}).tree, load({ USER: ' {"name":"x"}' }, {}).tree]).toEqual([
      {},
      { user: ' {"name":"x"}' },
    ]);
  });

  it('reads a field at the top', () => {
    expect(load({ PORT: '1' }, {}, section({ port: leaf() })).tree).toEqual({ port: '1' });
  });

  it.each(['__CF_USER_TEXT_ENCODING', '_', 'BASH_FUNC_x%%', 'constructor', '=C:'])(
    'leaves %s of the machine alone',
    (name) => {
      expect(load({ [name]: 'x' }, {}).tree).toEqual({});
    },
  );
});

describe('processEnv and hostile names', () => {
  it.each([
    ['__proto____polluted', { prefix: '' }],
    ['constructor__prototype__x', { prefix: '' }],
    ['CONSTRUCTOR__PROTOTYPE__X', { prefix: '' }],
    ['__proto__', { prefix: '' }],
    ['__proto__.polluted', { prefix: '', separator: '.' }],
    ['APP____PROTO____X', { prefix: 'APP_' }],
    ['APP___proto____polluted', { prefix: 'APP_' }],
    ['APP_DATABASE____proto____polluted', { prefix: 'APP_' }],
    ['APP_APP__POOLS__CONSTRUCTOR__MAX', { prefix: 'APP_' }],
    ['APP_APP__EXTRA__prototype', { prefix: 'APP_' }],
    ['APP_prototype', { prefix: 'APP_' }],
  ])('refuses %s', async (name, options) => {
    const [code, text] = await refusals(variables([[name, '1']]), options);
    expect([code, text, Reflect.get({}, 'polluted')]).toEqual([
      'forbidden-key',
      expect.stringMatching(/^forbidden-key: the key "(?:__proto__|constructor|prototype|CONSTRUCTOR)" is reserved\n/),
      undefined,
    ]);
  });

  it.each(['APP____x', 'APP_', 'APP___X', 'APP_DATABASE__', 'APP_DATABASE____PORT'])(
    'refuses the empty key in %s',
    async (name) => {
      const [code, text] = await refusals({ [name]: '1' });
      expect([code, text]).toEqual([
        'invalid-key',
        `invalid-key: has an empty key before or after a "__"\n    from ${name} (environment)\n    Write names like APP_SECTION__KEY.`,
      ]);
    },
  );

  it('refuses a name of very many keys', async () => {
    expect((await refusals({ [`APP_${'A__'.repeat(40_000)}B`]: '1' }))[0]).toBe('invalid-key');
  });

  it('reports all of them at once, without their values', async () => {
    const error = await caught(() =>
      load({
        APP____x: 'hunter2',
        APP____PROTO____X: 'hunter2',
        APP_DATABASE__PORTS: '1',
        APP_APP__TAGS__1: 'hunter2',
      }),
    );
    expect(error.issues.map(({ code }) => code)).toEqual(['invalid-key', 'forbidden-key', 'missing-item']);
    expect([error.code, error.message.split('\n')[0], error.message.includes('hunter2')]).toEqual([
      'forbidden-key',
      'Some names in the environment cannot be used.',
      false,
    ]);
  });

  it('accepts a field that is called proto', () => {
    expect(load({ APP_DATABASE__PROTO: 'tcp' }).tree).toEqual({ database: { proto: 'tcp' } });
  });

  it('survives any environment without touching a prototype', () => {
    const part = fc.constantFrom(
      '__',
      '_',
      'APP_',
      'proto',
      'PROTO',
      'constructor',
      'prototype',
      'DATABASE',
      'APP',
      'TAGS',
      '0',
      '1',
      '.',
      'x',
    );
    const name = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.string(),
    );
    const names = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), fc.constantFrom('', 'APP_', 'APP__'), (entries, prefix) => {
        const outcome = codeOf(() => load(variables(entries), { prefix }));
        expect(outcome).not.toBe('not a ConfigError');
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(names);
      }),
    );
  });
});

describe('what processEnv spells', () => {
  it('reads back at the same path', () => {
    const key = fc
      .stringMatching(/^[a-z][a-z0-9]{0,4}([A-Z][a-z0-9]{1,3}){0,2}$/)
      .filter((text) => !text.startsWith('proto') && text !== 'constructor');
    const data = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/).filter((text) => text !== 'prototype');
    fc.assert(
      fc.property(key, key, key, data, fc.nat(3), (top, nested, field, dataKey, index) => {
        const item = section({ [field]: leaf() });
        const schema: SectionNode = section({
          [top]: section({ [nested]: item, aList: listOf(item), aMap: mapOf(item) }),
        });
        const speller = load({}, { prefix: 'P_' }, schema);
        const spell = (path: ConfigPath): string => speller.spell?.(path) ?? '';
        const paths = [
          [top, nested, field],
          [top, 'aMap', dataKey, field],
          ...Array.from({ length: index + 1 }, (_, at) => [top, 'aList', String(at), field]),
        ];
        const env = variables(paths.map((path) => [spell(path), path.join('/')]));
        const layer = load(env, { prefix: 'P_' }, schema);
        expect(paths.map((path) => valueAt(layer.tree, path))).toEqual(paths.map((path) => path.join('/')));
        expect(paths.map((path) => layer.locate(path).key)).toEqual(paths.map((path) => spell(path)));
      }),
    );
  });
});

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'loaded';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'not a ConfigError';
  }
}
