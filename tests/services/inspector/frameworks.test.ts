// The inspector mounted in one line, in the servers that services have.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import fastify from 'fastify';
import { InspectorWorld, TOKEN } from '../../inspector/inspector-world.js';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function worldOf(): Promise<InspectorWorld> {
  const world = await InspectorWorld.of({ http: { port: 8080 } });
  closing.push(async () => world[Symbol.asyncDispose]());
  return world;
}

/** What a viewer and everybody else gets. */
async function answers(port: number): Promise<readonly unknown[]> {
  const base = `http://127.0.0.1:${String(port)}`;
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ edits: [{ path: 'http.greeting', value: 'Hi' }] });
  const [page, data, preview, refused, other] = await Promise.all([
    fetch(`${base}/inspector`),
    fetch(`${base}/inspector/api/explain?path=http.port`, { headers }),
    fetch(`${base}/inspector/api/preview`, { method: 'POST', headers, body }),
    fetch(`${base}/inspector/api/settings`),
    fetch(`${base}/orders`),
  ]);
  return [
    page.headers.get('content-type'),
    await data.json(),
    await preview.json(),
    refused.status,
    await other.text(),
  ];
}

const EXPECTED = [
  'text/html; charset=utf-8',
  expect.objectContaining({ path: 'http.port', value: '8080' }),
  expect.objectContaining({ status: 'accepted' }),
  401,
  'orders',
];

describe('Express', () => {
  it.each(['before', 'after'])(
    'serves it %s its parser of bodies, and goes on with all other requests',
    async (where) => {
      const { inspect } = await worldOf();
      const app = express();
      if (where === 'before') app.use(inspect);
      app.use(express.json());
      if (where === 'after') app.use(inspect);
      app.get('/orders', (_, response) => void response.send('orders'));
      const server: Server = app.listen(0, '127.0.0.1');
      await once(server, 'listening');
      closing.push(async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      });
      // It listens on a port.
      expect(await answers((server.address() as AddressInfo).port)).toEqual(EXPECTED);
    },
  );
});

describe('Fastify', () => {
  it('serves it from a hook, and goes on with all other requests', async () => {
    const { inspect } = await worldOf();
    const app = fastify();
    app.addHook('onRequest', inspect);
    app.get('/orders', () => Promise.resolve('orders'));
    await app.listen({ port: 0, host: '127.0.0.1' });
    closing.push(async () => app.close());
    // It listens on a port.
    expect(await answers((app.server.address() as AddressInfo).port)).toEqual(EXPECTED);
  });
});
