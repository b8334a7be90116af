// What happens inside a process that measures the page of the inspector.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, get } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startCpuClock } from '../cpu-clock.js';
import { ROOT } from '../folders.js';
import { importBuilt, importOurs } from '../packages.js';
import { median } from '../statistics.js';
import { timeLoops } from '../tight-loop.js';

const TOKEN = 'a-token-of-the-benchmarks-0123456789';
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PLAYWRIGHT = path.join(ROOT, 'tests/services/node_modules/playwright-core/index.mjs');

/** Kilobytes over the wire, compressed, and CPU milliseconds of the service, with 10,000 settings. */
export async function weigh() {
  const { server, change, close } = await served();
  const weights = await weightsOf(server);
  const cpu = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const clock = startCpuClock();
    await bytesOf(server, '/api/settings');
    cpu.push(clock());
  }
  const more = await forOneMore(server, change);
  await close();
  return { ...weights, answer: median(cpu), more };
}

/** CPU milliseconds of the service for one more viewer of a change, once another one has asked for it. */
async function forOneMore(server, change) {
  const stream = await following(server);
  await bytesOf(server, '/api/settings');
  const cpu = [];
  for (let turn = 1; turn <= 5; turn += 1) {
    await change();
    const asked = ['/api/overview', `/api/settings?since=${turn}`];
    for (const name of asked) await bytesOf(server, name);
    const clock = startCpuClock();
    for (const name of asked) await bytesOf(server, name);
    cpu.push(clock());
  }
  stream.destroy();
  return median(cpu);
}

/** Milliseconds from the address to the first line of the tree, with 10,000 settings; nothing without a browser. */
export async function timeFirstPaint() {
  if (!existsSync(CHROMIUM) || !existsSync(PLAYWRIGHT)) return {};
  const { chromium } = await import(pathToFileURL(PLAYWRIGHT).href);
  const { server, close } = await served();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const [paints, lines] = [[], []];
    for (let turn = 0; turn < 5; turn += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.addInitScript(`sessionStorage.setItem('uno-config inspector token', '${TOKEN}')`);
      await page.goto(addressOf(server));
      await page.getByRole('treeitem').first().waitFor();
      lines.push(await page.evaluate('performance.now()'));
      paints.push(await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0].startTime`));
      await context.close();
    }
    return { paint: median(paints), tree: median(lines) };
  } finally {
    await browser.close();
    await close();
  }
}

/** Nanoseconds of a reload that changes one setting, with the inspector mounted and without it. */
export async function timeReloads() {
  const [bare, mounted] = [await opened(200), await opened(200)];
  const { inspector } = await importBuilt('inspector.js');
  inspector({ reloads: mounted.reloads, token: () => TOKEN });
  const loop =
    ({ change }) =>
    async (turns) => {
      for (let turn = 0; turn < turns; turn += 1) await change();
      return turns;
    };
  return timeLoops({ bare: loop(bare), mounted: loop(mounted) });
}

async function opened(count) {
  const { ConfigModule, ConfigSection, MapOf, ReloadService } = await importOurs('uno-config');
  const { IsInt } = await importOurs('class-validator');
  const { Container } = await importOurs('inversify');
  class Item {
    constructor() {
      Object.assign(this, { price: 3, stock: 10, weight: 7, size: 2, rank: 1 });
    }
  }
  for (const name of ['price', 'stock', 'weight', 'size', 'rank']) {
    Reflect.metadata('design:type', Number)(Item.prototype, name);
    IsInt()(Item.prototype, name);
  }
  class Catalogue {
    constructor() {
      this.items = {};
    }
  }
  Reflect.metadata('design:type', Object)(Catalogue.prototype, 'items');
  MapOf(() => Item)(Catalogue.prototype, 'items');
  ConfigSection('catalogue')(Catalogue);
  const items = Object.fromEntries(
    Array.from({ length: count / 5 }, (_, at) => [`item-${at}`, { price: at, stock: at }]),
  );
  let price = 0;
  const load = () => ({ catalogue: { items: { ...items, 'item-0': { price } } } });
  const container = new Container();
  await container.loadAsync(
    ConfigModule.fromOptions({ sections: [Catalogue], sources: [{ name: 'catalogue', load }], environment: 'test' }),
  );
  const reloads = container.get(ReloadService);
  const change = async () => {
    price += 1;
    const { status } = await reloads.reload('a benchmark');
    if (status !== 'committed') throw new Error(`The reload was ${status}.`);
  };
  return { reloads, change };
}

async function served() {
  const { reloads, change } = await opened(10_000);
  const { inspector } = await importBuilt('inspector.js');
  const inspect = inspector({ reloads, token: () => TOKEN });
  const server = createServer((request, response) => inspect(request, response) || response.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    inspect.close();
    server.closeAllConnections();
    server.close();
    await reloads.close();
  };
  return { server, change, close };
}

/** A stream that a viewer follows. */
async function following(server) {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const [response] = await once(get(`${addressOf(server)}/api/events`, { headers }), 'response');
  response.resume();
  return response;
}

async function weightsOf(server) {
  const parts = await Promise.all(['', '/page.js', '/page.css'].map((name) => bytesOf(server, name)));
  return {
    page: parts.reduce((sum, bytes) => sum + bytes, 0) / 1_024,
    settings: (await bytesOf(server, '/api/settings')) / 1_024,
  };
}

/** The bytes of an answer as they come over the wire. */
async function bytesOf(server, name) {
  const headers = { authorization: `Bearer ${TOKEN}`, 'accept-encoding': 'gzip' };
  const [response] = await once(get(`${addressOf(server)}${name}`, { headers }), 'response');
  if (response.statusCode !== 200) throw new Error(`${name}: ${response.statusCode}`);
  let bytes = 0;
  for await (const chunk of response) bytes += chunk.length;
  return bytes;
}

function addressOf(server) {
  return `http://127.0.0.1:${server.address().port}/inspector`;
}
