// What happens seldom: a pooler that swallows notifications, etcd with TLS and users, and what it compacts away meanwhile.
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectTo, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import pg from 'pg';
import type { ConfigLogger } from '../../../src/core/index.js';
import { planLoad, startReloads } from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { etcdSource } from '../../../src/sources/remote/etcd/index.js';
import { postgresSource } from '../../../src/sources/remote/postgres/index.js';
import { authority, server as certificate } from '../../server/certificates.js';
import { isInstalled, OwnServer } from '../brokers/own-server.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from '../databases/postgres-world.js';
import { eventually } from '../projections/projection-world.js';
import { etcd } from './store-servers.js';

@ConfigSection('count')
class CountSettings {
  @IsInt() public readonly n: number = 0;
}

const often = { namespace: 'orders', poll: '200ms', timeout: '5s', jitter: '0ms' };

async function watching(source: ReturnType<typeof etcdSource>, logger?: ConfigLogger) {
  const options = {
    sections: [CountSettings],
    sources: [source],
    environment: 'test',
    env: {},
    ...(logger && { logger }),
  };
  return startReloads(options, planLoad(options, false), { watch: true, debounce: '1ms' });
}

async function listening(server: Server | HttpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Of a TCP server, which listens.
  return (server.address() as AddressInfo).port;
}

const hasPostgres = await postgresIsReachable();

(hasPostgres ? describe : describe.skip)('postgresSource behind a pooler that swallows notifications', () => {
  const NOTIFICATION = 'A'.charCodeAt(0);
  let world: PostgresWorld;
  let pooler: Server;

  beforeAll(async () => {
    world = await postgresWorld('pooler');
    pooler = createServer((client) => {
      const server = connectTo(5_432, '127.0.0.1');
      client.pipe(server);
      let rest = Buffer.alloc(0);
      server.on('data', (data: Buffer) => {
        rest = Buffer.concat([rest, data]);
        while (rest.length >= 5) {
          const length = 1 + rest.readInt32BE(1);
          if (rest.length < length) break;
          if (rest[0] !== NOTIFICATION) client.write(rest.subarray(0, length));
          rest = rest.subarray(length);
        }
      });
      for (const [one, other] of [[client, server] as const, [server, client] as const]) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
  });

  afterAll(async () => {
    pooler.close();
    await world.close();
  });

  it('says so once, and finds changes by its poll', async () => {
    const warnings: string[] = [];
    const logger: ConfigLogger = {
      log: ({ event }) => {
        if (event.startsWith('config.watch')) warnings.push(event);
      },
    };
    const { database, user } = world.settings;
    const port = await listening(pooler);
    const source = postgresSource({
      ...often,
      connection: { host: '127.0.0.1', port, user, database },
      driver: () => pg,
    });
    const first = await source.write({ count: { n: 1 } }, { expected: undefined });
    const { store, reloads } = await watching(source, logger);
    await eventually(() => warnings.length > 0);
    await source.write({ count: { n: 2 } }, { expected: first });
    await eventually(() => store.current.get(CountSettings).n === 2);
    expect(warnings).toEqual(['config.watch.unavailable']);
    await reloads.close();
  });
});

const { program, version, words } = etcd();
const suite = isInstalled(program, version) ? describe : describe.skip;

suite('etcdSource', () => {
  const servers: OwnServer[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uno-etcd-tls-'));
    await writeFile(join(folder, 'cert.pem'), certificate.cert);
    await writeFile(join(folder, 'key.pem'), certificate.key);
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map(async (server) => server.close()));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function started(given = { program, words }): Promise<OwnServer> {
    const server = await OwnServer.start(given.program, given.words);
    servers.push(server);
    return server;
  }

  it('logs in over TLS, gets a new token when the old one is forgotten, and trusts no other authority', async () => {
    const files = ['--cert-file', join(folder, 'cert.pem'), '--key-file', join(folder, 'key.pem')];
    const server = await started(etcd('https', files));
    const address = `https://127.0.0.1:${String(server.port)}`;
    const place = { ...often, address, ca: authority };
    const open = etcdSource(place);
    await eventually(async () =>
      open.store.history(1).then(
        () => true,
        () => false,
      ),
    );
    const { HttpClient } = await import('../../../src/http/index.js');
    const { systemClock } = await import('../../../src/core/index.js');
    const client = new HttpClient({ address: new URL(address), clock: systemClock, tls: { ca: authority } });
    const ask = async (path: string, body: object): Promise<number> =>
      (await client.ask({ path: `/v3/auth/${path}`, method: 'POST', body: JSON.stringify(body) })).status;
    const statuses = [
      await ask('user/add', { name: 'root', password: 'hunter2' }),
      await ask('role/add', { name: 'root' }),
      await ask('user/grant', { user: 'root', role: 'root' }),
      await ask('enable', {}),
    ];
    expect(statuses).toEqual([200, 200, 200, 200]);
    client.close();
    const source = etcdSource({ ...place, login: { user: 'root', password: () => 'hunter2' } });
    expect(await source.write({ count: { n: 1 } }, { expected: undefined })).toBe(1);
    // Tokens are kept in the memory of the server.
    await server.restart();
    await eventually(async () =>
      source.store.read().then(
        ({ revision }) => revision === 1,
        () => false,
      ),
    );
    const wrong = etcdSource({ ...place, login: { user: 'root', password: () => 'another' } });
    await expect(wrong.store.read()).rejects.not.toThrow('another');
    const stranger = etcdSource({ ...often, address, login: { user: 'root', password: () => 'hunter2' } });
    await expect(stranger.store.read()).rejects.toMatchObject({ code: 'source-refused' });
    for (const one of [open, source, wrong, stranger]) await one.close?.();
  });

  it('reads more documents than a page has, in one revision, or not at all when that is compacted away', async () => {
    const server = await started();
    const etcdAt = `http://127.0.0.1:${String(server.port)}`;
    let isCompacting = false;
    // Between the first page and the second, everything before the newest revision is compacted away.
    const front = createHttpServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks).toString();
        if (isCompacting && body.includes('"revision"')) {
          const post = async (path: string, given: object) =>
            (await fetch(`${etcdAt}${path}`, { method: 'POST', body: JSON.stringify(given) })).json();
          const { header } = (await post('/v3/kv/put', { key: 'eA==', value: 'eA==' })) as {
            header: { revision: string };
          };
          await post('/v3/kv/compaction', { revision: header.revision, physical: true });
        }
        const answer = await fetch(`${etcdAt}${request.url ?? ''}`, { method: 'POST', body });
        response.writeHead(answer.status).end(await answer.text());
      })().catch(() => response.destroy());
    });
    const port = await listening(front);
    const source = etcdSource({ ...often, documents: 'many', address: `http://127.0.0.1:${String(port)}` });
    await eventually(async () =>
      source.store.history(1).then(
        () => true,
        () => false,
      ),
    );
    const ids = Array.from({ length: 620 }, (_, index) => `tenant-${String(index).padStart(4, '0')}`);
    for (let revision = 0; revision * 100 < ids.length; revision++) {
      const some = ids.slice(revision * 100, (revision + 1) * 100);
      await source.store.publish(new Map(some.map((id) => [id, { count: { n: 1 } }])), { expected: revision });
    }
    expect([...(await source.store.read()).documents.keys()].toSorted()).toEqual(ids);
    isCompacting = true;
    await expect(source.store.read()).rejects.toMatchObject({ code: 'source-unreachable' });
    isCompacting = false;
    expect((await source.store.read()).documents.size).toBe(ids.length);
    await source.close?.();
    front.close();
  });
});
