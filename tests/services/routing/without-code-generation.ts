// A program that may make no code from strings, and routes: what it says is read by its test.
import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { Container } from 'inversify';
import { defineRoutes, RoutingSettings, routesIdentifier } from '../../../src/factories/routing/index.js';
import { ConfigModule, object, section } from '../../../src/index.js';

const EVENTS = 100_000;
const rules = Array.from({ length: 10 }, (_, n) => ({
  name: `rule ${String(n)}`,
  types: ['order.*'],
  when: {
    and: [{ '==': [{ var: 'data.country' }, n === 9 ? 'DE' : `X${String(n)}`] }, { '>': [{ var: 'data.total' }, n] }],
  },
  to: [`place-${String(n)}`],
}));

async function routing(evaluation: string) {
  const from = section(RoutingSettings, { path: 'routing' });
  const definition = defineRoutes({ from, driver: async () => import('@openfeature/flagd-core') });
  const container = new Container();
  const sources = [object({ routing: { rules, evaluation } })];
  await container.loadAsync(ConfigModule.fromOptions({ sections: [from], sources, env: {}, resources: [definition] }));
  return container.get(routesIdentifier(definition));
}

const routes = await routing('interpreted');
const decide = (id: number): string => {
  const data = { total: 120, country: 'DE' };
  return routes.decide({ specversion: '1.0', id: String(id), source: '/shop', type: 'order.placed', data }).to.join();
};
const first = decide(0);
const heap = (): number => {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
// The first rounds compile, and fill caches.
for (let n = 0; n < EVENTS; n++) decide(n);
const before = heap();
for (let n = 0; n < EVENTS; n++) decide(n);
const growth = heap() - before;
const compiled = await routing('compiled').then(
  () => 'compiled',
  (error: unknown) => String(error),
);
writeSync(1, JSON.stringify({ first, growth, compiled, canCollect: globalThis.gc !== undefined }));
