import { afterEach, describe, expect, it } from '@jest/globals';
import { crc32c } from '../../src/security/providers/crc32c.js';
import { gcpKms, type GcpKmsClient } from '../../src/security/providers/index.js';
import { caught } from '../sources/caught.js';
import { gcpWorld } from './gcp-world.js';
import type { ProviderWorld } from '../security/providers/provider-world.js';

const KEY = Buffer.alloc(32, 7);

let world: ProviderWorld | undefined;

afterEach(() => world?.service.close());

describe('gcpKms', () => {
  it('gives the context as additional authenticated data, JSON with sorted keys', async () => {
    world = await gcpWorld();
    await world.provider.wrapKey(KEY, { kid: 'orders/1', keyset: 'orders' });
    const [request] = world.service.requests;
    const { additionalAuthenticatedData } = JSON.parse(request?.body ?? '') as Record<string, string>;
    expect(Buffer.from(additionalAuthenticatedData ?? '', 'base64').toString()).toBe(
      '{"keyset":"orders","kid":"orders/1"}',
    );
  });

  it('refuses what has not arrived as it was sent', async () => {
    world = await gcpWorld((sum) => sum ^ 1);
    const error = await caught(() => world?.provider.wrapKey(KEY, {}));
    expect(error.code).toBe('key-provider-unavailable');
    expect(error.message).toContain('gcp:orders cannot be reached to wrap a key: what was sent has not arrived whole.');
  });

  it('refuses an answer of a service that has checked nothing', async () => {
    const ciphertext = Buffer.from('sealed');
    const answer = [{ ciphertext, ciphertextCrc32c: { value: crc32c(ciphertext) } }] as const;
    const fail = (): Promise<never> => Promise.reject(new Error('not called'));
    const client: GcpKmsClient = { encrypt: () => Promise.resolve([...answer]), decrypt: fail, getCryptoKey: fail };
    const key = 'projects/p/locations/l/keyRings/r/cryptoKeys/k';
    expect((await caught(() => gcpKms({ client, key }).wrapKey(KEY, {}))).code).toBe('key-provider-unavailable');
  });

  it.each(['', 'orders', 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1'])(
    'refuses %j as a key',
    (key) => {
      const fail = (): Promise<never> => Promise.reject(new Error('not called'));
      const client: GcpKmsClient = { encrypt: fail, decrypt: fail, getCryptoKey: fail };
      expect(() => gcpKms({ client, key })).toThrow(
        'gcpKms: key must be projects/…/locations/…/keyRings/…/cryptoKeys/…; got ',
      );
    },
  );
});

describe('crc32c', () => {
  // RFC 3720, B.4, and the check value of the catalogue of CRCs.
  it.each([
    ['123456789', 0xe3069283],
    ['\0'.repeat(32), 0x8a9136aa],
    ['', 0],
  ])('of %j', (text, sum) => {
    expect(crc32c(Buffer.from(text, 'latin1'))).toBe(sum);
  });
});
