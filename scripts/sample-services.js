// Runs the sample on the services whose addresses are set: DATABASE_URL, and RABBITMQ_URL, NATS_URL or REDIS_URL. Says which of
// them answer; the sample goes without the others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const services = {
  DATABASE_URL: { name: 'PostgreSQL', port: 5432, without: 'brings one of its own' },
  RABBITMQ_URL: { name: 'RabbitMQ', port: 5672 },
  NATS_URL: { name: 'NATS', port: 4222 },
  REDIS_URL: { name: 'Redis', port: 6379 },
};

/** Undefined when something listens there; otherwise why not. */
async function problemOf(address, usualPort) {
  if (!address) return 'is not set';
  if (!URL.canParse(address)) return 'is not a URL';
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port) || usualPort, timeout: 5_000 });
  const [end] = await Promise.race(
    ['connect', 'error', 'timeout'].map(async (event) => {
      const [error] = await once(socket, event).catch((thrown) => [thrown]);
      return [error ?? event];
    }),
  );
  socket.destroy();
  if (end === 'connect') return undefined;
  return `does not answer${end?.code ? ` (${end.code})` : ''}`;
}

const env = { ...process.env };
let broker;
for (const [variable, { name, port, without = 'goes without' }] of Object.entries(services)) {
  const problem = await problemOf(env[variable], port);
  const isBroker = variable !== 'DATABASE_URL';
  let words = `found, by ${variable}`;
  if (problem !== undefined) words = `${without}: ${variable} ${problem}`;
  else if (isBroker && broker !== undefined) words = `goes without: one broker is enough, and that is ${broker}`;
  else if (isBroker) broker = name;
  // The sample takes what is set.
  if (!words.startsWith('found')) delete env[variable];
  console.log(`${name.padEnd(11)} ${words}`);
}

const main = fileURLToPath(new URL('../.build/samples/orders/main.js', import.meta.url));
const child = spawn(process.execPath, ['--enable-source-maps', main, ...process.argv.slice(2)], {
  env,
  stdio: 'inherit',
});
// Ctrl-C reaches the sample as well; it ends when its requests are answered.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
const [code] = await once(child, 'exit');
process.exitCode = code ?? 1;
