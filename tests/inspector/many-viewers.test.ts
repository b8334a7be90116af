// What viewers cost: one build for all who see the same, and nothing that stays.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { SettingChanges } from '../../src/inspector/kept-rows.js';
import { mergeRows } from '../../src/inspector/page/merge-rows.js';
import type { SettingRows } from '../../src/inspector/index.js';
import { Generation } from '../../src/runtime/index.js';
import { accessPolicy } from '../../src/security/index.js';
import { defineTenants, TenantContainers } from '../../src/tenants/index.js';
import fc from '../fast-check.js';
import { InspectorWorld, TOKEN } from './inspector-world.js';

const open: InspectorWorld[] = [];

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(open.splice(0).map(async (world) => world[Symbol.asyncDispose]()));
});

const access = accessPolicy([
  { effect: 'deny', paths: ['payment.apiKey'], rights: ['list'], principals: ['guest'] },
  { effect: 'deny', paths: ['payment.webhookSecret'], rights: ['read-masked'], principals: ['guest'] },
]);
const names: Readonly<Record<string, string>> = {
  'token-of-guest': 'guest',
  'token-of-ann': 'ann',
  'token-of-bob': 'bob',
};
const VALUES = { http: { port: 8080 }, payment: { apiKey: 'sk-live-4f9b27c1', webhookSecret: 'sk-live-hook' } };

async function worldOf(): Promise<InspectorWorld> {
  const world = await InspectorWorld.of(VALUES, { authenticate: (token) => names[token] }, { secrets: { access } });
  open.push(world);
  return world;
}

/** A viewer who follows, until what is answered is called. */
async function follow(world: InspectorWorld): Promise<() => Promise<void>> {
  const stream = await world.open('/inspector/api/events', { headers: { authorization: 'Bearer token-of-ann' } });
  stream.resume();
  return async () => {
    const before = world.reloads.events.listenerCount;
    stream.destroy();
    while (world.reloads.events.listenerCount === before) await new Promise((resolve) => setImmediate(resolve));
  };
}

async function rowsFor(world: InspectorWorld, name: string, since?: number): Promise<SettingChanges> {
  const query = since === undefined ? '' : `?since=${String(since)}`;
  // What the interface answers.
  return (await world.api(`settings${query}`, undefined, `token-of-${name}`)) as SettingChanges;
}

describe('a change, for those who follow', () => {
  it('is made once for all who see the same, and holds only what is another one', async () => {
    const world = await worldOf();
    await follow(world);
    const made = jest.spyOn(Generation.prototype, 'describe');
    const whole = await rowsFor(world, 'ann');
    await world.change({ ...VALUES, http: { port: 8080, greeting: 'Hi' } });
    const all = [await rowsFor(world, 'ann', 1), await rowsFor(world, 'bob', 1), await rowsFor(world, 'ann', 1)];
    expect(all[0]).toEqual({
      generation: 2,
      since: 1,
      places: ['base'],
      types: ['string'],
      rows: [['http.greeting', '"Hi"', 0, 0, 0, '']],
      gone: [],
      changed: ['http.greeting'],
    });
    expect([all[1], all[2], made.mock.calls.length]).toEqual([all[0], all[0], 2]);
    expect(whole.rows).toHaveLength(5);
  });

  it('tells of a secret that it is another one, and never what', async () => {
    const world = await worldOf();
    await follow(world);
    await rowsFor(world, 'ann');
    await world.change({ ...VALUES, payment: { ...VALUES.payment, apiKey: 'sk-live-another' } });
    expect(await rowsFor(world, 'ann', 1)).toMatchObject({ rows: [], changed: ['payment.apiKey'] });
    expect(world.heard.join('\n')).not.toContain('sk-live');
  });

  it('is not shared with viewers who see less', async () => {
    const world = await worldOf();
    await follow(world);
    await Promise.all([rowsFor(world, 'ann'), rowsFor(world, 'guest')]);
    await world.change({ ...VALUES, payment: { apiKey: 'sk-live-another' } });
    expect((await rowsFor(world, 'ann', 1)).changed).toEqual(['payment.webhookSecret', 'payment.apiKey']);
    expect((await rowsFor(world, 'guest', 1)).changed).toEqual([]);
    expect(JSON.stringify(await rowsFor(world, 'guest', 1))).not.toContain('apiKey');
  });

  it('is everything for a viewer whose last settings are no longer known', async () => {
    const world = await worldOf();
    await follow(world);
    await rowsFor(world, 'ann');
    for (const greeting of ['a', 'b', 'c']) {
      await world.change({ ...VALUES, http: { greeting } });
      await rowsFor(world, 'ann');
    }
    const { since, rows, changed } = await rowsFor(world, 'ann', 1);
    expect([since, rows.length, changed]).toEqual([undefined, 5, ['http.greeting']]);
    expect((await rowsFor(world, 'ann', 99_999)).changed).toEqual([]);
  });

  it('is kept no longer than somebody follows', async () => {
    const world = await worldOf();
    const made = jest.spyOn(Generation.prototype, 'describe');
    await rowsFor(world, 'ann');
    await rowsFor(world, 'ann');
    expect(made).toHaveBeenCalledTimes(2);
    const leave = await follow(world);
    await rowsFor(world, 'ann');
    await rowsFor(world, 'ann');
    expect(made).toHaveBeenCalledTimes(3);
    await leave();
    await rowsFor(world, 'ann');
    expect(made).toHaveBeenCalledTimes(4);
  });

  it('comes, put together by the page, to what it would get anew', async () => {
    const world = await worldOf();
    await follow(world);
    const texts = ({ rows, places, types }: SettingRows): readonly string[] =>
      rows
        .map(([path, value, type, place, line, mark]) =>
          [path, value, types[type], places[place], line, mark].join(' '),
        )
        .sort();
    const http = fc.record(
      { port: fc.integer({ min: 1, max: 99 }), greeting: fc.constantFrom('a', 'b') },
      { requiredKeys: [] },
    );
    const payment = fc.record(
      { provider: fc.constantFrom('x', 'y'), webhookSecret: fc.constant('sk-live-hook') },
      { requiredKeys: [] },
    );
    let shown: SettingRows = await rowsFor(world, 'ann');
    await fc.assert(
      fc.asyncProperty(fc.record({ http, payment }, { requiredKeys: [] }), async (values) => {
        await world.change(values);
        shown = mergeRows(shown, await rowsFor(world, 'ann', shown.generation));
        const anew = await rowsFor(world, 'ann');
        expect(texts(shown)).toEqual(texts(anew));
        expect(shown.places.length + shown.types.length).toBeLessThan(9);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a tenant that is looked at', () => {
  it('has nothing made that stays, and no document read for a name that somebody makes up', async () => {
    const asked: string[] = [];
    const layers = (id: string): object | undefined => {
      asked.push(id);
      return id === 'acme' ? { http: { greeting: 'Hello, Acme' } } : undefined;
    };
    const world = await InspectorWorld.of(VALUES, (container) => ({ tenants: container.get(TenantContainers) }), {
      tenants: defineTenants({ layers }),
    });
    open.push(world);
    const tenants = world.container.get(TenantContainers);
    const explained = async (id: string): Promise<unknown> => world.api(`explain?path=http.greeting&tenant=${id}`);
    for (const id of ['acme', 'made-up', '..%2F', 'acme%00']) {
      expect(await explained(id)).toMatchObject({ error: { code: 'tenant-unknown' } });
    }
    expect([asked, tenants.stats()]).toMatchObject([[], { known: 0, live: 0 }]);
    await tenants.ready('acme');
    expect(await explained('acme')).toMatchObject({ value: '"Hello, Acme"' });
    expect([asked, tenants.stats()]).toMatchObject([['acme'], { live: 1, containers: 0 }]);
  });

  it('is looked at one at a time, and by so many at most', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `tenant-${String(index)}`);
    const documents = new Map(ids.map((id) => [id, { http: { greeting: id } }]));
    const source = { name: 'tenants', load: () => documents };
    const world = await InspectorWorld.of(VALUES, (container) => ({ tenants: container.get(TenantContainers) }), {
      tenants: defineTenants({ layers: source }),
    });
    open.push(world);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answers = await Promise.all(
      ids.map(async (id) => world.ask(`/inspector/api/explain?path=http.greeting&tenant=${id}`, { headers })),
    );
    const isRight = ({ status, headers: given, text }: (typeof answers)[number]): boolean =>
      status === 200 ? text.includes('tenant-') : status === 503 && given['retry-after'] === '1';
    expect(answers.filter((answer) => !isRight(answer))).toEqual([]);
    expect(answers[0]?.status).toBe(200);
    expect(world.container.get(TenantContainers).stats()).toMatchObject({ known: 40, live: 0 });
  });
});
