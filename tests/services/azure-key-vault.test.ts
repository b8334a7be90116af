import { afterEach, describe, expect, it } from '@jest/globals';
import { azureKeyVault, type AzureCryptographyClient } from '../../src/security/providers/index.js';
import { caught } from '../sources/caught.js';
import { azureWorld } from './azure-world.js';
import type { ProviderWorld } from '../security/providers/provider-world.js';

const context = { keyset: 'orders', kid: 'orders/1' };
const KEY = Buffer.from('canary-of-exactly-32-bytes-long!');
const ADDRESS = 'https://shop.vault.azure.net/keys/orders';
const VERSION = '0123456789abcdef0123456789abcdef';

let world: ProviderWorld | undefined;

afterEach(async () => {
  await world?.service.close();
  world = undefined;
});

/** A vault that wraps by doing nothing, and notes what it is asked for. */
function plainVault(): { readonly asked: string[]; readonly client: (key: string) => AzureCryptographyClient } {
  const asked: string[] = [];
  const client = (key: string): AzureCryptographyClient => {
    asked.push(key);
    return {
      wrapKey: (_algorithm, bytes) =>
        Promise.resolve({ result: Uint8Array.from(bytes), keyID: key === ADDRESS ? `${key}/${VERSION}` : key }),
      unwrapKey: (_algorithm, bytes) => Promise.resolve({ result: Uint8Array.from(bytes) }),
    };
  };
  return { asked, client };
}

describe('azureKeyVault', () => {
  it('never hands the key itself to Azure', async () => {
    world = await azureWorld();
    await world.provider.wrapKey(KEY, context);
    expect(world.service.requests.map(({ body }) => body).join()).not.toContain(KEY.toString('base64url'));
  });

  it('notes the version that has wrapped, and asks that one to unwrap', async () => {
    world = await azureWorld();
    const old = await world.provider.wrapKey(KEY, context);
    world.rotate();
    const renewed = await world.provider.rewrap(old, context);
    const [one, two] = [1, 2].map((version) => version.toString(16).padStart(32, '0')) as [string, string];
    expect([old.toString('latin1', 2, 34), renewed.toString('latin1', 2, 34)]).toEqual([one, two]);
    await world.provider.unwrapKey(renewed, context);
    expect(world.service.requests.at(-1)?.path).toContain(`/keys/orders/${two}/unwrapkey`);
  });

  it('binds the context even where whoever wraps binds nothing', async () => {
    const { client } = plainVault();
    const provider = azureKeyVault({ key: ADDRESS, client });
    const wrapped = await provider.wrapKey(KEY, context);
    expect(await provider.unwrapKey(wrapped, context)).toEqual(KEY);
    const error = await caught(() => provider.unwrapKey(wrapped, { ...context, kid: 'orders/2' }));
    expect(error.code).toBe('wrapped-key-mismatch');
  });

  it.each([
    ['../../../evil?x=', 'a path'],
    ['', 'nothing'],
    ['//evil.example/keys/orders/12345', 'a host'],
  ])('asks nobody for a version %j that is %s', async (version) => {
    const { asked, client } = plainVault();
    const provider = azureKeyVault({ key: ADDRESS, client });
    const wrapped = await provider.wrapKey(KEY, context);
    const forged = Buffer.concat([Buffer.from([1, version.length]), Buffer.from(version), wrapped.subarray(34)]);
    const before = asked.length;
    expect((await caught(() => provider.unwrapKey(forged, context))).code).toBe('wrapped-key-mismatch');
    expect(asked.slice(before)).toEqual([]);
  });

  it('notices a version that somebody has exchanged', async () => {
    const { client } = plainVault();
    const provider = azureKeyVault({ key: ADDRESS, client });
    const wrapped = await provider.wrapKey(KEY, context);
    wrapped.write('f'.repeat(32), 2);
    expect((await caught(() => provider.unwrapKey(wrapped, context))).code).toBe('wrapped-key-mismatch');
  });

  it('does not wrap when the client names no version', async () => {
    const client = (): AzureCryptographyClient => ({
      wrapKey: (_algorithm, bytes) => Promise.resolve({ result: bytes, keyID: ADDRESS }),
      unwrapKey: () => Promise.reject(new Error('not called')),
    });
    const error = await caught(() => azureKeyVault({ key: ADDRESS, client }).wrapKey(KEY, context));
    expect(error.message).toContain('refuses to wrap a key: its answer names no version of the key.');
  });

  it.each(['', 'orders', `${ADDRESS}/${VERSION}`, 'https://me:pw@shop.vault.azure.net/keys/orders'])(
    'refuses %j as a key',
    (key) => {
      expect(() => azureKeyVault({ key, client: plainVault().client })).toThrow(
        new TypeError('azureKeyVault: key must be https://<vault>/keys/<name>, without a version.'),
      );
    },
  );
});
