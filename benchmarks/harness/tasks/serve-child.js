// A server in a process of its own, for benchmarks that load it from another: ours, or one of node:http that answers the
// same bytes. Arguments: `ours` or `bare`, and how many settings it serves.
import { createServer } from 'node:http';
import { importBuilt, importOurs } from '../packages.js';

const [kind, keys] = process.argv.slice(2);
const settings = (n) => ({
  limits: Object.fromEntries(
    Array.from({ length: Number(keys) }, (_, at) => [`key${at}`, at === 0 ? n : `value ${at}`]),
  ),
});
const waiting = new Set();
let change = async () => {
  for (const response of waiting) response.write('id: "2"\nevent: change\ndata: {}\n\n');
};
let body;

async function ours() {
  const { configServer } = await importBuilt('server/index.js');
  const { fakeRemoteSource } = await importBuilt('testing/index.js');
  const { ConfigSection, defineConfig, MapOf } = await importOurs('uno-config');
  class Limits {}
  MapOf(() => String)(Limits.prototype, 'of');
  ConfigSection('other')(Limits);
  const source = fakeRemoteSource(settings(0));
  const config = defineConfig({ sections: [Limits], sources: [source] });
  const server = configServer({ applications: { orders: { config } }, clients: 'anyone' });
  let revision = 0;
  change = async () => source.publish(settings(++revision));
  return (await server.listen({ port: 0 })).port;
}

async function bare() {
  const properties = Object.fromEntries(
    Object.entries(settings(0).limits).map(([key, value]) => [`limits.${key}`, value]),
  );
  const facts = { name: 'orders', profiles: ['production'], label: null, version: '1', state: null };
  body = Buffer.from(
    JSON.stringify({ ...facts, propertySources: [{ name: 'fake remote source', source: properties }] }),
  );
  const server = createServer((request, response) => {
    if (request.headers.accept === 'text/event-stream') {
      waiting.add(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: "1"\nevent: change\ndata: {}\n\n');
    } else {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

process.on('message', async (message) => {
  if (message === 'change') await change();
  else {
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send({ rss, heapUsed, external, cpu: process.cpuUsage() });
  }
});
process.on('disconnect', () => process.exit());
process.send({ port: await (kind === 'ours' ? ours() : bare()) });
