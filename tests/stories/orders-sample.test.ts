// The sample as its readers run it, in a process of its own.
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyset, Keyset, scopeHash } from '../../src/keys.js';
import { putKeyset } from '../security/keysets.js';
import { compileSample } from './compile-sample.js';

// Most tests start a program, which takes seconds where others are at work.
const root = fileURLToPath(new URL('../..', import.meta.url));
let main: string;

// A database is for tests/services/orders-sample.test.ts.
const ENV = { PATH: process.env['PATH'], PERSISTENCE: 'memory' };

function run(env: Readonly<Record<string, string>>, ...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [main, ...args], {
    cwd: root,
    env: { ...ENV, ...env },
    encoding: 'utf8',
  });
}

interface Running {
  readonly address: string;
  /** Ends it as Ctrl-C does; fails unless it ends well. */
  stop(): Promise<void>;
  get(path: string, tenant: string): Promise<unknown>;
  /** Resolves with everything printed so far, once it holds this. */
  printed(expected: string | RegExp): Promise<string>;
}

/** Starts the sample and waits until it listens. */
async function start(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [main, ...args], { cwd: root, env: { ...ENV, ...env } });
  // With all that it has printed.
  const ended = once(child, 'close');
  let text = '';
  const look = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      look.emit('text');
    });
  }
  const printed = async (expected: string | RegExp): Promise<string> => {
    while (!(typeof expected === 'string' ? text.includes(expected) : expected.test(text))) {
      if (child.exitCode !== null) throw new Error(`the sample has ended: ${text}`);
      await Promise.race([once(look, 'text'), ended]);
    }
    return text;
  };
  const [, address = ''] = /Listening on (http:\S+);/.exec(await printed('Ctrl-C stops it')) ?? [];
  const get = async (path: string, tenant: string): Promise<unknown> =>
    (await fetch(`${address}${path}`, { headers: { 'x-tenant': tenant } })).json();
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    if (child.exitCode !== 0) throw new Error(`the sample ended with ${String(child.exitCode)}: ${text}`);
  };
  return { address, stop, get, printed };
}

/** What the payment provider would compare with. */
function signatureOf(text: string): string {
  return createHmac('sha256', 'signs-nothing-that-counts').update(text).digest('base64url');
}

/** The line of the table about one setting, with single blanks. */
function line(table: string, path: string): string | undefined {
  return table
    .split('\n')
    .find((row) => row.startsWith(`${path} `))
    ?.replace(/ {2,}/g, ' ');
}

// Those of production.
const keys = generateKeyset('orders');
let outside: string;
let keysFile: string;

beforeAll(async () => {
  main = await compileSample();
  outside = await mkdtemp(join(tmpdir(), 'uno-config-orders-'));
  keysFile = join(outside, 'keys.json');
  await putKeyset(keysFile, keys);
});

afterAll(async () => {
  await rm(outside, { recursive: true });
});

/** A copy of the sample's files, as somebody has them who has just cloned it: without keys. Gives its folder. */
async function clone(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'uno-config-orders-'));
  await cp(join(root, 'samples/orders/config'), join(folder, 'config'), { recursive: true });
  return folder;
}

describe('the sample', () => {
  it('shows what is in use in development, and where it stands', () => {
    const { status, stdout } = run({}, '--once');
    expect(status).toBe(0);
    expect(line(stdout, 'http.port')).toBe('http.port 3000 http.port (samples/orders/config/app.yaml:3:9)');
    expect(line(stdout, 'http.host')).toBe('http.host "127.0.0.1" http.host (default)');
    expect(line(stdout, 'database.password')).toBe(
      'database.password [secure] database.password (samples/orders/.uno/secrets.development.json:3:17)',
    );
    expect(line(stdout, 'payments.signingKey')).toBe(
      'payments.signingKey [secure] payments.signingKey (samples/orders/.uno/secrets.development.json:6:19)',
    );
  });

  it('takes the files of production and of the region, and its secrets from the environment, encrypted or not', () => {
    const scope = scopeHash({ app: 'orders', environment: 'production', path: 'database.password' });
    const production = {
      UNO_ENV: 'production',
      UNO_REGION: 'eu-west-1',
      KEYS_FILE: keysFile,
      ORDERS_DATABASE__PASSWORD: Keyset.of(keys).encrypt(Buffer.from('long-enough'), scope),
      ORDERS_PAYMENTS__SIGNING_KEY: 'long-enough, too',
    };
    const { status, stdout, stderr } = run(production, '--once');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('Settings (production, eu-west-1)');
    expect(line(stdout, 'http.port')).toBe('http.port 8080 http.port (samples/orders/config/app.production.yaml:5:9)');
    expect(line(stdout, 'database.host')).toContain('(samples/orders/config/app.production.eu-west-1.yaml:3:9)');
    expect(line(stdout, 'database.password')).toBe(
      'database.password [secure] ORDERS_DATABASE__PASSWORD (environment)',
    );
    expect(stdout).not.toContain('long-enough');
  });

  it('takes the file of the test environment from any working directory, and lets the command line win', () => {
    const { stdout } = spawnSync(process.execPath, [main, '--once', '--http.port=5000'], {
      cwd: join(root, 'samples'),
      env: { ...ENV, NODE_ENV: 'test', ORDERS_HTTP__PORT: '4000' },
      encoding: 'utf8',
    });
    expect(line(stdout, 'database.database')).toBe(
      'database.database "orders_test" database.database (orders/config/app.test.yaml:2:13)',
    );
    expect(line(stdout, 'http.port')).toBe('http.port 5000 --http.port (command line)');
  });

  it('refuses a wrong value with the report alone', () => {
    const { status, stdout, stderr } = run({ ORDERS_HTTP__PORT: '80a' });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      [
        '1 setting is not valid (development):',
        '  - http.port: must be an integer, got "80a"',
        '    from ORDERS_HTTP__PORT (environment)',
        '    Write digits as in 1500 or 1_500, without blanks.',
        '',
      ].join('\n'),
    );
  });

  it('says what production misses', () => {
    const { status, stderr } = run({ UNO_ENV: 'prod', KEYS_FILE: keysFile });
    expect(status).toBe(1);
    expect(stderr).toContain('payments.signingKey: is not set');
    expect(stderr).toContain('database.password: must be set in production');
    expect(stderr).toContain('ORDERS_DATABASE__PASSWORD (environment)');
  });

  it('has no keys in production but those it is given', () => {
    const { status, stderr } = run({ UNO_ENV: 'production' });
    expect(status).toBe(1);
    expect(stderr).toBe(
      [
        'The keys in /run/secrets/orders-keys.json could not be read: it does not exist.',
        'Correct the path, or make the file readable for the user that the program runs as.',
        '',
      ].join('\n'),
    );
  });

  it('reports wrong values of several sources and a broken rule at once', () => {
    const { stderr } = run(
      { ORDERS_HTTP__PROT: '1', ORDERS_PRICING__HIGHEST_DISCOUNT: '3' },
      '--database.statement-timeout=20',
    );
    expect(stderr).toContain('3 settings are not valid (development):');
    expect(stderr).toContain('Did you mean ORDERS_HTTP__PORT?');
    expect(stderr).toContain('from --database.statement-timeout (command line)');
    expect(stderr).toContain('no discount may exceed the highest discount');
  });
});

describe('the keys of a developer', () => {
  const runIn = (folder: string): SpawnSyncReturns<string> => run({ CONFIG_FOLDER: join(folder, 'config') }, '--once');
  let folder: string;
  let first: SpawnSyncReturns<string>;

  // Each test goes on with the keys that the first run made.
  beforeAll(async () => {
    folder = await clone();
    first = runIn(folder);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('are made on the first run, and the secrets with them, in files that are for nobody else', async () => {
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const made = await readdir(join(folder, '.uno'));
    expect(made.sort()).toEqual(['.gitignore', 'keys.json', 'secrets.development.json']);
    const modes = made.slice(1).map(async (name) => (await stat(join(folder, '.uno', name))).mode & 0o777);
    expect(await Promise.all(modes)).toEqual([0o600, 0o600]);
    const secrets = await readFile(join(folder, '.uno/secrets.development.json'), 'utf8');
    expect(secrets).toMatch(/"password": "\{jwe\}.*"signingKey": "\{jwe\}/s);
    expect(secrets).not.toContain('development-only');
  });

  it('stay as they are on the next run', async () => {
    const read = async (): Promise<readonly string[]> =>
      Promise.all(
        ['keys.json', 'secrets.development.json'].map(async (name) => readFile(join(folder, '.uno', name), 'utf8')),
      );
    const before = await read();
    expect(runIn(folder).status).toBe(0);
    expect(await read()).toEqual(before);
  });

  it('may be deleted: the next run makes others, and the secrets for them', async () => {
    await rm(join(folder, '.uno/keys.json'));
    expect(runIn(folder)).toMatchObject({ status: 0, stderr: '' });
  });

  it('that are damaged are named, with what to do', async () => {
    await writeFile(join(folder, '.uno/keys.json'), '{');
    const { status, stderr } = runIn(folder);
    expect(status).toBe(1);
    expect(stderr).toContain(`${join(folder, '.uno/keys.json')} is not a valid keyset`);
  });

  it('are the same for programs that start at once', async () => {
    const fresh = await clone();
    const children = Array.from({ length: 3 }, () =>
      spawn(process.execPath, [main, '--once'], {
        env: { ...ENV, CONFIG_FOLDER: join(fresh, 'config') },
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    const ends = await Promise.all(children.map(async (child) => once(child, 'exit')));
    expect(ends).toEqual(children.map(() => [0, null]));
    expect(runIn(fresh).status).toBe(0);
    await rm(fresh, { recursive: true });
  });
});

describe('the running sample', () => {
  let running: Running;

  beforeAll(async () => {
    running = await start({}, '--http.port=0');
  });

  afterAll(async () => {
    await running.stop();
  });

  const get = async (path: string, tenant = 'bistro'): Promise<unknown> => running.get(path, tenant);
  const packed = async (): Promise<number> =>
    // Safe: what the sample's server answers.
    ((await get('/orders/parcels', 'corner-shop')) as { readonly packed: number }).packed;

  it('serves the inspector to whoever has the token', async () => {
    const explain = async (token: string): Promise<Response> =>
      fetch(`${running.address}/inspector/api/explain?path=pricing.products.tea.price&tenant=bistro`, {
        headers: { authorization: `Bearer ${token}` },
      });
    const [, token = ''] = /\/inspector with the token (\S+)\./.exec(await running.printed('Ctrl-C stops it')) ?? [];
    expect(await (await explain(token)).json()).toMatchObject({ path: 'pricing.products.tea.price' });
    expect((await explain('another-token-0123456789')).status).toBe(401);
  });

  it('serves quotes, its health, and its settings with masked secrets', async () => {
    const tea = 'product=tea&quantity=12&country=DE';
    const paths = [
      `/orders/quote?${tea}`,
      '/orders/quote?product=milk',
      '/health',
      `/orders/payment?${tea}`,
      '/settings',
    ];
    const answers = await Promise.all(paths.map(async (path) => get(path)));

    expect(answers.slice(0, 4)).toEqual([
      { product: 'tea', quantity: 12, country: 'DE', currency: 'EUR', net: 5130, discount: 270, tax: 975, total: 6105 },
      { error: 'product must be one of tea, coffee, scones' },
      { status: 'healthy', problems: [], generation: 1, orders: 'in memory' },
      { amount: 6105, currency: 'EUR', signature: signatureOf('6105 EUR') },
    ]);
    expect(JSON.stringify(answers)).not.toMatch(/development-only|signs-nothing|jwe/);
    expect(answers[4]).toContainEqual({
      path: 'payments.signingKey',
      value: '[secure]',
      type: 'secret string',
      from: 'payments.signingKey (samples/orders/.uno/secrets.development.json:6:19)',
    });
    expect(answers[4]).toContainEqual({
      path: 'database.password',
      value: '[secure]',
      type: 'secret string',
      from: 'database.password (samples/orders/.uno/secrets.development.json:3:17)',
    });
  });

  it('keeps the orders of each tenant for that tenant', async () => {
    const place = async (product: string, tenant: string): Promise<Response> =>
      fetch(`${running.address}/orders?product=${product}&country=DE`, {
        method: 'POST',
        headers: { 'x-tenant': tenant },
      });
    expect((await place('tea', 'acme')).status).toBe(201);
    expect((await place('coffee', 'bistro')).status).toBe(201);
    expect((await place('milk', 'bistro')).status).toBe(400);
    expect(await get('/orders', 'acme')).toMatchObject([{ product: 'tea', quantity: 1, total: 476 }]);
    expect(await get('/orders', 'bistro')).toMatchObject([{ product: 'coffee', currency: 'EUR' }]);
    expect(await get('/orders', 'corner-shop')).toEqual([]);
  });

  it('undoes what was done for an order that is refused, and tells of each that is placed', async () => {
    const order = async (query: string): Promise<unknown> => {
      const options = { method: 'POST', headers: { 'x-tenant': 'corner-shop' } };
      const response = await fetch(`${running.address}/orders?country=DE&${query}`, options);
      return response.status === 201 ? 'placed' : [response.status, await response.json()];
    };
    // All that there are, for more than may be charged.
    const declined = [409, { error: 'the order was refused: charge threw Error PAYMENT_DECLINED' }];
    expect(await order('product=coffee&quantity=100')).toEqual(declined);
    expect(await order('product=coffee&quantity=70')).toBe('placed');
    const soldOut = [409, { error: 'the order was refused: reserve threw Error SOLD_OUT' }];
    expect(await order('product=coffee&quantity=31')).toEqual(soldOut);
    expect(await order('product=tea')).toBe('placed');
    expect(await get('/orders/totals', 'corner-shop')).toEqual([
      { product: 'coffee', quantity: 70, total: 94562 },
      { product: 'tea', quantity: 1, total: 536 },
    ]);
    while ((await packed()) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await packed()).toBe(2);
  });

  it('serves each tenant with its prices, and nobody without one', async () => {
    const tea = '/orders/quote?product=tea&quantity=2&country=DE';
    expect(await Promise.all([get(tea, 'acme'), get(tea, 'bistro'), get(tea, 'corner-shop')])).toMatchObject([
      { net: 720, discount: 80, currency: 'EUR' },
      { net: 900, discount: 0, currency: 'EUR' },
      { net: 900, discount: 0, currency: 'USD' },
    ]);
    expect(await get('/orders/quote?product=scones&country=FR', 'acme')).toEqual({
      error: 'product must be one of tea, coffee',
    });
    const without = await fetch(`${running.address}${tea}`);
    expect([without.status, await without.json()]).toEqual([400, { error: 'The request names no tenant.' }]);
    expect(await get(tea, 'nobody')).toEqual({ error: 'There is no such tenant.' });
  });
});

describe('the sample on files that are edited', () => {
  let home: string;
  let folder: string;
  let running: Running;

  beforeAll(async () => {
    home = await clone();
    folder = join(home, 'config');
    running = await start({ CONFIG_FOLDER: folder }, '--http.port=0');
  });

  afterAll(async () => {
    await running.stop();
    await rm(home, { recursive: true });
  });

  async function edit(from: string, to: string, file = 'app.yaml'): Promise<void> {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    if (!text.includes(from)) throw new Error(`the sample's ${file} has no ${from}`);
    await writeFile(path, text.replace(from, to));
  }

  const get = async (path: string, tenant = 'bistro'): Promise<unknown> => running.get(path, tenant);

  /** The number of the generation in use. */
  const generation = async (): Promise<number> =>
    // Safe: what the sample's server answers.
    ((await get('/health')) as { readonly generation: number }).generation;

  /** Edits the base, and waits for the generation of that. */
  async function committed(from: string, to: string): Promise<string> {
    const next = (await generation()) + 1;
    await edit(from, to);
    return running.printed(`Generation ${String(next)} (`);
  }

  async function setting(path: string): Promise<unknown> {
    const settings = (await get('/settings')) as readonly { path: string; value: unknown }[];
    return settings.find((each) => each.path === path)?.value;
  }

  it('shows the change and its place, and works with the new value', async () => {
    expect(await committed('price: 450', 'price: 500')).toContain(
      `pricing.products.tea.price: 450 -> 500  pricing.products.tea.price (${folder}/app.yaml:25:37)`,
    );
    expect(await setting('pricing.products.tea.price')).toBe(500);
    expect(await get('/orders/quote?product=tea&quantity=1&country=DE')).toMatchObject({ net: 500 });
    await committed('price: 500', 'price: 450');
  });

  it('shows why a broken edit is rejected, and keeps serving until it is repaired', async () => {
    const number = await generation();
    await edit('price: 450', 'price: free');
    const text = await running.printed(`generation ${String(number)} stays.`);
    expect(text).toContain('pricing.products.tea.price: must be an integer, got "free"');
    expect(await setting('pricing.products.tea.price')).toBe(450);
    expect(await get('/health')).toMatchObject({ status: 'degraded', generation: number });

    await edit('price: free', 'price: 450');
    await running.printed(`The mistake is undone, and generation ${String(number)} is what the files say.`);
    expect(await get('/health')).toMatchObject({ status: 'healthy', generation: number });

    await committed('price: 450', 'price: 460');
    expect(await get('/health')).toEqual({
      status: 'healthy',
      problems: [],
      generation: number + 1,
      orders: 'in memory',
    });
    await committed('price: 460', 'price: 450');
  });

  it('reloads one tenant, keeps it when its edit is broken, and moves the others with the base', async () => {
    const tea = '/orders/quote?product=tea&quantity=1&country=DE';
    const nets = async (): Promise<unknown> =>
      Promise.all([get(tea, 'acme'), get(tea, 'bistro')]).then((quotes) =>
        quotes.map((quote) => (quote as { readonly net: number }).net),
      );
    expect(await nets()).toEqual([400, 450]);

    await edit('price: 400', 'price: 390', 'tenants/acme.yaml');
    expect(await running.printed(/Generation \d+ of acme \(.*\n.*400 -> 390/)).toContain(
      `pricing.products.tea.price: 400 -> 390  pricing.products.tea.price (${folder}/tenants/acme.yaml:4:19)`,
    );
    expect(await nets()).toEqual([390, 450]);

    await edit('price: 390', 'price: free', 'tenants/acme.yaml');
    await running.printed('of acme stays.');
    expect(await nets()).toEqual([390, 450]);

    await committed('price: 450', 'price: 520');
    await running.printed(/Generation \d+ of bistro \(.*\n.*450 -> 520/);
    expect(await nets()).toEqual([390, 520]);
    await edit('price: free', 'price: 400', 'tenants/acme.yaml');
    await committed('price: 520', 'price: 450');
  });

  it('follows settings of the server itself', async () => {
    await committed('https://shop.example.com', 'https://new.example.com');
    const { headers } = await fetch(`${running.address}/health`, {
      headers: { origin: 'https://new.example.com' },
    });
    expect(headers.get('access-control-allow-origin')).toBe('https://new.example.com');
    expect(await get('/health')).toMatchObject({ status: 'healthy' });
  });

  it('takes other keys while it runs, as soon as its secrets are encrypted for them', async () => {
    const number = await generation();
    await rm(join(home, '.uno/keys.json'));
    await running.printed(`generation ${String(number)} stays.`);
    // What the next start does, somebody has done: the running program sees it.
    expect(run({ CONFIG_FOLDER: folder }, '--once').status).toBe(0);
    await edit('price: 450', 'price: 500');
    await running.printed(`Generation ${String(number + 1)} (`);
    expect(await get('/orders/payment?product=tea&quantity=1&country=DE')).toMatchObject({
      signature: signatureOf('595 EUR'),
    });
  });
});
