// What happens inside a process that measures what the port of brokers and the routes add to what they stand on.
import { startCpuClock } from '../cpu-clock.js';
import { importBuilt, importOurs } from '../packages.js';
import { median } from '../statistics.js';
import { timeLoops } from '../tight-loop.js';

const EVENT = {
  specversion: '1.0',
  id: 'order-4711',
  source: '/shop/orders',
  type: 'order.placed',
  time: '2026-11-28T10:00:00Z',
  data: { id: 'order-4711', total: 120, country: 'DE', items: ['lamp', 'chair'] },
};

const [PAIRS, TURNS] = [20, 10_000];

/** A client of a broker that has confirmed before it is asked. */
class Client {
  stored = 0;

  async publish({ body }) {
    this.stored += body.length;
  }
}

/** CPU nanoseconds to publish one event as JSON: by a client that answers at once, and by the port over the same. */
export async function timePublishes() {
  const { brokerIdentifier, defineBroker, EventBrokerSettings } = await importBuilt('factories/brokers/index.js');
  const client = new Client();
  const nothing = async () => undefined;
  const link = {
    publish: (message) => client.publish(message),
    consume: async () => ({ stop: nothing }),
    verify: async () => [],
    probe: nothing,
    close: nothing,
  };
  const { section } = await importOurs('uno-config');
  const from = section(EventBrokerSettings, { path: 'events' });
  const definition = defineBroker({ name: 'events', from, connect: () => link });
  const events = await opened(from, definition, brokerIdentifier);
  const bare = async (turns) => {
    for (let turn = 0; turn < turns; turn += 1) {
      await client.publish({ id: EVENT.id, topic: EVENT.type, body: JSON.stringify(EVENT) });
    }
  };
  const port = async (turns) => {
    for (let turn = 0; turn < turns; turn += 1) await events.publish(EVENT);
  };
  for (const loop of [bare, port]) await loop(2 * TURNS);
  const pairs = [];
  for (let pair = 0; pair < PAIRS; pair += 1) pairs.push([await cpuOf(bare), await cpuOf(port)]);
  return {
    bare: median(pairs.map(([one]) => one)),
    port: median(pairs.map(([, other]) => other)),
    added: median(pairs.map(([one, other]) => other - one)),
  };
}

/** CPU nanoseconds of a turn: while one waits for a confirmation, others may work. */
async function cpuOf(loop) {
  const clock = startCpuClock();
  await loop(TURNS);
  return (clock() * 1e6) / TURNS;
}

/** Nanoseconds to route one event with ten rules on its type: by the engine with one flag, and by the routes. */
export async function timeRoutes(evaluation) {
  const { defineRoutes, RoutingSettings, routesIdentifier } = await importBuilt('factories/routing/index.js');
  const flagd = await import('@openfeature/flagd-core');
  const { object, section } = await importOurs('uno-config');
  const rules = Array.from({ length: 10 }, (_, n) => ({
    name: `rule ${n}`,
    types: ['order.*'],
    when: { and: [{ '==': [{ var: 'data.country' }, n === 9 ? 'DE' : `X${n}`] }, { '>': [{ var: 'data.total' }, n] }] },
    to: [`place-${n}`],
  }));
  const from = section(RoutingSettings, { path: 'routing' });
  const definition = defineRoutes({ from, driver: () => flagd });
  const routes = await opened(from, definition, routesIdentifier, object({ routing: { rules, evaluation } }));
  const silent = { error: ignore, warn: ignore, info: ignore, debug: ignore };
  const core = new flagd.FlagdCore(undefined, silent, { disableDynamicCodeGeneration: evaluation === 'interpreted' });
  const targeting = { if: [...rules.flatMap(({ when }, n) => [when, String(n)]), 'none'] };
  const names = [...rules.keys()].map(String).concat('none');
  const variants = Object.fromEntries(names.map((name) => [name, name]));
  const route = { state: 'ENABLED', variants, defaultVariant: 'none', targeting };
  core.setConfigurations(JSON.stringify({ flags: { route } }));
  return timeLoops({
    engine: async (turns) => {
      let sum = 0;
      for (let turn = 0; turn < turns; turn += 1) {
        sum += core.resolveStringEvaluation('route', 'none', EVENT).value.length;
      }
      return sum;
    },
    routes: async (turns) => {
      let sum = 0;
      for (let turn = 0; turn < turns; turn += 1) sum += routes.decide(EVENT).to.length;
      return sum;
    },
  });
}

function ignore() {
  // The engine has nothing to say.
}

/** The handle of a resource in a container with nothing else. */
async function opened(from, definition, identifierOf, ...sources) {
  const { ConfigModule } = await importOurs('uno-config');
  const { Container } = await importOurs('inversify');
  const container = new Container();
  await container.loadAsync(ConfigModule.fromOptions({ sections: [from], sources, resources: [definition] }));
  return container.get(identifierOf(definition));
}
