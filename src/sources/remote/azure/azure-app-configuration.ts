import { createHash } from 'node:crypto';
import { type ConfigSource, option, OptionMistake, type OptionKinds, readOptions } from '../../../core/index.js';
import {
  checkedKeys,
  CLOUD_OPTIONS,
  cloudSource,
  type CloudSourceOptions,
  extensionOfType,
  nestedKeys,
  settled,
  sourceFailed,
  type StoredValue,
  unusable,
} from '../cloud/index.js';
import { type ClientOption, LazyClient } from '../store/index.js';
import type {
  AzureAppConfigurationClient,
  AzureCredential,
  AzureSecretClient,
  AzureSetting,
  AzureSettingPages,
} from './azure-clients.js';
import {
  azureAddress,
  azureClient,
  azureFailure,
  CREDENTIAL,
  jsonValue,
  referenceIn,
  secretClients,
} from './azure-connection.js';

/** What {@link azureAppConfiguration} takes. */
export interface AzureAppConfigurationOptions extends CloudSourceOptions {
  /** `https://shop.azconfig.io`. */
  readonly endpoint: string;
  /** What the clients are made with that are not handed in: `new DefaultAzureCredential()`. */
  readonly credential?: AzureCredential;
  /** An `AppConfigurationClient`, or a function that makes one. */
  readonly client?: ClientOption<AzureAppConfigurationClient>;
  /** Which keys are read: `orders:*`. Default: `*`. */
  readonly keys?: string;
  /** The label that is read. Default: key-values without a label. */
  readonly label?: string;
  /** What the names of keys begin with, and is left out of paths: `orders:`. Default: nothing. */
  readonly trim?: string;
  /** What nests in names of keys. Default: `.`, `:`, `/` and `__` all do. */
  readonly separator?: string;
  /** Instead of keys and a label: an immutable snapshot. */
  readonly snapshot?: string;
  /** A key that is written last with every change; nothing else is read while it is the same. Default: none. */
  readonly sentinel?: string;
  /** The vaults that references may lead to: `https://shop.vault.azure.net`. Default: none, and references are refused. */
  readonly vaults?: readonly string[];
  /** Makes the `SecretClient` of a vault. Default: one with the credential. */
  readonly secretClient?: (vault: string) => AzureSecretClient;
}

const OPTIONS = {
  ...CLOUD_OPTIONS,
  endpoint: option.required(option.anything),
  credential: CREDENTIAL,
  client: option.either(
    option.callback,
    option.having('a client such as new AppConfigurationClient(…)', 'listConfigurationSettings'),
  ),
  keys: option.or(option.name, '*'),
  label: option.name,
  trim: option.or(option.text, ''),
  separator: option.name,
  snapshot: option.name,
  sentinel: option.name,
  vaults: option.or(option.listOf(option.name), []),
  secretClient: option.callback,
} satisfies OptionKinds<AzureAppConfigurationOptions>;

const FLAG = '.appconfig.featureflag/';
const FLAG_TYPE = 'application/vnd.microsoft.appconfig.ff+json';
const REFERENCE_TYPE = 'application/vnd.microsoft.appconfig.keyvaultref+json';
/** How the service spells "no label". */
const NO_LABEL = '\0';

interface Settings {
  readonly settings: readonly AzureSetting[];
  readonly revision: string;
}

/**
 * Key-values of Azure App Configuration, of one label or one snapshot. A reference to Key Vault becomes a secret, if its vault
 * is one of `vaults`; a value with the content type of JSON becomes what it holds; feature flags are left alone. The service
 * gives pages: they are read until two reads agree, unless there is a `sentinel` or a `snapshot`. Needs the role "App
 * Configuration Data Reader", and "Key Vault Secrets User" for references. Subpath: `uno-config/sources/azure`; needs the
 * package `@azure/app-configuration`, and `@azure/keyvault-secrets` for references.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found`, `source-failed`,
 *   `invalid-json`, `invalid-key`, `conflicting-keys`, `driver-not-installed`.
 * @example
 * ```ts
 * import type { AzureCredential } from 'uno-config/sources/azure';
 *
 * declare const credential: AzureCredential; // new DefaultAzureCredential()
 * const source = azureAppConfiguration({
 *   endpoint: 'https://shop.azconfig.io',
 *   credential,
 *   keys: 'orders:*',
 *   trim: 'orders:',
 *   label: 'prod',
 *   vaults: ['https://shop.vault.azure.net'],
 * });
 * ```
 */
export function azureAppConfiguration(options: AzureAppConfigurationOptions): ConfigSource {
  const read = readOptions<AzureAppConfigurationOptions, typeof OPTIONS>('azureAppConfiguration', options, OPTIONS);
  const { keys, label, snapshot, sentinel, trim, separator } = read;
  const { client: given, credential, secretClient } = options;
  const endpoint = azureAddress('azureAppConfiguration: endpoint', read.endpoint, 'https://shop.azconfig.io');
  const vaults = read.vaults.map((vault, index) =>
    azureAddress(`azureAppConfiguration: vaults[${String(index)}]`, vault, 'https://shop.vault.azure.net'),
  );
  if (given === undefined && credential === undefined) {
    throw new OptionMistake('azureAppConfiguration: give either client or credential.');
  }
  const lazy = new LazyClient<AzureAppConfigurationClient>(
    given,
    async () => azureClient({ name: 'AppConfigurationClient', from: '@azure/app-configuration' }, endpoint, credential),
    () => undefined,
  );
  const secrets = secretClients(secretClient, credential);
  let last: Settings | undefined;
  return cloudSource(read, {
    name: `azure ${new URL(endpoint).host.split('.')[0] ?? ''} ${snapshot ?? `${keys}${label === undefined ? '' : ` (${label})`}`}`,
    read: async ({ source, signal, known }) => {
      const client = await lazy.get();
      const abort = { abortSignal: signal };
      const all =
        snapshot === undefined
          ? () => client.listConfigurationSettings({ keyFilter: keys, labelFilter: label ?? NO_LABEL, ...abort })
          : () => client.listConfigurationSettingsForSnapshot(snapshot, abort);
      const mark = async (): Promise<string> => {
        const id = { key: String(sentinel), ...(label !== undefined && { label }) };
        return String((await client.getConfigurationSetting(id, abort)).etag);
      };
      const answer =
        snapshot === undefined
          ? await settled<Settings>({
              source,
              known: last?.revision,
              read: async () => settingsOf(source, all()),
              mark: sentinel === undefined ? undefined : mark,
            })
          : await settingsOf(source, all());
      const held = answer === 'unchanged' ? last : answer;
      if (held === undefined) return 'unchanged';
      const values = await Promise.all(
        held.settings
          .filter(({ key }) => key !== sentinel)
          .map(async (setting) => {
            const inner = setting.key.startsWith(trim) ? setting.key.slice(trim.length) : setting.key;
            const path =
              separator === undefined
                ? nestedKeys(setting.key, inner)
                : checkedKeys(setting.key, inner.split(separator));
            return valueOf({ source, setting, path, vaults, secrets, signal });
          }),
      );
      last = held;
      // A secret behind a reference may have changed alone.
      const revision = digest([held.revision, ...values.map(({ version }) => version)]);
      return revision === known ? 'unchanged' : { values, revision };
    },
    failure: azureFailure('the role "App Configuration Data Reader" (and "Key Vault Secrets User" on vaults)'),
    close: async () => lazy.close(),
  });
}

async function settingsOf(source: string, all: AzureSettingPages): Promise<Settings> {
  const settings: AzureSetting[] = [];
  for await (const { items, etag } of all.byPage()) {
    // The client takes a page of a proxy for an answer without anything in it.
    if (items.length === 0 && etag === undefined) {
      throw unusable(
        source,
        'it holds no such keys, or what answers is not App Configuration',
        'Check endpoint, keys and label, and whether a proxy is in between.',
      );
    }
    settings.push(...items.filter((setting) => !isFlag(setting)));
  }
  return { settings, revision: digest(settings.map(({ key, etag }) => `${key}:${String(etag)}`).sort()) };
}

function isFlag({ key, contentType }: AzureSetting): boolean {
  return key.startsWith(FLAG) || contentType?.startsWith(FLAG_TYPE) === true;
}

interface SettingToRead {
  readonly source: string;
  readonly setting: AzureSetting;
  readonly path: readonly string[];
  readonly vaults: readonly string[];
  readonly secrets: ReturnType<typeof secretClients>;
  readonly signal: AbortSignal;
}

async function valueOf({ source, setting, path, vaults, secrets, signal }: SettingToRead): Promise<StoredValue> {
  const { key, value = '', contentType, etag } = setting;
  const facts = { path, key, version: etag?.replaceAll('"', '') };
  if (contentType?.startsWith(REFERENCE_TYPE) === true) {
    const { origin, pathname } = referenceIn(source, key, value);
    const [, name, version] = /^\/secrets\/([\w-]+)(?:\/(\w+))?\/?$/.exec(pathname) ?? [];
    if (!vaults.includes(origin) || name === undefined) {
      throw sourceFailed(
        `${source}: ${key} refers to a vault that is not one of the option vaults, or to no secret.`,
        'Add the address of the vault to vaults, if whoever writes the store may decide what is read with our credential.',
      );
    }
    const client = await secrets(origin);
    const found = await client.getSecret(name, { ...(version !== undefined && { version }), abortSignal: signal });
    return { ...facts, value: found.value ?? '', version: found.properties.version, isSecret: true };
  }
  const isJson = extensionOfType(contentType) === '.json';
  return { ...facts, value: isJson ? jsonValue(source, key, value) : value, isSecret: false };
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}
