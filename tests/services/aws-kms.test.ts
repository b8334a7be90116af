import { afterEach, describe, expect, it } from '@jest/globals';
import { awsKms, type AwsKmsClient } from '../../src/security/providers/index.js';
import { caught } from '../sources/caught.js';
import { awsWorld } from './aws-world.js';
import type { ProviderWorld } from '../security/providers/provider-world.js';

const context = { keyset: 'orders', kid: 'orders/1' };
const KEY = Buffer.alloc(32, 7);

let world: ProviderWorld | undefined;

afterEach(() => world?.service.close());

describe('awsKms', () => {
  it('gives the context as encryption context, and names the key even to decrypt', async () => {
    world = await awsWorld();
    const wrapped = await world.provider.wrapKey(KEY, context);
    await world.provider.unwrapKey(wrapped, context);
    const bodies = world.service.requests.map(({ body }) => JSON.parse(body) as unknown);
    expect(bodies).toEqual([
      { KeyId: 'orders', Plaintext: KEY.toString('base64'), EncryptionContext: context },
      { KeyId: 'orders', CiphertextBlob: wrapped.toString('base64'), EncryptionContext: context },
    ]);
  });

  it('wraps anew inside AWS, so that the key does not travel', async () => {
    world = await awsWorld();
    await world.provider.rewrap(await world.provider.wrapKey(KEY, context), context);
    expect(world.service.requests.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'TrentService.Encrypt',
      'TrentService.ReEncrypt',
    ]);
  });

  it('opens what former keys have wrapped, and wraps it anew under the present one', async () => {
    world = await awsWorld({ formerKeyIds: ['retired', 'billing'] });
    const old = await world.stranger.wrapKey(KEY, context);
    expect(await world.provider.unwrapKey(old, context)).toEqual(KEY);
    const renewed = await world.provider.rewrap(old, context);
    expect(renewed.toString('latin1')).toMatch(/^orders\0/);
  });

  it('does not look further when a former key says that the context is another one', async () => {
    world = await awsWorld({ formerKeyIds: ['billing', 'retired'] });
    const old = await world.stranger.wrapKey(KEY, context);
    const before = world.service.requests.length;
    const error = await caught(() => world?.provider.unwrapKey(old, { keyset: 'other' }));
    expect([error.code, world.service.requests.length - before]).toEqual(['wrapped-key-mismatch', 2]);
  });

  it('repeats of an error only words that it knows', async () => {
    const thrown = Object.assign(new Error('hunter2'), {
      name: 'Hunter2Exception',
      $metadata: { httpStatusCode: 418 },
    });
    const client = failingClient(thrown);
    const error = await caught(() => awsKms({ client, keyId: 'alias/orders' }).describe());
    expect(error.message).toBe(
      'aws-kms refuses to describe its key: status 418.\n' +
        'Check the name and the state of the key, and what the credentials allow.',
    );
  });

  it.each([[{ keyId: '' }], [{ keyId: 'a', formerKeyIds: [''] }]])('refuses %j', (options) => {
    const client = failingClient(new Error('never asked'));
    expect(() => awsKms({ client, ...options })).toThrow(
      /^awsKms: (?:keyId|formerKeyIds\[0\]) must be the id, ARN or alias of a key of AWS KMS; got an empty string[.]$/,
    );
  });
});

function failingClient(thrown: Error): AwsKmsClient {
  const fail = (): Promise<never> => Promise.reject(thrown);
  return { generateDataKey: fail, encrypt: fail, decrypt: fail, reEncrypt: fail, describeKey: fail };
}
