import { afterEach, describe, expect, it } from '@jest/globals';
import { vaultTransit, type VaultTransitOptions } from '../../../src/security/providers/index.js';
import { caught } from '../../sources/caught.js';
import { httpService } from './http-service.js';
import type { ProviderWorld } from './provider-world.js';
import { vaultWorld } from './vault-world.js';

const context = { kid: 'orders/1', keyset: 'orders' };
const KEY = Buffer.alloc(32, 7);

let world: ProviderWorld | undefined;

afterEach(async () => {
  await world?.service.close();
  world = undefined;
});

const bodyOf = (index: number): unknown => JSON.parse(world?.service.requests.at(index)?.body ?? '');

describe('vaultTransit', () => {
  it('gives the context as associated data, JSON with sorted keys', async () => {
    world = await vaultWorld();
    const wrapped = await world.provider.wrapKey(KEY, context);
    expect(wrapped.toString()).toMatch(/^vault:v1:/);
    expect(world.service.requests[0]?.path).toBe('/v1/transit/encrypt/orders');
    expect(bodyOf(0)).toEqual({
      plaintext: KEY.toString('base64'),
      associated_data: Buffer.from('{"keyset":"orders","kid":"orders/1"}').toString('base64'),
    });
  });

  it('lets Vault make and renew keys where the key is derived, so that the key does not travel', async () => {
    world = await vaultWorld({ binding: 'context', key: 'derived-orders' });
    const { wrapped } = await world.provider.generateDataKey(context);
    await world.provider.rewrap(wrapped, context);
    expect(world.service.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/transit/keys/derived-orders',
      'POST /v1/transit/datakey/plaintext/derived-orders',
      'POST /v1/transit/rewrap/derived-orders',
    ]);
  });

  it('refuses to bind a context to a key that is not derived, which Vault would let pass', async () => {
    world = await vaultWorld({ binding: 'context', key: 'orders' });
    const error = await caught(() => world?.provider.wrapKey(KEY, context));
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'key-provider-refused',
      'vault:orders refuses to wrap a key: the key is not derived, so it binds no context.',
    ]);
  });

  it('reaches an engine at another mount, in a namespace', async () => {
    world = await vaultWorld({ mount: 'team/kms', namespace: 'shop/eu' });
    const wrapped = await world.provider.wrapKey(KEY, context);
    expect(await world.provider.unwrapKey(wrapped, context)).toEqual(KEY);
    expect(world.service.requests[0]?.headers['x-vault-namespace']).toBe('shop/eu');
  });

  it('asks for the token with every request, or opens a secret', async () => {
    const tokens = ['expired', 'hvs.canary-vault-token-CAESIJ'];
    world = await vaultWorld({ token: () => Promise.resolve(tokens.shift() ?? '') });
    expect((await caught(() => world?.provider.wrapKey(KEY, context))).code).toBe('key-provider-refused');
    await expect(world.provider.wrapKey(KEY, context)).resolves.toBeInstanceOf(Buffer);
    await world.service.close();
    world = await vaultWorld({ token: { use: (read) => read('hvs.canary-vault-token-CAESIJ') } });
    await expect(world.provider.wrapKey(KEY, context)).resolves.toBeInstanceOf(Buffer);
  });

  it.each([
    ['cannot be had', () => Promise.reject(new Error('hunter2'))],
    ['is no header', () => 'hunter2\nhunter3'],
  ])('does not quote a token that %s', async (_what, token) => {
    world = await vaultWorld({ token });
    const error = await caught(() => world?.provider.wrapKey(KEY, context));
    expect([error.code, error.cause, world.service.requests.length]).toEqual(['key-provider-refused', undefined, 0]);
    expect(error.message).toContain('there is no usable token');
    expect(`${error.message}${String(error.stack)}`).not.toContain('hunter');
  });

  it('does not take its token to where it is redirected', async () => {
    world = await vaultWorld();
    const elsewhere = await httpService(() => ({ body: {} }));
    const location = `http://127.0.0.1:${String(elsewhere.port)}/v1/transit/encrypt/orders`;
    world.service.misbehave({ status: 307, headers: { location }, body: {} });
    const error = await caught(() => world?.provider.wrapKey(KEY, context));
    expect([error.code, elsewhere.requests.length]).toEqual(['key-provider-refused', 0]);
    expect(error.message).toContain('status 307, a redirection');
    await elsewhere.close();
  });

  it('gives up after its timeout', async () => {
    world = await vaultWorld({ timeout: 1 });
    world.service.misbehave('silence');
    const error = await caught(() => world?.provider.wrapKey(KEY, context));
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'key-provider-unavailable',
      'vault:orders cannot be reached to wrap a key: the answer was not complete within 1 ms.',
    ]);
  });

  it('ends a request when its signal is aborted, and begins no other', async () => {
    const ending = new AbortController();
    world = await vaultWorld({ signal: ending.signal });
    world.service.misbehave('silence');
    const wrapping = caught(() => world?.provider.wrapKey(KEY, context));
    ending.abort(new Error('hunter2'));
    expect((await wrapping).code).toBe('key-provider-unavailable');
    const error = await caught(() => world?.provider.describe());
    expect([error.code, error.message]).toEqual(['key-provider-unavailable', expect.not.stringContaining('hunter2')]);
  });

  it('tells a key that is not there from a ciphertext that is none', async () => {
    world = await vaultWorld();
    const { port } = world.service;
    const missing = vaultTransit({
      address: `http://127.0.0.1:${String(port)}`,
      key: 'missing',
      token: () => 'hvs.canary-vault-token-CAESIJ',
    });
    const wrapped = await world.provider.wrapKey(KEY, context);
    const error = await caught(() => missing.unwrapKey(wrapped, context));
    expect(error.message).toContain('vault-transit refuses to unwrap a key: no such key.');
    expect((await caught(() => missing.describe())).code).toBe('key-provider-refused');
  });

  it.each([
    ['longer than any answer of Vault', 'x'.repeat(1024 * 1024 + 1), 'its answer is larger than 1 MiB'],
    ['a page of a proxy', '<html>hunter2</html>', 'its answer is not one of Vault'],
  ])('refuses an answer that is %s', async (_what, body, why) => {
    world = await vaultWorld();
    world.service.misbehave({ body });
    const error = await caught(() => world?.provider.wrapKey(KEY, context));
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'key-provider-refused',
      `vault:orders refuses to wrap a key: ${why}.`,
    ]);
  });

  const usable: VaultTransitOptions = { address: 'https://vault:8200', key: 'orders', token: () => 'token' };

  it.each(['http://127.0.0.1:8100', 'http://localhost:8200', 'http://[::1]:8200', 'https://vault/proxied/'])(
    'accepts the address %s',
    (address) => {
      expect(vaultTransit({ ...usable, address }).id).toBe('vault-transit');
    },
  );

  it.each<[string, Partial<Record<keyof VaultTransitOptions, unknown>>, string]>([
    [
      'no address',
      { address: 'vault' },
      'address must be a URL without credentials, such as https://vault.internal:8200.',
    ],
    [
      'credentials',
      { address: 'https://me:pw@vault' },
      'address must be a URL without credentials, such as https://vault.internal:8200.',
    ],
    ['plain HTTP', { address: 'http://vault:8200' }, 'address must begin with https:// unless it is on this machine.'],
    ['the token itself', { token: 'hvs.x' }, 'token must be a function that gives it, or a SecureValue; got a string.'],
    ['a path as key', { key: 'orders/config' }, 'key must be the name of a transit key; got a string.'],
    ['a mount that climbs', { mount: '../sys' }, 'mount must be a path such as apps/orders, without "." or "..".'],
    ['another binding', { binding: 'none' }, 'binding must be one of "associated-data", "context"; got "none".'],
    ['no patience', { timeout: 0 }, 'timeout must be a whole number of milliseconds, at least 1; got 0.'],
  ])('refuses %s', (_what, options, message) => {
    // A caller without types may hand in anything.
    const given = { ...usable, ...options } as VaultTransitOptions;
    expect(() => vaultTransit(given)).toThrow(new TypeError(`vaultTransit: ${message}`));
  });
});
