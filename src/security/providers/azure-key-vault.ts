import { option, type OptionKinds, readOptions } from '../../core/index.js';
import type { KeyProvider } from '../keyring/index.js';
import { closeEnvelope, isKeyVersion, openEnvelope } from './azure-envelope.js';
import {
  clientFailure,
  moved,
  AnswerFailure,
  serviceProvider,
  type FailureWords,
  type Failure,
} from './service-provider.js';

/** The calls of `CryptographyClient` of `@azure/keyvault-keys` that are made. */
export interface AzureCryptographyClient {
  wrapKey(algorithm: AzureWrapAlgorithm, key: Uint8Array): Promise<{ result: Uint8Array; keyID?: string | undefined }>;
  unwrapKey(algorithm: AzureWrapAlgorithm, encryptedKey: Uint8Array): Promise<{ result: Uint8Array }>;
}

/** RSA for a vault; AES key wrap for a Managed HSM. */
export type AzureWrapAlgorithm = 'RSA-OAEP-256' | 'RSA-OAEP' | 'A256KW';

/** What {@link azureKeyVault} needs. */
export interface AzureKeyVaultOptions {
  /** The key without a version: `https://shop.vault.azure.net/keys/orders`. */
  readonly key: string;
  /**
   * Makes the client of a key: `(key) => new CryptographyClient(key, credential)`, with the retries and timeouts that you
   * want. Called with the key as above whenever one is to be wrapped, and once for each version of it.
   */
  readonly client: (key: string) => AzureCryptographyClient;
  /** Default: `RSA-OAEP-256`. */
  readonly algorithm?: AzureWrapAlgorithm;
  /** Written beside the wrapped keys, to find the provider again. Default: `azure-key-vault`. */
  readonly id?: string;
}

const OPTIONS = {
  key: option.required(option.anything), // keyAddress says what it must be.
  client: option.required(option.callback),
  algorithm: option.oneOf('RSA-OAEP-256', 'RSA-OAEP', 'A256KW'),
  id: option.name,
} satisfies OptionKinds<AzureKeyVaultOptions>;

const WORDS: FailureWords = {
  'not-unwrapped': ['BadParameter'],
  refused: [
    'AuthenticationError',
    'AuthenticationRequiredError',
    'CredentialUnavailableError',
    'Forbidden',
    'KeyNotFound',
  ],
  unavailable: ['REQUEST_SEND_ERROR', 'Throttled'],
};

/**
 * Keeps keys wrapped under a key of Azure Key Vault or Managed HSM. Azure has nothing to bind a key to, so it wraps a
 * one-time key, with which ours is encrypted (AES-256-GCM, the context and the version of the Azure key as additional
 * data). Rotating the Azure key is safe: the version that wrapped is kept beside, and asked again. Needs the permissions
 * `wrapKey`, `unwrapKey` and `get` of keys. Whoever can read the public half of an RSA key can wrap with it; where those
 * who write the keyset are not trusted, use `A256KW` of a Managed HSM. Subpath: `uno-config/keys/azure`.
 *
 * Its methods reject with a ConfigError `key-provider-unavailable`, `key-provider-refused` or `wrapped-key-mismatch`.
 *
 * @throws TypeError naming the option.
 * @example
 * ```ts
 * import { CryptographyClient, type KeyClient } from '@azure/keyvault-keys';
 * import { azureKeyVault } from 'uno-config/keys/azure';
 *
 * declare const credential: ConstructorParameters<typeof KeyClient>[1];
 * const provider = azureKeyVault({
 *   key: 'https://shop.vault.azure.net/keys/orders',
 *   client: (key) => new CryptographyClient(key, credential),
 * });
 * ```
 */
export function azureKeyVault(options: AzureKeyVaultOptions): KeyProvider {
  readOptions('azureKeyVault', options, OPTIONS);
  const { client, algorithm = 'RSA-OAEP-256', id = 'azure-key-vault' } = options;
  const key = keyAddress(options.key);
  const pinned = new Map<string, AzureCryptographyClient>();
  const clientOf = (version: string): AzureCryptographyClient => {
    const known = pinned.get(version) ?? client(`${key}/${version}`);
    pinned.set(version, known);
    return known;
  };
  /**
   * The version to wrap with. A client without one wraps with the newest, but tells the one that it saw first: a key that
   * is rotated in between would be noted under the wrong version, and never open again. So a new one is asked with nothing
   * of value, and a client of that version does the work.
   */
  const newestVersion = async (): Promise<string> => {
    const { keyID = '' } = await client(key).wrapKey(algorithm, Buffer.alloc(32));
    const version = keyID.slice(keyID.lastIndexOf('/') + 1);
    if (keyID === `${key}/${version}` && isKeyVersion(version)) return version;
    throw new AnswerFailure({ kind: 'refused', why: 'its answer names no version of the key' });
  };
  return serviceProvider({
    id,
    failureOf,
    wrap: async (plain, context) => {
      const version = await newestVersion();
      return closeEnvelope(plain, context, version, async (between) => {
        const { result } = await clientOf(version).wrapKey(algorithm, between);
        if (result.length > 0) return result;
        throw new AnswerFailure({ kind: 'refused', why: 'its answer has no key' });
      });
    },
    unwrap: async (wrapped, context) =>
      openEnvelope(wrapped, context, async (between, version) => {
        const { result } = await clientOf(version).unwrapKey(algorithm, between);
        return moved(result);
      }),
    // The client has no call that tells more.
    describe: () => Promise.resolve({ kind: 'azure-key-vault', key, details: { algorithm } }),
  });
}

function keyAddress(key: string): string {
  const url = typeof key === 'string' && URL.canParse(key) ? new URL(key) : undefined;
  const path = url?.pathname.replace(/\/$/, '') ?? '';
  if (url === undefined || !/^\/keys\/[\w-]+$/.test(path) || url.username !== '' || url.search !== '') {
    throw new TypeError('azureKeyVault: key must be https://<vault>/keys/<name>, without a version.');
  }
  return `${url.origin}${path}`;
}

/** A status of 400 is what Azure says of a wrapped key that its key has not made. */
function failureOf(error: unknown): Failure {
  const failure = clientFailure(error, WORDS);
  return failure.why === 'status 400' ? { kind: 'not-unwrapped', why: failure.why } : failure;
}
