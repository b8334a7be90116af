import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { localBroker, LocalBrokerSettings } from '../../../src/factories/brokers/local/index.js';
import { brokerIdentifier } from '../../../src/factories/brokers/index.js';
import { defineRoutes, RoutingSettings, routesIdentifier } from '../../../src/factories/routing/index.js';
import { ConfigSection, loadSettings, section, yamlFile } from '../../../src/index.js';
import fc from '../../fast-check.js';
import { caught } from '../../sources/caught.js';
import { Arrivals, event } from '../../factories/brokers/broker-contract.js';
import { world } from '../../factories/resources/world.js';
import { serviceProgram } from '../service-program.js';

@ConfigSection('events')
class Events extends LocalBrokerSettings {}

const from = section(RoutingSettings, { path: 'routing' });
const driver = async () => import('@openfeature/flagd-core');

async function routing(settings: object, destinations?: readonly string[]) {
  const routes = defineRoutes({ from, driver, ...(destinations !== undefined && { destinations }) });
  const made = await world({ sections: [from], resources: [routes] }, { routing: settings });
  return { ...made, routes: made.container.get(routesIdentifier(routes)) };
}

const rules = [
  { name: 'expensive', types: ['order.*'], when: { '>': [{ var: 'data.total' }, 1_000] }, to: ['priority', 'audit'] },
  { name: 'abroad', types: ['order.*'], when: { '!': { in: [{ var: 'data.country' }, ['DE']] } }, to: ['export'] },
  { name: 'invoices', types: ['invoice.**'], to: ['accounting'] },
];

describe('routes', () => {
  it('lead an event by its type and its attributes, and say by which rule', async () => {
    const { routes } = await routing({ rules, otherwise: ['rest'] });
    const order = (data: object) => routes.decide(event('order.placed', data));
    expect(order({ total: 2_000, country: 'DE' })).toEqual({ rules: ['expensive'], to: ['priority', 'audit'] });
    expect(order({ total: 5, country: 'FR' })).toEqual({ rules: ['abroad'], to: ['export'] });
    expect(order({ total: 5, country: 'DE' })).toEqual({ rules: [], to: ['rest'] });
    expect(routes.decide(event('invoice.sent.late')).to).toEqual(['accounting']);
    expect(routes.explain(event('order.placed', { total: 2_000, country: 'FR' }))).toEqual({
      rules: ['expensive'],
      to: ['priority', 'audit'],
      verdicts: [
        { name: 'expensive', verdict: 'applies' },
        { name: 'abroad', verdict: 'applies' },
        { name: 'invoices', verdict: 'another-type' },
      ],
    });
  });

  it('lead an event to all places where it is said so, and to none twice', async () => {
    const { routes } = await routing({ match: 'all', rules: [...rules, { name: 'log', to: ['audit'] }] });
    expect(routes.decide(event('order.placed', { total: 2_000, country: 'FR' }))).toEqual({
      rules: ['expensive', 'abroad', 'log'],
      to: ['priority', 'audit', 'export'],
    });
  });

  it('do without a condition that this event has no values for, and say that it failed', async () => {
    const odd = [
      { name: 'odd', when: { '>': [{ '/': [{ var: 'data.a' }, { var: 'data.b' }] }, 1] }, to: ['odd'] },
      { name: 'paid', when: { '==': [{ var: 'data.paid' }, true] }, to: ['paid'] },
    ];
    const { routes } = await routing({ rules: odd });
    const paid = event('order.placed', { a: 'x', b: {}, paid: true });
    expect(routes.decide(paid)).toEqual({ rules: ['paid'], to: ['paid'] });
    expect(routes.explain(paid).verdicts.map(({ verdict }) => verdict)).toEqual(['failed', 'applies']);
  });

  it('publish to a broker, and follow changed rules', async () => {
    const events = localBroker({ name: 'events', from: Events });
    const routes = defineRoutes({ from, to: events, driver });
    const queues = { priority: { topics: ['priority'] }, rest: { topics: ['order.**'] } };
    const made = await world(
      { sections: [from, Events], resources: [routes, events] },
      { events: { queues }, routing: { rules: [{ ...rules[0], to: ['priority'] }] } },
    );
    const [priority, rest] = [new Arrivals(), new Arrivals()];
    const broker = made.container.get(brokerIdentifier(events));
    broker.subscribe({ queue: 'priority' }, priority.handler());
    broker.subscribe({ queue: 'rest' }, rest.handler());
    const live = made.container.get(routesIdentifier(routes));
    await live.publish(event('order.placed', { total: 2_000 }), { key: 'k' });
    await live.publish(event('order.placed', { total: 2 }));
    await Promise.all([priority.count(1), rest.count(1)]);
    expect(priority.all[0]?.[1]).toMatchObject({ key: 'k', topic: 'priority' });
    await made.edit({ routing: { rules: [] } });
    await live.publish(event('order.placed', { total: 2_000 }));
    await rest.count(2);
    expect(live.name).toBe('events routes');
  });

  it('draw a share of events by their key, the same for each event of it', async () => {
    const share = {
      '==': [
        {
          fractional: [
            ['in', 25],
            ['out', 75],
          ],
        },
        'in',
      ],
    };
    const { routes } = await routing({
      rules: [{ name: 'canary', when: share, to: ['canary'] }],
      otherwise: ['usual'],
    });
    const places = (key: string) => routes.decide(event('t'), { key }).to.join();
    const keys = Array.from({ length: 400 }, (_, n) => `customer ${String(n)}`);
    expect(keys.map(places)).toEqual(keys.map(places));
    const drawn = keys.filter((key) => places(key) === 'canary').length;
    expect(drawn).toBeGreaterThan(60);
    expect(drawn).toBeLessThan(140);
  });

  it('may compile their conditions, to the same answers', async () => {
    const types = fc.constantFrom('order.placed', 'order.cancelled', 'invoice.sent', 'other');
    const data = fc.record({
      total: fc.integer({ min: 0, max: 2_000 }),
      country: fc.constantFrom('DE', 'FR', undefined),
    });
    const [interpreted, compiled] = await Promise.all(
      ['interpreted', 'compiled'].map(async (evaluation) => (await routing({ rules, evaluation })).routes),
    );
    fc.assert(
      fc.property(types, data, (type, values) => {
        const made = event(type, values);
        // A small model of what the rules say.
        const isOrder = type.startsWith('order.');
        const model =
          isOrder && values.total > 1_000
            ? 'priority,audit'
            : isOrder && values.country !== 'DE'
              ? 'export'
              : type === 'invoice.sent'
                ? 'accounting'
                : type;
        expect(interpreted?.decide(made).to.join()).toBe(model);
        expect(compiled?.decide(made).to.join()).toBe(model);
      }),
    );
  });

  it('remember no more types than they should', async () => {
    const { routes } = await routing({ rules });
    for (let n = 0; n < 3_000; n++) routes.decide(event(`order.t${String(n)}`, { total: n }));
    expect(routes.decide(event('order.t1', { total: 2_000 })).rules).toEqual(['expensive']);
  });
});

describe('routes in a program that may make no code from strings', () => {
  it('decide as anywhere else, keep nothing of 100,000 events, and refuse to be compiled', () => {
    const script = serviceProgram('routing/without-code-generation.js');
    const flags = ['--disallow-code-generation-from-strings', '--expose-gc'];
    const { stdout, status } = spawnSync(process.execPath, [...flags, script], { encoding: 'utf8' });
    expect(status).toBe(0);
    // Written by that program.
    const { growth, compiled, ...said } = JSON.parse(stdout) as { growth: number; compiled: string };
    expect(said).toEqual({ first: 'place-9', canCollect: true });
    expect(growth).toBeLessThan(500_000);
    expect(compiled).toContain('rule-engine-refused');
    expect(compiled).toContain('Set evaluation to "interpreted"');
  });
});

describe('rules that cannot be meant', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uno-config-routing-'));
  });
  afterAll(async () => rm(folder, { recursive: true }));

  it('are refused with their place in the file', async () => {
    const file = join(folder, 'app.yaml');
    await writeFile(
      file,
      [
        'routing:',
        '  rules:',
        '    - name: expensive',
        '      types: [order.*]',
        '      when:',
        '        and:',
        '          - { ">": [{ var: data.total }, 1000] }',
        '          - { start_with: [{ var: type }, order] }',
        '      to: [priority]',
      ].join('\n'),
    );
    const error = await caught(async () => loadSettings(from, { sources: [yamlFile(file)], env: {} }));
    expect(error.issues).toHaveLength(1);
    expect(error.message).toContain('there is no operator "start_with" in rules');
    expect(error.message).toContain('Did you mean "starts_with"?');
    expect(error.message).toMatch(/app\.yaml:8/);
  });

  it('are refused when they lead to where nothing is', async () => {
    await expect(routing({ rules }, ['priority', 'audit', 'export'])).rejects.toThrow(/route-unknown/);
  });

  it('are refused when two have one name', async () => {
    await expect(routing({ rules: [rules[2], rules[2]] })).rejects.toThrow(/two rules are named "invoices"/);
  });
});
