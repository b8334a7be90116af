import { option, type OptionKinds, readOptions } from '../../core/index.js';
import type { KeyProvider } from '../keyring/index.js';
import {
  clientFailure,
  moved,
  AnswerFailure,
  serviceProvider,
  type FailureWords,
  type Failure,
} from './service-provider.js';

/** The calls of `KMS` of `@aws-sdk/client-kms` that are made. */
export interface AwsKmsClient {
  generateDataKey(input: {
    KeyId: string;
    KeySpec: 'AES_256';
    EncryptionContext: Record<string, string>;
  }): Promise<{ Plaintext?: Uint8Array | undefined; CiphertextBlob?: Uint8Array | undefined }>;
  encrypt(input: {
    KeyId: string;
    Plaintext: Uint8Array;
    EncryptionContext: Record<string, string>;
  }): Promise<{ CiphertextBlob?: Uint8Array | undefined }>;
  decrypt(input: {
    KeyId: string;
    CiphertextBlob: Uint8Array;
    EncryptionContext: Record<string, string>;
  }): Promise<{ Plaintext?: Uint8Array | undefined }>;
  reEncrypt(input: {
    CiphertextBlob: Uint8Array;
    SourceKeyId: string;
    SourceEncryptionContext: Record<string, string>;
    DestinationKeyId: string;
    DestinationEncryptionContext: Record<string, string>;
  }): Promise<{ CiphertextBlob?: Uint8Array | undefined }>;
  describeKey(input: { KeyId: string }): Promise<{
    KeyMetadata?: { Arn?: string | undefined; KeyState?: string | undefined; Origin?: string | undefined } | undefined;
  }>;
}

/** What {@link awsKms} needs. */
export interface AwsKmsOptions {
  /** `new KMS({ region })`, with the retries and timeouts that you want. */
  readonly client: AwsKmsClient;
  /** The symmetric key: its id, its ARN, or an alias such as `alias/orders`. */
  readonly keyId: string;
  /** Keys that older wrapped keys may still be under; used to unwrap, never to wrap. Default: none. */
  readonly formerKeyIds?: readonly string[];
  /** Written beside the wrapped keys, to find the provider again. Default: `aws-kms`. */
  readonly id?: string;
}

const KEY_ID = option.kind(
  'the id, ARN or alias of a key of AWS KMS',
  (value) => typeof value === 'string' && value !== '',
);

const OPTIONS = {
  client: option.required(option.having('a client of AWS KMS, such as new KMS({ region })', 'encrypt', 'decrypt')),
  keyId: option.required(KEY_ID),
  formerKeyIds: option.listOf(KEY_ID),
  id: option.name,
} satisfies OptionKinds<AwsKmsOptions>;

const WORDS: FailureWords = {
  'not-unwrapped': ['IncorrectKeyException', 'InvalidCiphertextException'],
  refused: [
    'AccessDeniedException',
    'CredentialsProviderError',
    'DisabledException',
    'ExpiredTokenException',
    'InvalidArnException',
    'InvalidGrantTokenException',
    'InvalidKeyUsageException',
    'InvalidSignatureException',
    'KMSInvalidStateException',
    'NotFoundException',
    'UnrecognizedClientException',
    'ValidationException',
  ],
  unavailable: [
    'DependencyTimeoutException',
    'KMSInternalException',
    'KeyUnavailableException',
    'LimitExceededException',
    'RequestLimitExceeded',
    'ServiceUnavailableException',
    'ThrottlingException',
    'TooManyRequestsException',
  ],
};

/**
 * Keeps keys wrapped under a symmetric key of AWS KMS. The context is the encryption context, which shows in CloudTrail.
 * Needs `kms:GenerateDataKey`, `kms:Encrypt`, `kms:Decrypt`, `kms:ReEncryptFrom`, `kms:ReEncryptTo` and, to describe it,
 * `kms:DescribeKey`. Timeouts and retries are those of the client. Subpath: `uno-config/keys/aws-kms`.
 *
 * Its methods reject with a ConfigError `key-provider-unavailable`, `key-provider-refused` or `wrapped-key-mismatch`.
 *
 * @throws TypeError naming the option.
 * @example
 * ```ts
 * import { KMS } from '@aws-sdk/client-kms';
 * import { awsKms } from 'uno-config/keys/aws-kms';
 *
 * const provider = awsKms({ client: new KMS({ region: 'eu-west-1' }), keyId: 'alias/orders' });
 * ```
 */
export function awsKms(options: AwsKmsOptions): KeyProvider {
  readOptions('awsKms', options, OPTIONS);
  const { client, keyId, formerKeyIds = [], id = 'aws-kms' } = options;
  const candidates = [keyId, ...formerKeyIds] as const;
  return serviceProvider({
    id,
    failureOf,
    wrap: async (key, context) => {
      const request = { KeyId: keyId, Plaintext: key, EncryptionContext: { ...context } };
      return Buffer.from(present((await client.encrypt(request)).CiphertextBlob));
    },
    unwrap: async (wrapped, context) =>
      underOneOf(candidates, async (candidate) => {
        const request = { KeyId: candidate, CiphertextBlob: wrapped, EncryptionContext: { ...context } };
        return moved(present((await client.decrypt(request)).Plaintext));
      }),
    makeKey: async (context) => {
      const request = { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: { ...context } } as const;
      const { Plaintext, CiphertextBlob } = await client.generateDataKey(request);
      return { plaintext: moved(present(Plaintext)), wrapped: Buffer.from(present(CiphertextBlob)) };
    },
    wrapAnew: async (wrapped, context) =>
      underOneOf(candidates, async (candidate) => {
        const answer = await client.reEncrypt({
          CiphertextBlob: wrapped,
          SourceKeyId: candidate,
          SourceEncryptionContext: { ...context },
          DestinationKeyId: keyId,
          DestinationEncryptionContext: { ...context },
        });
        return Buffer.from(present(answer.CiphertextBlob));
      }),
    describe: async () => {
      const { Arn, KeyState, Origin } = (await client.describeKey({ KeyId: keyId })).KeyMetadata ?? {};
      const details = {
        ...(KeyState !== undefined && { state: KeyState }),
        ...(Origin !== undefined && { origin: Origin }),
      };
      return { kind: 'aws-kms', key: Arn ?? keyId, details };
    },
  });
}

/** With every key that the wrapped one may be under, until one of them is right. */
async function underOneOf<R>(
  [candidate, ...others]: readonly [string, ...string[]],
  run: (keyId: string) => Promise<R>,
): Promise<R> {
  const [next, ...rest] = others;
  if (next === undefined) return run(candidate);
  try {
    return await run(candidate);
  } catch (error) {
    if (failureOf(error).why !== 'IncorrectKeyException') throw error;
    return underOneOf([next, ...rest], run);
  }
}

function failureOf(error: unknown): Failure {
  return clientFailure(error, WORDS);
}

function present(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes !== undefined && bytes.byteLength > 0) return bytes;
  throw new AnswerFailure({ kind: 'refused', why: 'its answer has no key' });
}
