import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLayer, originAtPath, type ConfigSource } from '../../src/core/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { DatabaseSettings, HttpSettings } from './shop-settings.js';

const sections = [HttpSettings, DatabaseSettings];

/** Values by environment. */
function byEnvironment(values: Readonly<Partial<Record<string, object>>>): ConfigSource {
  return { name: 'shop', load: ({ environment }) => values[environment] ?? {} };
}

const exported = module({
  sections,
  sources: [
    byEnvironment({
      production: { http: { host: 'shop' }, database: { password: 'swordfish', tags: ['a', 'b'] } },
      test: { http: { port: 9000 }, database: { password: 'test-only', tags: ['a'] } },
    }),
  ],
});

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '', 'other.config.ts': '', 'next/uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

describe('diff --from --to', () => {
  it('prints what differs between two environments, with where both values come from', async () => {
    const { code, out, error } = await run(folder, ['diff', '--from', 'production', '--to', 'test'], exported);
    expect([code, error]).toEqual([1, '']);
    expect(out).toBe(`production -> test: 4 settings differ.
  ~ http.port: 8080 -> 9000
      before: http.port (default)
      after: http.port (shop)
  - http.host: was "shop"
      before: http.host (shop)
  ~ database.password: [secure] -> [secure]
      before: database.password (shop)
      after: database.password (shop)
  - database.tags.1: was "b"
      before: database.tags (shop)
`);
  });

  it('compares two deployments of one environment', async () => {
    const source: ConfigSource = {
      name: 'shop',
      load: ({ environment, deployment = 'none' }) => ({ http: { host: `${deployment}.${environment}` } }),
    };
    const words = ['diff', '--env', 'prod', '--from', 'deployment=blue', '--to', 'deployment=green'];
    const { code, out } = await run(folder, words, module({ sections: [HttpSettings], sources: [source] }));
    expect([code, out.split('\n').slice(0, 2)]).toEqual([
      1,
      [
        'deployment=blue -> deployment=green: 1 setting differs.',
        '  ~ http.host: "blue.production" -> "green.production"',
      ],
    ]);
  });

  it('ends with 0 when they are equal, secrets included', async () => {
    const equal = module({ sections, sources: [byEnvironment({})] });
    expect(
      await run(
        folder,
        ['diff', '--from', 'prod', '--to', 'test'],
        module({ sections: [DatabaseSettings], sources: [] }),
      ),
    ).toEqual(expect.objectContaining({ code: 0, out: 'production and test are equal.\n' }));
    expect((await run(folder, ['diff', '--from', 'dev', '--to', 'test', '--format', 'json'], equal)).out).toBe(
      `${JSON.stringify({ equal: true, from: 'development', to: 'test', differences: [], notCompared: [] }, undefined, 2)}\n`,
    );
  });

  it('prints the same as data', async () => {
    const { out } = await run(folder, ['diff', '--from', 'production', '--to', 'test', '--format', 'json'], exported);
    expect(JSON.parse(out)).toMatchObject({
      equal: false,
      differences: expect.arrayContaining([
        {
          path: 'http.host',
          kind: 'removed',
          before: 'shop',
          after: null,
          beforeFrom: 'http.host (shop)',
          afterFrom: null,
        },
      ]),
    });
    expect(out).not.toMatch(/swordfish|test-only/);
  });

  it('ends with 2 when a side is not valid', async () => {
    const { code, out, error } = await run(folder, ['diff', '--from', 'dev', '--to', 'production'], exported);
    expect([code, out]).toEqual([1, expect.anything()]);
    expect(error).toBe('');
    const broken = module({ sections, sources: [byEnvironment({ test: { http: { port: 0 } } })] });
    const second = await run(folder, ['diff', '--from', 'production', '--to', 'test'], broken);
    expect([second.code, second.out]).toEqual([2, '']);
    expect(second.error).toMatch(/^uno-config: production cannot be compared\. .*\n.*http\.host: must be set/);
  });

  it.each([
    [[], 'diff needs two sides.'],
    [['--from', 'test'], 'diff needs two sides.'],
    [['--from', 'test', '--to', 'live'], '--to "live" is not an environment.'],
    [
      ['--from', 'test', '--to', 'prod', '--env', 'test'],
      '--env does not go with --from and --to that name environments.',
    ],
    [['--from', 'colour=blue', '--to', 'deployment=green'], '--from "colour=blue" selects nothing.'],
    [['--from', 'test', '--with', 'x.json'], '--with goes with --env, not with --from and --to.'],
  ])('refuses %j', async (words, message) => {
    const { code, error } = await run(folder, ['diff', ...words], exported);
    expect([code, error]).toEqual([2, expect.stringContaining(`uno-config: ${message}\n`)]);
  });
});

describe('diff --with a file of settings', () => {
  it('finds nothing in what print has just written, and says what it could not see', async () => {
    const { out } = await run(folder, ['print', '-e', 'production', '--format', 'json'], exported);
    await writeFile(join(folder, 'running.json'), out);
    expect(await run(folder, ['diff', '-e', 'production', '--with', 'running.json'], exported)).toMatchObject({
      code: 0,
      out: `uno.config.ts and running.json are equal.
Masked, so not compared: database.url, database.password
`,
    });
  });

  it('compares with settings as describe() lists them', async () => {
    const described = [
      {
        path: 'http.port',
        value: 81,
        origin: { kind: 'file', source: 'app.yaml', key: 'http.port', line: 2, column: 3 },
      },
      { path: 'http.timeout', value: '30s', from: 'http.timeout (somewhere)' },
    ];
    await writeFile(join(folder, 'described.json'), JSON.stringify(described));
    const http = module({ sections: [HttpSettings], sources: [] });
    expect(await run(folder, ['diff', '-e', 'test', '--with', 'described.json'], http)).toMatchObject({
      code: 1,
      out: `uno.config.ts -> described.json: 1 setting differs.
  ~ http.port: 8080 -> 81
      before: http.port (default)
      after: http.port (app.yaml:2:3)
`,
    });
  });

  it.each([
    ['nothing.json', undefined, 'nothing.json cannot be read.'],
    ['text.json', 'password: swordfish', 'text.json is not JSON.'],
    ['list.json', '["swordfish"]', 'list.json holds JSON, but no settings.'],
    ['path.json', '[{"path":"a..b","value":1}]', 'path.json holds JSON, but no settings.'],
  ])('refuses %s without quoting it', async (name, text, message) => {
    if (text !== undefined) await writeFile(join(folder, name), text);
    const { code, error } = await run(folder, ['diff', '-e', 'test', '--with', name], exported);
    expect([code, error]).toEqual([2, expect.stringContaining(`uno-config: ${message}\n`)]);
    expect(error).not.toContain('swordfish');
  });
});

describe('diff --with a URL', () => {
  let server: Server;
  let address: string;
  let asked: string | undefined;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked = request.headers.authorization;
      response.writeHead(request.url === '/settings' ? 200 : 404).end('[{"path":"http.port","value":8080}]');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = server.address();
    address = `http://127.0.0.1:${String(typeof at === 'object' && at !== null ? at.port : 0)}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('compares with what the service says it runs with', async () => {
    const http = module({ sections: [HttpSettings], sources: [] });
    const { code, out } = await run(folder, ['diff', '-e', 'test', '--with', `${address}/settings`], http);
    expect([code, out]).toEqual([
      1,
      expect.stringContaining(
        `uno.config.ts -> ${address}/settings: 1 setting differs.\n  - http.timeout: was "30s"\n`,
      ),
    ]);
  });

  it('shows the service the credentials of the URL, and nobody else', async () => {
    const http = module({ sections: [HttpSettings], sources: [] });
    const url = `${address.replace('//', '//me:sword%20fish@')}/settings`;
    const { code, out } = await run(folder, ['diff', '-e', 'test', '--with', url], http);
    expect([code, asked]).toEqual([1, `Basic ${Buffer.from('me:sword fish').toString('base64')}`]);
    expect(out).toContain(`uno.config.ts -> ${address.replace('//', '//[secure]@')}/settings: `);
    expect(out).not.toContain('fish');
  });

  it('refuses what is no URL', async () => {
    const { code, error } = await run(folder, ['diff', '-e', 'test', '--with', 'http://me:swordfish@[x'], exported);
    expect([code, error]).toEqual([2, 'uno-config: http://[secure]@[x is no URL.\nWrite http://host:port/path.\n']);
  });

  it('says what the service answered, and hides the credentials of the URL', async () => {
    const missing = await run(folder, ['diff', '-e', 'test', '--with', `${address}/`], exported);
    expect(missing).toMatchObject({ code: 2, error: `uno-config: ${address}/ answers 404.\nCheck the URL.\n` });
    const refused = await run(folder, ['diff', '-e', 'test', '--with', 'http://me:swordfish@127.0.0.1:1/'], exported);
    expect([refused.code, refused.error]).toEqual([2, expect.stringContaining('does not answer: ')]);
    expect(refused.error).not.toContain('swordfish');
  });
});

describe('diff --with another configuration', () => {
  it('compares with another configuration file', async () => {
    const { code, out } = await run(folder, ['diff', '-e', 'test', '--with', 'other.config.ts'], exported);
    expect([code, out]).toEqual([0, 'uno.config.ts and other.config.ts are equal.\n']);
  });

  it('compares with the configuration file of a folder, whose paths start there', async () => {
    const { code, out, folders } = await run(folder, ['diff', '-e', 'test', '--with', 'next'], exported);
    expect([code, out]).toEqual([0, 'uno.config.ts and next are equal.\n']);
    expect(folders).toEqual([join(folder, 'next')]);
  });

  it('tells the files of the folder from those of the same name here', async () => {
    let host = 'here';
    const source: ConfigSource = {
      name: 'files',
      load: () => {
        const tree = { http: { host, port: host.length } };
        host = 'there';
        return createLayer({
          name: 'config/app.yaml',
          tree,
          locate: (path) => originAtPath(path[1] === 'host' ? 'file' : 'environment', 'config/app.yaml', path),
        });
      },
    };
    const here = module({ sections: [HttpSettings], sources: [source] });
    const { code, out } = await run(folder, ['diff', '-e', 'test', '--with', './next', '--format', 'json'], here);
    expect([code, JSON.parse(out)]).toMatchObject([
      1,
      {
        differences: [
          { path: 'http.port', beforeFrom: 'http.port (config/app.yaml)', afterFrom: 'http.port (config/app.yaml)' },
          {
            path: 'http.host',
            beforeFrom: 'http.host (config/app.yaml)',
            afterFrom: 'http.host (next/config/app.yaml)',
          },
        ],
      },
    ]);
  });

  it('refuses a configuration file that is not there', async () => {
    expect(await run(folder, ['diff', '-e', 'test', '--with', 'gone.config.ts'], exported)).toMatchObject({
      code: 2,
      error: expect.stringContaining('There is no configuration file gone.config.ts.'),
    });
  });
});
