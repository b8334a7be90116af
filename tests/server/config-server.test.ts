// The configuration service, asked over HTTP as clients ask it.
import { once } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import {
  ConfigSection,
  configFolder,
  defineConfig,
  object,
  Secure,
  type SecureValue,
  yamlFile,
} from '../../src/index.js';
import { createSecret, type ConfigSource } from '../../src/core/index.js';
import { configServer, type ConfigServerOptions, type ServedApplication } from '../../src/server/index.js';
import type { AuditEntry } from '../../src/security/index.js';
import { fakeRemoteSource, testKeyring } from '../../src/testing/index.js';
import { temporaryFolder } from '../sources/file-fixtures.js';
import { environment, get, listening, open, type Asking } from './asking.js';
import { authority, impostor, orders, server as serverCertificate } from './certificates.js';

@ConfigSection('db')
class DbSettings {
  @IsString() public readonly host: string = 'localhost';
  @IsInt() public readonly port: number = 5432;
  @Secure({ level: 'encrypt' }) public readonly password!: SecureValue<string>;
}

@ConfigSection('guest', {
  version: 3,
  migrations: { 2: [{ move: 'visitor', to: '' }], 3: [{ rename: 'says', to: 'word' }] },
})
class GuestSettings {
  @IsString() public readonly name: string = 'nobody';
  @Secure({ optional: true }) public readonly word?: SecureValue<string>;
}

const V2 = { accept: 'application/vnd.spring-cloud.config-server.v2+json' };

function holding(...sources: readonly ConfigSource[]): ServedApplication {
  return { config: defineConfig({ sections: [DbSettings], sources }) };
}

function fake(name: string, settings: object): ReturnType<typeof fakeRemoteSource> {
  return fakeRemoteSource(settings, { name });
}

async function toAnyone(...sources: readonly ConfigSource[]) {
  return listening({ applications: { orders: holding(...sources) }, clients: 'anyone' });
}

describe('configServer', () => {
  it('answers byte for byte as Spring does: highest first, lists by index, no origins unless asked', async () => {
    const common = fake('repo/foo.properties', {
      foo: 'from foo props',
      democonfigclient: { message: 'hello spring io' },
    });
    const special = fake('repo/foo-development.properties', {
      bar: 'spam',
      foo: 'from foo development',
      hosts: ['a', { b: 1 }],
      none: [],
    });
    const { url } = await listening({ applications: { foo: holding(common, special) }, clients: 'anyone' });
    const { text, headers, status } = await get(url, '/foo/development');
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(text).toBe(
      '{"name":"foo","profiles":["development"],"label":null,"version":"1","state":null,"propertySources":[' +
        '{"name":"repo/foo-development.properties","source":{"bar":"spam","foo":"from foo development","hosts[0]":"a","hosts[1].b":1,"none":""}},' +
        '{"name":"repo/foo.properties","source":{"foo":"from foo props","democonfigclient.message":"hello spring io"}}]}',
    );
  });

  it('gives the origin of each value to those who ask for version 2', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'db:\n  host: db.internal\n' });
    const { url } = await toAnyone(yamlFile(`${folder}/app.yaml`));
    const { text, headers } = await get(url, '/orders/production', { headers: V2 });
    expect(headers['content-type']).toBe(V2.accept);
    expect(text).toContain(`"db.host":{"value":"db.internal","origin":"${folder}/app.yaml:2:9"}`);
  });

  it('serves profiles by the environments of the application, the last one highest', async () => {
    const folder = await temporaryFolder({
      'app.yaml': 'db:\n  host: common',
      'app.production.yaml': 'db:\n  host: production',
      'app.test.yaml': 'db:\n  host: test',
    });
    const { url } = await toAnyone(configFolder(folder));
    const served = async (profiles: string): Promise<unknown> =>
      (await environment(url, `/orders/${profiles}`)).propertySources.map(({ source }) => source['db.host']);
    expect(await served('production')).toEqual(['production', 'common']);
    expect(await served('test%2Cproduction')).toEqual(['production', 'test', 'common']);
    expect(await served('default')).toEqual(['common']);
    const only = await temporaryFolder({ 'app.production.yaml': 'db:\n  host: production' });
    const { url: other, server } = await toAnyone(configFolder(only));
    expect([server.isReady, (await environment(other, '/orders/test')).propertySources]).toEqual([true, []]);
  });

  it('serves what all share below their own, and other versions by their labels', async () => {
    const application = holding(fake('shared', { db: { host: 'shared', port: 1 } }));
    const own = {
      ...holding(fake('own', { db: { host: 'own' } })),
      labels: { 'feature/x': [fake('branch', { db: { host: 'x' } })] },
    };
    const { url } = await listening({ applications: { application, orders: own }, clients: 'anyone' });
    expect((await environment(url, '/orders/production')).propertySources.map(({ name }) => name)).toEqual([
      'own',
      'shared',
    ]);
    for (const label of ['feature(_)x', 'feature%2Fx']) {
      const branch = await environment(url, `/orders/production/${label}`);
      expect(branch.propertySources.map(({ name }) => name)).toEqual(['branch', 'shared']);
    }
    expect((await get(url, '/orders/production/gone')).status).toBe(404);
    expect(await environment(url, '/unknown/production')).toMatchObject({ propertySources: [{ name: 'shared' }] });
  });

  it('takes away below what a higher layer removes, and nothing of its own process', async () => {
    const folder = await temporaryFolder({ 'app.yaml': 'db: !unset' });
    const { url } = await toAnyone(
      fake('low', { db: { host: 'low' }, other: { a: 1 } }),
      yamlFile(`${folder}/app.yaml`),
    );
    expect((await environment(url, '/orders/production')).propertySources).toEqual([
      { name: 'low', source: { 'other.a': 1 } },
    ]);
  });

  it.each([
    [
      '/orders-production.json',
      'application/json',
      '{"db":{"host":"h","port":1},"url":"http://h:1/","left":"${env:HOME}","list":["b"]}',
    ],
    [
      '/orders-production.yml',
      'text/plain; charset=utf-8',
      'db:\n  host: h\n  port: 1\nurl: http://h:1/\nleft: "${env:HOME}"\nlist:\n  - b\n',
    ],
    [
      '/orders-production.properties',
      'text/plain; charset=utf-8',
      'db.host: h\ndb.port: 1\nurl: http://h:1/\nleft: ${env:HOME}\nlist[0]: b',
    ],
    [
      '/orders-production.properties?resolvePlaceholders=false',
      'text/plain; charset=utf-8',
      'db.host: h\ndb.port: 1\nurl: http://${db.host}:${db.port}/${none:}\nleft: ${env:HOME}\nlist[0]: b',
    ],
  ])('gives %s as one document', async (path, type, text) => {
    const low = fake('low', {
      db: { host: 'l', port: 1 },
      url: 'http://${db.host}:${db.port}/${none:}',
      left: '${env:HOME}',
      list: ['a', 'a'],
    });
    const { url } = await toAnyone(low, fake('high', { db: { host: 'h' }, list: ['b'] }));
    const answer = await get(url, path);
    expect([answer.headers['content-type'], answer.text.replace(/\n {2}- b/, '\n  - b')]).toEqual([type, text]);
  });

  it('hands out no key that reaches a prototype', async () => {
    const { url } = await toAnyone(
      fake('own', JSON.parse('{"a":{"__proto__":{"b":1},"constructor":2},"c":1}') as object),
    );
    expect((await environment(url, '/orders/production')).propertySources[0]?.source).toEqual({ c: 1 });
  });

  it('expands no reference without end', async () => {
    const levels = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [`l${String(level)}`, `\${l${String(level + 1)}}`.repeat(50)]),
    );
    const { url } = await toAnyone(fake('bomb', { ...levels, l40: 'x'.repeat(1_000), self: '${self}' }));
    const { text, status } = await get(url, '/orders-production.json');
    expect([status, text.length < 20_000_000]).toEqual([200, true]);
  });

  it.each([
    '/../etc/passwd',
    '/orders/../../etc',
    '/orders/production/..%2f..%2fetc',
    '/orders/production/..(_)..(_)etc',
    '/%2e%2e/production',
    '/orders/production/%252e%252e',
    '/orders/prod%00uction',
    '/orders%5C..%5C/production',
    '/orders/production/a%23b',
    '/orders/production/%',
    '/orders/-production',
    '/orders/a,,b',
    '/orders/a,b,c,d,e,f,g,h,i,j,k',
    `/orders/${'p'.repeat(3_000)}`,
    '/(_)etc/production',
    '/__proto__-..-x.yml',
    'http://169.254.169.254/latest',
  ])('refuses the path %s, and repeats nothing of it', async (path) => {
    const { url } = await toAnyone(fake('own', { db: { host: 'own' } }));
    const { status, text } = await get(url, path);
    expect([status, text]).toEqual([400, '{"status":400,"error":"Bad Request"}']);
  });

  it.each([
    ['/', 404, 'GET'],
    ['/orders', 404, 'GET'],
    ['/orders/production/main/file.txt', 404, 'GET'],
    ['/actuator/env', 404, 'GET'],
    ['/constructor/__proto__', 400, 'GET'],
    ['/orders/production', 405, 'POST'],
  ])('has nothing at %s: %d for %s', async (path, expected, method) => {
    const { url } = await toAnyone(fake('own', { db: { host: 'own' } }));
    expect((await get(url, path, { method })).status).toBe(expected);
  });

  it('is ready when it can serve everything, and serves the last good settings from then on', async () => {
    const source = fake('own', { db: { host: 'one' } });
    source.behave({ reads: 'cut' });
    const { url } = await toAnyone(source);
    expect((await get(url, '/actuator/health/readiness')).text).toBe('{"status":"OUT_OF_SERVICE"}');
    expect((await get(url, '/actuator/health/liveness')).status).toBe(200);
    const { status, headers } = await get(url, '/orders/production');
    expect([status, headers['retry-after']]).toEqual([503, '5']);
  });
});

describe('a change in what is served', () => {
  it('has another tag, and costs those who know the last one nothing', async () => {
    const source = fake('own', { db: { host: 'one' } });
    const { url } = await toAnyone(source);
    const { headers } = await get(url, '/orders/production');
    const known = { headers: { 'if-none-match': String(headers.etag) } };
    expect(await get(url, '/orders/production', known)).toMatchObject({ status: 304, text: '' });
    const waiting = get(url, '/orders/production', { headers: { ...known.headers, prefer: 'wait=60' } });
    source.publish({ db: { host: 'two' } });
    const told = await waiting;
    expect([told.status, told.headers.etag === headers.etag]).toEqual([200, false]);
    expect(told.text).toContain('"version":"2"');
    expect(told.text).toContain('"db.host":"two"');
  });

  it('is pushed to those who listen, with its tag, and to nobody else', async () => {
    const [source, other] = [fake('own', { db: { host: 'one' } }), fake('other', { db: { host: 'one' } })];
    const { url, server } = await listening({
      applications: { orders: holding(source), billing: holding(other) },
      clients: 'anyone',
    });
    const stream = await open(url, '/orders/production', { headers: { accept: 'text/event-stream' } });
    stream.setEncoding('utf8');
    const [first] = (await once(stream, 'data')) as [string];
    const { headers } = await get(url, '/orders/production');
    expect(first).toBe(`id: ${String(headers.etag)}\nevent: change\ndata: {}\n\n`);
    other.publish({ db: { host: 'two' } });
    source.publish({ db: { host: 'two' } });
    const [second] = (await once(stream, 'data')) as [string];
    const now = await get(url, '/orders/production');
    expect(second).toBe(`id: ${String(now.headers.etag)}\nevent: change\ndata: {}\n\n`);
    const ended = once(stream, 'end');
    await server.close();
    await ended;
  });

  it('ends a wait with nothing new when its time is up', async () => {
    const { url } = await toAnyone(fake('own', { db: { host: 'one' } }));
    const { headers } = await get(url, '/orders/production');
    const known = { 'if-none-match': String(headers.etag), prefer: 'wait=1' };
    expect(await get(url, '/orders/production', { headers: known })).toMatchObject({
      status: 304,
      headers: expect.objectContaining({ 'preference-applied': 'wait=1' }) as unknown,
    });
  });

  it('has room for so many who wait', async () => {
    const { url } = await listening({
      applications: { orders: holding(fake('own', {})) },
      clients: 'anyone',
      waiting: 1,
    });
    const headers = { accept: 'text/event-stream' };
    const first = await open(url, '/orders/production', { headers });
    expect((await get(url, '/orders/production', { headers })).status).toBe(503);
    const closed = once(first, 'close');
    first.destroy();
    await closed;
  });
});

describe('who may read', () => {
  const clients: ConfigServerOptions['clients'] = [
    { name: 'orders', applications: ['orders'], bearer: () => 'the-token', password: () => 'the-password' },
    { name: 'billing', applications: ['billing'], bearer: async () => Promise.reject(new Error('gone')) },
  ];
  const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

  it.each([
    [undefined, '/orders/production', 401],
    [basic(':'), '/orders/production', 401],
    ['Bearer another', '/orders/production', 401],
    [basic('orders:another'), '/orders/production', 401],
    [basic('billing:the-password'), '/orders/production', 401],
    ['Bearer the-token', '/billing/production', 403],
    ['Bearer the-token', '/unknown/production', 403],
    ['Bearer the-token', '/orders/production', 200],
    ['bearer the-token', '/orders-production.yml', 200],
    [basic('orders:the-password'), '/orders/production', 200],
  ])('is decided by %s for %s: %d', async (authorization, path, expected) => {
    const recorded: AuditEntry[] = [];
    const audit = { record: async (entry: AuditEntry) => Promise.resolve(void recorded.push(entry)) };
    const applications = { orders: holding(fake('own', { db: { host: 'own' } })), billing: holding(fake('other', {})) };
    const { url, server } = await listening({ applications, clients, audit });
    const { status, text, headers } = await get(url, path, {
      headers: { ...(authorization !== undefined && { authorization }) },
    });
    expect(status).toBe(expected);
    expect(headers['www-authenticate'] !== undefined).toBe(expected === 401);
    expect(text).not.toContain('the-');
    expect(recorded).toMatchObject([
      { decision: expected === 200 ? 'allow' : 'deny', principal: expected === 401 ? undefined : 'orders' },
    ]);
    expect(inspect([server, recorded], { depth: 12, showHidden: true })).not.toMatch(/the-token|the-password/);
  });

  it('takes an empty user with an empty password for nobody, as existing clients send them', async () => {
    const { url } = await toAnyone(fake('own', { db: { host: 'own' } }));
    expect((await get(url, '/orders/production', { headers: { authorization: basic(':') } })).status).toBe(200);
  });

  it('is nobody beyond this machine without TLS and names', async () => {
    const server = configServer({ applications: { orders: holding() }, clients: 'anyone' });
    await expect(server.listen({ host: '0.0.0.0' })).rejects.toThrow('beyond this machine the option tls is needed');
    const secure = configServer({
      applications: { orders: holding() },
      clients: 'anyone',
      tls: { cert: serverCertificate.cert, key: () => serverCertificate.key },
    });
    await expect(secure.listen({ host: '0.0.0.0' })).rejects.toThrow('clients must name who may read');
  });

  it.each([
    [{ name: 'a', applications: ['orders'] }, 'clients[0] must have a bearer token, a password or a certificate'],
    [
      { name: 'a', applications: ['order'], bearer: () => 'x' },
      'clients[0].applications names "order", which is not served',
    ],
    [
      { name: 'a', applications: ['orders'], bearer: () => 'x', plainSecrets: true },
      'plainSecrets needs a certificate',
    ],
  ])('is refused where it cannot be meant: %j', (client, message) => {
    expect(() => configServer({ applications: { orders: holding() }, clients: [client] })).toThrow(message);
  });
});

describe('who waits', () => {
  const wait = { headers: { prefer: 'wait=60' } };

  it('is told to come again when the server ends, and not that there are no settings', async () => {
    const { url, server } = await toAnyone(fake('own', { db: { host: 'internal' } }));
    const { headers } = await get(url, '/orders/production');
    const waits = get(url, '/orders/production', {
      headers: { ...wait.headers, 'if-none-match': String(headers.etag) },
    });
    // Answered after the one that waits has been heard.
    await get(url, '/orders/production');
    await server.close();
    expect((await waits).status).toBe(503);
  });

  it('asks for what there is to read: a HEAD is answered at once', async () => {
    const { url } = await toAnyone(fake('own', { db: { host: 'internal' } }));
    const asked = { method: 'HEAD', headers: { accept: 'text/event-stream' } };
    expect((await get(url, '/orders/production', asked)).status).toBe(200);
  });
});

describe('a page that has given its name to this machine', () => {
  it.each(['evil.example', 'evil.example:8888', '127.0.0.1.evil.example', 'localhost@evil.example'])(
    'is answered nothing where anyone may read: %s',
    async (host) => {
      const { url } = await toAnyone(fake('own', { db: { host: 'internal' } }));
      const { status, text } = await get(url, '/orders/production', { headers: { host } });
      expect([status, text.includes('internal')]).toEqual([403, false]);
    },
  );

  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1:1', '[::1]:1'])(
    'is no other name of this machine: %s',
    async (host) => {
      const { url } = await toAnyone(fake('own', { db: { host: 'internal' } }));
      expect((await get(url, '/orders/production', { headers: { host } })).status).toBe(200);
    },
  );
});

describe('secrets', () => {
  const keyring = testKeyring({ app: 'orders', environment: 'production' });
  const encrypted = keyring.encrypt('correct horse', 'db.password');
  const clients: ConfigServerOptions['clients'] = [
    { name: 'orders', applications: ['orders'], certificate: 'spiffe://internal/orders', plainSecrets: true },
    { name: 'dashboard', applications: ['orders'], bearer: () => 'the-token' },
    { name: 'reader', applications: ['orders'], certificate: 'orders.internal' },
  ];
  const asked = async (settings: object, how: Asking, more: Partial<ConfigServerOptions> = {}) => {
    const config = defineConfig({
      sections: [DbSettings],
      sources: [fake('own', settings)],
      secrets: { keyring, app: 'orders' },
    });
    const tls = { cert: serverCertificate.cert, key: () => serverCertificate.key, clientAuthorities: authority };
    const { url } = await listening({ applications: { orders: { config } }, clients, tls, ...more });
    return get(url, '/orders/production', { ...how, tls: { ca: authority, ...how.tls } });
  };
  const bearer = { headers: { authorization: 'Bearer the-token' } };

  it('leave as they are stored', async () => {
    const { text } = await asked({ db: { password: encrypted } }, bearer);
    expect(text).toContain(`"db.password":"${encrypted}"`);
  });

  it('leave in plain text only with the certificate of a client that is granted it, once that is on record', async () => {
    const recorded: AuditEntry[] = [];
    const audit = { record: async (entry: AuditEntry) => Promise.resolve(void recorded.push(entry)) };
    const { text } = await asked({ db: { password: encrypted } }, { tls: { ca: authority, ...orders } }, { audit });
    expect(text).toContain('"db.password":"correct horse"');
    expect(recorded).toMatchObject([
      { action: 'use', decision: 'allow', path: 'db.password', level: 'encrypt', principal: 'orders' },
    ]);
    expect(JSON.stringify(recorded)).not.toContain('correct horse');
    const failing = { record: async () => Promise.reject(new Error('the disk is full')) };
    const refused = await asked(
      { db: { password: encrypted } },
      { tls: { ca: authority, ...orders } },
      { audit: failing },
    );
    expect([refused.status, refused.text.includes('correct horse')]).toEqual([503, false]);
  });

  it('are kept from a certificate that another authority has made', async () => {
    expect((await asked({ db: { password: encrypted } }, { tls: { ca: authority, ...impostor } })).status).toBe(401);
  });

  it('are withheld where they are stored in plain text, and so are credentials in addresses', async () => {
    const settings = { db: { password: 'correct horse', host: 'postgres://app:hunter2@db', port: 1 } };
    const { text } = await asked(settings, bearer);
    expect(text).not.toMatch(/correct horse|hunter2/);
    expect(text).toContain('"invalid.db.password":"<withheld: a secret that is not encrypted>"');
    expect(text).toContain('"invalid.db.host":');
    const { text: granted } = await asked(settings, { tls: { ca: authority, ...orders } });
    expect(granted).toContain('"db.password":"correct horse"');
  });

  it.each([
    ['hunter2${env:SUFFIX}', 'password', 'withheld'],
    ['${env:DB_PASSWORD:-hunter2}', 'password', 'withheld'],
    ['hunter2$${x', 'password', 'withheld'],
    ['hunter2${', 'password', 'withheld'],
    ['amqp://app:hunter2@mq/${env:VHOST}', 'password', 'withheld'],
    ['amqp://app:hunter2@mq/${env:VHOST}', 'host', 'withheld'],
    ['amqp://app:${env:PASSWORD:-hunter2}@mq', 'host', 'withheld'],
    ['{"password":"hunter2","x":"${env:X}"}', 'host', 'withheld'],
    ['${env:DB_PASSWORD}', 'password', 'served'],
    ['${file:/run/secrets/db}', 'password', 'served'],
    ['postgres://app:${env:PASSWORD}@db/orders', 'password', 'served'],
    ['postgres://app:${env:PASSWORD}@db/orders', 'host', 'served'],
    ['${db.other:-localhost}:${db.port}', 'host', 'served'],
  ])(
    'are withheld where text stands beside a reference, and not where a reference is all: %s as %s',
    async (value, key, becomes) => {
      const { text } = await asked({ db: { [key]: value } }, bearer);
      const isServed = text.includes(JSON.stringify(value));
      const isWithheld = text.includes(`"invalid.db.${key}"`);
      expect([text.includes('hunter2'), isWithheld, isServed]).toEqual([
        false,
        becomes === 'withheld',
        becomes === 'served',
      ]);
    },
  );

  it('are withheld where a document of an earlier version has them, by the names that they had', async () => {
    const { url } = await listening({
      applications: {
        guests: {
          config: defineConfig({
            sections: [GuestSettings],
            sources: [
              fake('old', { visitor: { says: 'hunter2', name: 'ann' } }),
              fake('new', { guest: { $version: 3, word: 'hunter2' } }),
            ],
          }),
        },
      },
      clients: 'anyone',
    });
    const { text } = await get(url, '/guests/production');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('"invalid.visitor.says"');
    expect(text).toContain('"visitor.name":"ann"');
  });

  it('that do not open are named as Spring names them', async () => {
    const { text } = await asked(
      { db: { password: keyring.encrypt('x', 'elsewhere') } },
      { tls: { ca: authority, ...orders } },
    );
    expect(text).toContain('"invalid.db.password":"<n/a>"');
  });

  it('that a program holds itself are nobody else’s', async () => {
    const held = object({ db: { password: createSecret({ kind: 'text', text: 'correct horse' }, 'text') } });
    const { url } = await toAnyone(held);
    const { text } = await get(url, '/orders/production');
    expect([text.includes('correct horse'), text.includes('invalid.db.password')]).toEqual([false, true]);
  });
});
