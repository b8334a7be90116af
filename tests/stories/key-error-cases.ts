// Cases of errors about keys and about values that others have encrypted; see error-cases.ts.
import { springCipher } from '../../src/keys.js';
import { awsKms, type AwsKmsClient } from '../../src/security/providers/index.js';

/** AWS KMS with a client that fails in one way. */
function failing(name: string): ReturnType<typeof awsKms> {
  const fail = (): Promise<never> => Promise.reject(Object.assign(new Error('Something about a key.'), { name }));
  const client: AwsKmsClient = {
    generateDataKey: fail,
    encrypt: fail,
    decrypt: fail,
    reEncrypt: fail,
    describeKey: fail,
  };
  return awsKms({ client, keyId: 'alias/orders' });
}

const context = { keyset: 'orders', kid: 'orders/1' };
const wrapped = Buffer.from('wrapped');

export const keyErrorCases = {
  'key-provider-unavailable': () => failing('ThrottlingException').unwrapKey(wrapped, context),
  'key-provider-refused': () => failing('AccessDeniedException').unwrapKey(wrapped, context),
  'wrapped-key-mismatch': () => failing('InvalidCiphertextException').unwrapKey(wrapped, context),
  'spring-cipher-not-opened': () => Promise.resolve().then(() => springCipher({ key: 'wrong' }).open('{cipher}00ff')),
};
