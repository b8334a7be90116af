import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ConfigLayer, formatOrigin, isLoadAnswer, isSecureValue } from '../../../src/core/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { caught } from '../caught.js';
import { loadContext } from '../file-fixtures.js';
import { Cloud, cloudContract } from './cloud-world.js';
import { fakeVault, VAULT_TOKEN, vaultOn } from './fake-vault.js';

let cloud: Cloud;

afterEach(async () => cloud.close());

async function open(document: Record<string, unknown>): Promise<void> {
  cloud = await Cloud.open(fakeVault, document);
}

async function layerOf(source: ReturnType<typeof vaultOn>): Promise<ConfigLayer> {
  const answer: unknown = await source.load(loadContext());
  const [layer] = isLoadAnswer(answer) ? (answer.value as readonly ConfigLayer[]) : []; // One layer each.
  if (layer !== undefined) return layer;
  throw new Error('it did not answer with a revision');
}

describe('vaultSource, as every source,', () => {
  it.each(sourceContract(cloudContract(fakeVault)).map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await open({});
    await expect(one.run()).resolves.toBeUndefined();
  });
});

describe('vaultSource', () => {
  it('gives every value as a secret, with its version, but for those that are named', async () => {
    await open({ db: { user: 'orders', password: 'hunter2', ports: [1] }, host: 'a' });
    const layer = await layerOf(vaultOn(cloud.port, { at: 'orders', plain: ['**.user', 'orders.host'] }));
    const { tree } = layer;
    const { host, db } = tree['orders'] as { host: unknown; db: Record<string, unknown> };
    expect([host, db['user'], isSecureValue(db['password'])]).toEqual(['a', 'orders', true]);
    expect(inspect(tree, { depth: 9 })).not.toContain('hunter2');
    expect((db['ports'] as unknown[]).every(isSecureValue)).toBe(true);
    expect(formatOrigin(layer.locate(['orders', 'db', 'password']))).toBe(
      'db.password (vault secret/apps/orders, revision 1)',
    );
  });

  it('says which version was deleted, and how to have it back', async () => {
    await open({ a: 1 });
    cloud.set(undefined);
    const error = await caught(() => vaultOn(cloud.port).load(loadContext()));
    expect([error.code, error.message]).toEqual([
      'source-not-found',
      'vault secret/apps/orders does not hold these settings: version 2 was deleted at 2026-11-28T09:30:00.500Z.\n' +
        'Bring it back with vault kv undelete -versions=2 secret/apps/orders, write a new version, or wrap the source in optional(…).',
    ]);
  });

  it.each([
    [
      'a version that was destroyed',
      { status: 404, body: { data: { data: null, metadata: { version: 3, destroyed: true, deletion_time: '' } } } },
      ['source-not-found', 'vault secret/apps/orders does not hold these settings: version 3 was destroyed.'],
    ],
    [
      'no such secret',
      { status: 404, body: { errors: [] } },
      [
        'source-not-found',
        'vault secret/apps/orders does not hold these settings: there is no such secret in this mount.',
      ],
    ],
    [
      'an engine of version 1',
      { body: { data: { password: 'hunter2' } } },
      [
        'source-failed',
        'vault secret/apps/orders gives no answer that can be used: the engine of that mount is not KV version 2.',
      ],
    ],
    [
      'a token without the right policy',
      { status: 403, body: { errors: ['permission denied', 'hunter2'] } },
      [
        'source-refused',
        'vault secret/apps/orders refuses the connection: the token is not valid, or may not read secret/data/apps/orders (status 403).',
      ],
    ],
    [
      'a sealed Vault',
      { status: 503, body: { errors: ['Vault is sealed'] } },
      [
        'source-unreachable',
        'vault secret/apps/orders cannot be reached: it is sealed or in maintenance (status 503).',
      ],
    ],
    [
      'a replica that is behind',
      { status: 412, body: { errors: ['required index state not present'] } },
      ['source-unreachable', 'vault secret/apps/orders cannot be reached: it answers with status 412.'],
    ],
    [
      'a redirection to a metadata address',
      { status: 307, headers: { location: 'http://169.254.169.254/latest/meta-data/' }, body: {} },
      ['source-failed', 'vault secret/apps/orders answers with a redirection (status 307), which is not followed.'],
    ],
  ])('tells %s', async (_, reply, expected) => {
    await open({});
    cloud.override = () => reply;
    const error = await caught(() => vaultOn(cloud.port).load(loadContext()));
    expect([error.code, error.message.split('\n')[0]]).toEqual(expected);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/hunter2|canary-token/);
    expect(cloud.requests).toHaveLength(1);
  });

  it('asks for the token with every request, and shows it nowhere', async () => {
    await open({ a: '1' });
    let token = 'expired';
    const source = vaultOn(cloud.port, { token: () => token, plain: true });
    const error = await caught(() => source.load(loadContext()));
    expect([error.code, error.message.split('\n')[1]]).toEqual([
      'source-refused',
      'Check that the token has not expired, and that a policy has: path "secret/data/apps/orders" { capabilities = ["read"] }.',
    ]);
    token = VAULT_TOKEN;
    expect((await layerOf(source)).tree).toEqual({ a: '1' });
    expect(inspect([source, error], { depth: 9, showHidden: true })).not.toContain('canary-token');
    await source.close?.();
  });

  it('sends the namespace, and can stay with a version', async () => {
    await open({ a: '1' });
    await layerOf(vaultOn(cloud.port, { namespace: 'shop/eu', version: 1 }));
    const [request] = cloud.requests;
    expect([request?.headers['x-vault-namespace'], request?.query.get('version')]).toEqual(['shop/eu', '1']);
  });

  it.each([
    [
      { address: 'http://vault.internal:8200' },
      'vaultSource: address must begin with https:// unless it is on this machine.',
    ],
    [{ address: undefined as never }, 'vaultSource: address must be given; got nothing.'],
    [{ path: 'a/../../sys/raw' }, 'vaultSource: path must be a path such as apps/orders, without "." or "..".'],
    [
      { token: 'hvs.plain' as never },
      'vaultSource: token must be a function that gives it, or a SecureValue; got a string.',
    ],
    [{ plain: ['a*'] }, 'vaultSource: plain[0] must be a pattern of paths, such as **.user; got a string.'],
  ])('refuses %j', async (more, message) => {
    await open({});
    expect(() => vaultOn(cloud.port, more)).toThrow(message);
  });
});
