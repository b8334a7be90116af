import { EventEmitter, once } from 'node:events';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ConfigLayer, isLoadAnswer, isSecureValue, type LoadAnswer } from '../../../src/core/index.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { caught } from '../caught.js';
import { loadContext } from '../file-fixtures.js';
import { Cloud } from './cloud-world.js';
import { FakeLeases, leaseOn, vaultBody } from './fake-vault.js';

let clock: FakeClock;
let engine: FakeLeases;
let cloud: Cloud;
const engineEvents = new EventEmitter();

beforeEach(async () => {
  clock = new FakeClock();
  engine = new FakeLeases(() => clock.monotonic() / 1_000);
  cloud = await Cloud.open(engine);
});

afterEach(async () => cloud.close());

async function answerOf(source: ReturnType<typeof leaseOn>): Promise<LoadAnswer> {
  const answer: unknown = await source.load(loadContext({ clock }));
  if (isLoadAnswer(answer)) return answer;
  throw new Error('it did not answer with a revision');
}

const dbIn = ({ value }: LoadAnswer): Record<string, unknown> => {
  // One layer each, with these settings.
  const [{ tree }] = value as readonly [ConfigLayer];
  return (tree['orders'] as { db: Record<string, unknown> }).db;
};

const asked = (): readonly string[] => cloud.requests.map(({ method, path }) => `${method} ${path}`);

describe('vaultLease', () => {
  it('is a user and a password, and wants to be asked again at two thirds of the lease', async () => {
    const answer = await answerOf(leaseOn(cloud.port));
    const { user, password } = dbIn(answer);
    expect([user, isSecureValue(password), answer.revision, answer.next]).toEqual(['v-orders-1', true, 1, 40_000]);
    expect(inspect(answer, { depth: 9, showHidden: true })).not.toContain('canary-password');
  });

  it('is renewed as long as that brings anything, and is another one in time', async () => {
    const source = leaseOn(cloud.port);
    const revisions: unknown[] = [];
    for (let seconds = 0; seconds <= 240; seconds += 40) {
      const answer = await answerOf(source);
      revisions.push(answer.revision);
      const lease = engine.leases[Number(answer.revision) - 1];
      // What is in use is never over.
      expect(lease?.ends).toBeGreaterThan(clock.monotonic() / 1_000 + Number(answer.next) / 1_000);
      clock.advance(40_000);
    }
    // 60 seconds at most at once, and 140 altogether.
    expect(revisions).toEqual([1, 1, 1, 2, 2, 2, 3]);
    expect(asked().filter((request) => request === 'GET /v1/database/creds/orders')).toHaveLength(3);
  });

  it('is asked for once by two loads at once, and not again before it is due', async () => {
    const source = leaseOn(cloud.port);
    await Promise.all([answerOf(source), answerOf(source)]);
    clock.advance(39_999);
    await answerOf(source);
    expect(engine.leases).toHaveLength(1);
    expect(asked()).toHaveLength(1);
  });

  it('is given to the second of two loads when the first gives up, and left alone when both do', async () => {
    let issue: () => void = () => undefined;
    let wanted = once(engineEvents, 'wanted');
    const held = new FakeLeases(
      () => clock.monotonic() / 1_000,
      async () =>
        new Promise<void>((resolve) => {
          issue = resolve;
          engineEvents.emit('wanted');
        }),
    );
    await cloud.close();
    cloud = await Cloud.open(held);
    const source = leaseOn(cloud.port);
    const [first, second] = [new AbortController(), new AbortController()];
    const load = ({ signal }: AbortController) => source.load(loadContext({ clock, signal }));
    const given = Promise.allSettled([load(first), load(second)]);
    await wanted;
    first.abort(new Error('no longer wanted'));
    issue();
    const [left, kept] = await given;
    expect([left.status, kept.status, held.leases.length, asked().length]).toEqual(['rejected', 'fulfilled', 1, 1]);

    clock.advance(100_000);
    wanted = once(engineEvents, 'wanted');
    const [third, fourth] = [new AbortController(), new AbortController()];
    const others = Promise.allSettled([load(third), load(fourth)]);
    await wanted;
    const ended = cloud.ended();
    third.abort();
    fourth.abort();
    expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await ended;
    issue();
  });

  it('is another one when it was revoked', async () => {
    const source = leaseOn(cloud.port);
    await answerOf(source);
    const [lease] = engine.leases;
    if (lease !== undefined) lease.ends = 0;
    clock.advance(40_000);
    expect((await answerOf(source)).revision).toBe(2);
  });

  it('is kept while Vault cannot be reached, and another one when its time is over', async () => {
    const source = leaseOn(cloud.port);
    await answerOf(source);
    cloud.override = () => ({ status: 503, body: {} });
    clock.advance(45_000);
    expect((await caught(() => answerOf(source))).code).toBe('source-unreachable');
    cloud.override = undefined;
    clock.advance(5_000);
    expect((await answerOf(source)).revision).toBe(1);
    clock.advance(90_000);
    expect((await answerOf(source)).revision).toBe(2);
  });

  it('is not renewed where Vault says that it cannot be', async () => {
    engine.renewable = false;
    const source = leaseOn(cloud.port);
    await answerOf(source);
    clock.advance(40_000);
    expect((await answerOf(source)).revision).toBe(2);
    expect(asked()).not.toContain('POST /v1/sys/leases/renew');
  });

  it('may be one that Vault rotates by itself, and is read again when that is due', async () => {
    let rotated = '2026-11-28T08:00:00Z';
    const data = { username: 'orders', password: 'canary-password', rotation_period: 3_600, ttl: 900 };
    cloud.override = () => ({ body: vaultBody({ data: { ...data, last_vault_rotation: rotated } }) });
    const source = leaseOn(cloud.port, { path: 'database/static-creds/orders', fields: undefined as never });
    const first = await answerOf(source);
    expect([first.next, first.revision, Object.keys(dbIn(first))]).toEqual([901_000, 1, ['username', 'password']]);
    clock.advance(901_000);
    expect((await answerOf(source)).revision).toBe(1);
    rotated = '2026-11-28T09:00:00Z';
    clock.advance(901_000);
    expect((await answerOf(source)).revision).toBe(2);
  });

  it.each([
    [
      'no such role',
      { status: 404, body: { errors: [] } },
      'vault database/creds/orders does not hold these settings: there is no such role.',
    ],
    [
      'a secret that is no lease',
      { body: vaultBody({ data: { password: 'canary-password' } }) },
      'vault database/creds/orders gives no answer that can be used: it is no lease.',
    ],
    [
      'a token that may not',
      { status: 403, body: { errors: ['permission denied'] } },
      'vault database/creds/orders refuses the connection: the token is not valid, or may not read database/creds/orders (status 403).',
    ],
  ])('tells %s', async (_, reply, message) => {
    cloud.override = () => reply;
    const error = await caught(() => answerOf(leaseOn(cloud.port)));
    expect(error.message.split('\n')[0]).toBe(message);
  });
});
