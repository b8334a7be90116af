import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { SecureValue } from '../../src/core/index.js';
import { encryptSecret, type EncryptSecretOptions, type SecretOptions } from '../../src/runtime/index.js';
import { ConfigSection, ListOf, Secure } from '../../src/sections/index.js';
import {
  accessPolicy,
  Keyset,
  publicKeyset,
  runAs,
  type AccessRecord,
  type AccessRule,
  type Keyring,
} from '../../src/security/index.js';
import { caught } from '../sources/caught.js';
import { made } from './loading.js';
import { generateKeyset } from '../security/keysets.js';

@ConfigSection('payment')
class PaymentSettings {
  @IsString() readonly host: string = 'localhost';
  @Secure({ optional: true }) readonly token?: SecureValue<string>;
  @Secure({ level: 'encrypt', optional: true, audit: 'required' }) readonly apiKey?: SecureValue<string>;
  @Secure({ level: 'sealed', as: 'text', optional: true }) readonly signingKey?: SecureValue<string>;
  @Secure({ level: 'encrypt', optional: true }) @ListOf(() => String) readonly old?: readonly SecureValue<string>[];
}

const document = generateKeyset('orders');
const keyset = Keyset.of(document);
const keyringOf = (keys: Keyset): Keyring => ({ name: 'test', load: async () => Promise.resolve(keys) });

function options(secrets: Partial<SecretOptions> = {}): EncryptSecretOptions {
  return {
    sections: [PaymentSettings],
    environment: 'test',
    env: {},
    secrets: { keyring: keyringOf(keyset), app: 'orders', ...secrets },
  };
}

const WRITERS: AccessRule = {
  name: 'writers',
  effect: 'allow',
  paths: ['payment.*', 'payment.old.*'],
  rights: ['write'],
  principals: ['operations'],
};

function recorder(): { entries: AccessRecord[]; record(entry: AccessRecord): Promise<void> } {
  const entries: AccessRecord[] = [];
  return { entries, record: async (entry) => Promise.resolve(void entries.push(entry)) };
}

describe('encryptSecret', () => {
  it('makes a value that a load opens at its place, sealed where the field is', async () => {
    const audit = recorder();
    const access = accessPolicy([WRITERS, { effect: 'allow', paths: ['**'], rights: ['use'] }]);
    const write = async (path: string, value: string | Uint8Array): Promise<string> =>
      runAs('operations', async () => encryptSecret(path, value, options({ access, audit })));
    const apiKey = await write('payment.api-key', 'sk-1');
    const signingKey = await write('payment.signingKey', Buffer.from('s-1'));
    const old = [await write('payment.old[0]', 'o-1')];
    expect([apiKey, signingKey].map((token) => keyset.inspect(token)?.kid)).toEqual(['orders/1', 'orders/2']);
    expect(audit.entries.map(({ action, path, kid }) => [action, path, kid])).toEqual([
      ['write', 'payment.apiKey', 'orders/1'],
    ]);

    const settings = await made(
      PaymentSettings,
      { payment: { apiKey, signingKey, old } },
      { secrets: { ...options().secrets, access, audit } },
    );
    expect(await settings.apiKey?.useAsync((text) => text)).toBe('sk-1');
    expect(settings.signingKey?.use((text) => text)).toBe('s-1');
    expect(settings.old?.[0]?.use((text) => text)).toBe('o-1');
  });

  it('lets write nobody whom the policy does not, and says what would have to be written', async () => {
    const audit = recorder();
    const error = await caught(async () =>
      runAs('guest', async () =>
        encryptSecret('payment.apiKey', 'sk-1', options({ access: accessPolicy([WRITERS]), audit })),
      ),
    );
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'access-denied',
      'code without a handle, on behalf of "guest", may not write "payment.apiKey": the rule "writers" allows it on behalf of "operations" only.',
    ]);
    expect(audit.entries.map(({ action, decision }) => [action, decision])).toEqual([['write', 'deny']]);
  });

  it('without a policy lets everybody write all but what is sealed', async () => {
    expect(keyset.inspect(await encryptSecret('payment.token', 't-1', options()))?.sealed).toBe(false);
    const error = await caught(async () => encryptSecret('payment.signingKey', 's-1', options()));
    expect([error.code, error.message]).toEqual([
      'access-denied',
      'code without a handle, without a principal, may not write "payment.signingKey": it is sealed, and nothing allows it.\n' +
        "To allow it, add { effect: 'allow', paths: ['payment.signingKey'], rights: ['write'], principals: ['…'] } to the access policy.",
    ]);
  });

  it('makes no value whose writing must be on record and cannot be', async () => {
    const missing = await caught(async () => encryptSecret('payment.apiKey', 'sk-1', options()));
    expect(missing.code).toBe('audit-missing');
    const broken = { record: async () => Promise.reject(new RangeError('full')) };
    await expect(encryptSecret('payment.apiKey', 'sk-1', options({ audit: broken }))).rejects.toThrow('full');
  });

  it('records nothing of a value that there is no key for', async () => {
    const audit = recorder();
    const keyring = keyringOf(Keyset.of(publicKeyset(document)));
    const error = await caught(async () => encryptSecret('payment.apiKey', 'sk-1', options({ keyring, audit })));
    expect([error.code, audit.entries]).toEqual(['no-primary-key', []]);
  });

  it('takes no path without a secret, and no options without keys', async () => {
    for (const path of ['payment.host', 'payment.token.below', 'payment.old'])
      await expect(encryptSecret(path, 'x', options())).rejects.toThrow(
        new TypeError(`path: no field with @Secure is at "${path}".`),
      );
    await expect(encryptSecret('payment.token', 'x', options({ keyring: undefined }))).rejects.toThrow(
      new TypeError(
        'encryptSecret: secrets.keyring must be a keyring to encrypt with, such as keyFile(…); got nothing.',
      ),
    );
  });
});
