import { once } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { inspector } from '../../src/inspector/index.js';
import { SecureValue } from '../../src/index.js';
import { InspectorWorld, TOKEN, type Asked } from './inspector-world.js';

const open: InspectorWorld[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (world) => world[Symbol.asyncDispose]()));
});

async function worldOf(...given: Parameters<typeof InspectorWorld.of>): Promise<InspectorWorld> {
  const world = await InspectorWorld.of(...given);
  open.push(world);
  return world;
}

const authorization = `Bearer ${TOKEN}`;
const SETTINGS = '/inspector/api/settings';

async function statusOf(world: InspectorWorld, path: string, asked: Asked = {}): Promise<number> {
  return (await world.ask(path, asked)).status;
}

describe('the inspector', () => {
  it('answers below its path, and leaves all other requests alone', async () => {
    const world = await worldOf({});
    expect((await world.ask('/inspector')).text).toContain('<div id="page">');
    expect((await world.ask('/inspectors')).text).toBe('the application');
    expect((await world.ask('/')).text).toBe('the application');
    expect((await world.ask('/inspector/other')).status).toBe(404);
    expect((await world.ask('/inspector/__proto__')).status).toBe(404);
  });

  it('gives no data without the token, wherever else it may be written', async () => {
    const world = await worldOf({ payment: { apiKey: 'sk-1234567890' } });
    for (const asked of [
      {},
      { headers: { authorization: 'Bearer wrong-token-0123456789' } },
      { headers: { authorization: `Basic ${TOKEN}` } },
      { headers: { authorization: TOKEN } },
      { headers: { cookie: `token=${TOKEN}` } },
    ]) {
      const { status, text, headers } = await world.ask(`${SETTINGS}?token=${TOKEN}`, asked);
      expect([status, JSON.parse(text)]).toEqual([
        401,
        {
          error: {
            message: expect.stringMatching(/^(A bearer token is needed, in the header|This token is of nobody)/),
          },
        },
      ]);
      expect(headers['www-authenticate']).toBe('Bearer realm="inspector"');
    }
    expect(await statusOf(world, SETTINGS, { headers: { authorization } })).toBe(200);
  });

  it('takes the token from a secret as well, and a short one or none from nobody', async () => {
    const secret = await worldOf({}, { token: SecureValue.of(TOKEN) });
    expect(await statusOf(secret, SETTINGS, { headers: { authorization } })).toBe(200);
    let token = 'short';
    const short = await worldOf({}, { token: () => token });
    expect(await statusOf(short, SETTINGS, { headers: { authorization: 'Bearer short' } })).toBe(401);
    token = '';
    expect(await statusOf(short, SETTINGS, { headers: { authorization: 'Bearer ' } })).toBe(401);
  });

  it('knows viewers by the names that the application gives them', async () => {
    const names: Readonly<Record<string, string>> = { 'token-of-ann': 'ann', 'token-of-all': '*' };
    const world = await worldOf(
      {},
      {
        authenticate: (token) => {
          if (token === 'broken') throw new Error('the identity provider is away');
          return names[token];
        },
      },
    );
    const statuses = ['token-of-ann', 'token-of-bob', 'token-of-all', 'broken'].map(async (token) =>
      statusOf(world, SETTINGS, { headers: { authorization: `Bearer ${token}` } }),
    );
    expect(await Promise.all(statuses)).toEqual([200, 401, 401, 401]);
  });

  it.each([
    ['a name that an attacker has pointed at this machine', { host: 'evil.example' }],
    ['a name that only begins like one of this machine', { host: 'localhost.evil.example' }],
    ['a name that only ends like one of this machine', { host: 'evil-localhost' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that hides itself', { origin: 'null' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of a sibling site', { 'sec-fetch-site': 'same-site' }],
    ['a proxy on this machine', { 'x-forwarded-for': '203.0.113.7' }],
    ['a proxy that says it by the standard', { forwarded: 'for=203.0.113.7' }],
  ])('refuses a request from %s, page and data alike', async (_, headers) => {
    const world = await worldOf({});
    for (const path of ['/inspector', '/inspector/page.js', SETTINGS]) {
      const { status, text } = await world.ask(path, { headers: { authorization, ...headers } });
      expect([status, text]).toEqual([
        403,
        expect.stringMatching(
          /^\{"error":\{"message":"(This host|Pages of other|The inspector answers to this machine)/,
        ),
      ]);
    }
  });

  it('answers to the hosts that are named, also behind a proxy, and then to no others', async () => {
    const world = await worldOf({}, { hosts: ['ops.example.org', 'ops.internal:8443'] });
    const status = async (host: string): Promise<number> =>
      statusOf(world, SETTINGS, { headers: { authorization, host, 'x-forwarded-for': '203.0.113.7' } });
    expect(await status('ops.example.org')).toBe(200);
    expect(await status('OPS.example.org:3000')).toBe(200);
    expect(await status('ops.internal:8443')).toBe(200);
    expect(await status('ops.internal:9999')).toBe(403);
    expect(await status('localhost')).toBe(403);
  });

  it('lets a link lead to the page, and no page load or frame what is below it', async () => {
    const world = await worldOf({});
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(await statusOf(world, '/inspector', { headers: link })).toBe(200);
    expect(await statusOf(world, '/inspector', { headers: { ...link, 'sec-fetch-dest': 'iframe' } })).toBe(403);
    expect(await statusOf(world, SETTINGS, { headers: { ...link, authorization } })).toBe(403);
  });

  it('sends every answer with a strict policy', async () => {
    const world = await worldOf({});
    for (const path of ['/inspector', '/inspector/page.js', SETTINGS, '/inspector/nothing']) {
      const { headers } = await world.ask(path);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'$/,
        ),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('only reads', async () => {
    const world = await worldOf({});
    const headers = { authorization, 'content-type': 'application/json' };
    for (const [method, path] of [
      ['PUT', SETTINGS],
      ['DELETE', SETTINGS],
      ['POST', SETTINGS],
      ['POST', '/inspector'],
      ['GET', '/inspector/api/preview'],
      ['OPTIONS', SETTINGS],
    ] as const) {
      expect([method, await statusOf(world, path, { method, headers })]).toEqual([method, 405]);
    }
  });

  it('reads no body that a form of another page could send, nor a long one', async () => {
    const world = await worldOf({});
    const edits = [{ path: 'http.port', value: 1 }];
    const status = async (type: string, body: unknown): Promise<number> =>
      statusOf(world, '/inspector/api/preview', {
        method: 'POST',
        headers: { authorization, 'content-type': type },
        body,
      });
    expect(await status('application/json', { edits })).toBe(200);
    expect(await status('text/plain', { edits })).toBe(404);
    expect(await status('application/json', { edits, more: 'x'.repeat(70_000) })).toBe(404);
    expect(await status('application/json', { edits: Array.from({ length: 51 }, () => edits[0]) })).toBe(404);
  });

  it('refuses options by their names', () => {
    const reloads = { reload: () => undefined, history: () => [] };
    const refused = (options: object): string => {
      try {
        inspector({ reloads, token: () => TOKEN, ...options } as never);
        return '';
      } catch (error) {
        return String(error);
      }
    };
    expect(refused({ token: 'the token itself' })).toContain('token must be a function that gives the token');
    expect(refused({ token: undefined })).toContain('token must be given, or authenticate, and not both');
    expect(refused({ authenticate: () => 'ann' })).toContain('and not both');
    expect(refused({ path: 'inspector' })).toContain('path must be a path such as /inspector');
    expect(refused({ hosts: 'ops.example.org' })).toContain('hosts must be a list');
    expect(refused({ host: [] })).toContain('did you mean hosts?');
  });
});

describe('followed by viewers', () => {
  const follow = async (world: InspectorWorld) =>
    world.open('/inspector/api/events', { headers: { authorization, accept: 'text/event-stream' } });

  it('listens to nothing before somebody looks, and to nothing when the last one has left', async () => {
    const world = await worldOf({});
    const { events } = world.reloads;
    const before = events.listenerCount;
    const [timers, ended] = [jest.spyOn(globalThis, 'setInterval'), jest.spyOn(globalThis, 'clearInterval')];
    await world.api('overview');
    expect(events.listenerCount).toBe(before);
    expect(timers).not.toHaveBeenCalled();

    const [one, other] = [await follow(world), await follow(world)];
    await once(one, 'data');
    expect(events.listenerCount).toBe(before + 1);
    one.destroy();
    await once(one, 'close');
    expect(events.listenerCount).toBe(before + 1);
    other.destroy();
    while (events.listenerCount > before) await new Promise((resolve) => setImmediate(resolve));
    // What setInterval gives.
    expect(ended).toHaveBeenCalledWith(timers.mock.results[0]?.value as NodeJS.Timeout);
    jest.restoreAllMocks();
  });

  it('says that something has changed, and not what', async () => {
    const world = await worldOf({ payment: { apiKey: 'sk-1234567890' } });
    const stream = await follow(world);
    let text = '';
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
    expect(await world.change({ http: { greeting: 'Good morning' }, payment: { apiKey: 'sk-0987654321' } })).toBe(
      'committed',
    );
    while (!text.includes('change')) await once(stream, 'data');
    expect(text).toBe(
      'event: hello\ndata: {"generation":1}\n\nevent: change\ndata: {"type":"ConfigChanged","generation":2}\n\n',
    );
    world.inspect.close();
    await once(stream, 'end');
  });

  it('refuses one viewer more than it is to keep up with', async () => {
    const world = await worldOf({}, { streams: 1 });
    const first = await follow(world);
    const second = await follow(world);
    expect([second.statusCode, second.headers['retry-after']]).toEqual([503, '30']);
    first.destroy();
    second.destroy();
  });

  it('ends with the settings', async () => {
    const world = await worldOf({});
    const stream = await follow(world);
    stream.resume();
    await world.reloads.close();
    await once(stream, 'end');
    expect(world.reloads.events.listenerCount).toBe(0);
  });
});
