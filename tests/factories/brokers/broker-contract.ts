import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { expect } from '@jest/globals';
import {
  brokerIdentifier,
  type BrokerDefinition,
  type CloudEvent,
  type Delivery,
  type EventBroker,
  type EventHandler,
  type EventOutcome,
  type ReceivedEvent,
} from '../../../src/factories/brokers/index.js';
import { systemClock } from '../../../src/core/index.js';
import type { SectionInput } from '../../../src/index.js';
import { PROOF_RUNS } from '../../proof-runs.js';
import { caught } from '../../sources/caught.js';
import { world, type World } from '../resources/world.js';

/** What has arrived. */
export class Arrivals {
  readonly all: (readonly [ReceivedEvent, Delivery])[] = [];
  readonly #waiting = new Set<() => void>();

  /** A handler that notes what arrives, and answers as it is told. */
  readonly handler =
    (answer: EventHandler = async () => Promise.resolve('ack')) =>
    async (event: ReceivedEvent, delivery: Delivery): Promise<EventOutcome> => {
      const outcome = await answer(event, delivery);
      this.all.push([event, delivery]);
      for (const look of this.#waiting) look();
      return outcome;
    };

  get ids(): string[] {
    return this.all.map(([{ id }]) => id);
  }

  /** Waits for the condition to be true of what has arrived. */
  async until(isEnough: (all: readonly (readonly [ReceivedEvent, Delivery])[]) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isEnough(this.all)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async count(count: number): Promise<void> {
    await this.until(({ length }) => length >= count);
  }
}

/** How a broker is made for a test. */
export interface BrokerCase {
  /** A definition over a section at `events`. */
  readonly define: () => { readonly definition: BrokerDefinition; readonly section: SectionInput };
  /** Settings that reach the server, below `events`; each call has places of its own at it. */
  readonly settings: () => object;
  /** Other settings that reach the same, so that a new client is made. */
  readonly moved: (settings: object) => object;
}

/** A program with a broker. */
export interface BrokerWorld extends World {
  readonly events: EventBroker;
  readonly close: () => Promise<void>;
}

export async function brokerWorld({ define }: Pick<BrokerCase, 'define'>, settings: object): Promise<BrokerWorld> {
  const { definition, section } = define();
  const made = await world(
    { sections: [section], resources: [definition], clock: systemClock, reload: { prepareTimeout: '1m' } },
    { events: settings },
  );
  const { container } = made;
  return {
    ...made,
    events: container.get(brokerIdentifier(definition)),
    close: async () => container.unbindAllAsync(),
  };
}

let numbers = 0;

/** An event that is no other. */
export function event(type: string, data?: unknown): CloudEvent {
  return { specversion: '1.0', id: `e${String(++numbers)}`, source: '/tests', type, data };
}

/**
 * Publishes numbers by four writers, each of which awaits one before the next, until a queue and an ordered queue have had
 * them all.
 *
 * @param trouble is called after each that is confirmed
 * @returns the writers whose numbers were first delivered out of order, and what was logged
 */
export async function survives(
  broker: Pick<BrokerCase, 'define'>,
  settings: object,
  total: number,
  trouble: (confirmed: number) => Promise<void> | void,
): Promise<{ readonly disordered: readonly number[]; readonly logger: BrokerWorld['logger'] }> {
  const queues = { plain: {}, strict: { ordered: true } };
  const { events, close, logger } = await brokerWorld(broker, { ...settings, queues });
  const arrived = { plain: new Set<unknown>(), strict: new Set<unknown>() };
  const subscribed = Object.entries(arrived).map(async ([queue, all]) => {
    await new Promise<void>((resolve) => {
      const handler: EventHandler = async ({ data }) => {
        if (all.add(data).size === total) resolve();
        return Promise.resolve('ack');
      };
      events.subscribe({ queue, ordered: queue === 'strict' }, handler);
    });
  });
  let confirmed = 0;
  const writers = [0, 1, 2, 3].map(async (writer) => {
    for (let n = 0; n < total; n += 4) {
      await events.publish(event('t', n + writer), { key: `k${String(writer)}` });
      await trouble(++confirmed);
    }
  });
  await Promise.all([...writers, ...subscribed]);
  const disordered = [0, 1, 2, 3].filter((writer) => {
    const own = [...arrived.strict].map(Number).filter((n) => n % 4 === writer);
    return own.some((each, index) => index > 0 && each < (own[index - 1] ?? 0));
  });
  await close();
  return { disordered, logger };
}

const acks: EventHandler = async () => Promise.resolve('ack');

const quick = { retryDelay: '5ms', maxRetryDelay: '20ms' };

async function started(broker: BrokerCase, queues: object): Promise<BrokerWorld> {
  return brokerWorld(broker, { ...broker.settings(), queues });
}

async function deliversWhole(broker: BrokerCase): Promise<void> {
  const { events, close } = await started(broker, { billing: {} });
  const billing = new Arrivals();
  events.subscribe({ queue: 'billing' }, billing.handler());
  const placed = { ...event('order.placed', { total: 120, ü: ['€'] }), traceparent: '00-1-2-01' };
  await events.publish(placed, { key: 'order-1' });
  await billing.count(1);
  const [[received, delivery] = []] = billing.all;
  expect(received).toEqual({ ...placed, partitionkey: 'order-1' });
  expect(delivery).toMatchObject({ attempt: 1, key: 'order-1', topic: 'order.placed' });
  await close();
}

async function routes(broker: BrokerCase): Promise<void> {
  const queues = { billing: { topics: ['order.*'] }, audit: { topics: ['order.**', 'urgent'] } };
  const { events, close } = await started(broker, queues);
  const error = await caught(async () => events.publish(event('invoice.sent')));
  expect(error.code).toBe('event-unrouted');
  expect(error.message).toContain('takes the topic "invoice.sent"');
  await events.publish(event('order.placed', 1));
  await events.publish(event('order.placed.twice', 2));
  await events.publish(event('invoice.sent', 3), { topic: 'urgent' });
  const [billing, audit] = [new Arrivals(), new Arrivals()];
  events.subscribe({ queue: 'billing' }, billing.handler());
  events.subscribe({ queue: 'audit' }, audit.handler());
  await billing.count(1);
  await audit.count(3);
  expect(billing.all.map(([{ data }]) => data)).toEqual([1]);
  expect(audit.all.map(([{ data }]) => data).sort()).toEqual([1, 2, 3]);
  await close();
}

async function shares(broker: BrokerCase): Promise<void> {
  const settings = { ...broker.settings(), queues: { billing: { maxInFlight: 2 } } };
  const [one, other] = [await brokerWorld(broker, settings), await brokerWorld(broker, settings)];
  const arrivals = new Arrivals();
  let waiting: (() => void)[] = [];
  // Nobody is done before both have something, and so neither can take all.
  const handle = (who: string) => async (): Promise<EventOutcome> => {
    takers.add(who);
    if (takers.size < subscribers.length) await new Promise<void>((resolve) => waiting.push(resolve));
    for (const go of waiting) go();
    waiting = [];
    return 'ack';
  };
  const takers = new Set<string>();
  // A broker in a process knows no other.
  const subscribers = broker.define().definition.name.includes('local') ? [one, one] : [one, other];
  const subscriptions = subscribers.map(({ events }, index) =>
    events.subscribe({ queue: 'billing' }, arrivals.handler(handle(String(index)))),
  );
  await Promise.all(subscriptions.map(async ({ ready }) => ready));
  for (let n = 0; n < 12; n++) await one.events.publish(event('order.placed', n));
  await arrivals.count(12);
  expect(arrivals.all.map(([{ data }]) => Number(data)).sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
  expect(takers.size).toBe(2);
  await Promise.all([one.close(), other.close()]);
}

async function buries(broker: BrokerCase): Promise<void> {
  const { events, logger, close } = await started(broker, { billing: { ...quick, maxDeliveries: 3 } });
  const [billing, dead] = [new Arrivals(), new Arrivals()];
  events.subscribe(
    { queue: 'billing' },
    billing.handler(async ({ data }, { attempt }) => {
      await Promise.resolve();
      if (data === 'twice') return attempt < 2 ? 'retry' : 'ack';
      if (data === 'hopeless') return { dead: 'nobody of that name' };
      return { retry: '5ms' };
    }),
  );
  events.subscribe({ queue: 'billing.dead' }, dead.handler());
  const [twice, hopeless, never] = ['twice', 'hopeless', 'never'].map((data) => event('order.placed', data));
  for (const each of [twice, hopeless, never]) if (each !== undefined) await events.publish(each);
  await dead.count(2);
  await billing.until((all) => all.filter(([{ data }]) => data === 'twice').length === 2);
  expect(billing.all.flatMap(([{ data }, { attempt }]) => (data === 'never' ? [attempt] : []))).toEqual([1, 2, 3]);
  const reasons = Object.fromEntries(dead.all.map(([{ id, deadreason }]) => [id, deadreason]));
  expect(reasons).toEqual({
    [hopeless?.id ?? '']: 'nobody of that name',
    [never?.id ?? '']: 'It was given up after 3 times. The handler asked for a retry.',
  });
  expect(dead.all[0]?.[0]).toMatchObject({ deadqueue: 'billing', type: 'order.placed' });
  expect(logger.of('config.broker.dead-letter')).toHaveLength(2);
  await close();
}

async function keepsErrors(broker: BrokerCase): Promise<void> {
  const { events, logger, close } = await started(broker, { billing: { ...quick, maxDeliveries: 1 } });
  const dead = new Arrivals();
  events.subscribe({ queue: 'billing' }, () => {
    throw new RangeError('hunter2');
  });
  events.subscribe({ queue: 'billing.dead' }, dead.handler());
  await events.publish(event('order.placed'));
  await dead.count(1);
  expect(dead.all[0]?.[0]['deadreason']).toBe('It was given up after one time. The handler threw RangeError.');
  expect(inspect(logger.records, { depth: 9 })).not.toContain('hunter2');
  await close();
}

async function keepsOrder(broker: BrokerCase): Promise<void> {
  const { events, close } = await started(broker, { billing: { ...quick, ordered: true, maxInFlight: 8 } });
  const handled: string[] = [];
  const arrivals = new Arrivals();
  const subscription = events.subscribe(
    { queue: 'billing', ordered: true },
    arrivals.handler(async ({ data }, { key, attempt }) => {
      await Promise.resolve();
      if (Number(data) % 3 === 0 && attempt === 1) return 'retry';
      handled.push(`${String(key)}${String(data)}`);
      return 'ack';
    }),
  );
  await subscription.ready;
  for (let n = 0; n < 6; n++) for (const key of ['a', 'b']) await events.publish(event('t', n), { key });
  await arrivals.until(() => handled.length >= 12);
  expect(handled.filter((text) => text.startsWith('a'))).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a5']);
  expect(handled.filter((text) => text.startsWith('b'))).toEqual(['b0', 'b1', 'b2', 'b3', 'b4', 'b5']);
  await close();
}

async function moves(broker: BrokerCase): Promise<void> {
  const settings = { ...broker.settings(), queues: { plain: {}, strict: { ordered: true } } };
  const one = await brokerWorld(broker, settings);
  const [plain, strict] = [new Arrivals(), new Arrivals()];
  one.events.subscribe({ queue: 'plain' }, plain.handler());
  one.events.subscribe({ queue: 'strict', ordered: true }, strict.handler());
  const total = 100 * Math.ceil(PROOF_RUNS / 20);
  const outcomes = new Set<string>();
  let next: object = settings;
  for (let n = 0; n < total; n++) {
    const [key, data] = [`k${String(n % 5)}`, n];
    const published = one.events.publish(event('t', data), { key });
    if (n % 25 === 12) {
      next = broker.moved(next);
      outcomes.add((await one.edit({ events: next })).status);
    }
    await published;
  }
  const isWhole = (all: readonly (readonly [ReceivedEvent, Delivery])[]): boolean =>
    new Set(all.map(([{ data }]) => data)).size === total;
  expect([...outcomes]).toEqual(['committed']);
  await Promise.all([plain.until(isWhole), strict.until(isWhole)]);
  for (let key = 0; key < 5; key++) {
    const numbersOf = strict.all.flatMap(([{ data }, delivery]) =>
      delivery.key === `k${String(key)}` ? [Number(data)] : [],
    );
    const first = [...new Set(numbersOf)];
    expect(first).toEqual([...first].sort((a, b) => a - b));
  }
  await one.close();
}

async function resizes(broker: BrokerCase): Promise<void> {
  const settings = { ...broker.settings(), queues: { billing: { maxInFlight: 1 } } };
  const { events, edit, logger, close } = await brokerWorld(broker, settings);
  const made = logger.of('config.resource.made').length;
  const [arrivals, started] = [new Arrivals(), new Arrivals()];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  events.subscribe(
    { queue: 'billing' },
    arrivals.handler(async (each, delivery) => {
      await started.handler()(each, delivery);
      await gate;
      return 'ack';
    }),
  );
  for (let n = 0; n < 4; n++) await events.publish(event('t', n));
  await started.count(1);
  expect((await events.health()).subscriptions).toEqual([{ name: 'billing', status: 'consuming', inFlight: 1 }]);
  const outcome = await edit({ events: { ...settings, queues: { billing: { maxInFlight: 3 } } } });
  expect(outcome.status).toBe('committed');
  await started.count(3);
  open();
  await arrivals.count(4);
  expect(logger.of('config.resource.made')).toHaveLength(made);
  await close();
}

async function listens(broker: BrokerCase): Promise<void> {
  const settings = { ...broker.settings(), queues: {} };
  const one = await brokerWorld(broker, settings);
  const [first, second] = [new Arrivals(), new Arrivals()];
  const topics = ['config.**'];
  const subscriptions = [
    one.events.subscribe({ topics }, first.handler()),
    one.events.subscribe({ topics }, second.handler()),
  ];
  await Promise.all(subscriptions.map(async ({ ready }) => ready));
  await one.events.publish(event('config.changed'));
  await Promise.all([first.count(1), second.count(1)]);
  await subscriptions[0]?.stop();
  await one.events.publish(event('config.changed.again'));
  await second.count(2);
  expect(first.all).toHaveLength(1);
  await one.close();
}

async function drains(broker: BrokerCase): Promise<void> {
  const { events, close } = await started(broker, { billing: {}, slow: {} });
  const billing = new Arrivals();
  let isStarted: () => void = () => undefined;
  const starts = new Promise<void>((resolve) => (isStarted = resolve));
  events.subscribe({ queue: 'billing' }, billing.handler());
  events.subscribe({ queue: 'slow' }, async (_, { signal }) => {
    isStarted();
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    return 'retry';
  });
  await events.publish(event('t'));
  await billing.count(1);
  await starts;
  const inFlight = async (): Promise<number> =>
    (await events.health()).subscriptions.reduce((sum, subscription) => sum + subscription.inFlight, 0);
  // What has arrived is handled until the broker knows it.
  while ((await inFlight()) > 1) await turn();
  const report = await events.drain('20ms');
  expect(report).toMatchObject({ isDrained: false, handling: 1, publishing: 0 });
  await expect(events.drain('1m')).resolves.toEqual({ isDrained: true, handling: 0, publishing: 0 });
  await close();
}

async function refusesUnknown(broker: BrokerCase): Promise<void> {
  const { events, close } = await started(broker, { billing: {} });
  const unknown = await caught(() => events.subscribe({ queue: 'biling' }, acks));
  expect(unknown.code).toBe('queue-unknown');
  expect(unknown.message).toContain('it has billing');
  const unordered = await caught(() => events.subscribe({ queue: 'billing', ordered: true }, acks));
  expect(unordered.code).toBe('queue-not-ordered');
  expect(unordered.message).toContain('Set queues.billing.ordered to true');
  await close();
}

async function verifies(broker: BrokerCase): Promise<void> {
  const { events, close } = await started(broker, { billing: {} });
  await expect(events.verify()).resolves.toEqual([]);
  await expect(events.health()).resolves.toMatchObject({ status: 'healthy', publishing: 0, subscriptions: [] });
  await close();
}

/** What every broker does, by its name. */
export const brokerStories = [
  ['delivers an event as it was published, with its key', deliversWhole],
  ['refuses an event that no queue takes, and stores the others in each queue that does', routes],
  ['shares a queue among its subscribers', shares],
  [
    'delivers again what is to be retried, and puts what never succeeds among the dead letters, with the reason',
    buries,
  ],
  ['keeps what a handler throws to itself', keepsErrors],
  ['handles events of one key in order, and retries in their place', keepsOrder],
  ['moves to another client while events come and go, without losing one, in order where that is asked for', moves],
  ['takes more events at a time when its settings say so, by the same client', resizes],
  ['gives every process what is published while it listens', listens],
  ['is drained before a program ends: handlers come to their end, or hear that nobody waits', drains],
  ['refuses to subscribe to what is not in its settings', refusesUnknown],
  ['finds at the broker what its settings declare', verifies],
] as const;
