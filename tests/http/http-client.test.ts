import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  HttpClient,
  HttpFailure,
  httpAddress,
  retryAfter,
  type HttpClientOptions,
  type HttpRequest,
} from '../../src/http/index.js';
import { systemClock } from '../../src/core/index.js';
import { SteppedClock } from '../sources/stepped-clock.js';
import { certificate, certificateKey } from './certificate.js';
import { serverOf } from './server.js';

const clients: HttpClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function clientOf(address: URL, options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = new HttpClient({ address, clock: systemClock, ...options });
  clients.push(client);
  return client;
}

async function failureOf(work: Promise<unknown>): Promise<HttpFailure> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof HttpFailure) return failure;
  throw new Error('it did not fail as a request does', { cause: failure });
}

const SECRET = 'hunter2-canary';

describe('HttpClient', () => {
  it('asks below its address, with its headers and credentials', async () => {
    const address = await serverOf(({ url, method, headers }, response) => {
      response.end(JSON.stringify({ url, method, agent: headers['x-agent'], key: headers.authorization }));
    });
    const client = clientOf(new URL('/base/', address), {
      headers: { 'x-agent': 'tests' },
      credentials: [{ header: 'authorization', scheme: 'Bearer ', secret: () => Promise.resolve(SECRET) }],
    });
    const { status, text } = await client.ask({ path: '/v1/keys?recurse' });
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { url: '/base/v1/keys?recurse', method: 'GET', agent: 'tests', key: `Bearer ${SECRET}` },
    ]);
  });

  it('sends a body, and takes every status for an answer', async () => {
    const address = await serverOf((request, response) => {
      response.statusCode = 503;
      request.pipe(response);
    });
    const answer = await clientOf(address).ask({ path: '/', method: 'PUT', body: 'ä' });
    expect([answer.status, answer.text]).toEqual([503, 'ä']);
  });

  it('keeps its connection between requests', async () => {
    const ports = new Set<number | undefined>();
    const address = await serverOf(({ socket }, response) => {
      ports.add(socket.remotePort);
      response.end();
    });
    const client = clientOf(address);
    for (let count = 0; count < 3; count++) await client.ask({ path: '/' });
    expect(ports.size).toBe(1);
  });

  it('asks once more where a kept connection is lost when it is used again, but not a POST', async () => {
    let requests = 0;
    const address = await serverOf(({ socket }, response) => {
      if (++requests === 2 || requests === 4) socket.destroy();
      else response.end('answer');
    });
    const client = clientOf(address);
    await client.ask({ path: '/' });
    expect((await client.ask({ path: '/' })).text).toBe('answer');
    expect((await failureOf(client.ask({ path: '/', method: 'POST', body: '' }))).kind).toBe('network');
    expect(requests).toBe(4);
  });

  it('tells of a server that is not there', async () => {
    const address = await serverOf((_, response) => response.end());
    address.port = '1';
    const failure = await failureOf(clientOf(address).ask({ path: '/' }));
    expect([failure.kind, failure.message]).toEqual(['network', 'there is no connection (ECONNREFUSED)']);
  });

  it.each<[string, string | number, string]>([
    ['of a given length', 100, 'half'],
    ['in chunks', 'chunked', 'half'],
  ])('takes a body %s that is cut for no answer, not for a short one', async (_, length, sent) => {
    const address = await serverOf((_request, response) => {
      if (typeof length === 'number') response.setHeader('content-length', length);
      response.write(sent, () => response.destroy());
    });
    const failure = await failureOf(clientOf(address).ask({ path: '/' }));
    expect([failure.kind, failure.message]).toEqual(['cut', 'the connection ended in the middle of the answer']);
  });

  it('refuses a larger answer than it may have', async () => {
    const address = await serverOf((_, response) => response.end('12345'));
    const client = clientOf(address, { limits: { bytes: 4 } });
    const failure = await failureOf(client.ask({ path: '/' }));
    expect([failure.kind, failure.message]).toEqual(['too-large', 'the answer is larger than 4 bytes']);
    expect((await client.ask({ path: '/', limits: { bytes: 5 } })).text).toBe('12345');
  });

  it.each<[string, HttpRequest, string]>([
    [
      'never answers',
      { path: '/silent', limits: { headers: 30 } },
      'headers-timeout: there was no answer within 30 ms',
    ],
    [
      'stops in the middle',
      { path: '/half', limits: { idle: 40 } },
      'idle-timeout: nothing came for 40 ms in the middle of the answer',
    ],
    ['drips', { path: '/drip', limits: { total: 200 } }, 'total-timeout: the answer was not complete within 200 ms'],
  ])('gives up a server that %s', async (_, request, expected) => {
    const clock = new SteppedClock();
    const address = await serverOf(({ url }, response) => {
      if (url === '/half') response.write('half');
      if (url !== '/drip') return;
      const drip = (): void => {
        if (response.writable) response.write('.', () => setImmediate(drip));
      };
      drip();
    });
    // Time passes faster than the machine answers.
    const never = 1_000_000_000;
    const client = clientOf(address, { clock, limits: { connect: never, headers: never, idle: never, total: never } });
    const failure = await failureOf(clock.through(client.ask(request), 10));
    expect(`${failure.kind}: ${failure.message}`).toBe(expected);
    expect(clock.waiting).toBe(0);
  });

  it('gives up a connection that does not come about', async () => {
    const clock = new SteppedClock();
    // It takes the connection, and never speaks TLS.
    const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    const sockets: Socket[] = [];
    await once(server, 'listening');
    // Of a TCP server, which listens.
    const { port } = server.address() as AddressInfo;
    const secure = new URL(`https://127.0.0.1:${String(port)}`);
    const asked = clientOf(secure, { clock, limits: { connect: 30 } }).ask({ path: '/' });
    const failure = await failureOf(clock.through(asked, 30));
    expect([failure.kind, failure.message]).toEqual(['connect-timeout', 'there was no connection within 30 ms']);
    for (const socket of sockets) socket.destroy();
    server.close();
    expect(clock.waiting).toBe(0);
  });

  it('ends when its signal aborts: before, while it waits, and in the middle of an answer', async () => {
    const address = await serverOf(({ url }, response) => {
      if (url === '/half') response.write('half');
    });
    const client = clientOf(address);
    const early = AbortSignal.abort(new Error(SECRET));
    expect((await failureOf(client.ask({ path: '/', signal: early }))).kind).toBe('aborted');
    const stop = new AbortController();
    const waiting = failureOf(client.ask({ path: '/silent', signal: stop.signal }));
    const { body } = await client.open({ path: '/half', signal: stop.signal });
    const chunks = body[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toBe('half');
    const reading = failureOf(Promise.resolve(chunks.next()));
    stop.abort(new Error(SECRET));
    expect([(await waiting).message, (await reading).message]).toEqual(Array(2).fill('the request was given up'));
  });

  it('lets go of an answer that nobody reads to its end', async () => {
    const clock = new SteppedClock();
    let closed: () => void = () => undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const address = await serverOf((_, response) => {
      response.on('close', closed);
      response.write('half');
    });
    const { body } = await clientOf(address, { clock }).open({ path: '/' });
    for await (const chunk of body) if (chunk.length > 0) break;
    await isClosed;
    expect(clock.waiting).toBe(0);
  });

  describe('where it is redirected', () => {
    async function redirecting(to: (hop: number) => string): Promise<{ address: URL; requests: string[] }> {
      const requests: string[] = [];
      const address = await serverOf(({ url = '' }, response) => {
        requests.push(url);
        response.writeHead(requests.length > 3 ? 200 : 307, { location: to(requests.length) }).end();
      });
      return { address, requests };
    }

    it('goes nowhere, unless it may', async () => {
      const { address, requests } = await redirecting(() => '/there');
      expect((await clientOf(address).ask({ path: '/' })).status).toBe(307);
      expect(requests).toEqual(['/']);
    });

    it('goes as often as it may', async () => {
      const { address, requests } = await redirecting((hop) => `/${String(hop)}`);
      expect((await clientOf(address, { redirects: 3 }).ask({ path: '/' })).status).toBe(200);
      expect(requests).toEqual(['/', '/1', '/2', '/3']);
      requests.length = 0;
      const failure = await failureOf(clientOf(address, { redirects: 2 }).ask({ path: '/' }));
      expect([failure.kind, failure.message]).toEqual(['redirect', 'it redirects too often']);
    });

    it('goes to no other origin', async () => {
      const elsewhere = await serverOf((_, response) => response.end('elsewhere'));
      for (const to of [
        elsewhere.href,
        `${elsewhere.href}${SECRET}`,
        'http://169.254.169.254/',
        'file:///etc/passwd',
        'http://[',
      ]) {
        const { address } = await redirecting(() => to);
        const failure = await failureOf(clientOf(address, { redirects: 1 }).ask({ path: '/' }));
        expect([failure.kind, failure.message]).toEqual(['redirect', 'it redirects to another origin']);
      }
    });
  });

  describe('with TLS', () => {
    const secure = async (): Promise<URL> =>
      serverOf((_, response) => response.end('answer'), { cert: certificate, key: certificateKey });

    it('trusts the authority that it is given', async () => {
      const client = clientOf(await secure(), { tls: { ca: certificate } });
      expect((await client.ask({ path: '/' })).text).toBe('answer');
    });

    it('trusts nobody else', async () => {
      const failure = await failureOf(clientOf(await secure()).ask({ path: '/' }));
      expect([failure.kind, failure.code]).toEqual(['certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT']);
    });

    it('wants the name that it is told', async () => {
      const client = clientOf(await secure(), { tls: { ca: certificate, servername: 'elsewhere' } });
      const failure = await failureOf(client.ask({ path: '/' }));
      expect([failure.kind, failure.code]).toEqual(['certificate', 'ERR_TLS_CERT_ALTNAME_INVALID']);
    });

    it('shows its own certificate', async () => {
      const names: unknown[] = [];
      const address = await serverOf(
        ({ socket }, response) => {
          // A socket of TLS, on this server.
          const peer = (socket as unknown as TlsPeer).getPeerCertificate();
          names.push(peer.subject.CN);
          response.end();
        },
        { cert: certificate, key: certificateKey, ca: certificate, requestCert: true },
      );
      const tls = { ca: certificate, cert: certificate, key: () => certificateKey };
      await clientOf(address, { tls }).ask({ path: '/' });
      expect(names).toEqual(['test server']);
    });

    it('does not quote a key that cannot be used', async () => {
      const tls = { cert: certificate, key: () => SECRET };
      const failure = await failureOf(clientOf(await secure(), { tls }).ask({ path: '/' }));
      expect(failure.message).toBe('the certificate or the key of the client cannot be used');
    });
  });

  it.each<[string, () => string | Promise<string>]>([
    ['cannot be had', () => Promise.reject(new Error(SECRET))],
    ['is empty', () => ''],
    ['is no header', () => `${SECRET}\nmore`],
  ])('does not quote a credential that %s', async (_, secret) => {
    let requests = 0;
    const address = await serverOf(() => requests++);
    const credentials = [{ header: 'authorization', secret }];
    const failure = await failureOf(clientOf(address, { credentials }).ask({ path: '/' }));
    expect([failure.kind, failure.message, requests]).toEqual(['credentials', 'there is no usable credential', 0]);
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(SECRET);
  });

  it('opens a secret for as long as it writes the header', async () => {
    const address = await serverOf(({ headers }, response) => response.end(headers['x-token']));
    const secret = { use: <R>(read: (text: string) => R): R => read(SECRET) };
    const client = clientOf(address, { credentials: [{ header: 'x-token', secret }] });
    expect((await client.ask({ path: '/' })).text).toBe(SECRET);
  });
});

interface TlsPeer {
  getPeerCertificate(): { readonly subject: { readonly CN: string } };
}

describe('httpAddress', () => {
  it.each(['https://vault:8200', 'http://127.0.0.1:8200', 'http://[::1]/', 'http://localhost'])(
    'takes %s',
    (address) => {
      expect(httpAddress('address', address, 'https://vault').href).toBe(new URL(address).href);
    },
  );

  it.each([undefined, 'vault', 'ftp://vault', `https://me:${SECRET}@vault`, 'https://vault?a', 'https://vault#a'])(
    'refuses %s',
    (address) => {
      const message = 'address must be a URL without credentials, such as https://vault.';
      expect(() => httpAddress('address', address, 'https://vault')).toThrow(new TypeError(message));
    },
  );

  it('refuses to send anything in the open to another machine', () => {
    const message = 'address must begin with https:// unless it is on this machine.';
    expect(() => httpAddress('address', 'http://vault', 'https://vault')).toThrow(new TypeError(message));
  });
});

describe('retryAfter', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each([
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5_000],
    [{ 'retry-after-ms': '1500', 'retry-after': '30' }, 1_500],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': '999999999' }, undefined],
    [{}, undefined],
  ])('reads %j', (headers, expected) => {
    expect(retryAfter(headers, now)).toBe(expected);
  });
});
