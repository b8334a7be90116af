import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../../src/core/index.js';
import type { KeyProvider } from '../../../src/security/index.js';
import {
  destroyKey,
  disableKey,
  keyFile,
  Keyset,
  KeysetDocument,
  localKeyProvider,
  openKeyset,
  rewrapKeys,
  unwrapKeys,
  wrapKeys,
} from '../../../src/security/index.js';
import { caught } from '../../sources/caught.js';
import { cfg, generateKeyset, jsonOf, opened, putKeyset, rotateKey } from '../keysets.js';
import { context, newFolder } from './keyrings.js';

const plain = generateKeyset('orders');
const passphrase = 'correct horse battery staple';
const cost = { N: 2 ** 14 };
const masterKey = (): string => randomBytes(32).toString('base64');

function local(key: string, id = 'local'): KeyProvider {
  return localKeyProvider({ id, variable: 'MASTER_KEY', env: { MASTER_KEY: key } });
}

/** Each key as its document holds it. */
function wrappedOf(document: KeysetDocument): unknown[] {
  return jsonOf(document).keys.map((key) => key['wrapped']);
}

function expectSameKeys(keyset: Keyset): void {
  const first = Keyset.of(plain);
  expect(opened(keyset, first.encrypt(Buffer.from('swordfish'), cfg))).toBe('swordfish');
  expect(opened(keyset, first.seal(Buffer.from('swordfish'), cfg))).toBe('swordfish');
}

describe('keys under a passphrase', () => {
  it('open with it, in whatever form its letters were typed', async () => {
    const wrapped = await wrapKeys(plain, { passphrase: 'm\u00fcnchen', cost });
    expect(wrapped.toText()).not.toMatch(/"[kd]":/);
    expect(wrappedOf(wrapped)).toMatchObject([
      { kdf: 'scrypt', N: 2 ** 14, r: 8, p: 1 },
      { kdf: 'scrypt', N: 2 ** 14, r: 8, p: 1 },
    ]);
    expectSameKeys(await openKeyset(KeysetDocument.parse(wrapped.toText()), { passphrase: 'mu\u0308nchen' }));
  });

  it('cost 128 MiB where nobody says otherwise', async () => {
    expect(wrappedOf(await wrapKeys(plain, { passphrase }))[0]).toMatchObject({ N: 2 ** 17, r: 8, p: 1 });
  });

  it('are told apart from those under another one, and from none', async () => {
    const wrapped = await wrapKeys(plain, { passphrase, cost });
    const way = 'Give the keyring the passphrase or the key provider that the key was wrapped with.';
    expect(await caught(() => openKeyset(wrapped, { passphrase: 'wrong' }))).toMatchObject({
      code: 'key-not-unwrapped',
      message: `The key orders/1 could not be unwrapped: the passphrase is not the one that it was wrapped under.\n${way}`,
    });
    expect((await caught(() => openKeyset(wrapped))).message).toBe(
      `The key orders/1 could not be unwrapped: it is wrapped under a passphrase, and none was given.\n${way}`,
    );
    expect((await caught(() => Keyset.of(wrapped))).code).toBe('key-not-unwrapped');
    await expect(openKeyset(wrapped, { passphrase: '' })).rejects.toThrow(TypeError);
  });

  it('ask for it once, and derive once, however many they are', async () => {
    let wrapped = await wrapKeys(plain, { passphrase, cost });
    for (let turn = 0; turn < 4; turn++) wrapped = await wrapKeys(rotateKey(wrapped, 'encrypt'), { passphrase });
    const salts = new Set(jsonOf(wrapped).keys.map((key) => JSON.stringify(key['wrapped']).replace(/"key":.*/, '')));
    expect(salts.size).toBe(1);
    let asked = 0;
    const ask = () => {
      asked++;
      return Promise.resolve(passphrase);
    };
    expectSameKeys(await openKeyset(wrapped, { passphrase: ask }));
    expect(asked).toBe(1);
  });

  it('are all under the same one', async () => {
    const rotated = rotateKey(await wrapKeys(plain, { passphrase, cost }), 'seal');
    expect((await caught(() => wrapKeys(rotated, { passphrase: 'another' }))).code).toBe('key-not-unwrapped');
  });

  it('do not open when they are moved to another name, or changed', async () => {
    const json = jsonOf(await wrapKeys(generateKeyset('orders', { uses: ['encrypt'] }), { passphrase, cost }));
    const [key] = json.keys;
    const moved = { ...json, keys: [{ ...key, kid: 'orders/7' }] };
    const changes = [moved, { ...json, keys: [{ ...key, wrapped: { ...(key?.['wrapped'] as object), key: 'AAAA' } }] }];
    for (const change of changes) {
      const document = KeysetDocument.parse(JSON.stringify(change));
      expect((await caught(() => openKeyset(document, { passphrase }))).code).toBe('key-not-unwrapped');
    }
  });

  it('ask for no more derivations than a document can need', () => {
    const salt = (index: number): string => Buffer.alloc(16, index).toString('base64');
    const keys = Array.from({ length: 17 }, (_, index) => ({
      ...jsonOf(plain).keys[0],
      k: undefined,
      kid: `orders/${String(index + 1)}`,
      state: index === 0 ? 'primary' : 'active',
      wrapped: { kdf: 'scrypt', ...cost, r: 8, p: 1, salt: salt(index), key: 'AAAA' },
    }));
    expect(() => KeysetDocument.parse(JSON.stringify({ keyset: 'orders', keys }))).toThrow(
      'keys: must not need more than 16 derivations of scrypt',
    );
  });

  it.each([{ N: 20_000 }, { N: 2 ** 13 }, { N: 2 ** 21 }, { r: 0 }, { r: 17 }, { p: 5 }, { N: 2 ** 20, r: 8 }])(
    'are not made at the cost %j',
    async (absurd) => {
      await expect(wrapKeys(plain, { passphrase, cost: absurd })).rejects.toThrow(/^cost: N must be a power of two/);
    },
  );
});

describe('keys under a key provider', () => {
  it('open with it, and not with another one', async () => {
    const key = masterKey();
    const wrapped = await wrapKeys(plain, { provider: local(key, 'vault:orders') });
    expect(wrapped.toText()).not.toMatch(/"[kd]":/);
    expectSameKeys(await openKeyset(wrapped, { providers: [local(masterKey()), local(key, 'vault:orders')] }));
    const way = 'Give the keyring the passphrase or the key provider that the key was wrapped with.';
    expect(await caught(() => openKeyset(wrapped, { providers: [local(key)] }))).toMatchObject({
      code: 'key-not-unwrapped',
      message: `The key orders/1 could not be unwrapped: the key provider vault:orders was not given.\n${way}`,
    });
    const refusing = await caught(() => openKeyset(wrapped, { providers: [local(masterKey(), 'vault:orders')] }));
    expect(refusing.message).toBe(
      `The key orders/1 could not be unwrapped: the key provider vault:orders refused, or could not be reached.\n${way}`,
    );
    expect(refusing.cause).toBeUndefined();
  });

  it('are bound to their keyset, name and use', async () => {
    const provider = local(masterKey());
    const json = jsonOf(await wrapKeys(generateKeyset('orders', { uses: ['encrypt'] }), { provider }));
    for (const change of [
      { ...json, keyset: 'billing' },
      { ...json, keys: [{ ...json.keys[0], kid: 'orders/9' }] },
    ]) {
      const moved = KeysetDocument.parse(JSON.stringify(change));
      expect((await caught(() => openKeyset(moved, { providers: [provider] }))).code).toBe('key-not-unwrapped');
    }
  });

  it('are wrapped anew without a change of the keys', async () => {
    const provider = local(masterKey());
    const wrapped = await wrapKeys(plain, { provider });
    const rewrapped = await rewrapKeys(wrapped, provider);
    expect(wrappedOf(rewrapped)).not.toEqual(wrappedOf(wrapped));
    expectSameKeys(await openKeyset(rewrapped, { providers: [provider] }));
    expect((await rewrapKeys(plain, provider)).toText()).toBe(plain.toText());
  });

  it('come out as they were, for another passphrase or provider', async () => {
    const provider = local(masterKey());
    const wrapped = await wrapKeys(plain, { provider });
    const unwrapped = await unwrapKeys(wrapped, { providers: [provider] });
    expect(unwrapped.toText()).toBe(plain.toText());
    expectSameKeys(await openKeyset(await wrapKeys(unwrapped, { passphrase, cost }), { passphrase }));
  });

  it('are not asked for while they are disabled or destroyed', async () => {
    const gone = local(masterKey(), 'gone');
    const rotated = rotateKey(
      await wrapKeys(generateKeyset('orders', { uses: ['encrypt'] }), { provider: gone }),
      'encrypt',
    );
    const disabled = disableKey(rotated, 'orders/1');
    expect((await openKeyset(disabled)).keys).toHaveLength(2);
    expect((await openKeyset(destroyKey(disabled, 'orders/1'))).keys).toHaveLength(1);
    expect((await caught(() => unwrapKeys(disabled, {}))).code).toBe('key-not-unwrapped');
  });

  it('pass on what a provider says in words of ours, such as that another try is worth it', async () => {
    const throttled = new ConfigError({
      code: 'key-provider-unavailable',
      category: 'security',
      message: 'AWS KMS answers 429.',
    });
    const wrapped = await wrapKeys(plain, { provider: local(masterKey(), 'vault:orders') });
    const unavailable = (): Promise<never> => Promise.reject(throttled);
    const provider: KeyProvider = {
      ...local(masterKey(), 'vault:orders'),
      wrapKey: unavailable,
      unwrapKey: unavailable,
    };
    expect(await caught(() => openKeyset(wrapped, { providers: [provider] }))).toBe(throttled);
    expect(await caught(() => wrapKeys(plain, { provider }))).toBe(throttled);
  });

  it('say nothing of what a service says, and stay as they are when it refuses', async () => {
    const refuses = (): Promise<never> => Promise.reject(new Error('hunter2'));
    const provider: KeyProvider = {
      ...local(masterKey(), 'vault:orders'),
      wrapKey: refuses,
      rewrap: refuses,
      unwrapKey: () => Promise.resolve(Buffer.alloc(16)),
    };
    const error = await caught(() => wrapKeys(plain, { provider }));
    expect(error).toMatchObject({
      code: 'key-not-wrapped',
      message:
        'The key orders/1 could not be wrapped: the key provider vault:orders refused, or could not be reached.\n' +
        'Nothing has been changed. Check that it is up and lets this program use the wrapping key.',
    });
    expect(error.cause).toBeUndefined();
    const wrapped = await wrapKeys(plain, { provider: local(masterKey(), 'vault:orders') });
    expect((await caught(() => rewrapKeys(wrapped, provider))).code).toBe('key-not-wrapped');
    expect((await caught(() => openKeyset(wrapped, { providers: [provider] }))).message).toContain(
      'the key provider vault:orders gave something that is no key of 32 bytes.',
    );
  });

  it('stop being unwrapped when nobody wants them any more', async () => {
    const provider = local(masterKey());
    const wrapped = await wrapKeys(plain, { provider });
    await expect(openKeyset(wrapped, { providers: [provider], signal: AbortSignal.abort() })).rejects.toThrow(
      'aborted',
    );
  });
});

describe('localKeyProvider', () => {
  it('takes its key from a file that only its owner can read', async () => {
    const path = join(await newFolder(), 'master-key');
    await writeFile(path, `${masterKey()}\n`, { mode: 0o600 });
    const provider = localKeyProvider({ file: path });
    const wrapped = await wrapKeys(plain, { provider });
    const keys = join(await newFolder(), 'keys.json');
    await putKeyset(keys, wrapped);
    expectSameKeys(await keyFile(keys, { providers: [provider] }).load(context()));
    await chmod(path, 0o644);
    expect((await caught(() => keyFile(keys, { providers: [provider] }).load(context()))).code).toBe('keyring-exposed');
    await expect(provider.wrapKey(Buffer.alloc(32), {})).rejects.toMatchObject({ code: 'keyring-exposed' });
  });

  it('makes keys that open again for the same context, in whatever order it is written', async () => {
    const provider = local(masterKey());
    const { plaintext, wrapped } = await provider.generateDataKey({ keyset: 'orders', kid: 'orders/1' });
    expect(plaintext).toHaveLength(32);
    expect(await provider.unwrapKey(wrapped, { kid: 'orders/1', keyset: 'orders' })).toEqual(plaintext);
    await expect(provider.unwrapKey(wrapped, { kid: 'orders/2', keyset: 'orders' })).rejects.toThrow(
      'Wrapped under another key, or for another context.',
    );
    await expect(provider.unwrapKey(Buffer.alloc(61), {})).rejects.toThrow('No key that was wrapped here.');
    expect(await provider.describe()).toEqual({ kind: 'local', key: 'MASTER_KEY' });
  });

  it.each([
    ['', 'MASTER_KEY is not set.'],
    ['hunter2', 'MASTER_KEY must hold 32 bytes in base64.'],
    [randomBytes(33).toString('base64'), 'MASTER_KEY must hold 32 bytes in base64.'],
  ])('does not work with a key that is none: %#', async (key, message) => {
    await expect(local(key).wrapKey(Buffer.alloc(32), {})).rejects.toThrow(message);
  });
});
