import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineConfig } from '../../src/runtime/index.js';
import { configServer } from '../../src/server/index.js';
import { object } from '../../src/sources/index.js';
import { folderWith, module, removeFolder, run } from './fake-io.js';
import { DatabaseSettings } from './shop-settings.js';

const definition = defineConfig({
  sections: [DatabaseSettings],
  sources: [object({ database: { host: 'db.internal' } })],
});

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

describe('uno-config serve', () => {
  it('serves the server that the configuration file exports, until it is stopped', async () => {
    const server = configServer({ applications: { orders: { config: definition } }, clients: 'anyone' });
    const { code, out, error } = await run(folder, ['serve', '--port', '0'], { server });
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(/^Serving orders at http:\/\/127\.0\.0\.1:\d+\. Ctrl-C ends it\.\n$/);
    expect(server.isReady).toBe(false);
  });

  it('serves a definition by a name, to this machine', async () => {
    const { code, out } = await run(folder, ['serve', '--port', '0', '--application', 'shop'], module(definition));
    expect([code, out]).toEqual([0, expect.stringContaining('Serving shop at http://127.0.0.1:')]);
    const asJson = await run(folder, ['serve', '--json', '--port', '0', '--application', 'shop'], module(definition));
    expect(JSON.parse(asJson.out)).toMatchObject({ applications: ['shop'], isReady: true });
    const beyond = ['serve', '--port', '0', '--application', 'shop', '--host', '0.0.0.0'];
    const refused = await run(folder, beyond, module(definition));
    expect(refused.code).toBe(2);
    expect(refused.error).toContain('beyond this machine the option tls is needed');
  });

  it.each([
    [['serve'], module(definition), 'uno.config.ts exports no server.'],
    [
      ['serve', '--application', 'a/../b'],
      module(definition),
      'the name of an application has letters, digits and ._@/-',
    ],
    [['serve', '--port', 'x', '--application', 'shop'], module(definition), '--port cannot be "x".'],
  ])('says what is missing: %j', async (argv, exported, message) => {
    const { code, error } = await run(folder, argv, exported);
    expect(code).toBe(2);
    expect(error).toContain(message);
  });

  it('takes no name for what has its own', async () => {
    const server = configServer({ applications: { orders: { config: definition } }, clients: 'anyone' });
    const { code, error } = await run(folder, ['serve', '--application', 'shop'], { server });
    expect([code, error]).toEqual([2, expect.stringContaining('exports a server, which names its applications.')]);
  });

  it('says that it cannot listen', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const argv = ['serve', '--port', String(port), '--application', 'shop'];
    const { code, error } = await run(folder, argv, module(definition));
    other.close();
    expect([code, error]).toEqual([
      2,
      expect.stringContaining('The server cannot listen there: it threw Error EADDRINUSE'),
    ]);
  });
});
