import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/core/index.js';
import { HttpClient } from '../../../src/http/index.js';
import { askSource, streamSource, unreachable, type HttpReader } from '../../../src/sources/remote/http-source.js';
import { caught } from '../caught.js';
import { serverOf } from '../../http/server.js';

const clients: HttpClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function readerOf(status: number, headers: Record<string, string> = {}): Promise<HttpReader> {
  const address = await serverOf((_, response) => response.writeHead(status, headers).end('hunter2'));
  const client = new HttpClient({ address, clock: systemClock });
  clients.push(client);
  return { name: 'settings service', client, clock: systemClock };
}

describe('what a source is told over HTTP', () => {
  it.each([200, 204, 304])('is an answer with status %d', async (status) => {
    expect((await askSource(await readerOf(status), { path: '/' })).status).toBe(status);
  });

  it.each([
    [401, 'source-refused', 'settings service refuses the connection: it answers with status 401.'],
    [403, 'source-refused', 'settings service refuses the connection: it answers with status 403.'],
    [429, 'source-unreachable', 'settings service cannot be reached: it answers with status 429.'],
    [503, 'source-unreachable', 'settings service cannot be reached: it answers with status 503.'],
    [404, 'source-not-found', 'settings service does not hold these settings: it answers with status 404.'],
    [400, 'source-failed', 'settings service does not understand the request: it answers with status 400.'],
    [302, 'source-failed', 'settings service does not understand the request: it answers with status 302.'],
  ])('is %d by its meaning, and never quoted', async (status, code, message) => {
    for (const ask of [askSource, streamSource]) {
      const reader = await readerOf(status);
      const error = await caught(() => ask(reader, { path: '/' }));
      expect([error.code, error.message.split('\n')[0], error.category]).toEqual([code, message, 'source']);
      expect(error.message).not.toContain('hunter2');
    }
  });

  it('may say when to ask again', async () => {
    const reader = await readerOf(429, { 'retry-after': '30' });
    expect(await caught(() => askSource(reader, { path: '/' }))).toMatchObject({ retryAfter: 30_000 });
  });

  it('is no answer where the connection fails', async () => {
    const reader = await readerOf(200);
    reader.client.close();
    const address = await serverOf(({ socket }) => socket.destroy());
    const client = new HttpClient({ address, clock: systemClock });
    clients.push(client);
    const error = await caught(() => askSource({ ...reader, client }, { path: '/' }));
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'source-unreachable',
      'settings service cannot be reached: there is no connection (ECONNRESET).',
    ]);
  });

  it('is left alone where it is no failure of a request', () => {
    const mistake = new TypeError('a slip');
    expect(unreachable('settings service', mistake)).toBe(mistake);
  });
});
