// What happens inside a process that measures a configuration server in another one.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { quantile } from '../statistics.js';

const CHILD = fileURLToPath(new URL('serve-child.js', import.meta.url));
const [REQUESTS, AT_ONCE] = [6_000, 16];
const PATH = '/orders/production';

/** CPU microseconds of the server for a request, requests per second, and the slowest percent of them in milliseconds. */
export async function timeRequests(keys) {
  const [ours, bare] = [await requestsOf('ours', keys), await requestsOf('bare', keys)];
  return {
    ours: ours.cpu,
    bare: bare.cpu,
    oursRate: ours.perSecond,
    bareRate: bare.perSecond,
    ours99: ours.p99,
    bare99: bare.p99,
  };
}

async function requestsOf(kind, keys) {
  const { child, port } = await started(kind, keys);
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const durations = [];
  const one = async () => {
    const before = performance.now();
    const request = http.get({ port, path: PATH, agent, headers: { accept: 'application/json' } });
    const [response] = await once(request, 'response');
    response.resume();
    await once(response, 'end');
    durations.push(performance.now() - before);
  };
  const many = async (count) => {
    let left = count;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (left-- > 0) await one();
      }),
    );
  };
  await many(1_000);
  durations.length = 0;
  const { cpu: from } = await stateOf(child);
  const start = performance.now();
  await many(REQUESTS);
  const perSecond = (REQUESTS / (performance.now() - start)) * 1_000;
  const { cpu: to } = await stateOf(child);
  agent.destroy();
  child.disconnect();
  const cpu = (to.user + to.system - from.user - from.system) / REQUESTS;
  return { cpu, perSecond, p99: quantile(durations, 0.99) };
}

/** Kilobytes for each of so many clients that wait for a change, and milliseconds until a change has reached the last one. */
export async function measureWaiting(clients) {
  const [ours, bare] = [await waitingAt('ours', clients), await waitingAt('bare', clients)];
  return { ours: ours.each, bare: bare.each, told: ours.told, bareTold: bare.told };
}

async function waitingAt(kind, clients) {
  const { child, port } = await started(kind, 10);
  const before = await stateOf(child);
  let heard = 0;
  let all = () => undefined;
  const sockets = [];
  const request = `GET ${PATH} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n`;
  for (let opened = 0; opened < clients; opened += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, clients - opened) }, async () => {
        const socket = net.connect(port, '127.0.0.1');
        socket.write(request);
        await once(socket, 'data');
        socket.on('data', () => {
          heard += 1;
          if (heard === clients) all();
        });
        sockets.push(socket);
      }),
    );
  }
  const after = await stateOf(child);
  const done = new Promise((resolve) => (all = resolve));
  const start = performance.now();
  heard = 0;
  child.send('change');
  await done;
  const told = performance.now() - start;
  for (const socket of sockets) socket.destroy();
  child.disconnect();
  return { each: (after.rss - before.rss) / clients / 1_024, told };
}

async function started(kind, keys) {
  const child = fork(CHILD, [kind, String(keys)], { execArgv: ['--expose-gc'] });
  const [{ port }] = await once(child, 'message');
  return { child, port };
}

async function stateOf(child) {
  child.send('state');
  const [answer] = await once(child, 'message');
  return answer;
}
