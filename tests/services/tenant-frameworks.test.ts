import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import express, { type NextFunction, type Request, type Response } from 'express';
import fastify from 'fastify';
import { monitorIdentifier } from '../../src/container/index.js';
import type { SectionMonitor } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { header, tenantRequests } from '../../src/tenants/index.js';
import { TenantWorld } from '../tenants/tenant-world.js';

@ConfigSection('brand')
class BrandSettings {
  @IsString() name: string = 'base';
}

const DOCUMENTS = { acme: { brand: { name: 'Acme' } }, beta: { brand: { name: 'Beta' } } };
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map(async (close) => close()));
});

async function worldOf(): Promise<{ readonly world: TenantWorld; readonly live: SectionMonitor<BrandSettings> }> {
  const world = await TenantWorld.of([BrandSettings], {}, DOCUMENTS);
  closing.push(async () => world[Symbol.asyncDispose]());
  return { world, live: world.container.get(monitorIdentifier(BrandSettings)) };
}

async function ask(port: number, tenant: string, body: object = {}): Promise<readonly [number, unknown]> {
  const answer = await fetch(`http://127.0.0.1:${String(port)}/orders`, {
    method: 'POST',
    headers: { 'x-tenant': tenant, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return [answer.status, text];
}

const IDS = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? 'acme' : 'beta'));
const EXPECTED = IDS.map((id, at) => [200, `${id} ${id === 'acme' ? 'Acme' : 'Beta'} ${String(at)}`]);

async function askSideBySide(port: number): Promise<readonly unknown[]> {
  return Promise.all(IDS.map(async (id, at) => ask(port, id, { at })));
}

describe('Express', () => {
  const place = async (where: 'before' | 'after'): Promise<number> => {
    const { world, live } = await worldOf();
    const app = express();
    const enter = tenantRequests(world.tenants, header('x-tenant', { trusted: true }));
    if (where === 'before') app.use(enter);
    app.use(express.json());
    if (where === 'after') app.use(enter);
    app.post('/orders', async (request: Request, response: Response) => {
      await new Promise((resolve) => setImmediate(resolve));
      const { at } = request.body as { readonly at: number };
      response.send(`${world.tenants.current().id} ${live.current.name} ${String(at)}`);
    });
    app.use((error: Error & { status?: number }, _: Request, response: Response, next: NextFunction) => {
      if (response.headersSent) next(error);
      else response.status(error.status ?? 500).send(error.message);
    });
    const server = await new Promise<Server>((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => {
        resolve(listening);
      });
    });
    closing.push(async () => new Promise((resolve) => server.close(resolve)));
    return (server.address() as AddressInfo).port;
  };

  it.each(['before', 'after'] as const)('runs each request for its tenant, %s bodies are read', async (where) => {
    expect(await askSideBySide(await place(where))).toEqual(EXPECTED);
  });

  it('answers what keeps a request from its tenant', async () => {
    expect(await ask(await place('before'), 'nobody')).toEqual([404, 'There is no such tenant.']);
  });
});

describe('Fastify', () => {
  const start = async (): Promise<number> => {
    const { world, live } = await worldOf();
    const app = fastify();
    const enter = tenantRequests(world.tenants, header('x-tenant', { trusted: true }));
    app.addHook('onRequest', (request, reply, done) => {
      enter(request.raw, reply, done);
    });
    app.post('/orders', async (request) => {
      await new Promise((resolve) => setImmediate(resolve));
      const { at } = request.body as { readonly at: number };
      return `${world.tenants.current().id} ${live.current.name} ${String(at)}`;
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    closing.push(async () => app.close());
    return (app.server.address() as AddressInfo).port;
  };

  it('runs each request for its tenant', async () => {
    expect(await askSideBySide(await start())).toEqual(EXPECTED);
  });

  it('answers what keeps a request from its tenant', async () => {
    const [status, text] = await ask(await start(), 'nobody');
    expect([status, String(text).includes('There is no such tenant.')]).toEqual([404, true]);
  });
});
