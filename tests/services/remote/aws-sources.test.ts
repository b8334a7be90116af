import { EventEmitter, once } from 'node:events';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { formatOrigin, isSecureValue, isLoadAnswer } from '../../../src/core/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { caught } from '../../sources/caught.js';
import { loadContext } from '../../sources/file-fixtures.js';
import { Cloud, cloudContract, type CloudKind, NEEDS_ORDER } from '../../sources/remote/cloud-world.js';
import { layerIn } from '../../sources/remote/layer-in.js';
import {
  appConfigOn,
  failed,
  FakeAppConfig,
  fakeParameters,
  fakeSecrets,
  parametersOn,
  patientClient,
  secretOn,
} from './fake-aws.js';

let cloud: Cloud;

afterEach(async () => cloud.close());

async function open(kind: CloudKind, document: Record<string, unknown> = {}): Promise<Cloud> {
  return (cloud = await Cloud.open(kind, document));
}

const kinds = [
  ['awsParameters', () => fakeParameters],
  ['awsSecrets', () => fakeSecrets],
  ['awsAppConfig', () => new FakeAppConfig()],
] as const;

// Driven through the clients of AWS, which prove that the fakes speak as AWS does.
describe.each(kinds)('%s, as every source,', (_, kind) => {
  // Versions of AWS have no order.
  const cases = sourceContract(cloudContract(kind())).filter(({ name }) => !NEEDS_ORDER.includes(name));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (__, one) => {
    await open(fakeSecrets);
    await expect(one.run()).resolves.toBeUndefined();
  });
});

/** Without what the client adds of its own. */
const shown = (thing: unknown): string => inspect(thing, { depth: 9, showHidden: true });

describe('awsParameters', () => {
  it('makes a tree of names, a secret of a SecureString, an array of a StringList, and a document of a file', async () => {
    const { port } = await open(fakeParameters, { db: { host: 'a', password: 'hunter2', list: 'x,y' }, log: 'debug' });
    const layer = await layerIn(parametersOn(port));
    const { password, ...plain } = layer.tree['db'] as Record<string, unknown>;
    expect([plain, isSecureValue(password)]).toEqual([{ host: 'a', list: ['x', 'y'] }, true]);
    expect(shown(layer)).not.toContain('hunter2');
    expect(formatOrigin(layer.locate(['db', 'host']))).toBe(
      '/orders/prod/db/host (aws parameters /orders/prod, revision 1)',
    );
    const document = {
      Parameters: [{ Name: '/orders/prod/db/app.json', Type: 'String', Value: '{"a":{"b":1}}', Version: 4 }],
    };
    cloud.override = () => ({ body: document });
    expect((await layerIn(parametersOn(port, { at: 'orders' }))).tree).toEqual({ orders: { db: { a: { b: 1 } } } });
  });

  it('takes nothing of a change before its sentinel is written, and asks for nothing else meanwhile', async () => {
    const { port } = await open(fakeParameters, { a: '1', b: '1', zz: 'x' });
    const source = parametersOn(port, { sentinel: '/orders/prod/zz' });
    const first: unknown = await source.load(loadContext());
    expect(isLoadAnswer(first) && first.revision).toBe(1);
    const layer = await layerIn(source);
    expect(layer.tree).toEqual({ a: '1', b: '1' });
    const before = cloud.requests.length;
    const answer: unknown = await source.load(
      loadContext({ previous: isLoadAnswer(first) ? (first.value as never) : [] }),
    );
    expect([isLoadAnswer(answer) && answer.revision, cloud.requests.length - before]).toEqual([1, 1]);
    const { message } = await caught(() => parametersOn(port, { sentinel: '/orders/prod/none' }).load(loadContext()));
    expect(message).toContain('there is no parameter /orders/prod/none, the sentinel.');
  });

  it('reads on where the clock of this machine is an hour behind', async () => {
    const { port } = await open(fakeParameters, { a: '1' });
    const later = new Date(Date.now() + 3_600_000);
    const skewed = failed('InvalidSignatureException', 403);
    cloud.override = () =>
      cloud.requests.length === 1
        ? { ...skewed, headers: { ...skewed.headers, date: later.toUTCString() } }
        : undefined;
    const { tree } = await layerIn(parametersOn(port, { client: () => patientClient(port) }));
    expect(tree).toEqual({ a: '1' });
    const hours = cloud.requests.slice(0, 2).map(({ headers }) => String(headers['x-amz-date']).slice(0, 11));
    expect(hours[1]).not.toBe(hours[0]);
  });

  it('is no answer while its values change with every page', async () => {
    const { port } = await open(fakeParameters, { a: '1', b: '1' });
    cloud.override = () => {
      cloud.set({ a: String(Math.random()), b: '1' });
      return undefined;
    };
    const error = await caught(() => parametersOn(port).load(loadContext()));
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'source-unreachable',
      'aws parameters /orders/prod cannot be reached: its values change while they are read.',
    ]);
  });
});

describe('awsSecrets', () => {
  it('gives a rotated user and password together, with their version', async () => {
    const { port } = await open(fakeSecrets, { username: 'orders-a', password: 'hunter2', port: 5432 });
    const layer = await layerIn(secretOn(port, { at: 'orders.db', plain: ['**.username', '**.port'] }));
    const { db } = layer.tree['orders'] as { db: Record<string, unknown> };
    expect([db['username'], db['port'], isSecureValue(db['password'])]).toEqual(['orders-a', 5432, true]);
    expect(formatOrigin(layer.locate(['orders', 'db', 'password']))).toBe(
      'password (aws secret prod/orders, revision 00000000-0000-4000-8000-000000000001)',
    );
  });

  it('may be a single value, when it is said which', async () => {
    const { port } = await open(fakeSecrets);
    cloud.override = () => ({ body: { SecretString: 'hunter2\n', VersionId: 'v1' } });
    const { tree } = await layerIn(secretOn(port, { at: 'payment.key' }));
    expect(isSecureValue((tree['payment'] as { key: unknown }).key)).toBe(true);
    const error = await caught(() => secretOn(port).load(loadContext()));
    expect(error.message).toBe(
      'aws secret prod/orders holds a single value, and not a JSON object of settings.\nSay which setting it is with the option at.',
    );
    cloud.override = () => ({ body: { SecretBinary: Buffer.from([255, 0]).toString('base64'), VersionId: 'v2' } });
    expect((await layerIn(secretOn(port, { at: 'k', plain: true }))).tree).toEqual({ k: 'base64:/wA=' });
  });
});

describe('awsAppConfig', () => {
  it('asks when AWS says, not before, and keeps what it has when it is answered nothing', async () => {
    const kind = new FakeAppConfig();
    kind.interval = 60;
    const { port } = await open(kind, { a: 1 });
    const clock = new FakeClock();
    const source = appConfigOn(port);
    const load = async (): Promise<[unknown, unknown, number]> => {
      const answer: unknown = await source.load(loadContext({ clock }));
      const { tree } = await layerIn(source, { clock });
      return [tree, isLoadAnswer(answer) ? answer.next : undefined, cloud.requests.length];
    };
    expect(await load()).toEqual([{ a: 1 }, 60_000, 2]);
    cloud.set({ a: 2 });
    clock.advance(59_000);
    expect(await load()).toEqual([{ a: 1 }, 1_000, 2]);
    clock.advance(1_000);
    expect(await load()).toEqual([{ a: 2 }, 60_000, 3]);
    clock.advance(60_000);
    expect(await load()).toEqual([{ a: 2 }, 60_000, 4]);
    expect(formatOrigin((await layerIn(source, { clock })).locate(['a']))).toBe(
      'a (aws appconfig orders/prod/settings, revision v2)',
    );
    const [start] = cloud.requests;
    expect(JSON.parse(start?.body ?? '')).toMatchObject({ RequiredMinimumPollIntervalInSeconds: 60 });
  });

  it('begins another session when its token is not valid any more', async () => {
    const kind = new FakeAppConfig();
    const { port } = await open(kind, { a: 1 });
    const source = appConfigOn(port);
    await layerIn(source);
    kind.expire();
    cloud.set({ a: 2 });
    expect((await layerIn(source)).tree).toEqual({ a: 2 });
    expect(cloud.requests.map(({ path }) => path).filter((path) => path === '/configurationsessions')).toHaveLength(2);
  });

  it('answers the second of two loads when the first gives up: they share a token', async () => {
    const kind = new FakeAppConfig();
    const events = new EventEmitter();
    const { port } = await open(
      {
        source: kind.source,
        reply: async (...given) => {
          events.emit('asked');
          await once(events, 'answer');
          return kind.reply(...given);
        },
      },
      { a: 1 },
    );
    const source = appConfigOn(port);
    const first = new AbortController();
    const asked = once(events, 'asked');
    const given = Promise.allSettled([source.load(loadContext({ signal: first.signal })), source.load(loadContext())]);
    await asked;
    first.abort(new Error('no longer wanted'));
    events.on('asked', () => setImmediate(() => events.emit('answer')));
    events.emit('answer');
    expect((await given).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(cloud.requests).toHaveLength(2);
  });

  it('says what content it cannot read', async () => {
    const kind = new FakeAppConfig();
    kind.type = 'text/plain';
    const { port } = await open(kind, { a: 1 });
    const error = await caught(() => appConfigOn(port).load(loadContext()));
    expect(error.message).toBe(
      'aws appconfig orders/prod/settings holds content of a type that is no document of settings.\n' +
        'Give the profile the content type application/json or application/x-yaml.',
    );
  });
});

describe.each([
  ['awsParameters', parametersOn, 'Grant ssm:GetParametersByPath on the parameters of /orders/prod, and kms:Decrypt'],
  ['awsSecrets', secretOn, 'Grant secretsmanager:GetSecretValue on prod/orders, and kms:Decrypt on its key,'],
  ['awsAppConfig', appConfigOn, 'Grant appconfig:StartConfigurationSession and appconfig:GetLatestConfiguration'],
] as const)('%s', (_, on, grant) => {
  it.each([
    [
      'AccessDeniedException',
      400,
      'source-refused',
      'refuses the connection: the permission is missing (AccessDeniedException).',
    ],
    [
      'ExpiredTokenException',
      400,
      'source-refused',
      'refuses the connection: there are no credentials that it accepts (ExpiredTokenException).',
    ],
    ['ThrottlingException', 400, 'source-unreachable', 'cannot be reached: ThrottlingException.'],
    ['ResourceNotFoundException', 400, 'source-not-found', 'does not hold these settings: ResourceNotFoundException.'],
    ['ValidationException', 400, 'source-failed', 'gives no answer that can be used: status 400.'],
    ['SomethingNew', 503, 'source-unreachable', 'cannot be reached: status 503.'],
  ])('tells %s by its meaning, and quotes nothing', async (type, status, code, words) => {
    const { port } = await open(fakeSecrets);
    cloud.override = () => failed(type, status);
    const source = on(port);
    const error = await caught(() => source.load(loadContext()));
    expect([error.code, error.message.split('\n')[0]?.slice(-words.length)]).toEqual([code, words]);
    expect(shown([error, source])).not.toMatch(/hunter2|canary/);
    expect(error.message).toContain(type === 'AccessDeniedException' ? grant : '');
    await source.close?.();
  });

  it('makes no request to a metadata service when it is redirected there', async () => {
    const { port } = await open(fakeSecrets);
    cloud.override = () => ({
      status: 302,
      headers: { location: `http://127.0.0.1:${String(port)}/latest` },
      body: {},
    });
    await caught(() => on(port).load(loadContext()));
    expect(cloud.requests.filter(({ path }) => path === '/latest')).toEqual([]);
  });
});
