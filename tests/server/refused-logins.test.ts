// Requests without a login that is right, in any number.
import { expect, it, afterEach, beforeEach, describe } from '@jest/globals';
import { IsInt } from 'class-validator';
import { ConfigSection, defineConfig } from '../../src/index.js';
import type { AuditEntry } from '../../src/security/index.js';
import { configServer, type ConfigServer, type ServerClient } from '../../src/server/index.js';
import { fakeRemoteSource } from '../../src/testing/index.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { RecordingLogger } from '../runtime/loading.js';
import { get } from './asking.js';

@ConfigSection('orders')
class OrderSettings {
  @IsInt() public readonly most: number = 10;
}

const TOKEN = 'a-token-of-the-orders-service';
const good = { headers: { authorization: `Bearer ${TOKEN}` } };

let clock: FakeClock;
let recorded: AuditEntry[];
let logger: RecordingLogger;
let server: ConfigServer;
let url: URL;

async function serve(clients: readonly ServerClient[]): Promise<void> {
  const audit = { record: async (entry: AuditEntry) => Promise.resolve(void recorded.push(entry)) };
  const config = defineConfig({ sections: [OrderSettings], sources: [fakeRemoteSource({ orders: { most: 5 } })] });
  server = configServer({ applications: { orders: { config } }, clients, audit, clock, logger });
  url = await server.listen({ port: 0 });
}

beforeEach(() => {
  clock = new FakeClock();
  recorded = [];
  logger = new RecordingLogger();
});

afterEach(async () => server.close());

async function statuses(count: number, authorization: (index: number) => string | undefined): Promise<number[]> {
  const answers = Array.from({ length: count }, async (_, index) => {
    const given = authorization(index);
    return get(url, '/orders/production', { headers: given === undefined ? {} : { authorization: given } });
  });
  return (await Promise.all(answers)).map(({ status = 0 }) => status);
}

const count = (all: readonly number[], one: number): number => all.filter((status) => status === one).length;

describe('logins that are not right', () => {
  beforeEach(async () => serve([{ name: 'orders', applications: ['orders'], bearer: () => TOKEN }]));

  it.each([
    ['guesses', (index: number) => `Bearer guess-${String(index)}`],
    ['nothing at all', () => undefined],
  ])('are answered 401 so often, and 429 with the time to wait after that: %s', async (_, authorization) => {
    const all = await statuses(50, authorization);
    expect([count(all, 401), count(all, 429)]).toEqual([20, 30]);
    const { headers, status, text } = await get(url, '/orders/production', { headers: { authorization: 'Bearer x' } });
    expect([status, headers['retry-after'], text]).toEqual([429, '1', '{"status":429,"error":"Too Many Requests"}']);
    clock.advance(1_000);
    expect(await statuses(1, authorization)).toEqual([401]);
  });

  it('lock out no client that has been let in before, though it comes from the same address', async () => {
    expect((await get(url, '/orders/production', good)).status).toBe(200);
    await statuses(50, (index) => `Bearer guess-${String(index)}`);
    expect((await get(url, '/orders/production', good)).status).toBe(200);
  });

  it('are one entry of the audit log at first, and one more for each minute of them', async () => {
    await statuses(50, (index) => `Bearer guess-${String(index)}`);
    expect(recorded).toEqual([
      { action: 'read-masked', decision: 'deny', actor: 'config server, orders/production', principal: undefined },
    ]);
    clock.advance(60_000);
    expect(recorded.slice(1)).toEqual([
      { action: 'read-masked', decision: 'deny', actor: 'config server', principal: undefined, count: 49 },
    ]);
    await statuses(3, () => undefined);
    clock.advance(60_000);
    clock.advance(60_000);
    expect(recorded.slice(2)).toMatchObject([{ count: 3 }]);
    // It has been quiet: the next one is a first one.
    await statuses(2, () => undefined);
    expect(recorded.slice(3)).toMatchObject([{ actor: 'config server, orders/production' }]);
    await server.close();
    expect(recorded.slice(4)).toMatchObject([{ count: 1 }]);
  });

  it('that are right but ask for what is not theirs are counted under the name of the client', async () => {
    for (let index = 0; index < 30; index++) expect((await get(url, '/billing/production', good)).status).toBe(403);
    clock.advance(60_000);
    expect(recorded).toMatchObject([{ principal: 'orders' }, { principal: 'orders', count: 29 }]);
  });
});

describe('a client whose credential cannot be used', () => {
  it('is named in the log when the server starts', async () => {
    await serve([
      { name: 'empty', applications: ['orders'], bearer: () => '' },
      { name: 'short', applications: ['orders'], bearer: () => 'short' },
      { name: 'gone', applications: ['orders'], password: async () => Promise.reject(new TypeError('hunter2')) },
      { name: 'orders', applications: ['orders'], bearer: () => TOKEN, password: () => 'a' },
    ]);
    expect(logger.of('config.server.credential').map(({ message }) => message)).toEqual([
      'The token of the client empty is empty.',
      'The token of the client short has fewer than 16 characters.',
      'The password of the client gone cannot be had: its provider failed.',
    ]);
  });
});
