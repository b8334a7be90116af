import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { object, processEnv } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { DatabaseSettings, HttpSettings } from './shop-settings.js';

const exported = module({
  sections: [HttpSettings, DatabaseSettings],
  sources: [
    object({ http: { port: 9000, host: 'shop' }, database: { password: 'hunter2', tags: ['a', 'b'] } }),
    processEnv({ prefix: 'APP_', env: { APP_HTTP__PORT: '80' } }),
  ],
});

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

describe('explain', () => {
  it('says who set a setting, and over whom', async () => {
    expect(await run(folder, ['explain', 'http.port'], exported)).toMatchObject({
      code: 0,
      out: `http.port = 80
  The port to listen on.
  from APP_HTTP__PORT (environment): "80"
  over http.port (object): 9000
  over http.port (default): 8080
`,
    });
  });

  it('explains each setting of a group', async () => {
    const { out } = await run(folder, ['explain', 'http'], exported);
    expect(out.match(/^\S+(?= =)/gm)).toEqual(['http.port', 'http.timeout', 'http.host']);
  });

  it('explains one item of a list', async () => {
    const { out } = await run(folder, ['explain', 'database.tags[1]'], exported);
    expect(out).toMatch(/^database\.tags\.1 = "b"\n/);
  });

  it('explains a setting as a component of the application sees it, over its module and all', async () => {
    const sources = [
      object({
        http: { port: 1 },
        modules: { billing: { http: { port: 2 }, components: { invoices: { http: { port: 3 } } } } },
      }),
    ];
    const scoped = module({ sections: [HttpSettings], sources });
    const { out } = await run(folder, ['explain', 'http.port', '--scope', 'billing/invoices'], scoped);
    expect(out.split('\n').filter((line) => / (from|over) /.test(line))).toEqual([
      '  from modules.billing.components.invoices.http.port (object)',
      '  over modules.billing.http.port (object): 2',
      '  over http.port (object): 1',
      '  over http.port (default): 8080',
    ]);
    const { code, error } = await run(folder, ['explain', 'http.port', '--scope', 'a/b/c'], scoped);
    expect([code, error.includes('a/b/c')]).toEqual([2, true]);
  });

  it('writes JSON', async () => {
    const { out } = await run(folder, ['explain', 'http.port', '--format', 'json'], exported);
    expect(JSON.parse(out)).toMatchObject({
      path: 'http.port',
      value: 80,
      winner: { value: '80', origin: { key: 'APP_HTTP__PORT' } },
      losers: [{ value: 9000 }, { value: 8080 }],
    });
  });

  it('masks secrets in every format', async () => {
    for (const format of ['text', 'json']) {
      const { code, out } = await run(folder, ['explain', 'database', '--format', format], exported);
      expect([code, out.includes('hunter2'), out.includes('[secure]')]).toEqual([0, false, true]);
    }
  });

  it('suggests a group inside another one', async () => {
    const sources = [object({ database: { pools: { main: { max: 1 } } } })];
    const { error } = await run(
      folder,
      ['explain', 'database.pools.mian'],
      module({ sections: [DatabaseSettings], sources }),
    );
    expect(error).toBe('uno-config: There is no setting "database.pools.mian".\nDid you mean database.pools.main?\n');
  });

  it.each([
    ['http.prot', 'There is no setting "http.prot".\nDid you mean http.port?'],
    ['databse', 'There is no setting "databse".\nDid you mean database?'],
    ['moon', 'There is no setting "moon".\nThe sections are http, database.'],
    [
      'a..b',
      '"a..b" is not a path: it cannot be read from character 2 on.\nWrite keys with dots between them, such as database.pool.max or servers[0].host.',
    ],
  ])('refuses the path %s', async (path, error) => {
    expect(await run(folder, ['explain', path], exported)).toMatchObject({
      code: 2,
      out: '',
      error: `uno-config: ${error}\n`,
    });
  });

  it('knows a setting that nothing sets', async () => {
    const bare = module({ sections: [HttpSettings], sources: [] });
    expect(await run(folder, ['explain', 'http.host', '--env', 'test'], bare)).toMatchObject({
      code: 0,
      out: 'http.host = (not set)\n  no source sets it, and it has no default\n',
    });
  });

  it('explains as the environment that is named sees it, and reports settings that are not valid', async () => {
    const bare = module({ sections: [HttpSettings], sources: [] });
    const { code, out, error } = await run(folder, ['explain', 'http.port', '--env', 'prod'], bare);
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(
      /^uno-config: 1 setting is not valid \(production\):\n {2}- http\.host: must be set in production/,
    );
  });
});
