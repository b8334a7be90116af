// The contract of sources, kept by the client of Spring Cloud Config in front of our own server, with a bad network between.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { ConfigSection, defineConfig } from '../../src/index.js';
import { configServer, type ConfigServer } from '../../src/server/index.js';
import { springConfigSource } from '../../src/sources/remote/spring/index.js';
import {
  fakeRemoteSource,
  type FakeRemoteSource,
  sourceContract,
  type ContractSubject,
} from '../../src/testing/index.js';

@ConfigSection('contract')
class ContractSettings {
  @IsString() public readonly first: string = '';
}

type Fault = 'none' | 'hang' | 'cut' | 'garble' | 'gone' | 'lose';

interface World {
  readonly store: FakeRemoteSource;
  readonly server: ConfigServer;
  readonly direct: URL;
  readonly front: Server;
  fault: Fault;
}

/** Answers as the network lets it. */
function faulty(world: () => World, handle: ConfigServer['handle']) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { fault } = world();
    const isStream = request.headers.accept === 'text/event-stream';
    if (fault === 'hang') return;
    if (fault === 'cut') response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy());
    else if (fault === 'garble' && !isStream) response.end('<html>');
    else if (fault === 'gone') response.writeHead(404).end();
    else if (fault === 'lose' && isStream)
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    else handle(request, response);
  };
}

const treat = (fault: Fault) => (world: World) => {
  world.fault = fault;
  if (fault === 'lose') world.front.closeAllConnections();
};

const subject: ContractSubject<World> = {
  open: async (values) => {
    const store = fakeRemoteSource({ contract: values }, { name: 'store' });
    const config = defineConfig({ sections: [ContractSettings], sources: [store] });
    const server = configServer({ applications: { orders: { config } }, clients: 'anyone' });
    const direct = await server.listen({ port: 0 });
    const front = createServer(faulty(() => world, server.handle)).listen(0, '127.0.0.1');
    await once(front, 'listening');
    const world: World = { store, server, direct, front, fault: 'none' };
    return world;
  },
  source: ({ front }) => {
    // Of a TCP server, which listens.
    const { port } = front.address() as AddressInfo;
    const address = `http://127.0.0.1:${String(port)}`;
    return springConfigSource({
      address,
      application: 'orders',
      profiles: ['production'],
      notices: true,
      jitter: '10ms',
    });
  },
  set: async ({ store, direct }, values) => {
    const before = await tagOf(direct);
    store.publish({ contract: values });
    // The server reads its source, too.
    while ((await tagOf(direct)) === before) await new Promise((resolve) => setTimeout(resolve, 2));
  },
  remove: treat('gone'),
  network: {
    heal: treat('none'),
    hang: treat('hang'),
    cut: treat('cut'),
    garble: treat('garble'),
    lag: () => undefined,
    lose: treat('lose'),
  },
  close: async ({ server, front }) => {
    front.closeAllConnections();
    front.close();
    await server.close();
  },
};

/** Asked without the bad network between. */
async function tagOf(direct: URL): Promise<string | null> {
  const response = await fetch(`${direct.origin}/orders/production`);
  await response.text();
  return response.headers.get('etag');
}

describe('springConfigSource in front of our server, as every source,', () => {
  // A server does not lag behind itself, tags have no order, and it hands out no key that reaches a prototype.
  const left = ['never goes back to an older state', 'waits for the state that it was notified of'];
  const cases = sourceContract(subject).filter(({ name }) => !left.includes(name));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await expect(one.run()).resolves.toBeUndefined();
  });
});
