// Three processes of the sample that take their prices from PostgreSQL, and one change for all of them.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../cli/fake-io.js';
import { compileSample } from '../stories/compile-sample.js';
import { postgresIsReachable, postgresWorld, type PostgresWorld } from './databases/postgres-world.js';
import { eventually } from './projections/projection-world.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sample = join(root, 'samples/orders');
const isReachable = await postgresIsReachable();

let world: PostgresWorld;
let main: string;
const programs: ChildProcess[] = [];

beforeAll(async () => {
  if (!isReachable) return;
  main = await compileSample();
  world = await postgresWorld('prices');
});

afterAll(async () => {
  if (!isReachable) return;
  await Promise.all(
    programs.map(async (program) => {
      const exited = once(program, 'exit');
      program.kill('SIGTERM');
      await exited;
    }),
  );
  await world.close();
});

/** Where the program listens. */
async function started(env: Readonly<Record<string, string>>): Promise<string> {
  const program = spawn(process.execPath, [main, '--http.port=0'], {
    cwd: root,
    env: { PATH: process.env['PATH'], PERSISTENCE: 'memory', ...env },
  });
  programs.push(program);
  let text = '';
  return new Promise((resolve, reject) => {
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const [, address] = /Listening on (http:\S+);/.exec(text) ?? [];
        if (address !== undefined) resolve(address);
      });
    }
    program.once('exit', () => {
      reject(new Error(`the sample has ended: ${text}`));
    });
  });
}

(isReachable ? describe : describe.skip)('the prices of the sample', () => {
  it('change in three running processes by one push', async () => {
    const { host, port, user, database } = world.settings;
    const address = `postgres://${user}@${host}:${String(port)}/${database}`;
    const env = { DATABASE_URL: address, CONFIG_FOLDER: join(sample, 'config') };
    Object.assign(process.env, env);
    const exported: unknown = await import(pathToFileURL(join(dirname(main), 'uno.config.js')).href);
    const addresses = await Promise.all([1, 2, 3].map(async () => started(env)));
    const quotes = async (): Promise<readonly unknown[]> =>
      Promise.all(
        addresses.map(async (at) => {
          const response = await fetch(`${at}/orders/quote?product=tea&quantity=1&country=DE`, {
            headers: { 'x-tenant': 'bistro' },
          });
          return response.json();
        }),
      );
    const before = await quotes();
    expect(new Set(before.map((quote) => JSON.stringify(quote))).size).toBe(1);
    const { code, out, error } = await run(
      sample,
      ['push', 'pricing.products.tea.price=9900', '--env', 'development'],
      exported,
    );
    expect([code, error, out]).toEqual([0, '', expect.stringContaining('published revision 1')]);
    await eventually(async () => (await quotes()).every((quote) => JSON.stringify(quote).includes('99')));
    const after = await quotes();
    expect(after.map((quote) => JSON.stringify(quote))).toEqual(
      after.map(() => expect.stringContaining('99') as unknown),
    );
  });
});
