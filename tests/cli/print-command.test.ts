import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessPolicy } from '../../src/security/index.js';
import { object, optional, processEnv } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { DatabaseSettings, HttpSettings } from './shop-settings.js';

const values = object({
  http: { port: 9000 },
  database: { tags: ['a b', 'c'], replicas: [{ max: 1 }, { max: 2 }], pools: { '0': { max: 3 }, main: { max: 4 } } },
});

const exported = module({ sections: [HttpSettings, DatabaseSettings], sources: [values] });

const tree = {
  http: { port: 9000, timeout: '30s' },
  database: {
    url: 'postgres://[secure]@db/shop',
    password: '[secure]',
    tags: ['a b', 'c'],
    replicas: [{ max: 1 }, { max: 2 }],
    pools: { '0': { max: 3 }, main: { max: 4 } },
  },
};

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

describe('print', () => {
  it('prints merged settings as YAML, secrets masked', async () => {
    const { code, out, error } = await run(folder, ['print', '--env', 'test'], exported);
    expect([code, error]).toEqual([0, '']);
    expect(out).toBe(`http:
  port: 9000
  timeout: "30s"
database:
  url: "postgres://[secure]@db/shop"
  password: "[secure]"
  tags:
    - "a b"
    - c
  replicas:
    - max: 1
    - max: 2
  pools:
    "0":
      max: 3
    main:
      max: 4
`);
  });

  it('shows all that the files say anyway, whatever the access policy says of whoever asks', async () => {
    const access = accessPolicy([{ effect: 'deny', paths: ['**'], rights: ['list', 'read-masked'] }]);
    const definition = { sections: [HttpSettings, DatabaseSettings], sources: [values], secrets: { access } };
    const { out } = await run(folder, ['print', '--env', 'test', '--format', 'json'], module(definition));
    expect(JSON.parse(out)).toEqual(tree);
  });

  it('prints JSON, lists as lists and maps as maps', async () => {
    const { out } = await run(folder, ['print', '--env', 'test', '--format', 'json'], exported);
    expect(JSON.parse(out)).toEqual(tree);
  });

  it('prints variables with the prefix of the first processEnv', async () => {
    const sources = [
      values,
      optional(processEnv({ prefix: 'SHOP_', env: {} })),
      processEnv({ prefix: 'NO_', env: {} }),
    ];
    const withEnv = module({
      sections: [HttpSettings],
      sources: [object({ http: { port: 9000 } }), ...sources.slice(1)],
    });
    const { out } = await run(folder, ['print', '--env', 'test', '--format', 'env'], withEnv);
    expect(out).toBe('SHOP_HTTP__PORT=9000\nSHOP_HTTP__TIMEOUT=30s\n');
    const given = await run(folder, ['print', '-e', 'test', '--format', 'env', '--prefix', 'X_'], withEnv);
    expect(given.out).toBe(out.replaceAll('SHOP_', 'X_'));
  });

  it('prints variables with the prefix that is given, and without one where nobody names one', async () => {
    const given = await run(folder, ['print', '--env', 'test', '--format', 'env', '--prefix', 'X_'], exported);
    expect(given.out).toBe(`X_HTTP__PORT=9000
X_HTTP__TIMEOUT=30s
X_DATABASE__URL='postgres://[secure]@db/shop'
X_DATABASE__PASSWORD='[secure]'
X_DATABASE__TAGS='["a b","c"]'
X_DATABASE__REPLICAS__0__MAX=1
X_DATABASE__REPLICAS__1__MAX=2
X_DATABASE__POOLS__0__MAX=3
X_DATABASE__POOLS__MAIN__MAX=4
`);
    const { out } = await run(folder, ['print', '--env', 'test', '--format', 'env'], exported);
    expect(out).toBe(given.out.replaceAll(/^X_/gm, ''));
  });

  it('refuses a prefix where there are no variables', async () => {
    expect(await run(folder, ['print', '--prefix', 'X_'], exported)).toMatchObject({
      code: 2,
      error: 'uno-config: --prefix is for variables.\nWrite --format env with it.\n',
    });
  });

  it('prints nothing but the error when settings are not valid', async () => {
    const { code, out, error } = await run(folder, ['print', '--env', 'production'], exported);
    expect([code, out, error]).toEqual([1, '', expect.stringContaining('http.host: must be set in production')]);
  });
});
