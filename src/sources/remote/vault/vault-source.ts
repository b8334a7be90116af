import {
  ConfigError,
  type ConfigSource,
  isConfigMap,
  option,
  type OptionKinds,
  readOptions,
} from '../../../core/index.js';
import { cloudSource, nothingThere, SECRET_STORE_OPTIONS, type SecretStoreOptions, unusable } from '../cloud/index.js';
import { VAULT_OPTIONS, VaultClient, type VaultOptions, vaultPath } from '../../../security/index.js';
import { askVault, notVault, VAULT_LIMITS, type VaultAnswer } from './vault-connection.js';

/** What {@link vaultSource} takes. */
export interface VaultSourceOptions extends VaultOptions, SecretStoreOptions {
  /** The secret: `apps/orders`. */
  readonly path: string;
  /** Where the engine is mounted. Default: `secret`. */
  readonly mount?: string;
  /** A version to stay with. Default: the newest. */
  readonly version?: number;
}

const OPTIONS = {
  ...SECRET_STORE_OPTIONS,
  ...VAULT_OPTIONS,
  path: option.required(option.name),
  mount: option.or(option.name, 'secret'),
  version: option.count(),
} satisfies OptionKinds<VaultSourceOptions>;

/**
 * One secret of a KV engine, version 2, of HashiCorp Vault or OpenBao. Its values are secrets unless `plain` names them; all
 * come from one version, which is the revision. The token is asked for with each request, so a rotated one is picked up. No
 * redirection is followed. A policy needs `read` on `<mount>/data/<path>`. Subpath: `uno-config/sources/vault`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` where there is no such
 *   secret or the version was deleted or destroyed, `source-failed`.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 *
 * const source = vaultSource({
 *   address: 'https://vault.internal:8200',
 *   token: async () => (await readFile('/vault/secrets/token', 'utf8')).trim(),
 *   path: 'apps/orders',
 *   plain: ['**.user'],
 * });
 * ```
 */
export function vaultSource(options: VaultSourceOptions): ConfigSource {
  const read = readOptions<VaultSourceOptions, typeof OPTIONS>('vaultSource', options, OPTIONS);
  const { version } = read;
  const path = vaultPath('vaultSource: path', read.path);
  const mount = vaultPath('vaultSource: mount', read.mount);
  const vault = new VaultClient('vaultSource', options, VAULT_LIMITS);
  return cloudSource(read, {
    name: `vault ${mount}/${path}`,
    read: async ({ source, signal, known }) => {
      const query = version === undefined ? undefined : `version=${String(version)}`;
      const answer = await askVault(vault, {
        source,
        path: `${mount}/data/${path}`,
        query,
        capability: 'read',
        signal,
      });
      const { data, metadata } = versionIn(source, answer);
      const revision = Number(metadata['version']);
      if (!isConfigMap(data)) throw lost(source, `${mount}/${path}`, metadata);
      if (revision === known) return 'unchanged';
      const at = Date.parse(String(metadata['created_time']));
      const values = [{ path: [], value: data, version: String(revision), isSecret: true }];
      return { values, revision, at: Number.isNaN(at) ? undefined : at };
    },
    close: () => {
      vault.close();
    },
  });
}

function versionIn(source: string, answer: VaultAnswer | undefined): { data: unknown; metadata: VaultAnswer } {
  const inner = answer?.['data'];
  if (isConfigMap(inner) && isConfigMap(inner['metadata'])) return { data: inner['data'], metadata: inner['metadata'] };
  if (isConfigMap(inner)) {
    const recovery = 'Name the mount of one, or upgrade it with vault kv enable-versioning.';
    throw unusable(source, 'the engine of that mount is not KV version 2', recovery);
  }
  if (answer !== undefined && !('errors' in answer)) throw notVault(source);
  throw nothingThere(source, 'there is no such secret in this mount');
}

/** The error for a version without data: Vault answers with its metadata alone. */
function lost(source: string, secret: string, { version, deletion_time: time, destroyed }: VaultAnswer): ConfigError {
  const number = Number(version);
  if (destroyed === true) return nothingThere(source, `version ${String(number)} was destroyed`);
  const at = Date.parse(String(time));
  const when = Number.isNaN(at) ? '' : ` at ${new Date(at).toISOString()}`;
  return new ConfigError({
    code: 'source-not-found',
    message: `${source} does not hold these settings: version ${String(number)} was deleted${when}.`,
    recovery: `Bring it back with vault kv undelete -versions=${String(number)} ${secret}, write a new version, or wrap the source in optional(…).`,
  });
}
