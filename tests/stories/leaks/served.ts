import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspector, reportHtml, reportOf } from '../../../src/inspector/index.js';
import type { ReloadService } from '../../../src/index.js';
import { CANARY } from './canary.js';

const TOKEN = 'a-token-of-the-tests-0123456789';

/** Every byte that the inspector serves of a service, and its report. */
export async function servedBy(reloads: ReloadService): Promise<readonly string[]> {
  const inspect = inspector({ reloads, token: () => TOKEN });
  const server = createServer((request, response) => inspect(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It listens on a port.
  const { port } = server.address() as AddressInfo;
  const ask = async (name: string, body?: object): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/inspector${name}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return JSON.stringify([...answer.headers]) + (await answer.text());
  };
  const numbers = reloads.history().map(({ number }) => number);
  const edits = ['payment.provider', 'payment.key', 'payment', 'payment.nothing'].map((path) => ({
    path,
    value: path,
  }));
  const served = [
    ...['', '/api/overview', '/api/settings', '/api/explain?path=payment', '/api/explain?path=payment.key'],
    ...[
      `/api/explain?path=${CANARY.slice(0, 4)}`,
      `/api/diff?before=${String(numbers[0])}&after=${String(numbers.at(-1))}`,
    ],
  ].map(async (name) => ask(name));
  const tried = edits.map(async (edit) => ask('/api/preview', { edits: [edit] }));
  const all = await Promise.all([...served, ...tried, reportHtml(reportOf(reloads.current), 'a report')]);
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  return all;
}
