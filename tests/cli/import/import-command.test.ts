import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeFolder, run } from '../fake-io.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { projectWith, runIn } from '../installed-copy.js';

const root = resolve(import.meta.dirname, '../../..');
const nodeConfig = join(root, 'benchmarks/node_modules/config');

const SCHEMA = `module.exports = {
  env: { doc: 'The environment.', format: ['production', 'development', 'test'], default: 'development', env: 'APP_ENV' },
  http: {
    port: { doc: "The port's number.", format: 'port', default: 8080, env: 'PORT', arg: 'port' },
    host: { format: String, default: 'localhost' },
    tags: { format: Array, default: ['a', 'b'] },
  },
  retries: { format: 'nat', default: 3 },
  key: { format: '*', default: null, nullable: true, sensitive: true },
  ratio: 0.5,
  checked: { format: function even(value) { if (value % 2) throw new Error('odd'); }, default: 2 },
};
`;

const FILES = {
  'package.json': '{ "type": "module" }',
  'nc/config/default.json5': `{
    // The shop.
    port: 3000, name: 'shop \${x}', nothing: null,
    database: { host: 'localhost', 'pool-size': 5, ratio: 0.5, tags: ['a', 'b'], replicas: [{ host: 'r1' }], deep: { er: { on: true } } },
  }`,
  'nc/config/production.json': '{ "database": { "host": "db.internal", "tags": ["c"] } }',
  'nc/config/custom-environment-variables.json': '{ "database": { "host": "DB_HOST", "user": "DB_USER" } }',
  'secrets/default.json': '{ "db": { "password": "one", "host": "r", "replicas": [{ "url": "amqp://ann:two@r" }] } }',
  'secrets/production.json': '{ "db": { "password": "three", "tokens": ["four"] } }',
  'nc/config/default-app.js': 'module.exports = {};',
  'schema.cjs': SCHEMA,
  'env/.env': '# variables\nDATABASE_URL=postgres://db/x\nPORT=80\nDEBUG=true\nAPI_TOKEN=abc\nHOST=$NAME.x\n',
  'env/.env.production': 'PORT=443\n',
  'spring/application.yml': `server.port: 8080
spring:
  application: { name: orders }
  profiles: { active: prod }
orders:
  max-items: 10
  base-url: "http://\${orders.host:localhost}:\${server.port}/\${PATH_NAME:api}"
---
spring.config.activate.on-profile: prod
orders:
  host: orders.internal
---
spring:
  config: { activate: { on-profile: "!prod & eu" } }
orders:
  host: nowhere
`,
  'spring/application-dev.yml': 'orders: { max-items: 2, random: "${random.int}" }\n',
};

let folder: string;
beforeAll(async () => {
  folder = await projectWith(FILES, ['@swc/core', 'json5']);
});
afterAll(() => removeFolder(folder));

/** What the library says of the project that was written. */
async function printed(project: string, environment: string): Promise<unknown> {
  const { code, out, error } = await runIn(folder, ['print', '--json', '--env', environment, '--cwd', project]);
  expect([code, error]).toEqual([0, '']);
  return JSON.parse(out);
}

async function imported(words: readonly string[], exported?: unknown): Promise<string> {
  const { code, out, error } = await run(folder, ['import', ...words], exported);
  expect([code, error]).toEqual([0, '']);
  return out;
}

describe('import node-config', () => {
  it('writes a project that loads, and says what it left', async () => {
    const out = await imported(['node-config', 'nc/config', '--out', 'from-nc']);
    expect(out).toContain('wrote from-nc/config/app.production.yaml');
    expect(out).toContain('config/default-app.js is not read: it is a program; write what it exports as YAML');
    expect(out).toContain('config/default.json5, nothing is null');
    expect(out).toMatch(/\nNext: npx uno-config validate --cwd from-nc\n$/);
    expect(await readFile(join(folder, 'from-nc/src/settings/database-settings.ts'), 'utf8')).toContain(
      "@EnvName('DB_HOST')",
    );
  });

  it('makes neither files elsewhere nor code of keys that are no names', async () => {
    const project = await temporaryFolder({
      'in/config/default.json': JSON.stringify({
        '../../../escaped': { a: 1 },
        'x = globalThis.ran = 1; y': 'text',
        constructor: 1,
        fine: { b: 2 },
      }),
    });
    const { code, out } = await run(project, ['import', 'node-config', 'in/config', '--out', 'one/two/out']);
    expect(code).toBe(0);
    expect(
      (await readdir(project, { recursive: true, withFileTypes: true }))
        .flatMap((entry) => (entry.isFile() && entry.name.endsWith('.ts') ? [entry.name] : []))
        .toSorted(),
    ).toEqual(['fine-settings.ts', 'uno.config.ts']);
    expect(out).toContain('"../../../escaped" cannot be the name of a class');
  });

  it('names keys that are one setting here, each with its place, and gives the class one field for them', async () => {
    const project = await temporaryFolder({
      'in/default.json': '{ "shop": { "a-b": 1, "aB": 2, "deep": { "x_y": 1 } }, "a-b": 1 }',
      'in/production.json': '{ "shop": { "deep": { "XY": 2 } }, "aB": { "c": 1 }, "Shop": { "d": 1 } }',
    });
    const { code, out } = await run(project, ['import', 'node-config', 'in', '--out', 'out']);
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line.includes('the same setting'))).toEqual([
      '  config/app.yaml, shop.aB is the same setting as config/app.yaml, shop.a-b: keep one of them',
      '  config/app.production.yaml, shop.deep.XY is the same setting as config/app.yaml, shop.deep.x_y: keep one of them',
      '  config/app.production.yaml, aB is the same setting as config/app.yaml, a-b: keep one of them',
      '  config/app.production.yaml, Shop is the same setting as config/app.yaml, shop: keep one of them',
    ]);
    const classes = await readFile(join(project, 'out/src/settings/shop-settings.ts'), 'utf8');
    expect(classes.match(/ aB[!?]:/g)).toHaveLength(1);
    expect(classes.match(/ xY[!?]:/g)).toHaveLength(1);
  });

  it('writes nothing through a link that leads to nothing', async () => {
    const project = await temporaryFolder({ 'in/default.json': '{ "a": { "b": 1 } }', 'out/config/kept.txt': '' });
    await symlink(join(project, 'elsewhere.yaml'), join(project, 'out/config/app.yaml'));
    const { code, error } = await run(project, ['import', 'node-config', 'in', '--out', 'out']);
    expect([code, existsSync(join(project, 'elsewhere.yaml'))]).toEqual([2, false]);
    expect(error).toContain('There is already config/app.yaml');
  });

  it('names what looks like a secret, and where it has been written', async () => {
    const out = await imported(['node-config', 'secrets', '--out', 'with-secrets']);
    expect(out).toContain('  config/app.yaml, db.password looks like a secret: declare it with @Secure()');
    expect(out).toContain('  config/app.yaml, db.replicas.0.url looks like a secret');
    expect(out).toContain('  config/app.production.yaml, db.tokens.0 looks like a secret');
    expect(out.match(/looks like/g)).toHaveLength(3);
  });

  (existsSync(nodeConfig) ? describe : describe.skip)('where npm ci --prefix benchmarks was run', () => {
    it('gives the values that node-config gives', async () => {
      for (const environment of ['development', 'production']) {
        const script = `process.stdout.write(JSON.stringify(require(${JSON.stringify(nodeConfig)}).util.toObject()))`;
        const env = {
          PATH: process.env['PATH'],
          NODE_ENV: environment,
          NODE_CONFIG_DIR: join(folder, 'nc/config'),
          SUPPRESS_NO_CONFIG_WARNING: '1',
        };
        const theirs = JSON.parse(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' })) as Record<
          string,
          unknown
        >;
        const { nothing, ...expected } = theirs;
        expect(nothing).toBeNull();
        const { 'pool-size': poolSize, ...database } = expected['database'] as Record<string, unknown>;
        expect(await printed('from-nc', environment)).toEqual({ ...expected, database: { ...database, poolSize } });
      }
    });
  });
});

describe('import convict', () => {
  it('writes classes with the formats, and says what only convict knows', async () => {
    const { createRequire } = await import('node:module');
    const exported: unknown = createRequire(join(folder, 'x.js'))('./schema.cjs');
    const out = await imported(['convict', 'schema.cjs', '--out', 'from-convict'], exported);
    expect(out).toContain(
      'schema.cjs, checked has the format "even", which only convict knows: write a validator for it',
    );
    expect(out).toContain('schema.cjs, key is sensitive');
    const http = await readFile(join(folder, 'from-convict/src/settings/http-settings.ts'), 'utf8');
    expect(http).toContain(`  @Describe('The port\\'s number.')
  @EnvName('PORT')
  @IsInt()
  @Min(0)
  @Max(65535)
  port!: number;`);
  });
});

describe('import of names that every object has', () => {
  it('takes them for what they say', async () => {
    const project = await temporaryFolder({
      'schema.json': '{ "a": { "b": { "format": "constructor", "default": 1 } } }',
      'in/application-constructor.yml': 'a: { b: 1 }',
    });
    const convict = await run(project, ['import', 'convict', 'schema.json', '--out', 'one']);
    expect(convict.out).toContain('has the format "constructor", which only convict knows');
    const spring = await run(project, ['import', 'spring', 'in', '--out', 'two']);
    expect(spring.out).toContain('wrote two/config/app.constructor.yaml');
  });
});

describe('import env', () => {
  it('writes a class for the files, which stay where they are', async () => {
    const out = await imported(['env', 'env', '--out', 'env']);
    expect(out).toContain('.env:5 API_TOKEN looks like a secret');
    expect(out).toContain('.env:6 HOST refers to a variable');
    const { app } = (await printed('env', 'production')) as { app: Record<string, unknown> };
    expect(app).toMatchObject({ databaseUrl: 'postgres://db/x', port: 443, debug: true });
  });

  it('reads them from another folder, where the project is to be there', async () => {
    await imported(['env', 'env', '--out', 'from-env']);
    const { app } = (await printed('from-env', 'production')) as { app: Record<string, unknown> };
    expect(app).toMatchObject({ port: 443, debug: true });
  });
});

describe('import spring', () => {
  it('writes profiles as environments, and placeholders as references', async () => {
    const out = await imported(['spring', 'spring', '--out', 'from-spring']);
    expect(out).toContain('is for an expression of profiles, which has no counterpart: its settings are left out');
    expect(out).toContain('holds a placeholder of Spring alone');
    expect(await readFile(join(folder, 'from-spring/config/app.yaml'), 'utf8')).toContain(
      'base-url: "http://${orders.host:-localhost}:${server.port}/${env:PATH_NAME:-api}"',
    );
    expect(await printed('from-spring', 'production')).toEqual({
      server: { port: 8080 },
      spring: { application: { name: 'orders' } },
      orders: { maxItems: 10, baseUrl: 'http://orders.internal:8080/api', host: 'orders.internal' },
    });
  });
});

describe('import', () => {
  it.each([
    [['node-config', 'nowhere'], 'There is no '],
    [['convict', 'schema.js'], 'There is no '],
    [['spring', 'nowhere/application.yml'], 'There is no '],
  ])('says what is not there, and how to name it: %j', async (words, why) => {
    const { code, error } = await run(folder, ['import', ...words]);
    expect([code, error]).toEqual([2, expect.stringContaining(why)]);
    expect(error).toContain('Name what to import: uno-config import <kind> <file or folder>.');
    expect(error).not.toContain('node_modules');
  });

  it.each(['node-config', 'env'])('asks for the folder of a file: %s', async (kind) => {
    const { code, error } = await run(folder, ['import', kind, 'schema.cjs']);
    expect([code, error]).toEqual([
      2,
      expect.stringContaining('schema.cjs is no folder.\nName the folder that it is in'),
    ]);
  });

  it('overwrites nothing, and knows its kinds', async () => {
    const again = await run(folder, ['import', 'env', 'env', '--out', 'from-spring']);
    expect([again.code, again.error]).toEqual([2, expect.stringContaining('There is already')]);
    const unknown = await run(folder, ['import', 'dotenv']);
    expect([unknown.code, unknown.error]).toEqual([
      2,
      expect.stringContaining('Write one of: node-config, convict, env, spring.'),
    ]);
  });
});
