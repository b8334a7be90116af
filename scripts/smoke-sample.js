// Runs the samples as a reader would, and asserts what they promise: the service serves its settings and fulfils orders, and a wrong value
// stops it with a report that names the place; a sample of one file prints what its last comment says.
import assert from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAsShown } from './docs/shown.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = '.build/samples/orders/main.js';
const patience = 300_000;

const built = spawnSync(process.execPath, ['node_modules/typescript-7/bin/tsc', '-p', 'tsconfig.samples.json'], {
  cwd: root,
  stdio: 'inherit',
});
assert.equal(built.status, 0, 'the sample compiles');

function start(environment) {
  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    cwd: root,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patience,
  });
  const run = { child, output: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      run.output += text;
    });
  }
  return run;
}

async function freePort() {
  for (;;) {
    // Below those that a system hands out: nobody takes it before the sample does.
    const server = createServer().listen(10_000 + randomInt(20_000), '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
  }
}

async function servesAndTakesOrders() {
  const port = await freePort();
  const { child, ...run } = start({ ORDERS_HTTP__PORT: String(port) });
  const exit = once(child, 'exit');
  await Promise.race([exit, once(child.stdout, 'data')]);
  const response = await fetch(`http://127.0.0.1:${port}/settings`, { signal: AbortSignal.timeout(patience) });
  assert.equal(response.status, 200, run.output);
  assert.match(JSON.stringify(await response.json()), new RegExp(String(port)));
  const ask = async (path, method = 'GET') => {
    const options = { method, headers: { 'x-tenant': 'acme' }, signal: AbortSignal.timeout(patience) };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, options);
    return [answer.status, await answer.json()];
  };
  const [placed] = await ask('/orders?product=tea&country=DE', 'POST');
  assert.equal(placed, 201, run.output);
  const [refused, { error }] = await ask('/orders?product=coffee&quantity=101&country=DE', 'POST');
  assert.deepEqual([refused, error], [409, 'the order was refused: reserve threw Error SOLD_OUT']);
  const isSeen = async () => {
    const [[, [total]], [, { packed }]] = await Promise.all([ask('/orders/totals'), ask('/orders/parcels')]);
    return total?.quantity === 1 && packed === 1;
  };
  const end = Date.now() + patience;
  while (!(await isSeen())) assert.ok(Date.now() < end, 'the order is among the totals, and its parcel is packed');
  child.kill('SIGTERM');
  await exit;
}

async function reportsAWrongValue() {
  const run = start({ ORDERS_HTTP__PORT: 'many' });
  const [status] = await once(run.child, 'close');
  assert.notEqual(status, 0, 'a wrong value stops the sample');
  assert.match(run.output, /ORDERS_HTTP__PORT/);
}

function printsWhatItSays(name) {
  const text = readFileSync(path.join(root, 'samples', name), 'utf8');
  const [, shown] = /\/\* prints:\n([\s\S]*?)\n\*\/\n$/.exec(text) ?? [];
  assert.ok(shown, `samples/${name} says what it prints`);
  const script = `.build/samples/${name.replace(/ts$/, 'js')}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--enable-source-maps', script], {
    cwd: root,
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
    timeout: patience,
  });
  assert.equal(status, 0, `samples/${name} ends well: ${stderr}`);
  assert.ok(isAsShown(shown, stdout.trimEnd()), `samples/${name} prints something else:\n${stdout}`);
}

await servesAndTakesOrders();
await reportsAWrongValue();
console.log('the service serves its settings and takes orders, and refuses a wrong setting');
const small = readdirSync(path.join(root, 'samples')).filter((name) => name.endsWith('.ts'));
for (const name of small) printsWhatItSays(name);
console.log(`${small.length} samples print what they say`);
