// The client of Spring Cloud Config, on answers as Spring's documentation and the source of its server show them.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { isLoadAnswer, type ConfigLayer, type ConfigLogger, type LoadContext } from '../../../src/core/index.js';
import { springConfigSource, type SpringConfigSourceOptions } from '../../../src/sources/remote/spring/index.js';
import { optional } from '../../../src/sources/index.js';
import { certificate, certificateKey } from '../../http/certificate.js';
import { serverOf } from '../../http/server.js';
import { caught } from '../caught.js';
import { loadContext } from '../file-fixtures.js';

/** From the quick start of the reference documentation, with the facts around it as the server writes them. */
const QUICK_START = {
  name: 'foo',
  profiles: ['development'],
  label: null,
  version: 'bada5567a5d1e0ad43b1a9b1f3e6a8f1d5f4a2c6',
  state: null,
  propertySources: [
    {
      name: 'https://github.com/spring-cloud-samples/config-repo/foo-development.properties',
      source: { bar: 'spam', foo: 'from foo development' },
    },
    {
      name: 'https://github.com/spring-cloud-samples/config-repo/foo.properties',
      source: { foo: 'from foo props', 'democonfigclient.message': 'hello spring io' },
    },
  ],
};

interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

interface Server {
  readonly href: string;
  readonly asked: Asked[];
  readonly source: (more?: Partial<SpringConfigSourceOptions>) => ReturnType<typeof springConfigSource>;
}

async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const asked: Asked[] = [];
  const address = await serverOf((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  const { href } = address;
  return { href, asked, source: (more) => springConfigSource({ address: href, application: 'foo', ...more }) };
}

function json(body: unknown, headers: Record<string, string> = {}) {
  return (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

function withSources(...propertySources: readonly object[]): object {
  return { ...QUICK_START, propertySources };
}

async function loaded(
  server: Pick<Server, 'source'>,
  more?: Partial<SpringConfigSourceOptions>,
  context: Partial<LoadContext> = {},
): Promise<{ readonly layers: readonly ConfigLayer[]; readonly revision: unknown }> {
  const answer: unknown = await server.source(more).load(loadContext(context));
  if (!isLoadAnswer(answer)) throw new Error('the source answered nothing');
  // A source of one document answers layers.
  return { layers: answer.value as readonly ConfigLayer[], revision: answer.revision };
}

describe('springConfigSource', () => {
  it('reads the answer of the quick start: the last layer is the first property source', async () => {
    const server = await serving(json(QUICK_START));
    const { layers } = await loaded(server);
    expect(layers.map(({ name, tree }) => [name, tree])).toEqual([
      [
        'spring foo: https://github.com/spring-cloud-samples/config-repo/foo.properties',
        { foo: 'from foo props', democonfigclient: { message: 'hello spring io' } },
      ],
      [
        'spring foo: https://github.com/spring-cloud-samples/config-repo/foo-development.properties',
        { bar: 'spam', foo: 'from foo development' },
      ],
    ]);
    expect(layers[0]?.locate(['democonfigclient', 'message'])).toEqual({
      kind: 'remote',
      source: 'spring foo: https://github.com/spring-cloud-samples/config-repo/foo.properties',
      key: 'democonfigclient.message',
      version: QUICK_START.version,
    });
  });

  it('asks for the application, the environment as its profile, and the label, as Spring does', async () => {
    const server = await serving(json(QUICK_START));
    await loaded(server);
    await loaded(server, { application: 'foo', profiles: ['prod', 'eu'], label: 'feature/x' });
    expect(server.asked.map(({ url }) => url)).toEqual(['/foo/development', '/foo/prod%2Ceu/feature(_)x']);
    expect(server.asked[0]?.headers.accept).toContain('application/vnd.spring-cloud.config-server.v2+json');
  });

  it.each([
    [
      'Config Server https://github.com/spring-cloud-samples/config-repo/foo.properties:2:12',
      'https://github.com/spring-cloud-samples/config-repo/foo.properties',
    ],
    ['class path resource [application.yml] - 2:12', 'class path resource [application.yml]'],
  ])('names file and line of the server, from %s', async (origin, file) => {
    const server = await serving(json(withSources({ name: 'repo', source: { 'a.b': { value: 7, origin } } })));
    const { layers } = await loaded(server);
    expect(layers[0]?.tree).toEqual({ a: { b: 7 } });
    expect(layers[0]?.locate(['a', 'b'])).toMatchObject({ source: file, line: 2, column: 12, key: 'a.b' });
  });

  it('shows no credentials of the repository', async () => {
    const name = 'https://robot:hunter2@git.internal/repo/foo.yml';
    const source = { a: { value: 1, origin: `Config Server ${name}:1:2` } };
    const { layers } = await loaded(await serving(json(withSources({ name, source }))));
    expect(inspect([layers, layers[0]?.locate(['a'])], { depth: 9, showHidden: true })).not.toContain('hunter2');
  });

  it('rebuilds lists and names with dots, takes null for nothing, and keeps what is below a value', async () => {
    const warnings: string[] = [];
    const logger: ConfigLogger = { log: ({ message }) => warnings.push(message) };
    const source = {
      'hosts[0].name': 'a',
      'hosts[1].name': 'b',
      'grid[0][1]': 2,
      'grid[0][0]': 1,
      'routes[a.b]': '/',
      level: 'warn',
      'level.web': 'debug',
      none: null,
      'odd..key': 1,
    };
    const { layers } = await loaded(await serving(json(withSources({ name: 'repo', source }))), {}, { logger });
    expect(layers[0]?.tree).toEqual({
      hosts: [{ name: 'a' }, { name: 'b' }],
      grid: [[1, 2]],
      routes: { 'a.b': '/' },
      level: { web: 'debug' },
      'odd..key': 1,
    });
    expect(layers[0]?.locate(['hosts', '1', 'name']).key).toBe('hosts[1].name');
    expect(warnings).toEqual(['spring foo: repo has a value at level and others below it; that value is left out.']);
  });

  it.each([
    ['<html>', 'invalid-json', 'spring foo answers something else than JSON.'],
    ['[]', 'not-a-map', 'spring foo does not answer an environment with propertySources.'],
    ['{"propertySources":[7]}', 'not-a-map', 'spring foo does not answer property sources with a name and a source.'],
    [
      '{"propertySources":[{"name":"r","source":{"a[1]":1}}]}',
      'not-a-map',
      'whole lists: in r a list has 1 items, and none at 0.',
    ],
    ['{"propertySources":[]}', 'source-not-found', 'spring foo has no settings on the server'],
    [
      '{"propertySources":[{"name":"r","source":{"invalid.db.password":"<n/a>"}}]}',
      'spring-cipher-not-opened',
      'spring foo: the server could not decrypt db.password of r.',
    ],
  ])('refuses %s', async (body, code, message) => {
    const error = await caught(async () => loaded(await serving((_, response) => response.end(body))));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it('keeps __proto__ a key, which is refused later', async () => {
    const { layers } = await loaded(
      await serving((_, response) => response.end('{"propertySources":[{"name":"r","source":{"a.__proto__.b":1}}]}')),
    );
    expect(JSON.stringify(layers[0]?.tree)).toBe('{"a":{"__proto__":{"b":1}}}');
    expect('b' in {}).toBe(false);
  });

  it('tells one commit from another answer with it, and asks with the tag of the last answer', async () => {
    const one = await loaded(await serving(json(QUICK_START)));
    const other = await loaded(await serving(json(withSources({ name: 'r', source: {} }))));
    expect(one.revision).toMatch(new RegExp(`^${QUICK_START.version}-[0-9a-f]{12}$`));
    expect(other.revision).not.toBe(one.revision);
    const server = await serving((request, response) => {
      if (request.headers['if-none-match'] === '"41"') response.writeHead(304).end();
      else json(QUICK_START, { etag: '"41"' })(request, response);
    });
    const source = server.source();
    const first: unknown = await source.load(loadContext());
    if (!isLoadAnswer(first)) throw new Error('the source answered nothing');
    expect(first.revision).toBe('"41"');
    const previous = first.value as readonly ConfigLayer[];
    const again: unknown = await source.load(loadContext({ previous }));
    expect([server.asked.length, isLoadAnswer(again) && again.value === previous]).toEqual([2, true]);
  });

  it('tries labels in order, and servers until one can be reached', async () => {
    const server = await serving((request, response) => {
      if (request.url === '/foo/development/main') json(QUICK_START)(request, response);
      else response.writeHead(404).end();
    });
    await loaded(server, { label: ['feature', 'main'] });
    expect(server.asked.map(({ url }) => url)).toEqual(['/foo/development/feature', '/foo/development/main']);
    const gone = await serving(({ socket }) => socket.destroy());
    const busy = await serving((_, response) => response.writeHead(503).end());
    await loaded(server, { address: [gone.href, busy.href, server.href], label: 'main' });
    expect(busy.asked.length).toBeGreaterThan(0);
    expect((await caught(async () => loaded(server, { label: 'gone' }))).code).toBe('source-not-found');
  });

  it.each([
    [{ bearer: () => 'hunter2' }, 'Bearer hunter2'],
    [{ user: 'orders', password: () => 'hunter2' }, `Basic ${Buffer.from('orders:hunter2').toString('base64')}`],
  ])('says who asks, and keeps that to itself', async (login, sent) => {
    const server = await serving((_, response) => response.writeHead(401).end('hunter2'));
    const source = server.source({ login, vaultToken: () => 'hunter2' });
    const error = await caught(async () => source.load(loadContext()));
    expect(server.asked[0]?.headers).toMatchObject({ authorization: sent, 'x-config-token': 'hunter2' });
    expect(error.code).toBe('source-refused');
    expect(inspect([error, source], { depth: 9, showHidden: true })).not.toContain('hunter2');
  });

  it('follows no redirection, wherever it leads', async () => {
    for (const location of ['http://169.254.169.254/latest/meta-data', 'http://localhost:1/', '/elsewhere']) {
      const server = await serving((_, response) => response.writeHead(302, { location }).end());
      const error = await caught(async () => loaded(server));
      expect([error.code, server.asked.length]).toEqual(['source-failed', 1]);
    }
  });

  it('trusts no certificate that nobody vouches for, and one whose authority is given', async () => {
    const address = await serverOf(json(QUICK_START), { cert: certificate, key: certificateKey });
    const open = (tls?: SpringConfigSourceOptions['tls']): Pick<Server, 'source'> => ({
      source: () => springConfigSource({ address: address.href, application: 'foo', ...(tls && { tls }) }),
    });
    const error = await caught(async () => loaded(open()));
    expect([error.code, error.message]).toEqual(['source-refused', expect.stringContaining('cannot be trusted')]);
    expect((await loaded(open({ ca: certificate, servername: 'localhost' }))).layers).toHaveLength(2);
  });

  it.each(['../orders', 'a/../b', 'a%2e', 'a#b', 'a?b', 'a\\b', ' a', 'a b', '/a', ''])(
    'takes no name that leads elsewhere: %j',
    (name) => {
      const given = { address: 'http://localhost:8888', application: 'foo' };
      for (const mistake of [{ application: name }, { profiles: [name] }, { label: name }]) {
        expect(() => springConfigSource({ ...given, ...mistake })).toThrow(TypeError);
      }
    },
  );

  it('may be optional, as without failFast', async () => {
    const server = await serving(json(withSources()));
    const source = optional(server.source());
    expect(await source.load(loadContext())).toEqual([]);
  });
});
