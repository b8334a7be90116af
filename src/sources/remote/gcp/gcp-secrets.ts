import { type ConfigSource, option, type OptionKinds, readOptions, SourceUnreachable } from '../../../core/index.js';
import { initialized } from '../../../http/index.js';
import { crc32c } from '../../../security/index.js';
import {
  cloudSource,
  nothingThere,
  SECRET_STORE_OPTIONS,
  type SecretStoreOptions,
  storedSecret,
} from '../cloud/index.js';
import type { ClientOption } from '../store/index.js';
import type { GcpSecretManagerClient } from './gcp-clients.js';
import { bytesOf, gcpClient, gcpFailure, PART } from './gcp-connection.js';

/** What {@link gcpSecrets} takes. */
export interface GcpSecretsOptions extends SecretStoreOptions {
  readonly project: string;
  /** The name of one secret. */
  readonly secret: string;
  /** A number, an alias, or `latest`. Default: `latest`. */
  readonly version?: string;
  /** Of a regional secret, whose client has the endpoint of the region. Default: none. */
  readonly location?: string;
  /** A `SecretManagerServiceClient`, or a function that makes one. Default: one with the credentials that it finds. */
  readonly client?: ClientOption<GcpSecretManagerClient>;
}

const OPTIONS = {
  ...SECRET_STORE_OPTIONS,
  project: option.required(PART),
  secret: option.required(PART),
  version: option.or(PART, 'latest'),
  location: PART,
  client: option.either(
    option.callback,
    option.having('a client such as new SecretManagerServiceClient()', 'accessSecretVersion'),
  ),
} satisfies OptionKinds<GcpSecretsOptions>;

/**
 * One secret of Google Cloud Secret Manager. A JSON object gives a setting for each key, any other text is the setting at
 * `at`. The number of the version is the revision; what arrives is checked by its CRC-32C. Needs
 * `secretmanager.versions.access`, the role "Secret Manager Secret Accessor". Subpath: `uno-config/sources/gcp`; needs the
 * package `@google-cloud/secret-manager`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` where it is missing, disabled
 *   or destroyed, `source-failed`, `invalid-json`, `not-a-map` for a single value without `at`, `driver-not-installed`.
 * @example
 * ```ts
 * const source = gcpSecrets({ project: 'shop', secret: 'orders-db', at: 'orders.db', plain: ['**.user'] });
 * ```
 */
export function gcpSecrets(options: GcpSecretsOptions): ConfigSource {
  const read = readOptions<GcpSecretsOptions, typeof OPTIONS>('gcpSecrets', options, OPTIONS);
  const { project, secret, version, location, at: place } = read;
  const lazy = gcpClient<GcpSecretManagerClient>(options.client, {
    name: 'SecretManagerServiceClient',
    from: '@google-cloud/secret-manager',
  });
  const where = location === undefined ? `projects/${project}` : `projects/${project}/locations/${location}`;
  return cloudSource(read, {
    name: `gcp secret ${secret}`,
    read: async ({ source, known }) => {
      const client = await initialized(await lazy.get());
      const [answer] = await client.accessSecretVersion({ name: `${where}/secrets/${secret}/versions/${version}` });
      const { name, payload } = answer;
      const number = Number(name?.slice(name.lastIndexOf('/') + 1));
      if (!Number.isSafeInteger(number) || number === 0) throw nothingThere(source, 'the answer names no version');
      const bytes = bytesOf(payload?.data);
      // A number, a text, or an object of the package long; older versions have none.
      const sum = payload?.dataCrc32c ?? undefined;
      if (sum !== undefined && Number(sum) !== crc32c(bytes)) {
        throw new SourceUnreachable({ source, why: 'what was sent has not arrived whole' });
      }
      if (number === known) return 'unchanged';
      const text = bytes.toString('utf8');
      const facts = { name: source, text, version: String(number), isPlaced: place !== undefined };
      return { values: [await storedSecret(facts)], revision: number };
    },
    failure: gcpFailure(`secretmanager.versions.access on ${where}/secrets/${secret}`),
    close: async () => lazy.close(),
  });
}
