import { type ConfigSource, option, OptionMistake, type OptionKinds, readOptions } from '../../../core/index.js';
import {
  checkedKeys,
  cloudSource,
  extensionOfType,
  SECRET_STORE_OPTIONS,
  type SecretStoreOptions,
  settled,
  type StoredValue,
} from '../cloud/index.js';
import type { AzureCredential, AzureSecretClient } from './azure-clients.js';
import { azureAddress, azureFailure, CREDENTIAL, jsonValue, secretClients } from './azure-connection.js';

/** What {@link azureSecrets} takes. */
export interface AzureSecretsOptions extends SecretStoreOptions {
  /** `https://shop.vault.azure.net`. */
  readonly vault: string;
  /** The secrets that are read: `['database--password', 'payment--key']`. */
  readonly secrets: readonly string[];
  /** What the client is made with that is not handed in: `new DefaultAzureCredential()`. */
  readonly credential?: AzureCredential;
  /** A `SecretClient` of the vault. */
  readonly client?: AzureSecretClient;
}

const NAME = option.kind(
  'the name of a secret, such as database--password',
  (value) => typeof value === 'string' && /^[A-Za-z\d-]{1,127}$/.test(value),
);

const OPTIONS = {
  ...SECRET_STORE_OPTIONS,
  vault: option.required(option.anything),
  secrets: option.required(option.listOf(NAME)),
  credential: CREDENTIAL,
  client: option.having('a client such as new SecretClient(…)', 'getSecret'),
} satisfies OptionKinds<AzureSecretsOptions>;

/**
 * Secrets of Azure Key Vault, by their names; two hyphens nest: `database--password` is `database.password`. One with the
 * content type `application/json` may hold several settings. They are read until two reads have the same versions. Needs
 * the role "Key Vault Secrets User", and no right to list. Subpath: `uno-config/sources/azure`; needs the package
 * `@azure/keyvault-secrets`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` where one of them is not
 *   there, `source-failed`, `invalid-json`, `conflicting-keys`, `driver-not-installed`.
 * @example
 * ```ts
 * import type { AzureCredential } from 'uno-config/sources/azure';
 *
 * declare const credential: AzureCredential; // new DefaultAzureCredential()
 * const source = azureSecrets({ vault: 'https://shop.vault.azure.net', credential, secrets: ['database--password'] });
 * ```
 */
export function azureSecrets(options: AzureSecretsOptions): ConfigSource {
  const read = readOptions<AzureSecretsOptions, typeof OPTIONS>('azureSecrets', options, OPTIONS);
  const { credential, client } = options;
  const names = options.secrets;
  const vault = azureAddress('azureSecrets: vault', read.vault, 'https://shop.vault.azure.net');
  if (client === undefined && credential === undefined) {
    throw new OptionMistake('azureSecrets: give either client or credential.');
  }
  const clients = secretClients(client && (() => client), credential);
  return cloudSource(read, {
    name: `azure vault ${new URL(vault).host.split('.')[0] ?? ''}`,
    read: async ({ source, signal, known }) => {
      const secrets = await clients(vault);
      return settled({
        source,
        known,
        read: async () => {
          const values = await Promise.all(names.map(async (name) => secretOf(secrets, { source, name, signal })));
          return { values, revision: values.map(({ version }) => version).join(' ') };
        },
      });
    },
    failure: azureFailure(`the role "Key Vault Secrets User" on ${vault}`),
  });
}

async function secretOf(
  client: AzureSecretClient,
  { source, name, signal }: { readonly source: string; readonly name: string; readonly signal: AbortSignal },
): Promise<StoredValue> {
  const { value: text = '', properties } = await client.getSecret(name, { abortSignal: signal });
  const { version, contentType } = properties;
  const isJson = extensionOfType(contentType) === '.json';
  const value = isJson ? jsonValue(source, name, text) : text;
  return { path: checkedKeys(name, name.split('--')), value, key: name, version, isSecret: true };
}
