import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { formatOrigin, isSecureValue } from '../../../src/core/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { caught } from '../../sources/caught.js';
import { loadContext } from '../../sources/file-fixtures.js';
import { Cloud, cloudContract, type CloudKind, NEEDS_ORDER } from '../../sources/remote/cloud-world.js';
import { layerIn } from '../../sources/remote/layer-in.js';
import { failed, fakeParameterManager, fakeSecretManager, parameterOn, secretOn } from './fake-gcp.js';

let cloud: Cloud;

afterEach(async () => cloud.close());

async function open(kind: CloudKind, document: Record<string, unknown> = {}): Promise<Cloud> {
  return (cloud = await Cloud.open(kind, document));
}

const shown = (thing: unknown): string => inspect(thing, { depth: 9, showHidden: true });

// Driven through the clients of Google, which prove that the fakes speak as Google does.
describe.each([
  ['gcpSecrets', fakeSecretManager, []],
  // Names of versions have no order.
  ['gcpParameters', fakeParameterManager, NEEDS_ORDER],
] as const)('%s, as every source,', (_, kind, left: readonly string[]) => {
  const cases = sourceContract(cloudContract(kind)).filter(({ name }) => !left.includes(name));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (__, one) => {
    await open(kind);
    await expect(one.run()).resolves.toBeUndefined();
  });
});

describe('gcpSecrets', () => {
  it('gives what one version holds, with its number', async () => {
    const { port } = await open(fakeSecretManager, { user: 'orders', password: 'hunter2' });
    const layer = await layerIn(secretOn(port, { at: 'orders.db', plain: ['**.user'] }));
    const { db } = layer.tree['orders'] as { db: Record<string, unknown> };
    expect([db['user'], isSecureValue(db['password'])]).toEqual(['orders', true]);
    expect(formatOrigin(layer.locate(['orders', 'db', 'password']))).toBe('password (gcp secret orders, revision 1)');
    expect(shown(layer)).not.toContain('hunter2');
  });

  it('takes nothing that has not arrived whole', async () => {
    const { port } = await open(fakeSecretManager);
    const data = Buffer.from('{"a":1}').toString('base64');
    cloud.override = () => ({
      body: { name: 'projects/1/secrets/orders/versions/3', payload: { data, dataCrc32c: '7' } },
    });
    const error = await caught(() => secretOn(port).load(loadContext()));
    expect(error.message.split('\n')[0]).toBe(
      'gcp secret orders cannot be reached: what was sent has not arrived whole.',
    );
  });
});

describe('gcpParameters', () => {
  it('reads the newest version that is not disabled, and keeps what was a reference as a secret', async () => {
    const reference = '__REF__("//secretmanager.googleapis.com/projects/shop/secrets/db/versions/latest")';
    const { port } = await open(fakeParameterManager, { db: { host: 'a', password: reference.replaceAll('"', "'") } });
    const layer = await layerIn(parameterOn(port));
    const { password, ...plain } = layer.tree['db'] as Record<string, unknown>;
    expect([plain, isSecureValue(password)]).toEqual([{ host: 'a' }, true]);
    expect(shown(layer)).not.toContain('hunter2');
    expect(formatOrigin(layer.locate(['db', 'host']))).toBe('db.host (gcp parameter orders, revision v1)');
  });
});

describe.each([
  ['gcpSecrets', secretOn, 'Grant secretmanager.versions.access on projects/shop/secrets/orders to the identity'],
  [
    'gcpParameters',
    parameterOn,
    'Grant parametermanager.parameterVersions.render and parametermanager.parameterVersions.list',
  ],
] as const)('%s', (_, on, grant) => {
  it.each([
    [403, 'PERMISSION_DENIED', 'source-refused', grant],
    [401, 'UNAUTHENTICATED', 'source-refused', 'there are no credentials that it accepts (UNAUTHENTICATED).'],
    [429, 'RESOURCE_EXHAUSTED', 'source-unreachable', 'cannot be reached: RESOURCE_EXHAUSTED.'],
    [404, 'NOT_FOUND', 'source-not-found', 'does not hold these settings: NOT_FOUND.'],
    [400, 'INVALID_ARGUMENT', 'source-failed', 'gives no answer that can be used'],
  ])('tells %d by its meaning, and quotes nothing', async (status, type, code, words) => {
    const { port } = await open(fakeSecretManager);
    cloud.override = () => failed(status, type);
    const source = on(port);
    const error = await caught(() => source.load(loadContext()));
    expect([error.code, error.message.includes(words)]).toEqual([code, true]);
    expect(shown([error, source])).not.toMatch(/hunter2|canary/);
  });
});
