import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { formatOrigin, isLoadAnswer, isSecureValue } from '../../../src/core/index.js';
import { azureSecrets } from '../../../src/sources/remote/azure/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { caught } from '../../sources/caught.js';
import { loadContext } from '../../sources/file-fixtures.js';
import { Cloud, cloudContract, type CloudKind, NEEDS_ORDER } from '../../sources/remote/cloud-world.js';
import { layerIn } from '../../sources/remote/layer-in.js';
import { failed, fakeKeyVault, fakeStore, secretClientOn, storeOn, vaultSecretsOn } from './fake-azure.js';

const clouds: Cloud[] = [];

afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.close();
});

async function open(kind: CloudKind, document: Record<string, unknown> = {}): Promise<Cloud> {
  const cloud = await Cloud.open(kind, document);
  clouds.push(cloud);
  return cloud;
}

const shown = (thing: unknown): string => inspect(thing, { depth: 9, showHidden: true });

// Driven through the clients of Azure, which prove that the fakes speak as Azure does. ETags and versions have no order.
describe('azureAppConfiguration, as every source,', () => {
  const cases = sourceContract(cloudContract(fakeStore)).filter(({ name }) => !NEEDS_ORDER.includes(name));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await expect(one.run()).resolves.toBeUndefined();
  });
});

describe('azureSecrets, as every source,', () => {
  // Names of secrets have no underscores, and values no ten megabytes under names that are not asked for.
  const left = [...NEEDS_ORDER, 'reaches no prototype', 'carries ten megabytes'];
  const cases = sourceContract(cloudContract(fakeKeyVault)).filter(({ name }) => !left.includes(name));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await expect(one.run()).resolves.toBeUndefined();
  });
});

const kv = (key: string, value: string, type?: string): object => ({
  ...{ etag: `e-${key}`, key: `orders:${key}`, label: 'prod', value, tags: {}, locked: false },
  ...{ content_type: type ?? null, last_modified: '2026-11-28T08:00:00+00:00' },
});
const REFERENCE = 'application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8';

describe('azureAppConfiguration', () => {
  it('takes JSON for what it is, and leaves feature flags alone', async () => {
    const { port, ...store } = await open(fakeStore);
    const cloud = clouds[0] ?? store;
    cloud.override = () => ({
      body: {
        items: [
          kv('http:hosts', '["a","b"]', 'application/json'),
          kv('http.port', '8080'),
          {
            ...kv('x', '{}', 'application/vnd.microsoft.appconfig.ff+json;charset=utf-8'),
            key: '.appconfig.featureflag/x',
          },
        ],
      },
    });
    const layer = await layerIn(storeOn(port));
    expect(layer.tree).toEqual({ http: { hosts: ['a', 'b'], port: '8080' } });
    expect(formatOrigin(layer.locate(['http', 'port']))).toBe(
      'orders:http.port (azure 127 orders:* (prod), revision e-http.port)',
    );
  });

  it('resolves references to the vaults that are named, and notices a secret that is changed alone', async () => {
    const [cloud, vault] = [await open(fakeStore), await open(fakeKeyVault, { db: 'hunter2' })];
    const address = `http://127.0.0.1:${String(vault.port)}`;
    cloud.override = () => ({
      body: { items: [kv('db:password', JSON.stringify({ uri: `${address}/secrets/db` }), REFERENCE)] },
    });
    const source = storeOn(cloud.port, { vaults: [address], secretClient: () => secretClientOn(vault.port) });
    const first: unknown = await source.load(loadContext());
    const layer = await layerIn(source);
    expect(isSecureValue((layer.tree['db'] as { password: unknown }).password)).toBe(true);
    expect(shown(layer)).not.toContain('hunter2');
    vault.set({ db: 'another' });
    const second: unknown = await source.load(loadContext());
    expect(isLoadAnswer(first) && isLoadAnswer(second) && first.revision !== second.revision).toBe(true);
    const error = await caught(() => storeOn(cloud.port).load(loadContext()));
    expect(error.message.split('\n')[0]).toBe(
      'azure 127 orders:* (prod): orders:db:password refers to a vault that is not one of the option vaults, or to no secret.',
    );
  });

  it('reads a snapshot as it is, and by a sentinel nothing else while that is the same', async () => {
    const cloud = await open(fakeStore, { a: '1', zz: 'x', b: '2' });
    expect((await layerIn(storeOn(cloud.port, { snapshot: 'release-7' }))).tree).toEqual({ a: '1', b: '2', zz: 'x' });
    const source = storeOn(cloud.port, { sentinel: 'orders:zz' });
    const answer: unknown = await source.load(loadContext());
    expect((await layerIn(source)).tree).toEqual({ a: '1', b: '2' });
    const before = cloud.requests.length;
    await source.load(loadContext({ previous: isLoadAnswer(answer) ? (answer.value as never) : [] }));
    expect(cloud.requests.slice(before).map(({ path }) => path)).toEqual(['/kv/orders:zz']);
  });

  it('waits for as long as it is told to', async () => {
    const cloud = await open(fakeStore);
    cloud.override = () => ({ ...failed(429, 'TooManyRequests'), headers: { 'retry-after-ms': '12000' } });
    const error = await caught(() => storeOn(cloud.port).load(loadContext()));
    expect([error.code, (error as { retryAfter?: number }).retryAfter]).toEqual(['source-unreachable', 12_000]);
  });
});

describe('azureSecrets', () => {
  it('gives secrets by their names, with their versions', async () => {
    const cloud = await open(fakeKeyVault, { db: { password: 'hunter2' } });
    const layer = await layerIn(vaultSecretsOn(cloud.port, { secrets: ['db--password'], at: 'orders' }));
    expect(isSecureValue((layer.tree['orders'] as { db: { password: unknown } }).db.password)).toBe(true);
    expect(formatOrigin(layer.locate(['orders', 'db', 'password']))).toBe(
      `db--password (azure vault 127, revision ${'1'.padStart(32, '0')})`,
    );
  });

  it('refuses options that cannot be used', () => {
    const more = { secrets: ['a'], client: { getSecret: async () => Promise.reject(new Error('never')) } };
    expect(() => azureSecrets({ vault: 'http://shop.vault.azure.net', ...more })).toThrow(
      'azureSecrets: vault must begin with https:// unless it is on this machine.',
    );
    expect(() => azureSecrets({ vault: 'https://shop.vault.azure.net', secrets: ['a'] })).toThrow(
      'azureSecrets: give either client or credential.',
    );
  });
});

describe.each([
  ['azureAppConfiguration', storeOn, 'the role "App Configuration Data Reader"'],
  ['azureSecrets', vaultSecretsOn, 'the role "Key Vault Secrets User"'],
] as const)('%s', (_, on, grant) => {
  it.each([
    [403, 'Forbidden', 'source-refused', `Grant ${grant}`],
    [401, 'Unauthorized', 'source-refused', 'there are no credentials that it accepts'],
    [503, 'ServiceUnavailable', 'source-unreachable', 'cannot be reached'],
    [400, 'BadParameter', 'source-failed', 'gives no answer that can be used: status 400.'],
  ])('tells %d by its meaning, and quotes nothing', async (status, type, code, words) => {
    const cloud = await open(fakeStore);
    cloud.override = () => failed(status, type);
    const source = on(cloud.port);
    const error = await caught(() => source.load(loadContext()));
    expect([error.code, error.message.includes(words)]).toEqual([code, true]);
    expect(shown([error, source])).not.toMatch(/hunter2|canary|Y2FuYXJ5/);
  });
});
