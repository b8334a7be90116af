import { option, type OptionKinds, readOptions } from '../../core/index.js';
import { initialized } from '../../http/index.js';
import type { KeyContext, KeyProvider } from '../keyring/index.js';
import {
  clientFailure,
  contextBytes,
  moved,
  AnswerFailure,
  serviceProvider,
  type FailureWords,
  type Failure,
} from './service-provider.js';
import { crc32c } from './crc32c.js';

/** A checksum as the client sends and gets it. */
export interface GcpChecksum {
  value?: unknown;
}

/** The calls of `KeyManagementServiceClient` of `@google-cloud/kms` that are made. */
export interface GcpKmsClient {
  initialize?(): Promise<unknown>;
  encrypt(request: {
    name: string;
    plaintext: Uint8Array;
    plaintextCrc32c: { value: number };
    additionalAuthenticatedData: Uint8Array;
    additionalAuthenticatedDataCrc32c: { value: number };
  }): Promise<
    [
      {
        ciphertext?: Uint8Array | string | null;
        ciphertextCrc32c?: GcpChecksum | null;
        verifiedPlaintextCrc32c?: boolean | null;
        verifiedAdditionalAuthenticatedDataCrc32c?: boolean | null;
      },
      ...unknown[],
    ]
  >;
  decrypt(request: {
    name: string;
    ciphertext: Uint8Array;
    ciphertextCrc32c: { value: number };
    additionalAuthenticatedData: Uint8Array;
    additionalAuthenticatedDataCrc32c: { value: number };
  }): Promise<[{ plaintext?: Uint8Array | string | null; plaintextCrc32c?: GcpChecksum | null }, ...unknown[]]>;
  getCryptoKey(request: {
    name: string;
  }): Promise<[{ name?: string | null; primary?: { name?: string | null } | null }, ...unknown[]]>;
}

/** What {@link gcpKms} needs. */
export interface GcpKmsOptions {
  /** `new KeyManagementServiceClient()`, with the retries and timeouts that you want. */
  readonly client: GcpKmsClient;
  /** The symmetric key: `projects/p/locations/l/keyRings/r/cryptoKeys/k`. */
  readonly key: string;
  /** Written beside the wrapped keys, to find the provider again. Default: `gcp-kms`. */
  readonly id?: string;
}

/** google.rpc.Code, by its number. */
const CODES: ReadonlyMap<unknown, Failure> = new Map<unknown, Failure>([
  [1, { kind: 'unavailable', why: 'CANCELLED' }],
  [3, { kind: 'not-unwrapped', why: 'INVALID_ARGUMENT' }],
  [4, { kind: 'unavailable', why: 'DEADLINE_EXCEEDED' }],
  [5, { kind: 'refused', why: 'NOT_FOUND' }],
  [7, { kind: 'refused', why: 'PERMISSION_DENIED' }],
  [8, { kind: 'unavailable', why: 'RESOURCE_EXHAUSTED' }],
  [9, { kind: 'refused', why: 'FAILED_PRECONDITION' }],
  [10, { kind: 'unavailable', why: 'ABORTED' }],
  [13, { kind: 'unavailable', why: 'INTERNAL' }],
  [14, { kind: 'unavailable', why: 'UNAVAILABLE' }],
  [16, { kind: 'refused', why: 'UNAUTHENTICATED' }],
]);

const WORDS: FailureWords = { 'not-unwrapped': [], refused: [], unavailable: [] };

const NAME = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

const OPTIONS = {
  client: option.required(
    option.having('a client of Google Cloud KMS, such as new KeyManagementServiceClient()', 'encrypt', 'decrypt'),
  ),
  key: option.required(
    option.kind(
      'projects/…/locations/…/keyRings/…/cryptoKeys/…',
      (value) => typeof value === 'string' && NAME.test(value),
    ),
  ),
  id: option.name,
} satisfies OptionKinds<GcpKmsOptions>;

/**
 * Keeps keys wrapped under a symmetric key of Google Cloud KMS. The context is the additional authenticated data: JSON with
 * sorted keys. New keys are made here, since the service makes none; what is sent and answered is checked by its CRC-32C.
 * Needs `cloudkms.cryptoKeyVersions.useToEncrypt` and `…useToDecrypt` and, to describe it, `cloudkms.cryptoKeys.get`.
 * Timeouts and retries are those of the client. Subpath: `uno-config/keys/gcp`.
 *
 * Its methods reject with a ConfigError `key-provider-unavailable`, `key-provider-refused` or `wrapped-key-mismatch`.
 *
 * @throws TypeError naming the option.
 * @example
 * ```ts
 * import { KeyManagementServiceClient } from '@google-cloud/kms';
 * import { gcpKms } from 'uno-config/keys/gcp';
 *
 * const client = new KeyManagementServiceClient();
 * const provider = gcpKms({ client, key: client.cryptoKeyPath('shop', 'europe-west1', 'config', 'orders') });
 * ```
 */
export function gcpKms(options: GcpKmsOptions): KeyProvider {
  readOptions('gcpKms', options, OPTIONS);
  const { client, key: name, id = 'gcp-kms' } = options;
  return serviceProvider({
    id,
    failureOf,
    wrap: async (key, context) => {
      const [answer] = await (
        await initialized(client)
      ).encrypt({
        name,
        plaintext: key,
        plaintextCrc32c: { value: crc32c(key) },
        ...authenticated(context),
      });
      const arrived =
        answer.verifiedPlaintextCrc32c === true && answer.verifiedAdditionalAuthenticatedDataCrc32c === true;
      if (!arrived) throw damaged();
      return checked(answer.ciphertext, answer.ciphertextCrc32c);
    },
    unwrap: async (wrapped, context) => {
      const ciphertextCrc32c = { value: crc32c(wrapped) };
      const sealed = { name, ciphertext: wrapped, ciphertextCrc32c, ...authenticated(context) };
      const [answer] = await (await initialized(client)).decrypt(sealed);
      return checked(answer.plaintext, answer.plaintextCrc32c);
    },
    describe: async () => {
      const [{ primary }] = await (await initialized(client)).getCryptoKey({ name });
      const version = primary?.name?.slice(primary.name.lastIndexOf('/') + 1);
      return { kind: 'gcp-kms', key: name, details: version === undefined ? {} : { version } };
    },
  });
}

function authenticated(context: KeyContext): {
  additionalAuthenticatedData: Buffer;
  additionalAuthenticatedDataCrc32c: { value: number };
} {
  const bytes = contextBytes(context);
  return { additionalAuthenticatedData: bytes, additionalAuthenticatedDataCrc32c: { value: crc32c(bytes) } };
}

/** Bytes that have arrived as they were sent. */
function checked(bytes: Uint8Array | string | null | undefined, sum: GcpChecksum | null | undefined): Buffer {
  const own = moved(typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : (bytes ?? new Uint8Array()));
  if (own.byteLength === 0) throw new AnswerFailure({ kind: 'refused', why: 'its answer has no key' });
  // A number, a text, or an object of the package long.
  if (String(sum?.value) !== String(crc32c(own))) throw damaged();
  return own;
}

function damaged(): AnswerFailure {
  return new AnswerFailure({ kind: 'unavailable', why: 'what was sent has not arrived whole' });
}

function failureOf(error: unknown): Failure {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return CODES.get(code) ?? clientFailure(error, WORDS);
}
