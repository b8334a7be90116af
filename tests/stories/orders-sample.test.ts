// The sample as its readers run it, in a process of its own.
import { spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { compileSample } from './compile-sample.js';

// Most tests start a program, which takes seconds where others are at work.
jest.setTimeout(60_000);

const root = fileURLToPath(new URL('../..', import.meta.url));
let main: string;

function run(env: Readonly<Record<string, string>>, ...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [main, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly address: string;
  /** Resolves with everything printed so far, once it holds this. */
  printed(expected: string): Promise<string>;
}

/** Starts the sample and waits until it listens. */
async function start(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [main, ...args], { cwd: root, env: { PATH: process.env['PATH'], ...env } });
  const ended = once(child, 'exit');
  let text = '';
  const look = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      look.emit('text');
    });
  }
  const printed = async (expected: string): Promise<string> => {
    while (!text.includes(expected)) {
      if (child.exitCode !== null) throw new Error(`the sample has ended: ${text}`);
      await Promise.race([once(look, 'text'), ended]);
    }
    return text;
  };
  const [, address = ''] = /Listening on (http:\S+);/.exec(await printed('Ctrl-C stops it')) ?? [];
  return { child, ended, address, printed };
}

/** The line of the table about one setting, with single blanks. */
function line(table: string, path: string): string | undefined {
  return table
    .split('\n')
    .find((row) => row.startsWith(`${path} `))
    ?.replace(/ {2,}/g, ' ');
}

beforeAll(async () => {
  main = await compileSample();
});

describe('the sample', () => {
  it('shows what is in use in development, and where it stands', () => {
    const { status, stdout } = run({}, '--once');
    expect(status).toBe(0);
    expect(line(stdout, 'http.port')).toBe('http.port 3000 http.port (samples/orders/config/app.yaml:3:9)');
    expect(line(stdout, 'http.host')).toBe('http.host "127.0.0.1" http.host (default)');
    expect(line(stdout, 'database.password')).toBe(
      'database.password [secure] database.password (samples/orders/config/app.development.yaml:3:13)',
    );
  });

  it('takes the files of production and of the region, and the password from the environment', () => {
    const production = { UNO_ENV: 'production', UNO_REGION: 'eu-west-1', ORDERS_DATABASE__PASSWORD: 'long-enough' };
    const { status, stdout } = run(production, '--once');
    expect(status).toBe(0);
    expect(stdout).toContain('Settings (production, eu-west-1)');
    expect(line(stdout, 'http.port')).toBe('http.port 8080 http.port (samples/orders/config/app.production.yaml:4:9)');
    expect(line(stdout, 'database.host')).toContain('(samples/orders/config/app.production.eu-west-1.yaml:3:9)');
    expect(line(stdout, 'database.password')).toBe(
      'database.password [secure] ORDERS_DATABASE__PASSWORD (environment)',
    );
    expect(stdout).not.toContain('long-enough');
  });

  it('takes the file of the test environment', () => {
    const { stdout } = run({ NODE_ENV: 'test' }, '--once');
    expect(line(stdout, 'database.name')).toBe(
      'database.name "orders_test" database.name (samples/orders/config/app.test.yaml:2:9)',
    );
  });

  it('lets the command line win', () => {
    const { stdout } = run({ ORDERS_HTTP__PORT: '4000' }, '--once', '--http.port=5000');
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
    const { status, stderr } = run({ UNO_ENV: 'prod' });
    expect(status).toBe(1);
    expect(stderr).toContain('database.password: is not set');
    expect(stderr).toContain('ORDERS_DATABASE__PASSWORD (environment)');
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

  it('finds its files from any working directory', () => {
    const options = {
      cwd: fileURLToPath(new URL('../../samples', import.meta.url)),
      env: { PATH: process.env['PATH'] },
    };
    const { stdout } = spawnSync(process.execPath, [main, '--once'], { ...options, encoding: 'utf8' });
    expect(line(stdout, 'http.port')).toBe('http.port 3000 http.port (orders/config/app.yaml:3:9)');
  });
});

describe('the running sample', () => {
  it('serves quotes, its health, and its settings with masked secrets', async () => {
    const { child, ended, address } = await start({}, '--http.port=0');
    const get = async (path: string): Promise<unknown> => (await fetch(`${address}${path}`)).json();
    const answers = await Promise.all(
      ['/orders/quote?product=tea&quantity=12&country=DE', '/orders/quote?product=milk', '/health', '/settings'].map(
        get,
      ),
    ).finally(() => child.kill('SIGTERM'));

    expect(answers.slice(0, 3)).toEqual([
      { product: 'tea', quantity: 12, country: 'DE', currency: 'EUR', net: 5130, discount: 270, tax: 975, total: 6105 },
      { error: 'product must be one of tea, coffee' },
      { status: 'healthy', problems: [], generation: 1, database: 'postgres://orders@localhost:5432/orders' },
    ]);
    expect(answers[3]).toContainEqual({
      path: 'database.password',
      value: '[secure]',
      type: 'text',
      from: 'database.password (samples/orders/config/app.development.yaml:3:13)',
    });
    expect(await ended).toEqual([0, null]);
  });
});

describe('the sample on files that are edited', () => {
  let folder: string;
  let running: Running | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uno-config-orders-'));
    await cp(join(root, 'samples/orders/config'), folder, { recursive: true });
    running = await start({ CONFIG_FOLDER: folder }, '--http.port=0');
  });

  afterEach(async () => {
    running?.child.kill('SIGTERM');
    await running?.ended;
    await rm(folder, { recursive: true });
  });

  async function edit(from: string, to: string): Promise<void> {
    const path = join(folder, 'app.yaml');
    const text = await readFile(path, 'utf8');
    if (!text.includes(from)) throw new Error(`the sample's app.yaml has no ${from}`);
    await writeFile(path, text.replace(from, to));
  }

  const printed = async (expected: string): Promise<string> => (await running?.printed(expected)) ?? '';

  const get = async (path: string): Promise<unknown> => (await fetch(`${running?.address ?? ''}${path}`)).json();

  async function setting(path: string): Promise<unknown> {
    const settings = (await get('/settings')) as readonly { path: string; value: unknown }[];
    return settings.find((each) => each.path === path)?.value;
  }

  it('shows the change and its place, and works with the new value', async () => {
    await edit('price: 450', 'price: 500');
    const text = await printed('Generation 2');
    expect(text).toContain(
      `pricing.products.tea.price: 450 -> 500  pricing.products.tea.price (${folder}/app.yaml:25:37)`,
    );
    expect(await setting('pricing.products.tea.price')).toBe(500);
    expect(await get('/orders/quote?product=tea&quantity=1&country=DE')).toMatchObject({ net: 500 });
  });

  it('shows why a broken edit is rejected, and keeps serving until it is repaired', async () => {
    await edit('price: 450', 'price: free');
    const text = await printed('generation 1 stays.');
    expect(text).toContain('pricing.products.tea.price: must be an integer, got "free"');
    expect(await setting('pricing.products.tea.price')).toBe(450);
    expect(await get('/health')).toMatchObject({ status: 'degraded', generation: 1 });

    await edit('price: free', 'price: 460');
    await printed('Generation 2');
    expect(await get('/health')).toEqual({
      status: 'healthy',
      problems: [],
      generation: 2,
      database: 'postgres://orders@localhost:5432/orders',
    });
  });

  it('keeps the settings that its database can work with', async () => {
    await edit('host: localhost', 'host: orders-db.invalid');
    expect(await printed('generation 1 stays.')).toContain(
      'The new settings cannot be used by orders database (Error ENOTFOUND).',
    );
    expect(await get('/health')).toMatchObject({ database: 'postgres://orders@localhost:5432/orders' });

    await edit('host: orders-db.invalid', 'host: db-2');
    await printed('Generation 2');
    // Nobody is left behind: the database takes part in changes, although it took its settings in the constructor.
    expect(await get('/health')).toMatchObject({
      status: 'healthy',
      database: 'postgres://orders@db-2:5432/orders',
    });
  });

  it('follows settings of the server itself', async () => {
    await edit('https://shop.example.com', 'https://new.example.com');
    await printed('Generation 2');
    const { headers } = await fetch(`${running?.address ?? ''}/health`, {
      headers: { origin: 'https://new.example.com' },
    });
    expect(headers.get('access-control-allow-origin')).toBe('https://new.example.com');
    expect(await get('/health')).toMatchObject({ status: 'healthy' });
  });
});
