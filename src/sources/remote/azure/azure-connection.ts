import { isConfigMap, option } from '../../../core/index.js';
import { clientError, httpAddress, retryAfter } from '../../../http/index.js';
import {
  clientClass,
  type ClientPackage,
  cloudFailure,
  type FailureWords,
  parsedJson,
  sourceFailed,
} from '../cloud/index.js';
import type { AzureCredential, AzureSecretClient } from './azure-clients.js';

export const CREDENTIAL = option.having('a credential such as new DefaultAzureCredential()', 'getToken');

/** What clients of Azure are made with: a redirection could lead anywhere, with a token. */
const CLIENT_OPTIONS = { redirectOptions: { maxRetries: 0 } };

type Maker<C> = new (address: string, credential: AzureCredential, options: object) => C;

/**
 * Makes a client of a package of Azure.
 *
 * @throws ConfigError `source-failed` without a credential, `driver-not-installed`.
 */
export async function azureClient<C>(
  from: ClientPackage,
  address: string,
  credential: AzureCredential | undefined,
): Promise<C> {
  if (credential === undefined) {
    const message = `There is no credential to ask ${address} with.`;
    throw sourceFailed(message, 'Give the option credential, or a client.');
  }
  const Client = await clientClass<Maker<C>>(from);
  return new Client(address, credential, CLIENT_OPTIONS);
}

/** Makes clients of Key Vault, one for each vault. */
export function secretClients(
  given: ((vault: string) => AzureSecretClient) | undefined,
  credential: AzureCredential | undefined,
): (vault: string) => Promise<AzureSecretClient> {
  const made = new Map<string, AzureSecretClient>();
  return async (vault) => {
    const known = made.get(vault);
    if (known !== undefined) return known;
    const client =
      given?.(vault) ??
      (await azureClient<AzureSecretClient>(
        { name: 'SecretClient', from: '@azure/keyvault-secrets' },
        vault,
        credential,
      ));
    made.set(vault, client);
    return client;
  };
}

/** The origin of a vault or a store. Throws TypeError naming the option. */
export function azureAddress(where: string, address: unknown, example: string): string {
  return httpAddress(where, address, example).origin;
}

const WORDS: FailureWords = {
  denied: ['Forbidden'],
  credentials: [
    'AggregateAuthenticationError',
    'AuthenticationError',
    'AuthenticationRequiredError',
    'CredentialUnavailableError',
    'Unauthorized',
  ],
  missing: ['SecretNotFound'],
  passing: ['Throttled'],
};

export function azureFailure(permission: string): (source: string, error: unknown) => unknown {
  return (source, error) =>
    cloudFailure({
      source,
      error,
      words: WORDS,
      permission,
      retryAfter: retryAfter(headersOf(error), Date.now()),
      // An answer that ends too early cannot be parsed, and has no status then.
      isUnanswered: clientError(error).words.includes('PARSE_ERROR'),
    });
}

/** The two headers of an answer that say when to ask again. */
function headersOf(error: unknown): Readonly<Record<string, string>> {
  const response: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'response') : undefined;
  const headers: unknown = typeof response === 'object' && response !== null ? Reflect.get(response, 'headers') : {};
  const get: unknown = typeof headers === 'object' && headers !== null ? Reflect.get(headers, 'get') : undefined;
  if (typeof get !== 'function') return {};
  const found = ['retry-after-ms', 'retry-after'].map((name) => [name, get.call(headers, name) as unknown] as const);
  return Object.fromEntries(found.filter((entry): entry is readonly [string, string] => typeof entry[1] === 'string'));
}

/** The JSON of a value, which may be more than a map. */
export function jsonValue(source: string, key: string, text: string): unknown {
  const message = `${source}: ${key} has the content type of JSON, and holds something else.`;
  return parsedJson(text, message, 'Correct the value, or its content type.');
}

/** The address in a reference to Key Vault. */
export function referenceIn(source: string, key: string, text: string): URL {
  const reference = jsonValue(source, key, text);
  const uri = isConfigMap(reference) ? reference['uri'] : undefined;
  if (typeof uri === 'string' && URL.canParse(uri)) return new URL(uri);
  const message = `${source}: ${key} is a reference to Key Vault without the address of a secret.`;
  throw sourceFailed(message, 'Create the reference again.');
}
